//! The trust table as the owner sees it.

use std::collections::BTreeMap;

use hearth_protocol::fingerprint::Fingerprint;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::outbox::{self, Backlog};
use hearth_store::tables::peers::{self, DeliveryState, Peer, Policy, Trust};
use hearth_store::{Store, StoreError};
use serde::Serialize;

/// One other server, for the owner's eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeerSummary {
    /// Its name.
    pub domain: ServerName,
    /// How things stand with it.
    pub state: PeerState,
    /// How many events wait for it.
    pub waiting: u64,
    /// Since when the oldest of them waits; `None` when nothing does.
    pub oldest_waiting_at: Option<Timestamp>,
    /// When a request of it last verified; `None` when none ever did.
    pub last_contact_at: Option<Timestamp>,
    /// The certificate it is recognised by, or shows while it waits for the owner; `None` before it was reached.
    pub fingerprint: Option<Fingerprint>,
    /// When its name came up first.
    pub first_seen_at: Timestamp,
    /// What went wrong last; `None` when delivery is well.
    pub last_error: Option<String>,
}

/// How things stand with another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerState {
    /// Shut out by the owner.
    Blocked,
    /// It shows something unexpected; the owner has to decide.
    Held,
    /// It refuses us.
    Paused,
    /// It is new and waits for the owner.
    Request,
    /// Only its name is known.
    Unknown,
    /// It cannot be reached.
    Waiting,
    /// All is well.
    Well,
}

/// All other servers, in the order of their names.
pub(crate) async fn summaries(store: &Store) -> Result<Vec<PeerSummary>, StoreError> {
    store
        .read(|tx| {
            let mut backlogs: BTreeMap<ServerName, Backlog> = outbox::backlogs(tx)?
                .into_iter()
                .map(|backlog| (backlog.destination.clone(), backlog))
                .collect();
            let peers = peers::all(tx)?;
            Ok(peers
                .into_iter()
                .map(|peer| {
                    let backlog = backlogs.remove(&peer.domain);
                    summary(peer, backlog.as_ref())
                })
                .collect())
        })
        .await
}

fn summary(peer: Peer, backlog: Option<&Backlog>) -> PeerSummary {
    let pins = match peer.trust {
        Trust::Held | Trust::Request => peer.seen.or(peer.pinned),
        Trust::Pinned | Trust::Unknown => peer.pinned,
    };
    PeerSummary {
        state: state(&peer),
        waiting: backlog.map_or(0, |backlog| backlog.count),
        oldest_waiting_at: backlog.map(|backlog| backlog.oldest_at),
        last_contact_at: peer.last_contact_at,
        fingerprint: pins.map(|pins| pins.fingerprint),
        first_seen_at: peer.first_seen_at,
        last_error: peer.delivery.last_error,
        domain: peer.domain,
    }
}

fn state(peer: &Peer) -> PeerState {
    match (peer.policy, peer.trust, peer.delivery.state) {
        (Policy::Blocked, _, _) => PeerState::Blocked,
        (Policy::Open, Trust::Held, _) => PeerState::Held,
        (Policy::Open, Trust::Request, _) => PeerState::Request,
        (Policy::Open, _, DeliveryState::Paused) => PeerState::Paused,
        (Policy::Open, _, DeliveryState::Waiting) => PeerState::Waiting,
        (Policy::Open, Trust::Unknown, DeliveryState::Ready) => PeerState::Unknown,
        (Policy::Open, Trust::Pinned, DeliveryState::Ready) => PeerState::Well,
    }
}
