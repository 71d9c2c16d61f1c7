//! The only writer of trust: it changes the row, then the snapshot, then ends what the old belief allowed.
//!
//! The order matters. The row is durable before anybody acts on it; the snapshot is replaced before
//! connections are dropped, so that none can be made again under the old belief.

use std::sync::Arc;

use hearth_bus::{Bus, Wake};
use hearth_protocol::env::{Clock, Random, uuid_v7};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::audit::{self, AuditRow};
use hearth_store::tables::peers::{self, Peer, Pins, Policy};
use hearth_store::{Store, StoreError, WriteTx};
use thiserror::Error;

use super::rows;
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
    /// A user of this server. The owner's own have a row already, which nothing bounds.
    Ours,
    /// Somebody who claims to be that server.
    Stranger,
}

impl Asker {
    /// How many servers may be known for one more to be taken in. Strangers cannot take the users' share.
    fn bound(self, max_peers: u64) -> u64 {
        match self {
            Self::Ours => max_peers.saturating_mul(2),
            Self::Stranger => max_peers,
        }
    }
}

/// The row of a server, made if there is none and fewer than `bound` servers are known.
fn row(tx: &WriteTx<'_>, name: &ServerName, bound: u64, now: Timestamp) -> Result<Peer, TrustError> {
    if let Some(peer) = peers::by_domain(tx, name)? {
        return Ok(peer);
    }
    if peers::count(tx)? >= bound {
        return Err(TrustError::TooManyPeers);
    }
    peers::ensure(tx, name, now)?;
    peers::by_domain(tx, name)?.ok_or(TrustError::Unknown)
}

/// Trust could not be changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// The owner wants to accept a server that has shown nothing yet that could be pinned.
    #[error("this server has not shown anything that could be trusted")]
    NothingToAccept,
    /// The trust table is full of servers that strangers and users brought up.
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
            let peer = row(tx, name, asker.bound(max_peers), now)?;
            Ok(rows::take_in(tx, &peer, &found, setting, now)?)
        })
        .await
    }

    /// Holds a server whose published fingerprint differs from what its handshakes show, again and again.
    pub(crate) async fn hold_inconsistent(
        &self,
        name: &ServerName,
        found: Discovered,
        published: String,
        asker: Asker,
    ) -> Result<Arc<PeerTrust>, TrustError> {
        let now = self.clock.now();
        let max_peers = self.max_peers;
        self.change(name, move |tx, name| {
            let peer = row(tx, name, asker.bound(max_peers), now)?;
            Ok(rows::hold_inconsistent(tx, &peer, &found.seen, &published, now)?)
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
            rows::settle(tx, name, "accepted", now)?;
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
            rows::settle(tx, name, "blocked", now)?;
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
