//! Typing and presence.

use std::time::Duration;

use hearth_bus::Presence;
use hearth_core::channels;
use hearth_core::live::{self, TypingError};
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn everybody_in_a_channel_sees_alice_typing() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let garden = home.channel(&alice, "garden").await;
    channels::add_member(&home.core, &alice, garden.id, bob.user_id)
        .await
        .unwrap();
    let mut bobs = home.socket(&bob).await;
    live::typing(&home.core, &alice, garden.id, true).await.unwrap();
    live::typing(&home.core, &alice, garden.id, false).await.unwrap();
    assert_eq!(
        bobs.heard(),
        [
            json!({"type": "typing.start", "user_id": alice.user_id, "channel_id": garden.id}),
            json!({"type": "typing.stop", "user_id": alice.user_id, "channel_id": garden.id}),
        ]
    );
}

#[tokio::test]
async fn a_stranger_types_into_the_void_and_not_too_fast() {
    let home = House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
        config.limits.typing_per_user = 2;
    })
    .await;
    let (alice, mallory) = (home.person("alice").await, home.person("mallory").await);
    let garden = home.channel(&alice, "garden").await;
    let mut alices = home.socket(&alice).await;
    for _ in 0..2 {
        let refused = live::typing(&home.core, &mallory, garden.id, true).await;
        assert!(matches!(refused, Err(TypingError::NotMember)), "{refused:?}");
    }
    let refused = live::typing(&home.core, &mallory, garden.id, true).await;
    assert!(matches!(refused, Err(TypingError::TooMany { .. })), "{refused:?}");
    assert!(alices.heard().is_empty());
    live::typing(&home.core, &alice, garden.id, true).await.unwrap();
}

#[tokio::test]
async fn presence_holds_for_five_minutes() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let presence = async || home.core.bus().presence(alice.user_id).await;
    live::set_presence(&home.core, &alice, Some(Presence::Away)).await;
    home.clock.advance(Duration::from_secs(299));
    assert_eq!(presence().await, Some(Presence::Away));
    home.clock.advance(Duration::from_secs(1));
    assert_eq!(presence().await, None);
    live::set_presence(&home.core, &alice, Some(Presence::Online)).await;
    live::set_presence(&home.core, &alice, None).await;
    assert_eq!(presence().await, None);
}

#[tokio::test]
async fn sockets_may_join_only_their_persons_channels() {
    let home = House::open("a.hearth.test").await;
    let (alice, mallory) = (home.person("alice").await, home.person("mallory").await);
    let garden = home.channel(&alice, "garden").await;
    assert!(
        channels::is_member(&home.core, garden.id, alice.user_id)
            .await
            .unwrap()
    );
    assert!(
        !channels::is_member(&home.core, garden.id, mallory.user_id)
            .await
            .unwrap()
    );
    assert_eq!(
        channels::ids_of(&home.core, alice.user_id).await.unwrap(),
        [garden.id]
    );
    assert_eq!(channels::ids_of(&home.core, mallory.user_id).await.unwrap(), []);
}
