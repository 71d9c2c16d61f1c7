//! Conversions between stored values and the domain's own types. Ids, names, keys and fingerprints are stored
//! as their text, times as milliseconds UTC.

use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
use hearth_protocol::ids::{AttachmentId, ChannelId, DeviceId, EventId, MessageId, SessionId, UserId};
use hearth_protocol::keys::{PublicKey, Signature};
use hearth_protocol::names::{CryptidName, ServerName, UserAddress, Username};
use hearth_protocol::time::Timestamp;
use uuid::Uuid;

use super::{FromValue, Value};

/// Types that are stored as the text they display and are parsed from.
macro_rules! stored_as_text {
    ($($name:ty: $expected:literal),* $(,)?) => { $(
        impl From<$name> for Value {
            fn from(value: $name) -> Self {
                Self::from(&value)
            }
        }

        impl From<&$name> for Value {
            fn from(value: &$name) -> Self {
                Self::Text(value.to_string())
            }
        }

        impl FromValue for $name {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Text(text) => text.parse().ok(),
                    _ => None,
                }
            }
        }
    )* };
}

stored_as_text! {
    AttachmentId: "an attachment id",
    ChannelId: "a channel id",
    CryptidName: "a Cryptid server name",
    DeviceId: "a device id",
    EventId: "an event id",
    Fingerprint: "a certificate fingerprint",
    MessageId: "a message id",
    PublicKey: "a public key",
    ServerName: "a server name",
    SessionId: "a session id",
    Signature: "a signature",
    SpkiHash: "the hash of a public key",
    UserAddress: "a user's address",
    UserId: "a user id",
    Username: "a username",
    Uuid: "a UUID",
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Int(time.as_millis())
    }
}

impl FromValue for Timestamp {
    const EXPECTED: &'static str = "a time";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(millis) => Some(Self::from_millis(*millis)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    /// Through a value and back, owned and borrowed.
    fn assert_kept<T>(original: &T, stored: &Value)
    where
        T: FromValue + Debug + PartialEq + Clone,
        Value: From<T> + for<'a> From<&'a T>,
    {
        assert_eq!(Value::from(original), *stored);
        assert_eq!(Value::from(original.clone()), *stored);
        assert_eq!(T::from_value(stored).as_ref(), Some(original));
    }

    #[test]
    fn what_is_kept_comes_back() {
        let uuid = Uuid::from_u128(0x0f0e_0d0c_0b0a_4908_8706_0504_0302_0100);
        let text = Value::from("0f0e0d0c-0b0a-4908-8706-050403020100");
        assert_kept(&uuid, &text);
        assert_kept(&UserId::new(uuid), &text);
        assert_kept(&MessageId::new(uuid), &text);
        let server = ServerName::parse("Chat.Example:8443").expect("a name");
        assert_kept(&server, &"chat.example:8443".into());
        let address = UserAddress::parse("Alice@chat.example").expect("an address");
        assert_kept(&address.username, &"Alice".into());
        assert_kept(&address, &"Alice@chat.example".into());
        let fingerprint = Fingerprint::of_der(b"a certificate");
        assert_kept(&fingerprint, &fingerprint.to_string().into());
    }

    #[test]
    fn times_are_milliseconds() {
        let time = Timestamp::from_millis(-1);
        assert_eq!(Value::from(time), Value::Int(-1));
        assert_eq!(Timestamp::from_value(&Value::Int(-1)), Some(time));
        assert_eq!(Timestamp::from_value(&"2025-06-15T00:00:00Z".into()), None);
    }

    #[test]
    fn what_does_not_parse_is_refused() {
        assert_eq!(UserId::from_value(&"somebody".into()), None);
        assert_eq!(UserId::from_value(&Value::Null), None);
        assert_eq!(<Option<UserId>>::from_value(&Value::Null), Some(None));
        assert_eq!(<Option<UserId>>::from_value(&"somebody".into()), None);
        assert_eq!(ServerName::from_value(&"not a name".into()), None);
        assert_eq!(Fingerprint::from_value(&"sha256:".into()), None);
    }
}
