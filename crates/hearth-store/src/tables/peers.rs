//! The trust table: one row per other server, with everything decided and known about it.
//!
//! What it published, what it showed last, what is pinned, what the owner decided, and how delivery stands.
//! Peer, pin and alert screens are views of this table. `generation` grows with every change of trust, so
//! that whoever holds a connection made under an older one can tell.

mod row;

use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

pub use row::{Delivery, DeliveryState, Peer, Pins, Policy, Trust};

use crate::{ReadTx, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE peers (
    domain TEXT NOT NULL PRIMARY KEY,
    added_by_owner {i64} NOT NULL DEFAULT 0,
    first_seen_at {i64} NOT NULL,
    policy TEXT NOT NULL DEFAULT 'open',
    trust TEXT NOT NULL DEFAULT 'unknown',
    held_reason TEXT,
    generation {i64} NOT NULL DEFAULT 0,
    pinned_key TEXT,
    pinned_fingerprint TEXT,
    pinned_spki TEXT,
    pinned_is_publicly_trusted {i64},
    pinned_at {i64},
    seen_key TEXT,
    seen_fingerprint TEXT,
    seen_spki TEXT,
    seen_is_publicly_trusted {i64},
    seen_at {i64},
    published TEXT,
    last_contact_at {i64},
    last_delivery_at {i64},
    delivery TEXT NOT NULL DEFAULT 'ready',
    failures {i64} NOT NULL DEFAULT 0,
    next_attempt_at {i64},
    last_error TEXT,
    queued {i64} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX peers_with_queue ON peers (domain) WHERE queued > 0;
";

/// Makes sure that a peer has a row; `true` when it is new.
pub fn ensure(tx: &WriteTx<'_>, domain: &ServerName, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(
        "INSERT INTO peers (domain, first_seen_at) VALUES (?1, ?2) ON CONFLICT (domain) DO NOTHING",
        &values![domain, now],
    )? > 0)
}

/// The peer of that name.
pub fn by_domain(tx: &ReadTx<'_>, domain: &ServerName) -> Result<Option<Peer>, StoreError> {
    tx.query_one(
        &format!("SELECT {} FROM peers WHERE domain = ?1", row::COLUMNS),
        &values![domain],
    )?
    .as_ref()
    .map(Peer::from_row)
    .transpose()
}

/// All peers in the order of their names.
pub fn all(tx: &ReadTx<'_>) -> Result<Vec<Peer>, StoreError> {
    tx.query(
        &format!("SELECT {} FROM peers ORDER BY domain", row::COLUMNS),
        &[],
    )?
    .iter()
    .map(Peer::from_row)
    .collect()
}

/// How many peers are known.
pub fn count(tx: &ReadTx<'_>) -> Result<u64, StoreError> {
    tx.query_one("SELECT COUNT(*) FROM peers", &[])?
        .map_or(Ok(0), |row| row.get(0))
}

/// Records that the owner named this peer by hand, which lifts the guard on private addresses for it.
pub fn mark_added_by_owner(tx: &WriteTx<'_>, domain: &ServerName, now: Timestamp) -> Result<(), StoreError> {
    ensure(tx, domain, now)?;
    tx.execute(
        "UPDATE peers SET added_by_owner = 1, generation = generation + 1 \
         WHERE domain = ?1 AND added_by_owner = 0",
        &values![domain],
    )?;
    Ok(())
}

/// Keeps what a peer published about itself: its descriptor's JSON.
pub fn set_published(tx: &WriteTx<'_>, domain: &ServerName, published: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET published = ?2 WHERE domain = ?1",
        &values![domain, published],
    )?;
    Ok(())
}

/// Pins a peer: from now on only this certificate and this key are it.
pub fn pin(tx: &WriteTx<'_>, domain: &ServerName, pins: &Pins) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET trust = 'pinned', held_reason = NULL, generation = generation + 1, \
             pinned_key = ?2, pinned_fingerprint = ?3, pinned_spki = ?4, pinned_is_publicly_trusted = ?5, \
             pinned_at = ?6, seen_key = NULL, seen_fingerprint = NULL, seen_spki = NULL, \
             seen_is_publicly_trusted = NULL, seen_at = NULL \
         WHERE domain = ?1",
        &values![
            domain,
            pins.key,
            pins.fingerprint,
            pins.spki,
            pins.is_publicly_trusted,
            pins.since,
        ],
    )?;
    Ok(())
}

/// Puts a peer before the owner: `trust` says why ([`Trust::Request`] or [`Trust::Held`]), `seen` is what
/// accepting would pin, if it showed enough for that. What is pinned stays.
pub fn put_in_question(
    tx: &WriteTx<'_>,
    domain: &ServerName,
    trust: Trust,
    reason: &str,
    seen: Option<&Pins>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET trust = ?2, held_reason = ?3, generation = generation + 1, \
             seen_key = ?4, seen_fingerprint = ?5, seen_spki = ?6, seen_is_publicly_trusted = ?7, seen_at = ?8 \
         WHERE domain = ?1",
        &values![
            domain,
            trust,
            reason,
            seen.map(|pins| pins.key),
            seen.map(|pins| pins.fingerprint),
            seen.map(|pins| pins.spki),
            seen.map(|pins| pins.is_publicly_trusted),
            seen.map(|pins| pins.since),
        ],
    )?;
    Ok(())
}

/// Sets the owner's standing decision about a peer.
pub fn set_policy(tx: &WriteTx<'_>, domain: &ServerName, policy: Policy) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET policy = ?2, generation = generation + 1 WHERE domain = ?1 AND policy <> ?2",
        &values![domain, policy],
    )?;
    Ok(())
}

/// Notes a request of this peer whose signature verified.
pub fn note_contact(tx: &WriteTx<'_>, domain: &ServerName, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET last_contact_at = ?2 \
         WHERE domain = ?1 AND (last_contact_at IS NULL OR last_contact_at < ?2)",
        &values![domain, at],
    )?;
    Ok(())
}

/// Notes that this peer took an event, and that delivery to it is well.
pub fn note_delivery(tx: &WriteTx<'_>, domain: &ServerName, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET last_delivery_at = ?2, delivery = 'ready', failures = 0, next_attempt_at = NULL, \
             last_error = NULL \
         WHERE domain = ?1",
        &values![domain, at],
    )?;
    Ok(())
}

/// Sets how delivery to a peer stands.
pub fn set_delivery(tx: &WriteTx<'_>, domain: &ServerName, delivery: &Delivery) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET delivery = ?2, failures = ?3, next_attempt_at = ?4, last_error = ?5 \
         WHERE domain = ?1",
        &values![
            domain,
            delivery.state,
            delivery.failures,
            delivery.next_attempt_at,
            delivery.last_error.as_deref(),
        ],
    )?;
    Ok(())
}
