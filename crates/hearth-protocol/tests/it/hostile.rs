//! Whatever bytes arrive, every reader answers with a value or an error.

use hearth_protocol::cryptid::capabilities::Capabilities;
use hearth_protocol::cryptid::error::ErrorBody;
use hearth_protocol::cryptid::health::Health;
use hearth_protocol::d3chat::descriptor::ServerDescriptor;
use hearth_protocol::d3chat::event::InboundEvent;
use hearth_protocol::d3chat::key_history::KeysDocument;
use hearth_protocol::d3chat::lookup::{self, LookupAnswer};
use hearth_protocol::fingerprint::Fingerprint;
use hearth_protocol::json::{self, JsonError, Limits};
use hearth_protocol::keys::{PublicKey, Signature};
use hearth_protocol::names::{CryptidName, ServerName};
use hearth_protocol::version::ProtocolVersion;
use proptest::prelude::*;
use serde_json::Value;

/// Gives the bytes to every reader of documents.
fn read_everywhere(bytes: &[u8]) {
    let name = ServerName::parse("a.hearth.test").unwrap();
    let _ = InboundEvent::parse(bytes);
    let _ = ServerDescriptor::parse(bytes, &name);
    let _ = KeysDocument::parse(bytes, &name);
    let _ = LookupAnswer::parse(bytes);
    let _ = Capabilities::parse(bytes, &CryptidName::parse("a.hearth.test").unwrap());
    let _ = Health::parse(bytes);
    let _ = ErrorBody::parse(bytes);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{1,12}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

const KINDS: &[&str] = &[
    "message.relay",
    "channel.invite",
    "channel.join",
    "channel.leave",
    "sender_key.distribute",
];

const NAMES: &[&str] = &[
    "channel_id",
    "content",
    "sender_username",
    "sender_device_id",
    "protocol_version",
    "origin_server",
    "origin_message_id",
    "username",
    "domain",
    "keys",
    "status",
    "found",
    "attestation",
    "features",
];

/// The members that readers look for, each with any value at all.
fn event_like() -> impl Strategy<Value = Value> {
    let members = prop::collection::vec((prop::sample::select(NAMES), any_json()), 0..8);
    (prop::sample::select(KINDS), members).prop_map(|(kind, members)| {
        let mut object: serde_json::Map<_, _> = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        object.insert("event_id".to_owned(), "e".into());
        object.insert("type".to_owned(), kind.into());
        Value::Object(object)
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_everywhere(&bytes);
    }

    #[test]
    fn arbitrary_json_never_panics(value in any_json()) {
        read_everywhere(value.to_string().as_bytes());
    }

    #[test]
    fn almost_events_never_panic(value in event_like(), cut in any::<prop::sample::Index>()) {
        let text = value.to_string();
        read_everywhere(text.as_bytes());
        read_everywhere(&text.as_bytes()[..cut.index(text.len())]);
    }

    #[test]
    fn arbitrary_texts_never_panic(text in "\\PC{0,120}") {
        let _ = PublicKey::from_base64(&text);
        let _ = Signature::from_base64(&text);
        let _ = Fingerprint::parse(&text);
        let _ = ProtocolVersion::parse(&text);
        let _ = lookup::reencoded_path(&text);
        let _ = lookup::queried_username(&text);
    }

    #[test]
    fn keys_of_any_bytes_never_panic(key in any::<[u8; 32]>(), signature in any::<[u8; 64]>(), message in any::<[u8; 8]>()) {
        if let Ok(key) = PublicKey::from_bytes(&key) {
            prop_assert_eq!(PublicKey::from_base64(&key.to_base64()), Ok(key));
            prop_assert!(!key.verify_strict(&message, &Signature::from_bytes(signature)));
        }
    }

    /// The bounded reader takes exactly what the JSON library takes, as long as nothing exceeds the limits.
    #[test]
    fn within_the_limits_json_is_json(value in any_json()) {
        let text = value.to_string();
        let limits = Limits { max_depth: 64, max_string: 1024 };
        prop_assert_eq!(json::parse::<Value>(text.as_bytes(), &limits).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        prop_assert!(json::parse_unique::<Value>(text.as_bytes(), &limits).is_ok());
    }

    #[test]
    fn depth_is_counted_exactly(depth in 1_usize..40, max_depth in 0_usize..40) {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let result = json::parse::<Value>(text.as_bytes(), &Limits { max_depth, max_string: 0 });
        prop_assert_eq!(result.is_ok(), depth <= max_depth);
    }
}

#[test]
fn a_quarter_megabyte_of_brackets_is_refused_at_once() {
    let bytes = vec![b'['; 256 * 1024];
    let why = json::parse::<Value>(&bytes, &InboundEvent::LIMITS).unwrap_err();
    assert_eq!(why, JsonError::TooDeep { max: 32 });
}
