//! The first owner.

use std::net::IpAddr;
use std::time::Duration;

use hearth_core::accounts::{self, RegisterError, Registration, Role};
use hearth_core::setup::{self, IssueError};
use hearth_core::{SessionGrant, SessionKind};

use crate::house::{ELSEWHERE, House, registration};

async fn closed_house() -> House {
    House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Closed);
    })
    .await
}

fn with_token(name: &str, token: &str) -> Registration {
    Registration {
        setup_token: Some(token.to_owned()),
        ..registration(name)
    }
}

async fn claim(home: &House, name: &str, token: &str) -> Result<SessionGrant, RegisterError> {
    accounts::register(&home.core, with_token(name, token), SessionKind::Cookie).await
}

fn is_refused(claimed: &Result<SessionGrant, RegisterError>) -> bool {
    matches!(claimed, Err(RegisterError::SetupLink))
}

#[tokio::test]
async fn olga_becomes_the_owner_of_a_closed_server() {
    let home = closed_house().await;
    assert!(!accounts::has_owner(&home.core).await.unwrap());
    let link = setup::issue(&home.core).await.unwrap();
    assert_eq!(link.token.len(), 43, "256 bits");
    assert!(!format!("{link:?}").contains(link.token.as_str()));

    let grant = claim(&home, "olga", &link.token).await.unwrap();
    assert_eq!(home.actor(&grant).await.role, Role::Superadmin);
    assert!(accounts::has_owner(&home.core).await.unwrap());
    assert!(
        is_refused(&claim(&home, "mallory", &link.token).await),
        "single use"
    );
    assert!(matches!(
        setup::issue(&home.core).await,
        Err(IssueError::HasOwner)
    ));
}

#[tokio::test]
async fn of_two_takers_of_a_link_one_becomes_the_owner() {
    let home = closed_house().await;
    let link = setup::issue(&home.core).await.unwrap();
    let (one, two) = tokio::join!(
        claim(&home, "olga", &link.token),
        claim(&home, "mallory", &link.token)
    );
    assert_ne!(one.is_ok(), two.is_ok());
    assert!(is_refused(&one) || is_refused(&two));
    assert_eq!(
        accounts::count(&home.core).await.unwrap(),
        1,
        "the other one is nobody"
    );
}

#[tokio::test]
async fn a_link_ends_after_half_an_hour() {
    let home = closed_house().await;
    let link = setup::issue(&home.core).await.unwrap();
    home.clock.advance(Duration::from_secs(30 * 60 - 1));
    let other = setup::issue(&home.core).await.unwrap();
    assert!(
        is_refused(&claim(&home, "olga", &link.token).await),
        "a new link replaces the old one"
    );
    home.clock.advance(Duration::from_mins(30));
    assert!(is_refused(&claim(&home, "olga", &other.token).await));
}

async fn claim_from(
    home: &House,
    address: IpAddr,
    name: &str,
    token: &str,
) -> Result<SessionGrant, RegisterError> {
    let form = Registration {
        address,
        ..with_token(name, token)
    };
    accounts::register(&home.core, form, SessionKind::Cookie).await
}

#[tokio::test]
async fn a_stranger_guesses_ten_times_and_the_owner_still_gets_in() {
    let home = closed_house().await;
    let link = setup::issue(&home.core).await.unwrap();
    for _ in 0..10 {
        assert!(is_refused(
            &claim_from(&home, ELSEWHERE, "mallory", "a guess").await
        ));
    }
    for token in ["another guess", &*link.token] {
        let refused = claim_from(&home, ELSEWHERE, "mallory", token).await;
        assert!(
            matches!(refused, Err(RegisterError::TooMany { .. })),
            "{refused:?}"
        );
    }
    for _ in 0..11 {
        let refused = claim(&home, "admin", &link.token).await;
        assert!(
            matches!(refused, Err(RegisterError::NameTaken)),
            "a bad name is no wrong token"
        );
    }
    claim(&home, "olga", &link.token).await.unwrap();
}

#[tokio::test]
async fn a_hundred_wrong_tokens_from_everywhere_close_a_link() {
    let home = closed_house().await;
    let link = setup::issue(&home.core).await.unwrap();
    for guess in 0..100 {
        let address = IpAddr::from([203, 0, 113, guess]);
        assert!(is_refused(
            &claim_from(&home, address, "mallory", "a guess").await
        ));
    }
    assert!(is_refused(&claim(&home, "olga", &link.token).await));

    let link = setup::issue(&home.core).await.unwrap();
    claim(&home, "olga", &link.token).await.unwrap();
}

#[tokio::test]
async fn a_link_survives_a_restart() {
    let home = closed_house().await;
    let link = setup::issue(&home.core).await.unwrap();
    let home = home.restarted(|_| {}).await;
    claim(&home, "olga", &link.token).await.unwrap();
}
