//! What is published: signals, and the topics they go to.

use std::fmt;

use bytes::Bytes;
use hearth_protocol::ids::{ChannelId, SessionId, UserId};

/// Where a signal goes. Subscribers choose their topics; publishers name one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Topic {
    /// Everyone who has a channel open.
    Channel(ChannelId),
    /// The owner's console.
    Owner,
    /// All sockets of one account.
    User(UserId),
}

/// What a subscriber is told. Cloning one is cheap: the bytes of an event are shared.
#[derive(Clone, Eq, PartialEq)]
pub enum Signal {
    /// The account must leave this socket.
    CloseSession {
        /// The session that ended; `None` means every session of the account.
        session: Option<SessionId>,
        /// The WebSocket close code to send.
        code: u16,
        /// The reason that goes with the code, in words for the client's log.
        reason: &'static str,
    },
    /// One client event (d3chat.md section 4.3), encoded once as JSON.
    Event(Bytes),
    /// The account became a member: the socket joins the channel's topic.
    Joined(ChannelId),
    /// The account is no longer a member: the socket leaves the channel's topic.
    Left(ChannelId),
}

/// Prints an event's size only: events carry what people say to each other.
impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CloseSession {
                session,
                code,
                reason,
            } => f
                .debug_struct("CloseSession")
                .field("session", session)
                .field("code", code)
                .field("reason", reason)
                .finish(),
            Self::Event(json) => write!(f, "Event({} bytes)", json.len()),
            Self::Joined(channel) => f.debug_tuple("Joined").field(channel).finish(),
            Self::Left(channel) => f.debug_tuple("Left").field(channel).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_what_people_say() {
        let signal = Signal::Event(Bytes::from_static(b"{\"content\":\"meet me at nine\"}"));
        assert_eq!(format!("{signal:?}"), "Event(29 bytes)");
    }
}
