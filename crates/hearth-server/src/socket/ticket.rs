//! What a ticket stands for while it waits on the bus.

use std::time::Duration;

use bytes::Bytes;
use hearth_core::{Actor, SessionKind};
use hearth_protocol::ids::{SessionId, UserId};
use serde::{Deserialize, Serialize};

/// How long a ticket is good (d3chat.md 2.2).
pub(crate) const LIFETIME: Duration = Duration::from_secs(30);

/// The session that a ticket lets in. Whether it is still alive is asked again when the ticket is used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Grant {
    /// The account.
    pub(crate) user_id: UserId,
    /// The session that asked for the ticket.
    pub(crate) session_id: SessionId,
    /// Whether a browser session asked, whose tickets work on our own pages only.
    pub(crate) is_cookie: bool,
}

impl Grant {
    /// The grant for an account's present session.
    pub(crate) fn of(actor: &Actor) -> Self {
        Self {
            user_id: actor.user_id,
            session_id: actor.session_id,
            is_cookie: actor.kind == SessionKind::Cookie,
        }
    }

    /// As the bus keeps it.
    pub(crate) fn to_bytes(self) -> Bytes {
        serde_json::to_vec(&self)
            .expect("ids and a truth value always encode")
            .into()
    }

    /// As the bus gave it back.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
