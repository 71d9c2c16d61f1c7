//! Who and what is meant: one type per kind of id, so that a channel can never be passed where a user belongs.
//!
//! On the wire an id is a UUID in lower-case hyphenated text (d3chat section 1). Reading accepts upper case and
//! nothing else: the braced, bare and URN spellings of a UUID would give one thing several names.

use std::fmt;

use thiserror::Error;
use uuid::Uuid;

use crate::text::impl_text;

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not 36 characters of hyphenated hexadecimal.
    #[error("not a hyphenated UUID")]
    NotAUuid,
    /// An event id is empty or longer than 255 characters.
    #[error("an event id has 1 to 255 characters")]
    EventIdLength,
    /// An event id holds a control character.
    #[error("an event id has no control characters")]
    EventIdControl,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id that this UUID is.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// Reads hyphenated text in either case.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                hyphenated(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl_text!($name, IdError);
    };
}

uuid_id!(
    /// A person's account here, or our own row for a person of another server.
    UserId
);
uuid_id!(
    /// One login of an account: every register and login makes a new device.
    DeviceId
);
uuid_id!(
    /// A channel or direct conversation; the same on every server that takes part in it.
    ChannelId
);
uuid_id!(
    /// A message as this server numbers it; other servers have their own.
    MessageId
);
uuid_id!(
    /// A live login: what a refresh token or cookie belongs to.
    SessionId
);
uuid_id!(
    /// An uploaded file.
    AttachmentId
);

/// Length of a UUID with its four hyphens.
const HYPHENATED_LENGTH: usize = 36;

fn hyphenated(text: &str) -> Result<Uuid, IdError> {
    // The length excludes the other spellings that the UUID library reads.
    if text.len() != HYPHENATED_LENGTH {
        return Err(IdError::NotAUuid);
    }
    Uuid::try_parse(text).map_err(|_| IdError::NotAUuid)
}

/// The name a server gives to one federation event, unique together with that server (d3chat F2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// Most characters an event id may have.
    pub const MAX_CHARS: usize = 255;

    /// Takes any text of 1 to 255 characters without control characters; peers choose freely.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.chars().nth(Self::MAX_CHARS).is_some() {
            return Err(IdError::EventIdLength);
        }
        if text.chars().any(char::is_control) {
            return Err(IdError::EventIdControl);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text as the peer wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl_text!(EventId, IdError);

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10";

    #[test]
    fn ids_are_written_in_lower_case() {
        let id = ChannelId::parse(&TEXT.to_uppercase()).unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{TEXT}\""));
        assert_eq!(
            serde_json::from_str::<ChannelId>(&format!("\"{TEXT}\"")).unwrap(),
            id
        );
        assert_eq!(format!("{id:?}"), format!("ChannelId({TEXT})"));
    }

    #[test]
    fn other_spellings_of_a_uuid_are_refused() {
        for text in [
            "",
            "3f2b8c1e6d2a4a0e9a570d5b7c4e1f10",
            "{3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10}",
            "urn:uuid:3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10",
            "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f1g",
            "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f1 ",
            "3f2b8c1e-6d2a-4a0e-9a570-d5b7c4e1f10",
        ] {
            assert_eq!(UserId::parse(text), Err(IdError::NotAUuid), "{text}");
        }
    }

    #[test]
    fn event_ids_are_free_text_within_bounds() {
        for text in ["msg-1", "ключ", "a b", &"x".repeat(255), &"é".repeat(255)] {
            assert_eq!(EventId::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(EventId::parse(""), Err(IdError::EventIdLength));
        assert_eq!(EventId::parse(&"é".repeat(256)), Err(IdError::EventIdLength));
        assert_eq!(EventId::parse("a\nb"), Err(IdError::EventIdControl));
        assert_eq!(EventId::parse("a\u{0}"), Err(IdError::EventIdControl));
    }
}
