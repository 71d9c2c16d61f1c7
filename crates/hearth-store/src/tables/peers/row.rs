//! The row of a peer and the words in it.

use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
use hearth_protocol::keys::PublicKey;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::tables::words::words;
use crate::{Row, StoreError};

/// The columns of [`Peer::from_row`], in its order.
pub(super) const COLUMNS: &str = "domain, added_by_owner, first_seen_at, policy, trust, held_reason, \
     generation, pinned_key, pinned_fingerprint, pinned_spki, pinned_is_publicly_trusted, pinned_at, \
     seen_key, seen_fingerprint, seen_spki, seen_is_publicly_trusted, seen_at, published, last_contact_at, \
     last_delivery_at, delivery, failures, next_attempt_at, last_error, queued";

/// Everything decided and known about another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub domain: ServerName,
    /// The owner named it by hand; private addresses are allowed for it.
    pub added_by_owner: bool,
    /// When its name came up first.
    pub first_seen_at: Timestamp,
    /// The owner's standing decision.
    pub policy: Policy,
    /// Where the question of trust stands.
    pub trust: Trust,
    /// Why it waits for the owner; `None` unless it is a request or held.
    pub held_reason: Option<String>,
    /// Grows with every change of trust.
    pub generation: i64,
    /// What it is recognised by; `None` before it was ever trusted.
    pub pinned: Option<Pins>,
    /// What accepting it would pin; `None` unless it is a request or held.
    pub seen: Option<Pins>,
    /// Its descriptor's JSON as read last; `None` before discovery.
    pub published: Option<String>,
    /// When a request of it last verified.
    pub last_contact_at: Option<Timestamp>,
    /// When it last took an event.
    pub last_delivery_at: Option<Timestamp>,
    /// How delivery to it stands.
    pub delivery: Delivery,
    /// How many events wait for it.
    pub queued: u64,
}

/// What a server is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pins {
    /// Its signing key.
    pub key: PublicKey,
    /// SHA-256 of its certificate.
    pub fingerprint: Fingerprint,
    /// SHA-256 of the public key in its certificate.
    pub spki: SpkiHash,
    /// Whether the certificate's chain led to a public authority when it was seen.
    pub is_publicly_trusted: bool,
    /// When it was pinned, or seen.
    pub since: Timestamp,
}

/// How delivery to a peer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its state.
    pub state: DeliveryState,
    /// Attempts that failed since the last success.
    pub failures: u32,
    /// Not before this; `None` means at once, or not by itself when paused.
    pub next_attempt_at: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

words! {
    /// The owner's standing decision about a peer.
    Policy("a policy about a peer") {
        /// Nothing comes from it and nothing goes to it.
        Blocked = "blocked",
        /// Trust decides.
        Open = "open",
    }
}

words! {
    /// Where the question of trust stands.
    Trust("a state of trust") {
        /// It showed something unexpected; nothing is sent until the owner decides.
        Held = "held",
        /// It is recognised by its pins.
        Pinned = "pinned",
        /// It was met for the first time and waits for the owner.
        Request = "request",
        /// Only its name is known.
        Unknown = "unknown",
    }
}

words! {
    /// How delivery to a peer stands.
    DeliveryState("a state of delivery") {
        /// It refuses us; only a sign from it, a wake or the owner starts another attempt.
        Paused = "paused",
        /// What is queued goes out at once.
        Ready = "ready",
        /// It could not be reached; `next_attempt_at` says when to try again.
        Waiting = "waiting",
    }
}

impl Peer {
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            domain: row.get(0)?,
            added_by_owner: row.get(1)?,
            first_seen_at: row.get(2)?,
            policy: row.get(3)?,
            trust: row.get(4)?,
            held_reason: row.get(5)?,
            generation: row.get(6)?,
            pinned: pins(row, 7)?,
            seen: pins(row, 12)?,
            published: row.get(17)?,
            last_contact_at: row.get(18)?,
            last_delivery_at: row.get(19)?,
            delivery: Delivery {
                state: row.get(20)?,
                failures: row.get(21)?,
                next_attempt_at: row.get(22)?,
                last_error: row.get(23)?,
            },
            queued: row.get(24)?,
        })
    }
}

/// Five columns from `first` on; pins are there when the key is.
fn pins(row: &Row, first: usize) -> Result<Option<Pins>, StoreError> {
    let Some(key) = row.get::<Option<PublicKey>>(first)? else {
        return Ok(None);
    };
    Ok(Some(Pins {
        key,
        fingerprint: row.get(first + 1)?,
        spki: row.get(first + 2)?,
        is_publicly_trusted: row.get(first + 3)?,
        since: row.get(first + 4)?,
    }))
}
