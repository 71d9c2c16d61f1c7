//! Saying things and reading them.

use std::time::Duration;

use hearth_core::messages::{self, ListError, NewMessage, Range, SendError};
use hearth_core::{Actor, FieldFault, channels, sessions};
use hearth_protocol::d3chat::event::Event;
use hearth_protocol::ids::{ChannelId, DeviceId, MessageId};
use hearth_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::house::{House, PASSWORD, server};

async fn send(home: &House, by: &Actor, channel: ChannelId, new: NewMessage) -> Result<(), SendError> {
    messages::send(&home.core, by, channel, new).await.map(drop)
}

#[tokio::test]
async fn bob_hears_what_alice_says_in_the_form_of_the_wire() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let garden = home.channel(&alice, "garden").await;
    channels::add_member(&home.core, &alice, garden.id, bob.user_id)
        .await
        .unwrap();
    let mut bobs = home.socket(&bob).await;

    let first = home.say(&alice, garden.id, "how are the roses?").await;
    let answer = NewMessage {
        protocol_version: 2,
        sender_device_id: Some(bob.device_id),
        reply_to_id: Some(first.id),
        ..NewMessage::text("1:AhAR")
    };
    let second = messages::send(&home.core, &bob, garden.id, answer).await.unwrap();

    let heard = bobs.heard();
    assert_eq!(
        heard[0],
        json!({"type": "message.new", "message": {
            "id": first.id, "channel_id": garden.id, "seq": 1, "sender_id": alice.user_id,
            "sender_device_id": null, "content": "how are the roses?", "content_type": "text",
            "protocol_version": 1, "reply_to_id": null, "reply_to": null, "attachments": [],
            "edited_at": null, "created_at": "2025-10-09T08:53:20Z",
        }})
    );
    assert_eq!(
        heard[1],
        json!({"type": "message.new", "message": {
            "id": second.id, "channel_id": garden.id, "seq": 2, "sender_id": bob.user_id,
            "sender_device_id": bob.device_id, "content": "1:AhAR", "content_type": "text",
            "protocol_version": 2, "reply_to_id": first.id,
            "reply_to": {"id": first.id, "sender_id": alice.user_id, "content": "how are the roses?",
                "content_type": "text", "protocol_version": 1},
            "attachments": [], "edited_at": null, "created_at": "2025-10-09T08:53:20.001000Z",
        }})
    );
    let page = messages::list(&home.core, &alice, garden.id, Range::Newest, 50)
        .await
        .unwrap();
    assert_eq!(
        page.messages,
        [first, second],
        "what is kept is what was answered"
    );
    assert!(!page.has_more);
}

#[tokio::test]
async fn only_members_speak_and_read() {
    let home = House::open("a.hearth.test").await;
    let (alice, mallory) = (home.person("alice").await, home.person("mallory").await);
    let garden = home.channel(&alice, "garden").await;
    home.say(&alice, garden.id, "between us").await;
    for channel in [garden.id, ChannelId::new(Uuid::from_u128(1))] {
        let refused = send(&home, &mallory, channel, NewMessage::text("hi"))
            .await
            .unwrap_err();
        assert_eq!(refused.to_string(), "Not a member of this channel");
        let refused = messages::list(&home.core, &mallory, channel, Range::Newest, 50)
            .await
            .unwrap_err();
        assert_eq!(refused.to_string(), "Not a member of this channel");
    }
    assert_eq!(home.reads(&alice, garden.id).await, ["between us"]);
}

#[tokio::test]
async fn a_message_has_limits() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    let text = NewMessage::text("hi");
    let cases = [
        (
            NewMessage::text("x".repeat(65_537)),
            "content",
            FieldFault::TooLong { max_length: 65_536 },
        ),
        (
            NewMessage::text("é".repeat(32_769)),
            "content",
            FieldFault::TooLong { max_length: 65_536 },
        ),
        (NewMessage::text("a\0b"), "content", FieldFault::Control),
        (
            NewMessage::text("\u{1}".repeat(32_769)),
            "content",
            FieldFault::TooLong { max_length: 65_536 },
        ),
        (
            NewMessage {
                content_type: "te\nxt".to_owned(),
                ..text.clone()
            },
            "content_type",
            FieldFault::Control,
        ),
        (
            NewMessage {
                content_type: "x".repeat(33),
                ..text.clone()
            },
            "content_type",
            FieldFault::TooLong { max_length: 32 },
        ),
        (
            NewMessage {
                protocol_version: 0,
                ..text.clone()
            },
            "protocol_version",
            FieldFault::TooSmall { ge: 1 },
        ),
        (
            NewMessage {
                protocol_version: i64::MAX,
                ..text
            },
            "protocol_version",
            FieldFault::TooLarge { le: 2_147_483_647 },
        ),
    ];
    for (new, field, fault) in cases {
        match send(&home, &alice, garden.id, new).await {
            Err(SendError::Invalid(error)) => assert_eq!((error.field, error.fault), (field, fault)),
            other => panic!("{field}: {other:?}"),
        }
    }
    send(&home, &alice, garden.id, NewMessage::text("x".repeat(65_536)))
        .await
        .unwrap();
    let last = messages::list(&home.core, &alice, garden.id, Range::Newest, 1)
        .await
        .unwrap();
    assert_eq!(last.messages[0].seq, 1, "what was refused took no number");
}

