//! Sending once, however often an answer is lost.

use hearth_core::messages::{self, ClientKey, NewMessage, SendError};
use hearth_core::{Actor, channels};

use crate::house::{House, server};

fn keyed(text: &str, key: &str) -> NewMessage {
    NewMessage {
        client_key: ClientKey::parse(key),
        ..NewMessage::text(text)
    }
}

/// Alice's house with a channel that somebody elsewhere shares.
async fn shared() -> (House, Actor, channels::Channel) {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    let bob = home.met("bob@b.hearth.test").await;
    channels::add_member(&home.core, &alice, garden.id, bob)
        .await
        .unwrap();
    (home, alice, garden)
}

#[tokio::test]
async fn a_repeated_message_is_the_one_that_was_said_and_nobody_hears_it_again() {
    let (home, alice, garden) = shared().await;
    let b = server("b.hearth.test");
    let root = home.say(&alice, garden.id, "how are the roses?").await;
    let mut socket = home.socket(&alice).await;
    let new = NewMessage {
        reply_to_id: Some(root.id),
        ..keyed("in bloom", "k-1")
    };
    let first = messages::send(&home.core, &alice, garden.id, new.clone())
        .await
        .unwrap();
    assert_eq!(socket.heard_texts(), ["in bloom"]);
    let queued = home.waiting_for(&b).await.len();

    home.say(&alice, garden.id, "something else").await;
    socket.heard();
    let again = messages::send(&home.core, &alice, garden.id, new).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(socket.heard_texts(), Vec::<String>::new());
    assert_eq!(
        home.waiting_for(&b).await.len(),
        queued + 1,
        "the other message only"
    );
    assert_eq!(
        home.reads(&alice, garden.id).await,
        ["how are the roses?", "in bloom", "something else"]
    );
}

#[tokio::test]
async fn attempts_at_the_same_time_make_one_message() {
    let (home, alice, garden) = shared().await;
    let attempt = || messages::send(&home.core, &alice, garden.id, keyed("once", "k-1"));
    let (one, two, three) = tokio::join!(attempt(), attempt(), attempt());
    let ids = [one, two, three].map(|said| said.unwrap().id);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(home.reads(&alice, garden.id).await, ["once"]);
}

#[tokio::test]
async fn a_key_is_its_senders_own_and_stays_in_its_channel() {
    let (home, alice, garden) = shared().await;
    let carol = home.person("carol").await;
    channels::add_member(&home.core, &alice, garden.id, carol.user_id)
        .await
        .unwrap();
    let diary = home.channel(&alice, "diary").await;
    let send =
        async |by: &Actor, channel, text| messages::send(&home.core, by, channel, keyed(text, "k-1")).await;
    let first = send(&alice, garden.id, "mine").await.unwrap();
    let hers = send(&carol, garden.id, "hers").await.unwrap();
    assert_ne!(first.id, hers.id);
    let elsewhere = send(&alice, diary.id, "dear diary").await;
    assert!(matches!(elsewhere, Err(SendError::KeyElsewhere)), "{elsewhere:?}");
    // Of another channel an outsider learns nothing, not even by a key of their own.
    let outside = send(&carol, diary.id, "psst").await;
    assert!(matches!(outside, Err(SendError::NotMember)), "{outside:?}");
    assert_eq!(home.reads(&alice, diary.id).await, Vec::<String>::new());
    assert_eq!(home.reads(&alice, garden.id).await, ["mine", "hers"]);
}
