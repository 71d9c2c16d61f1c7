//! How long somebody is believed.

use std::time::Duration;

use hearth_core::sessions::{
    AuthError, RefreshError, authenticate, authenticate_cookie, logout, logout_refresh, refresh,
};
use hearth_core::{SessionGrant, SessionKind, accounts};
use hearth_protocol::ids::UserId;
use hearth_store::tables::devices;

use crate::house::{House, PASSWORD, registration};

const DAY: Duration = Duration::from_hours(24);

async fn is_alive(home: &House, grant: &SessionGrant) -> bool {
    authenticate(&home.core, grant.user_id, grant.session_id)
        .await
        .is_ok()
}

async fn device_count(home: &House, user: UserId) -> u64 {
    home.core
        .store()
        .read(move |tx| devices::count_of_user(tx, user))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_session_lives_seven_days_from_its_last_use() {
    let home = House::open("a.hearth.test").await;
    let first = home.register("alice").await.unwrap();
    home.clock.advance(6 * DAY);
    let second = refresh(&home.core, &first.secret).await.unwrap();
    assert_eq!(
        (second.session_id, second.device_id),
        (first.session_id, first.device_id)
    );
    assert_ne!(second.secret, first.secret);
    home.clock.advance(6 * DAY);
    assert!(is_alive(&home, &second).await, "twelve days after registering");
    home.clock.advance(DAY);
    assert!(
        !is_alive(&home, &second).await,
        "seven days after the last refresh"
    );
    let refused = refresh(&home.core, &second.secret).await.unwrap_err();
    assert_eq!(refused.to_string(), "Invalid refresh token");
}

#[tokio::test]
async fn two_tabs_that_share_a_token_both_stay_signed_in() {
    let home = House::open("a.hearth.test").await;
    let shared = home.register("alice").await.unwrap();
    let (one, two) = tokio::join!(
        refresh(&home.core, &shared.secret),
        refresh(&home.core, &shared.secret)
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.secret, two.secret);
    assert_eq!(one.device_id, two.device_id);

    home.clock.advance(Duration::from_mins(15));
    let one = refresh(&home.core, &one.secret).await.unwrap();
    let two = refresh(&home.core, &two.secret).await.unwrap();
    assert!(is_alive(&home, &one).await && is_alive(&home, &two).await);
}

#[tokio::test]
async fn beyond_the_grace_an_old_token_is_worth_nothing() {
    let home = House::open("a.hearth.test").await;
    let old = home.register("alice").await.unwrap();
    let new = refresh(&home.core, &old.secret).await.unwrap();
    home.clock.advance(Duration::from_secs(59));
    refresh(&home.core, &old.secret)
        .await
        .expect("a second tab, within the minute");
    home.clock.advance(Duration::from_secs(1));
    for _ in 0..2 {
        let refused = refresh(&home.core, &old.secret).await;
        assert!(matches!(refused, Err(RefreshError::Invalid)), "{refused:?}");
    }
    refresh(&home.core, &new.secret)
        .await
        .expect("and hurts nobody else");
}

#[tokio::test]
async fn a_token_makes_only_so_many_sessions_within_its_grace() {
    let home = House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
        config.limits.sessions_per_device = 3;
    })
    .await;
    let old = home.register("alice").await.unwrap();
    let mut tabs = Vec::new();
    for _ in 0..3 {
        tabs.push(refresh(&home.core, &old.secret).await.unwrap());
    }
    assert!(matches!(
        refresh(&home.core, &old.secret).await,
        Err(RefreshError::Invalid)
    ));
    for tab in &tabs {
        assert!(is_alive(&home, tab).await, "nobody is signed out by it");
    }
}

#[tokio::test]
async fn signing_out_ends_all_tabs_of_the_log_in_and_nothing_else() {
    let home = House::open("a.hearth.test").await;
    let shared = home.register("alice").await.unwrap();
    let phone = home.login("alice", PASSWORD).await.unwrap();
    let one = refresh(&home.core, &shared.secret).await.unwrap();
    let two = refresh(&home.core, &shared.secret).await.unwrap();
    let mut socket = home.socket(&home.actor(&one).await).await;

    logout(&home.core, &home.actor(&one).await).await.unwrap();
    assert!(!is_alive(&home, &one).await && !is_alive(&home, &two).await);
    assert!(refresh(&home.core, &two.secret).await.is_err());
    assert!(is_alive(&home, &phone).await);
    assert_eq!(
        socket.heard(),
        [
            serde_json::json!({"close": 4003}),
            serde_json::json!({"close": 4003})
        ]
    );
}

#[tokio::test]
async fn signing_out_works_with_the_token_that_the_client_kept() {
    let home = House::open("a.hearth.test").await;
    let stored = home.register("alice").await.unwrap();
    let current = refresh(&home.core, &stored.secret).await.unwrap();
    home.clock.advance(Duration::from_hours(1));
    logout_refresh(&home.core, &stored.secret).await.unwrap();
    assert!(!is_alive(&home, &current).await);
    logout_refresh(&home.core, "never heard of")
        .await
        .expect("an unknown token is no error");
}

#[tokio::test]
async fn a_session_is_believed_for_its_own_user_only() {
    let home = House::open("a.hearth.test").await;
    let alice = home.register("alice").await.unwrap();
    let bob = home.register("bob").await.unwrap();
    let refused = authenticate(&home.core, bob.user_id, alice.session_id)
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "Invalid token");
}

#[tokio::test]
async fn a_cookie_lives_on_while_it_is_used_and_is_no_refresh_token() {
    let home = House::open("a.hearth.test").await;
    let grant = accounts::register(&home.core, registration("alice"), SessionKind::Cookie)
        .await
        .unwrap();
    for _ in 0..4 {
        home.clock.advance(6 * DAY);
        let actor = authenticate_cookie(&home.core, &grant.secret).await.unwrap();
        assert_eq!(
            (actor.device_id, actor.kind),
            (grant.device_id, SessionKind::Cookie)
        );
    }
    assert!(matches!(
        refresh(&home.core, &grant.secret).await,
        Err(RefreshError::Invalid)
    ));
    home.clock.advance(7 * DAY);
    let refused = authenticate_cookie(&home.core, &grant.secret).await;
    assert!(matches!(refused, Err(AuthError::InvalidToken)), "{refused:?}");
}

#[tokio::test]
async fn a_refresh_token_is_no_cookie() {
    let home = House::open("a.hearth.test").await;
    let grant = home.register("alice").await.unwrap();
    assert!(matches!(
        authenticate_cookie(&home.core, &grant.secret).await,
        Err(AuthError::InvalidToken)
    ));
}

#[tokio::test]
async fn dead_devices_go_beyond_ten_and_live_ones_never() {
    let home = House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
        config.limits.logins_per_address = 1_000;
    })
    .await;
    let first = home.register("alice").await.unwrap();
    let mut live = Vec::new();
    for _ in 0..11 {
        live.push(home.login("alice", PASSWORD).await.unwrap());
    }
    assert_eq!(device_count(&home, first.user_id).await, 12, "all are in use");

    for grant in &live[..6] {
        logout(&home.core, &home.actor(grant).await).await.unwrap();
    }
    home.login("alice", PASSWORD).await.unwrap();
    assert_eq!(device_count(&home, first.user_id).await, 10);
    assert!(is_alive(&home, &first).await, "the oldest, but alive");
    for grant in &live[6..] {
        assert!(is_alive(&home, grant).await);
    }
}
