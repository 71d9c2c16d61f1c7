//! Messages that travel between servers.

use hearth_core::messages::{self, NewMessage, Range};
use hearth_core::remote::{self, Ignored, RemoteContext};
use hearth_core::{Actor, channels};
use hearth_protocol::d3chat::event::{Event, MessageRelay};
use hearth_protocol::ids::{ChannelId, DeviceId};
use hearth_store::StoreError;
use hearth_store::tables::users;
use uuid::Uuid;

use crate::house::{House, server, username};

/// A plain message as another server relays it.
pub(crate) fn relay(channel: ChannelId, sender: &str, origin_id: &str, text: &str) -> Event {
    relay_from(channel, sender, origin_id, text, None)
}

/// A message from a device.
pub(crate) fn relay_from(
    channel_id: ChannelId,
    sender: &str,
    origin_id: &str,
    content: &str,
    sender_device_id: Option<DeviceId>,
) -> Event {
    Event::MessageRelay(MessageRelay {
        channel_id,
        sender_username: username(sender),
        sender_device_id,
        content: content.to_owned(),
        content_type: "text".to_owned(),
        protocol_version: if sender_device_id.is_some() { 2 } else { 1 },
        origin_message_id: origin_id.to_owned(),
    })
}

/// A channel of `owner` with one friend of another server in it.
pub(crate) async fn shared_channel(home: &House, owner: &Actor, friend: &str) -> ChannelId {
    let garden = home.channel(owner, "garden").await;
    let friend = home.met(friend).await;
    channels::add_member(&home.core, owner, garden.id, friend)
        .await
        .unwrap();
    garden.id
}

#[tokio::test]
async fn alice_and_bob_chat_across_two_servers() {
    let (a, b) = (
        House::open("a.hearth.test").await,
        House::open("b.hearth.test").await,
    );
    let (alice, bob) = (a.person("alice").await, b.person("bob").await);
    let garden = shared_channel(&a, &alice, "bob@b.hearth.test").await;
    assert_eq!(a.deliver_to(&b).await, []);
    let (mut alices, mut bobs) = (a.socket(&alice).await, b.socket(&bob).await);

    a.say(&alice, garden, "hello bob").await;
    assert_eq!(a.deliver_to(&b).await, []);
    b.say(&bob, garden, "hello alice").await;
    assert_eq!(b.deliver_to(&a).await, []);
    for number in 1..=3 {
        a.say(&alice, garden, &number.to_string()).await;
    }
    assert_eq!(a.deliver_to(&b).await, []);

    let said = ["hello bob", "hello alice", "1", "2", "3"];
    assert_eq!(a.reads(&alice, garden).await, said);
    assert_eq!(b.reads(&bob, garden).await, said);
    assert_eq!(alices.heard_texts(), said);
    assert_eq!(bobs.heard_texts(), said);
    assert!(
        b.waiting_for(&a.name()).await.is_empty(),
        "what arrived is not sent back"
    );
}

#[tokio::test]
async fn the_device_of_a_relayed_message_is_kept_and_published() {
    let (a, b) = (
        House::open("a.hearth.test").await,
        House::open("b.hearth.test").await,
    );
    let (alice, bob) = (a.person("alice").await, b.person("bob").await);
    let garden = shared_channel(&a, &alice, "bob@b.hearth.test").await;
    a.deliver_to(&b).await;
    let mut bobs = b.socket(&bob).await;
    let new = NewMessage {
        protocol_version: 2,
        sender_device_id: Some(alice.device_id),
        ..NewMessage::text("1:AhAR")
    };
    let sent = messages::send(&a.core, &alice, garden, new).await.unwrap();
    a.deliver_to(&b).await;

    let heard = &bobs.heard()[0]["message"];
    assert_eq!(heard["sender_device_id"], alice.device_id.to_string());
    assert_eq!(
        (&heard["protocol_version"], &heard["content"]),
        (&2.into(), &"1:AhAR".into())
    );
    assert_eq!(heard["attachments"], serde_json::json!([]));
    assert_eq!(heard["reply_to"], serde_json::Value::Null);
    let page = messages::list(&b.core, &bob, garden, Range::Newest, 1)
        .await
        .unwrap();
    let kept = &page.messages[0];
    assert_eq!(kept.sender_device_id, Some(alice.device_id));
    assert_eq!(kept.sender_id, b.known("alice@a.hearth.test").await);
    assert_ne!(kept.id, sent.id, "each server numbers its own");
}