#[tokio::test]
async fn a_device_speaks_for_its_own_user_while_it_is_logged_in() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let garden = home.channel(&alice, "garden").await;
    let from = |device| NewMessage {
        sender_device_id: Some(device),
        ..NewMessage::text("1:AhAR")
    };
    let strangers = [bob.device_id, DeviceId::new(Uuid::from_u128(1))];
    for device in strangers {
        let refused = send(&home, &alice, garden.id, from(device)).await.unwrap_err();
        assert!(matches!(refused, SendError::NotYourDevice), "{refused}");
    }
    send(&home, &alice, garden.id, from(alice.device_id))
        .await
        .unwrap();

    let phone = home.login("alice", PASSWORD).await.unwrap();
    send(&home, &alice, garden.id, from(phone.device_id))
        .await
        .expect("another device of hers");
    sessions::logout(&home.core, &home.actor(&phone).await)
        .await
        .unwrap();
    let refused = send(&home, &alice, garden.id, from(phone.device_id))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, SendError::NotYourDevice),
        "signed out: {refused}"
    );
}

#[tokio::test]
async fn an_answer_stays_in_its_channel() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    let kitchen = home.channel(&alice, "kitchen").await;
    let roses = home.say(&alice, garden.id, "roses").await;
    for parent in [roses.id, MessageId::new(Uuid::from_u128(1))] {
        let answer = NewMessage {
            reply_to_id: Some(parent),
            ..NewMessage::text("yes")
        };
        let refused = send(&home, &alice, kitchen.id, answer).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "reply_to_id must reference a message in the same channel"
        );
    }
}

#[tokio::test]
async fn pages_backwards_by_time_skip_and_repeat_nothing() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    // All within one millisecond of the clock, so their times are made to differ.
    for number in 1..=25 {
        home.say(&alice, garden.id, &number.to_string()).await;
    }
    let mut read = Vec::new();
    let mut range = Range::Newest;
    loop {
        let page = messages::list(&home.core, &alice, garden.id, range, 10)
            .await
            .unwrap();
        let oldest = page.messages.first().unwrap().created_at;
        read.splice(0..0, page.messages.into_iter().map(|message| message.content));
        if !page.has_more {
            break;
        }
        // As a client does: the time goes through its text form.
        range = Range::Before(Timestamp::parse_rfc3339(&oldest.to_rest()).unwrap());
    }
    assert_eq!(
        read,
        (1..=25).map(|number| number.to_string()).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn catching_up_by_number_reads_forwards() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    for number in 1..=5 {
        home.say(&alice, garden.id, &number.to_string()).await;
    }
    let page = messages::list(&home.core, &alice, garden.id, Range::After(2), 2)
        .await
        .unwrap();
    let read: Vec<_> = page
        .messages
        .iter()
        .map(|message| (message.seq, message.content.as_str()))
        .collect();
    assert_eq!(
        (read.as_slice(), page.has_more),
        ([(3, "3"), (4, "4")].as_slice(), true)
    );
    let page = messages::list(&home.core, &alice, garden.id, Range::After(4), 2)
        .await
        .unwrap();
    assert_eq!((page.messages.len(), page.has_more), (1, false));
    let page = messages::list(&home.core, &alice, garden.id, Range::After(5), 2)
        .await
        .unwrap();
    assert_eq!((page.messages.len(), page.has_more), (0, false));
}

#[tokio::test]
async fn a_page_has_one_to_a_hundred_messages() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    for limit in [i64::MIN, -1, 0, 101] {
        let refused = messages::list(&home.core, &alice, garden.id, Range::Newest, limit).await;
        assert!(matches!(refused, Err(ListError::Invalid(_))), "{limit}");
    }
    for limit in [1, 100] {
        messages::list(&home.core, &alice, garden.id, Range::Newest, limit)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn time_in_a_channel_goes_forward_even_when_the_clock_goes_back() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    let first = home.say(&alice, garden.id, "noon").await;
    home.clock.set(first.created_at.minus(Duration::from_hours(1)));
    let second = home.say(&alice, garden.id, "an hour earlier?").await;
    assert_eq!(
        second.created_at.since(first.created_at),
        Duration::from_millis(1)
    );
    home.clock.set(first.created_at.plus(Duration::from_hours(1)));
    let third = home.say(&alice, garden.id, "one o'clock").await;
    assert_eq!(third.created_at.since(first.created_at), Duration::from_hours(1));
}

#[tokio::test]
async fn a_message_in_a_federated_channel_waits_for_every_server_that_takes_part() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    for friend in ["bob@b.hearth.test", "bea@b.hearth.test", "cleo@c.hearth.test"] {
        let friend = home.met(friend).await;
        channels::add_member(&home.core, &alice, garden.id, friend)
            .await
            .unwrap();
    }
    let (b, c) = (server("b.hearth.test"), server("c.hearth.test"));
    home.forget_queue(&b).await;
    home.forget_queue(&c).await;
    let new = NewMessage {
        protocol_version: 2,
        sender_device_id: Some(alice.device_id),
        ..NewMessage::text("1:AhAR")
    };
    let message = messages::send(&home.core, &alice, garden.id, new).await.unwrap();
    for other in [&b, &c] {
        let told = home.waiting_for(other).await;
        let [event] = told.as_slice() else {
            panic!("one each: {told:?}")
        };
        assert_eq!(event.event_id.as_str(), format!("msg-{}", message.id));
        let Event::MessageRelay(relay) = &event.event else {
            panic!("{event:?}")
        };
        assert_eq!(
            (relay.channel_id, relay.sender_username.as_str()),
            (garden.id, "alice")
        );
        assert_eq!(relay.sender_device_id, Some(alice.device_id));
        assert_eq!((relay.content.as_str(), relay.protocol_version), ("1:AhAR", 2));
        assert_eq!(relay.origin_message_id, message.id.to_string());
    }
    let refused = NewMessage {
        reply_to_id: Some(MessageId::new(Uuid::nil())),
        ..NewMessage::text("?")
    };
    assert!(send(&home, &alice, garden.id, refused).await.is_err());
    assert_eq!(
        home.waiting_for(&b).await.len(),
        1,
        "what was refused is not relayed"
    );
}
