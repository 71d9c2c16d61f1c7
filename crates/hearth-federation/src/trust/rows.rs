//! What a change of trust writes: rows of the trust table and the alerts that go with them, in one transaction.

use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::alerts::{self, NewAlert, Severity};
use hearth_store::tables::peers::{self, Peer, Pins, Policy, Trust};
use hearth_store::{StoreError, WriteTx};

use super::judge::{Verdict, judge, why_ask};
use super::keeper::Discovered;
use crate::config::FirstContact;

/// Applies what was found to the row as it stands.
pub(super) fn take_in(
    tx: &WriteTx<'_>,
    peer: &Peer,
    found: &Discovered,
    setting: FirstContact,
    now: Timestamp,
) -> Result<(), StoreError> {
    if peer.published.as_deref() != Some(&found.published) {
        peers::set_published(tx, &peer.domain, &found.published)?;
    }
    match (peer.trust, peer.pinned) {
        (Trust::Pinned, Some(pinned)) => compare(tx, peer, &pinned, &found.seen, now),
        (Trust::Held, Some(_)) => look_again(tx, peer, &found.seen, now),
        _ => introduce(tx, peer, &found.seen, setting, now),
    }
}

fn introduce(
    tx: &WriteTx<'_>,
    peer: &Peer,
    seen: &Pins,
    setting: FirstContact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_asked = peer.trust == Trust::Request && peer.seen.is_some_and(|earlier| is_same(&earlier, seen));
    if peer.policy == Policy::Blocked || is_asked {
        return Ok(());
    }
    // One that was held because it contradicted itself makes sense now.
    alerts::settle(tx, "inconsistent", peer.domain.as_str(), "consistent", now)?;
    let Some(reason) = why_ask(setting, seen) else {
        return peers::pin(tx, &peer.domain, seen);
    };
    peers::put_in_question(tx, &peer.domain, Trust::Request, reason, Some(seen))?;
    let alert = NewAlert {
        kind: "peer_request",
        subject: peer.domain.as_str(),
        severity: Severity::Notice,
        details: &serde_json::json!({ "seen": shown(seen), "reason": reason }).to_string(),
    };
    alerts::raise(tx, &alert, now)
}

fn compare(
    tx: &WriteTx<'_>,
    peer: &Peer,
    pinned: &Pins,
    seen: &Pins,
    now: Timestamp,
) -> Result<(), StoreError> {
    let details = serde_json::json!({
        "pinned": shown(pinned),
        "seen": shown(seen),
        "first_seen_at": peer.first_seen_at,
    });
    match judge(pinned, seen) {
        Verdict::Unchanged => Ok(()),
        Verdict::Renewed => {
            peers::pin(tx, &peer.domain, seen)?;
            let alert = NewAlert {
                kind: "certificate_renewed",
                subject: peer.domain.as_str(),
                severity: Severity::Notice,
                details: &details.to_string(),
            };
            alerts::raise(tx, &alert, now)
        }
        Verdict::Changed(change) => hold(
            tx,
            &peer.domain,
            change.word(),
            change.severity(),
            Some(seen),
            &details,
            now,
        ),
    }
}

/// A held server stays held whatever it shows; only what accepting would pin is kept up to date.
fn look_again(tx: &WriteTx<'_>, peer: &Peer, seen: &Pins, now: Timestamp) -> Result<(), StoreError> {
    if peer.seen.is_some_and(|earlier| is_same(&earlier, seen)) {
        return Ok(());
    }
    let reason = peer.held_reason.as_deref().unwrap_or("inconsistent");
    let details = serde_json::json!({
        "pinned": peer.pinned.as_ref().map(shown),
        "seen": shown(seen),
        "first_seen_at": peer.first_seen_at,
    });
    hold(
        tx,
        &peer.domain,
        reason,
        Severity::Severe,
        Some(seen),
        &details,
        now,
    )
}

/// Holds a server whose published fingerprint is not the one it shows. There is nothing to accept.
///
/// Of a stranger that is a curiosity; of a server that was recognised before, somebody may be in between.
pub(super) fn hold_inconsistent(
    tx: &WriteTx<'_>,
    peer: &Peer,
    seen: &Pins,
    published: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let details = serde_json::json!({
        "seen_fingerprint": seen.fingerprint,
        "published_fingerprint": published,
    });
    let severity = match peer.pinned {
        Some(_) => Severity::Severe,
        None => Severity::Notice,
    };
    hold(tx, &peer.domain, "inconsistent", severity, None, &details, now)
}

fn hold(
    tx: &WriteTx<'_>,
    name: &ServerName,
    reason: &str,
    severity: Severity,
    seen: Option<&Pins>,
    details: &serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    peers::put_in_question(tx, name, Trust::Held, reason, seen)?;
    let alert = NewAlert {
        kind: reason,
        subject: name.as_str(),
        severity,
        details: &details.to_string(),
    };
    alerts::raise(tx, &alert, now)
}

/// Everything about trust that the owner's decision answers.
pub(super) fn settle(
    tx: &WriteTx<'_>,
    name: &ServerName,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    for kind in [
        "certificate_changed",
        "identity_changed",
        "inconsistent",
        "peer_request",
        "signing_key_changed",
    ] {
        alerts::settle(tx, kind, name.as_str(), by, now)?;
    }
    Ok(())
}

fn is_same(a: &Pins, b: &Pins) -> bool {
    a.key == b.key && a.fingerprint == b.fingerprint
}

fn shown(pins: &Pins) -> serde_json::Value {
    serde_json::json!({
        "signing_key": pins.key,
        "fingerprint": pins.fingerprint,
        "spki": pins.spki,
        "is_publicly_trusted": pins.is_publicly_trusted,
        "since": pins.since,
    })
}
