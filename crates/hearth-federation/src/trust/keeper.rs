//! The only writer of trust: it changes the row, then the snapshot, then ends what the old belief allowed.
//!
//! The order matters. The row is durable before anybody acts on it; the snapshot is replaced before
//! connections are dropped, so that none can be made again under the old belief.

use std::sync::Arc;

use hearth_bus::{Bus, Wake};
use hearth_protocol::env::{Clock, Random, uuid_v7};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::alerts::{self, NewAlert, Severity};
use hearth_store::tables::audit::{self, AuditRow};
use hearth_store::tables::peers::{self, Peer, Pins, Policy, Trust};
use hearth_store::{Store, StoreError, WriteTx};
use thiserror::Error;

use super::judge::{Verdict, judge, why_ask};
use super::table::{PeerTrust, TrustTable};
use crate::config::FirstContact;
use crate::outbound::Transport;

/// Changes trust, and keeps row, snapshot and connections in step.
#[derive(Debug)]
pub(crate) struct TrustKeeper {
    pub(crate) store: Store,
    pub(crate) table: Arc<TrustTable>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) first_contact: FirstContact,
    pub(crate) max_peers: u64,
}

/// What a discovery found out about a server, already checked against the name that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Discovered {
    /// What it would be recognised by.
    pub(crate) seen: Pins,
    /// Its descriptor's JSON.
    pub(crate) published: String,
}

/// On whose account a server is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The owner or a user of this server.
    Ours,
    /// Somebody who claims to be that server.
    Stranger,
}

/// Trust could not be changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// The owner wants to accept a server that has shown nothing yet that could be pinned.
    #[error("this server has not shown anything that could be trusted")]
    NothingToAccept,
    /// The trust table is full of servers that strangers brought up.
    #[error("too many servers are known already")]
    TooManyPeers,
    /// No such server is known.
    #[error("no such server is known")]
    Unknown,
    /// The store failed; nothing changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrustKeeper {
    /// Takes in what a discovery found: a first contact, or a pinned server judged by the change table.
    pub(crate) async fn learn(
        &self,
        name: &ServerName,
        found: Discovered,
        asker: Asker,
    ) -> Result<Arc<PeerTrust>, TrustError> {
        let now = self.clock.now();
        let (setting, max_peers) = (self.first_contact, self.max_peers);
        self.change(name, move |tx, name| {
            let is_full = asker == Asker::Stranger && peers::count(tx)? >= max_peers;
            if is_full && peers::by_domain(tx, name)?.is_none() {
                return Err(TrustError::TooManyPeers);
            }
            peers::ensure(tx, name, now)?;
            let peer = peers::by_domain(tx, name)?.ok_or(TrustError::Unknown)?;
            Ok(take_in(tx, &peer, &found, setting, now)?)
        })
        .await
    }

    /// Holds a server whose published fingerprint differs from what its handshakes show, again and again.
    pub(crate) async fn hold_inconsistent(
        &self,
        name: &ServerName,
        found: Discovered,
        published: String,
    ) -> Result<Arc<PeerTrust>, TrustError> {
        let now = self.clock.now();
        self.change(name, move |tx, name| {
            peers::ensure(tx, name, now)?;
            let details = serde_json::json!({
                "seen_fingerprint": found.seen.fingerprint,
                "published_fingerprint": published,
            });
            hold(tx, name, "inconsistent", Severity::Severe, None, &details, now)?;
            Ok(())
        })
        .await
    }

    /// The owner accepts what a request or a held server shows.
    pub(crate) async fn accept(&self, name: &ServerName) -> Result<Arc<PeerTrust>, TrustError> {
        let now = self.clock.now();
        let act = self.act("accept_peer", name, now);
        self.change(name, move |tx, name| {
            let peer = peers::by_domain(tx, name)?.ok_or(TrustError::Unknown)?;
            let Some(pins) = peer.seen.or(peer.pinned) else {
                return Err(TrustError::NothingToAccept);
            };
            peers::set_policy(tx, name, Policy::Open)?;
            peers::pin(tx, name, &Pins { since: now, ..pins })?;
            settle(tx, name, "accepted", now)?;
            Ok(audit::insert(tx, &act)?)
        })
        .await
    }

    /// The owner shuts a server out; what waits for it stays queued until it is too old.
    pub(crate) async fn block(&self, name: &ServerName) -> Result<Arc<PeerTrust>, TrustError> {
        let now = self.clock.now();
        let act = self.act("block_peer", name, now);
        self.change(name, move |tx, name| {
            peers::ensure(tx, name, now)?;
            peers::set_policy(tx, name, Policy::Blocked)?;
            settle(tx, name, "blocked", now)?;
            Ok(audit::insert(tx, &act)?)
        })
        .await
    }

    /// The owner names a server by hand, which allows it a private address.
    pub(crate) async fn add(&self, name: &ServerName) -> Result<Arc<PeerTrust>, TrustError> {
        let now = self.clock.now();
        let act = self.act("add_peer", name, now);
        self.change(name, move |tx, name| {
            peers::mark_added_by_owner(tx, name, now)?;
            peers::set_policy(tx, name, Policy::Open)?;
            Ok(audit::insert(tx, &act)?)
        })
        .await
    }

    /// Takes over a row that another writer changed.
    pub(crate) async fn reload(&self, name: &ServerName) -> Result<(), StoreError> {
        let wanted = name.clone();
        let peer = self.store.read(move |tx| peers::by_domain(tx, &wanted)).await?;
        if let Some(peer) = peer
            && self.table.put(peer)
        {
            self.transport.forget(name);
        }
        Ok(())
    }

    /// Takes over all rows, when it is not known which changed.
    pub(crate) async fn reload_all(&self) -> Result<(), StoreError> {
        for peer in self.store.read(peers::all).await? {
            let name = peer.domain.clone();
            if self.table.put(peer) {
                self.transport.forget(&name);
            }
        }
        Ok(())
    }

    /// Changes the row of a peer, then everything that depends on it.
    async fn change<F>(&self, name: &ServerName, work: F) -> Result<Arc<PeerTrust>, TrustError>
    where
        F: Fn(&WriteTx<'_>, &ServerName) -> Result<(), TrustError> + Send + 'static,
    {
        let subject = name.clone();
        let peer = self
            .store
            .write(move |tx| {
                work(tx, &subject)?;
                peers::by_domain(tx, &subject)?.ok_or(TrustError::Unknown)
            })
            .await?;
        let trust = Arc::new(PeerTrust::from(peer.clone()));
        if self.table.put(peer) {
            self.transport.forget(name);
            self.bus.wake(Wake::TrustChanged(name.clone())).await;
        }
        Ok(trust)
    }

    fn act(&self, action: &str, name: &ServerName, now: Timestamp) -> AuditRow {
        AuditRow {
            id: uuid_v7(&*self.random, now),
            actor_id: None,
            actor_name: "console".to_owned(),
            action: action.to_owned(),
            target_type: "server".to_owned(),
            target_id: name.to_string(),
            details: None,
            ip_address: None,
            created_at: now,
        }
    }
}

/// Applies what was found to the row as it stands.
fn take_in(
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
        (Trust::Held, _) => look_again(tx, peer, &found.seen, now),
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
    if peer.policy == Policy::Blocked || peer.seen.is_some_and(|earlier| is_same(&earlier, seen)) {
        return Ok(());
    }
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
fn settle(tx: &WriteTx<'_>, name: &ServerName, by: &str, now: Timestamp) -> Result<(), StoreError> {
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
