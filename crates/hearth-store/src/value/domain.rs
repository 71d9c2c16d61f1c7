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