#[tokio::test]
async fn a_server_speaks_for_its_own_members_in_that_channel_only() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let diary = home.channel(&alice, "diary").await.id;
    home.met("bea@b.hearth.test").await;
    let mut socket = home.socket(&alice).await;
    for (origin, channel, sender, why) in [
        ("c.hearth.test", garden, "bob", Ignored::NotAMember),
        ("c.hearth.test", garden, "cleo", Ignored::NotAMember),
        ("b.hearth.test", garden, "alice", Ignored::NotAMember),
        ("b.hearth.test", garden, "bea", Ignored::NotAMember),
        ("b.hearth.test", garden, "Bob", Ignored::NotAMember),
        ("b.hearth.test", diary, "bob", Ignored::NotShared),
        (
            "b.hearth.test",
            ChannelId::new(Uuid::from_u128(9)),
            "bob",
            Ignored::UnknownChannel,
        ),
    ] {
        let ignored = home
            .takes(origin, relay(channel, sender, "m1", "psst"))
            .await
            .unwrap();
        assert_eq!(ignored, Some(why), "{sender} by {origin}");
    }
    assert!(socket.heard().is_empty());
    assert!(home.reads(&alice, garden).await.is_empty());
    let strangers = home
        .core
        .store()
        .read(|tx| users::count_of_server(tx, &server("c.hearth.test")))
        .await;
    assert_eq!(strangers, Ok(0), "nobody is made before the event applies");
    assert_eq!(
        home.takes("b.hearth.test", relay(garden, "bob", "m1", "hi"))
            .await
            .unwrap(),
        None
    );
    assert_eq!(home.reads(&alice, garden).await, ["hi"]);
}

#[tokio::test]
async fn who_has_left_is_not_heard() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    assert_eq!(
        home.takes("b.hearth.test", crate::invites::leave(garden, "bob"))
            .await
            .unwrap(),
        None
    );
    let ignored = home
        .takes("b.hearth.test", relay(garden, "bob", "m1", "still here"))
        .await
        .unwrap();
    assert_eq!(ignored, Some(Ignored::NotAMember));
}

#[tokio::test]
async fn a_message_is_one_message_per_origin_whatever_its_event() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let cleo = home.met("cleo@c.hearth.test").await;
    channels::add_member(&home.core, &alice, garden, cleo)
        .await
        .unwrap();
    assert_eq!(
        home.takes("b.hearth.test", relay(garden, "bob", "m1", "once"))
            .await
            .unwrap(),
        None
    );
    let again = home
        .takes("b.hearth.test", relay(garden, "bob", "m1", "twice"))
        .await
        .unwrap();
    assert_eq!(again, Some(Ignored::KnownMessage));
    let other = home
        .takes("c.hearth.test", relay(garden, "cleo", "m1", "another's m1"))
        .await
        .unwrap();
    assert_eq!(other, None);
    assert_eq!(home.reads(&alice, garden).await, ["once", "another's m1"]);
}

#[tokio::test]
async fn an_event_that_is_undone_leaves_nothing_and_works_the_next_time() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let (ctx, event) = (RemoteContext::new(&home.core), relay(garden, "bob", "m1", "hi"));
    let undone = event.clone();
    let failed = home.core.store().write(move |tx| {
        let effects = remote::apply(tx, &ctx, &server("b.hearth.test"), &undone);
        assert!(effects.is_ok_and(|effects| effects.ignored().is_none()));
        Err::<(), _>(StoreError::DiskFull)
    });
    assert_eq!(failed.await, Err(StoreError::DiskFull));
    assert!(home.reads(&alice, garden).await.is_empty());
    assert_eq!(home.takes("b.hearth.test", event).await.unwrap(), None);
    let page = messages::list(&home.core, &alice, garden, Range::Newest, 10)
        .await
        .unwrap();
    assert_eq!(
        page.messages
            .iter()
            .map(|message| message.seq)
            .collect::<Vec<_>>(),
        [1],
        "no gap"
    );
}

#[tokio::test]
async fn relayed_and_local_messages_share_one_order() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    home.say(&alice, garden, "one").await;
    home.takes("b.hearth.test", relay(garden, "bob", "m1", "two"))
        .await
        .unwrap();
    home.say(&alice, garden, "three").await;
    let page = messages::list(&home.core, &alice, garden, Range::Newest, 10)
        .await
        .unwrap();
    assert!(
        page.messages
            .is_sorted_by(|a, b| a.seq + 1 == b.seq && a.created_at < b.created_at)
    );
    assert_eq!(home.reads(&alice, garden).await, ["one", "two", "three"]);
}
