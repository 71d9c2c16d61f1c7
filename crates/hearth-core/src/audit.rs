//! The record of what those in charge did, written in the same transaction as the act.

use std::net::IpAddr;

use hearth_protocol::env::{Random, uuid_v7};
use hearth_protocol::ids::UserId;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::audit::AuditRow;
use uuid::Uuid;

use crate::{Actor, Core};

pub use hearth_store::tables::audit::AuditRow as Act;

/// Who acts with authority over the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The owner at the console: the desktop door, or the owner's own listener.
    Console,
    /// A start-up option.
    StartUp,
    /// Somebody with a role, by name.
    Account {
        /// The account.
        id: UserId,
        /// Its name, which the record keeps even when the account is gone.
        name: String,
        /// Where the request came from.
        address: Option<IpAddr>,
    },
}

impl By {
    /// An account acting from an address.
    pub fn account(actor: &Actor, address: Option<IpAddr>) -> Self {
        Self::Account {
            id: actor.user_id,
            name: actor.username.to_string(),
            address,
        }
    }
}

/// An act to be recorded, its id drawn.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    id: Uuid,
    by: By,
    now: Timestamp,
}

impl Draft {
    /// An act that happens now.
    pub(crate) fn new(by: By, random: &dyn Random, now: Timestamp) -> Self {
        Self {
            id: uuid_v7(random, now),
            by,
            now,
        }
    }

    /// An act on a running server.
    pub(crate) fn on(core: &Core, by: By) -> Self {
        Self::new(by, core.random().as_ref(), core.now())
    }

    /// The full record.
    pub(crate) fn record(
        &self,
        action: &str,
        target_type: &str,
        target_id: &str,
        details: Option<&serde_json::Value>,
    ) -> AuditRow {
        let (actor_id, actor_name, address) = match &self.by {
            By::Console => (None, "console", None),
            By::StartUp => (None, "start-up option", None),
            By::Account { id, name, address } => (Some(*id), name.as_str(), *address),
        };
        AuditRow {
            id: self.id,
            actor_id,
            actor_name: actor_name.to_owned(),
            action: action.to_owned(),
            target_type: target_type.to_owned(),
            target_id: target_id.to_owned(),
            details: details.map(ToString::to_string),
            ip_address: address.map(|address| address.to_string()),
            created_at: self.now,
        }
    }
}
