//! Events between servers, as bytes on the wire and as the types they become.

use hearth_protocol::d3chat::event::{
    ChannelInvite, ChannelJoin, Event, EventError, FieldFault, InboundEvent, MessageRelay, OutboundEvent,
    SenderKeyDistribute,
};
use hearth_protocol::ids::{ChannelId, DeviceId, EventId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use serde_json::{Value, json};

const CHANNEL: &str = "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10";
const DEVICE: &str = "5a1d0f7e-2b3c-4d5e-8f90-a1b2c3d4e5f6";

fn name(text: &str) -> Username {
    Username::parse(text).unwrap()
}

fn channel() -> ChannelId {
    ChannelId::parse(CHANNEL).unwrap()
}

fn relay() -> MessageRelay {
    MessageRelay {
        channel_id: channel(),
        sender_username: name("alice"),
        sender_device_id: None,
        content: "Grüße, 世界 🙂".to_owned(),
        content_type: "text".to_owned(),
        protocol_version: 1,
        origin_message_id: "0b0e7a34-97f1-4a63-8f0c-2f7f2c5b9d11".to_owned(),
    }
}

fn from_a_to_b(event: Event) -> OutboundEvent {
    OutboundEvent {
        event_id: EventId::parse("msg-1").unwrap(),
        origin_server: ServerName::parse("a.hearth.test").unwrap(),
        destination_server: ServerName::parse("b.hearth.test:8441").unwrap(),
        timestamp: Timestamp::from_millis(1_771_203_723_456),
        event,
    }
}

fn relay_json() -> Value {
    serde_json::from_str(&from_a_to_b(Event::MessageRelay(relay())).to_json()).unwrap()
}

fn parse(value: &Value) -> Result<InboundEvent, EventError> {
    InboundEvent::parse(value.to_string().as_bytes())
}

/// A relay whose one member is replaced (or removed, for `Value::Null` under `remove`).
fn relay_with(member: &str, value: Value) -> Result<InboundEvent, EventError> {
    let mut relay = relay_json();
    relay[member] = value;
    parse(&relay)
}

fn relay_without(member: &str) -> Result<InboundEvent, EventError> {
    let mut relay = relay_json();
    relay.as_object_mut().unwrap().remove(member);
    parse(&relay)
}

fn malformed<T>(field: &'static str, fault: FieldFault) -> Result<T, EventError> {
    Err(EventError::Malformed { field, fault })
}

#[test]
fn an_event_is_one_flat_object_in_upstreams_order() {
    let json = from_a_to_b(Event::MessageRelay(relay())).to_json();
    let expected = concat!(
        r#"{"event_id":"msg-1","origin_server":"a.hearth.test","destination_server":"b.hearth.test:8441","#,
        r#""timestamp":"2026-02-16T01:02:03.456000+00:00","type":"message.relay","#,
        r#""channel_id":"3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10","sender_username":"alice","#,
        r#""sender_device_id":null,"content":"Grüße, 世界 🙂","content_type":"text","protocol_version":1,"#,
        r#""origin_message_id":"0b0e7a34-97f1-4a63-8f0c-2f7f2c5b9d11"}"#,
    );
    assert_eq!(json, expected);
}

#[test]
fn what_a_writes_b_reads() {
    let events = [
        Event::MessageRelay(MessageRelay {
            sender_device_id: Some(DeviceId::parse(DEVICE).unwrap()),
            ..relay()
        }),
        Event::ChannelInvite(ChannelInvite {
            channel_id: channel(),
            channel_name: Some("general".to_owned()),
            inviter_username: name("alice"),
            invitee_username: name("bob"),
            encryption_type: "sender_keys".to_owned(),
        }),
        Event::ChannelJoin(ChannelJoin {
            channel_id: channel(),
            username: name("carol"),
        }),
        Event::SenderKeyDistribute(SenderKeyDistribute {
            channel_id: channel(),
            device_id: DeviceId::parse(DEVICE).unwrap(),
            sender_username: name("alice"),
            sender_key_public: "AAECAwQ=".to_owned(),
            chain_key: "Hx4dHBs=".to_owned(),
        }),
        Event::Hello,
    ];
    for event in events {
        let sent = from_a_to_b(event.clone());
        let received = InboundEvent::parse(sent.to_json().as_bytes()).unwrap();
        assert_eq!(received.event, event);
        assert_eq!(received.event_id, sent.event_id);
        assert_eq!(received.origin_server, Some(sent.origin_server));
        assert_eq!(received.destination_server, Some(sent.destination_server));
    }
}

#[test]
fn upstreams_own_bodies_are_understood() {
    // The bodies of the signing vectors, as the reference server wrote them.
    let invite = br#"{"event_id":"inv-1","origin_server":"chat.example.org","type":"channel.invite","channel_id":"3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10","channel_name":"general","inviter_username":"alice","invitee_username":"bob","encryption_type":"sender_keys"}"#;
    let received = InboundEvent::parse(invite).unwrap();
    assert_eq!(received.event.kind(), "channel.invite");
    assert_eq!(received.destination_server, None);

    let leave = br#"{"event_id": "l-1", "origin_server": "chat.example.org", "type": "channel.leave", "channel_id": "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10", "username": "carol"}"#;
    assert_eq!(InboundEvent::parse(leave).unwrap().event.kind(), "channel.leave");

    let escaped = br#"{"event_id": "msg-2", "type": "message.relay", "channel_id": "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10", "sender_username": "alice", "content": "Gr\u00fc\u00dfe \ud83d\ude42 \u0001\n", "origin_message_id": "x"}"#;
    let Event::MessageRelay(relay) = InboundEvent::parse(escaped).unwrap().event else {
        panic!("not a relay")
    };
    assert_eq!(relay.content, "Grüße 🙂 \u{1}\n");
    // What upstream's handler assumes where nothing is said.
    assert_eq!((relay.content_type.as_str(), relay.protocol_version), ("text", 1));
}

#[test]
fn the_envelope_comes_first_and_says_what_is_missing() {
    for (body, why) in [
        (json!({}), EventError::MissingEventId),
        (json!({"type": "x"}), EventError::MissingEventId),
        (json!({"event_id": "", "type": "x"}), EventError::MissingEventId),
        (json!({"event_id": null, "type": "x"}), EventError::MissingEventId),
        (json!({"event_id": "e"}), EventError::MissingType),
        (json!({"event_id": "e", "type": ""}), EventError::MissingType),
        (json!({"event_id": "e", "type": null}), EventError::MissingType),
    ] {
        assert_eq!(parse(&body), Err(why), "{body}");
    }
    assert_eq!(EventError::MissingEventId.to_string(), "Missing event_id");
    assert_eq!(EventError::MissingType.to_string(), "Missing event type");

    let bent = [
        ("event_id", json!(7), FieldFault::WrongType),
        ("event_id", json!("e".repeat(256)), FieldFault::Invalid),
        ("event_id", json!("a\nb"), FieldFault::Invalid),
        ("type", json!(["message.relay"]), FieldFault::WrongType),
        ("type", json!("t".repeat(65)), FieldFault::TooLong),
        ("origin_server", json!("a.hearth.test/x"), FieldFault::Invalid),
        ("origin_server", json!(""), FieldFault::Invalid),
        ("destination_server", json!(1), FieldFault::WrongType),
    ];
    for (field, value, fault) in bent {
        assert_eq!(relay_with(field, value), malformed(field, fault), "{field}");
    }
}

#[test]
fn a_body_that_is_no_object_is_invalid_json() {
    for body in [
        &b""[..],
        b"null",
        b"[]",
        b"7",
        b"\"x\"",
        b"{",
        b"{}x",
        b"\xff",
        b"{\"a\":\"\xff\"}",
    ] {
        let why = InboundEvent::parse(body).unwrap_err();
        assert!(matches!(why, EventError::Json(_)), "{why:?}");
        assert_eq!(why.to_string(), "Invalid JSON body");
    }
}

#[test]
fn every_member_of_a_relay_is_judged() {
    for field in ["channel_id", "sender_username", "content", "origin_message_id"] {
        assert_eq!(relay_without(field), malformed(field, FieldFault::Missing));
        assert_eq!(
            relay_with(field, Value::Null),
            malformed(field, FieldFault::Missing)
        );
        assert_eq!(
            relay_with(field, json!(7)),
            malformed(field, FieldFault::WrongType)
        );
    }
    for (field, value, fault) in [
        (
            "channel_id",
            json!("3f2b8c1e6d2a4a0e9a570d5b7c4e1f10"),
            FieldFault::Invalid,
        ),
        ("sender_username", json!("al"), FieldFault::Invalid),
        ("sender_username", json!("alice@b.test"), FieldFault::Invalid),
        ("sender_device_id", json!("nobody"), FieldFault::Invalid),
        ("content", json!("x".repeat(65_537)), FieldFault::TooLong),
        ("content", json!("é".repeat(32_769)), FieldFault::TooLong),
        ("content", json!("a\0b"), FieldFault::Invalid),
        ("content", json!("\u{1}".repeat(32_769)), FieldFault::TooLong),
        ("content_type", json!("x".repeat(33)), FieldFault::TooLong),
        ("content_type", json!("text\n"), FieldFault::Invalid),
        ("protocol_version", json!("1"), FieldFault::WrongType),
        ("protocol_version", json!(-1), FieldFault::Invalid),
        ("protocol_version", json!(1.5), FieldFault::Invalid),
        ("protocol_version", json!(2_147_483_648_u32), FieldFault::Invalid),
        ("origin_message_id", json!("x".repeat(256)), FieldFault::TooLong),
        ("origin_message_id", json!(""), FieldFault::Missing),
    ] {
        assert_eq!(relay_with(field, value), malformed(field, fault), "{field}");
    }
    assert_eq!(
        relay_without("channel_id").unwrap_err().to_string(),
        "Malformed event: channel_id is missing"
    );
}

#[test]
fn the_longest_allowed_members_pass() {
    assert!(relay_with("content", json!("x".repeat(65_536))).is_ok());
    // Escaped twice as long on the wire, but as long as allowed once read.
    assert!(relay_with("content", json!("\n".repeat(65_536))).is_ok());
    assert!(relay_with("content", json!("")).is_ok());
    assert!(relay_with("origin_message_id", json!("é".repeat(255))).is_ok());
    assert!(relay_with("protocol_version", json!(i32::MAX)).is_ok());
    assert!(relay_with("event_id", json!("é".repeat(255))).is_ok());
}

#[test]
fn invites_and_keys_have_their_columns_limits() {
    let invite = |field: &str, value: Value| {
        let mut invite = json!({
            "event_id": "i", "type": "channel.invite", "channel_id": CHANNEL, "channel_name": "general",
            "inviter_username": "alice", "invitee_username": "bob", "encryption_type": "sender_keys",
        });
        invite[field] = value;
        parse(&invite)
    };
    assert!(invite("channel_name", Value::Null).is_ok());
    assert!(invite("channel_name", json!("n".repeat(128))).is_ok());
    assert_eq!(
        invite("channel_name", json!("n".repeat(129))),
        malformed("channel_name", FieldFault::TooLong)
    );
    assert_eq!(
        invite("channel_name", json!("a\u{7}b")),
        malformed("channel_name", FieldFault::Invalid)
    );
    assert_eq!(
        invite("encryption_type", json!("e".repeat(33))),
        malformed("encryption_type", FieldFault::TooLong)
    );
    assert_eq!(
        invite("invitee_username", Value::Null),
        malformed("invitee_username", FieldFault::Missing)
    );

    let key = |field: &str, value: Value| {
        let mut key = json!({
            "event_id": "k", "type": "sender_key.distribute", "channel_id": CHANNEL, "device_id": DEVICE,
            "sender_username": "alice", "sender_key_public": "AAEC", "chain_key": "Hx4d",
        });
        key[field] = value;
        parse(&key)
    };
    assert!(key("chain_key", json!("k".repeat(255))).is_ok());
    assert_eq!(
        key("chain_key", json!("k".repeat(256))),
        malformed("chain_key", FieldFault::TooLong)
    );
    assert_eq!(
        key("sender_key_public", json!("")),
        malformed("sender_key_public", FieldFault::Missing)
    );
    assert_eq!(
        key("device_id", json!("")),
        malformed("device_id", FieldFault::Invalid)
    );
}

#[test]
fn what_nobody_here_knows_is_ignored() {
    let unknown = json!({"event_id": "e", "type": "reaction.add", "channel_id": 7, "deep": {"er": [[{}]]}});
    let kind = "reaction.add".to_owned();
    assert_eq!(parse(&unknown).unwrap().event, Event::Unknown { kind });
    // A batch is a type like any other until both sides offer it.
    assert_eq!(
        parse(&json!({"event_id": "e", "type": "batch", "events": []}))
            .unwrap()
            .event
            .kind(),
        "batch"
    );

    let mut relay = relay_json();
    relay["reply_to"] = json!({"id": 1});
    relay["timestamp"] = json!("yesterday");
    assert!(parse(&relay).is_ok());
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let key = SenderKeyDistribute {
        channel_id: channel(),
        device_id: DeviceId::parse(DEVICE).unwrap(),
        sender_username: name("alice"),
        sender_key_public: "public".to_owned(),
        chain_key: "chain-secret".to_owned(),
    };
    let shown = format!(
        "{:?} {:?}",
        Event::SenderKeyDistribute(key),
        Event::MessageRelay(relay())
    );
    assert!(
        !shown.contains("chain-secret") && !shown.contains("Grüße"),
        "{shown}"
    );
}
