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

#[cfg(test)]
mod tests {
    use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
    use hearth_protocol::keys::PublicKey;

    use super::*;
    use crate::tables::testing::{at, server, write};

    fn pins(leaf: u8, since: i64) -> Pins {
        Pins {
            key: PublicKey::from_base64("5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g=").unwrap(),
            fingerprint: Fingerprint::of_der(&[leaf]),
            spki: SpkiHash::of_spki_der(&[leaf]),
            is_publicly_trusted: false,
            since: at(since),
        }
    }

    async fn after<F>(work: F) -> Peer
    where
        F: Fn(&WriteTx<'_>, &ServerName) -> Result<(), StoreError> + Send + 'static,
    {
        write(move |tx| {
            let name = server("a.example");
            ensure(tx, &name, at(1))?;
            work(tx, &name)?;
            Ok(by_domain(tx, &name)?.unwrap())
        })
        .await
    }

    #[tokio::test]
    async fn a_new_peer_is_known_by_name_only() {
        let peer = after(|tx, name| {
            assert!(!ensure(tx, name, at(9))?);
            Ok(())
        })
        .await;
        assert_eq!(
            (peer.first_seen_at, peer.trust, peer.policy),
            (at(1), Trust::Unknown, Policy::Open)
        );
        assert_eq!((peer.pinned, peer.seen, peer.generation), (None, None, 0));
        assert_eq!(peer.delivery.state, DeliveryState::Ready);
    }

    #[tokio::test]
    async fn a_hold_keeps_the_pins_and_shows_what_accepting_would_pin() {
        let peer = after(|tx, name| {
            pin(tx, name, &pins(1, 2))?;
            put_in_question(tx, name, Trust::Held, "certificate_changed", Some(&pins(2, 3)))
        })
        .await;
        assert_eq!(peer.trust, Trust::Held);
        assert_eq!(peer.held_reason.as_deref(), Some("certificate_changed"));
        assert_eq!((peer.pinned, peer.seen), (Some(pins(1, 2)), Some(pins(2, 3))));
        assert_eq!(peer.generation, 2);
    }

    #[tokio::test]
    async fn a_pin_answers_the_question() {
        let peer = after(|tx, name| {
            put_in_question(tx, name, Trust::Request, "self_signed", Some(&pins(1, 2)))?;
            pin(tx, name, &pins(1, 3))
        })
        .await;
        assert_eq!(
            (peer.trust, peer.held_reason, peer.seen),
            (Trust::Pinned, None, None)
        );
        assert_eq!(peer.pinned, Some(pins(1, 3)));
    }

    #[tokio::test]
    async fn deciding_the_same_again_changes_nothing() {
        let peer = after(|tx, name| {
            set_policy(tx, name, Policy::Blocked)?;
            set_policy(tx, name, Policy::Blocked)?;
            mark_added_by_owner(tx, name, at(2))?;
            mark_added_by_owner(tx, name, at(2))
        })
        .await;
        assert_eq!(
            (peer.policy, peer.added_by_owner, peer.generation),
            (Policy::Blocked, true, 2)
        );
    }

    #[tokio::test]
    async fn a_delivery_clears_what_went_wrong_before() {
        let peer = after(|tx, name| {
            let waiting = Delivery {
                state: DeliveryState::Waiting,
                failures: 3,
                next_attempt_at: Some(at(9)),
                last_error: Some("no route".to_owned()),
            };
            set_delivery(tx, name, &waiting)?;
            assert_eq!(by_domain(tx, name)?.unwrap().delivery, waiting);
            note_contact(tx, name, at(7))?;
            note_contact(tx, name, at(5))?;
            note_delivery(tx, name, at(8))
        })
        .await;
        assert_eq!(
            (peer.last_contact_at, peer.last_delivery_at),
            (Some(at(7)), Some(at(8)))
        );
        assert_eq!(
            (peer.delivery.state, peer.delivery.failures),
            (DeliveryState::Ready, 0)
        );
        assert_eq!(peer.delivery.last_error, None);
    }
}
