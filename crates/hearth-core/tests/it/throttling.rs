//! Guessing passwords is slow, and slow only for who guesses.

use std::net::IpAddr;
use std::time::Duration;

use hearth_core::accounts::LoginError;
use hearth_core::accounts::RegisterError;

use crate::house::{ALICES_DESK, ELSEWHERE, House, PASSWORD};

#[tokio::test]
async fn a_stranger_guesses_ten_times_and_alice_still_gets_in() {
    let home = House::open("a.hearth.test").await;
    home.person("alice").await;
    for _ in 0..10 {
        let refused = home.login_from(ELSEWHERE, "alice", "a guess of mine").await;
        assert!(
            matches!(refused, Err(LoginError::InvalidCredentials)),
            "{refused:?}"
        );
    }
    let refused = home.login_from(ELSEWHERE, "ALICE", PASSWORD).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Rate limit exceeded",
        "not even with the right password"
    );
    home.login_from(ALICES_DESK, "alice", PASSWORD).await.unwrap();

    let LoginError::TooMany { retry_after } = refused else {
        panic!("{refused}")
    };
    home.clock.advance(retry_after);
    home.login_from(ELSEWHERE, "alice", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn many_strangers_together_are_stopped_at_the_accounts_own_budget() {
    let home = House::with("a.hearth.test", |config| {
        config.limits.wrong_passwords_per_account = 3;
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
    })
    .await;
    home.person("alice").await;
    for host in 1..=3 {
        let refused = home.login_from(stranger(host), "alice", "a guess of mine").await;
        assert!(
            matches!(refused, Err(LoginError::InvalidCredentials)),
            "{refused:?}"
        );
    }
    let refused = home.login_from(stranger(4), "alice", "a guess of mine").await;
    assert!(matches!(refused, Err(LoginError::TooMany { .. })), "{refused:?}");
}

#[tokio::test]
async fn unknown_names_are_throttled_like_known_ones() {
    let home = House::open("a.hearth.test").await;
    home.person("alice").await;
    let mut answers = Vec::new();
    for name in ["alice", "nobody"] {
        for _ in 0..11 {
            answers.push(home.login(name, "a guess of mine").await.unwrap_err().to_string());
        }
    }
    assert_eq!(
        answers[..11],
        answers[11..],
        "whether an account exists cannot be told"
    );
    assert_eq!(answers[10], "Rate limit exceeded");
}

#[tokio::test]
async fn an_address_tries_only_so_many_names() {
    let home = House::open("a.hearth.test").await;
    for guess in 0..30 {
        let refused = home.login(&format!("name{guess}"), "a guess of mine").await;
        assert!(
            matches!(refused, Err(LoginError::InvalidCredentials)),
            "{guess}: {refused:?}"
        );
    }
    assert!(matches!(
        home.login("name30", PASSWORD).await,
        Err(LoginError::TooMany { .. })
    ));
    home.clock.advance(Duration::from_mins(1));
    assert!(matches!(
        home.login("name30", PASSWORD).await,
        Err(LoginError::InvalidCredentials)
    ));
}

#[tokio::test]
async fn an_address_registers_only_so_many_names() {
    let home = House::with("a.hearth.test", |config| {
        config.limits.registrations_per_address = 2;
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
    })
    .await;
    home.person("alice").await;
    home.person("bob").await;
    assert!(matches!(
        home.register("carol").await,
        Err(RegisterError::TooMany { .. })
    ));
}

#[tokio::test]
async fn right_passwords_cost_the_account_nothing() {
    let home = House::with("a.hearth.test", |config| {
        config.limits.wrong_passwords_per_account = 1;
        config.limits.logins_per_address = 100;
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
    })
    .await;
    home.person("alice").await;
    for _ in 0..5 {
        home.login("alice", PASSWORD).await.unwrap();
    }
}

fn stranger(host: u8) -> IpAddr {
    IpAddr::from([203, 0, 113, host])
}
