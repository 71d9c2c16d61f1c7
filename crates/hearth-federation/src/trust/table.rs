//! The snapshot of the trust table that connections and requests are judged by.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hearth_protocol::d3chat::descriptor::ServerDescriptor;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::peers::{Peer, Pins, Policy, Trust};

/// What is believed about every known server, readable without waiting.
#[derive(Debug, Default)]
pub struct TrustTable {
    peers: ArcSwap<HashMap<ServerName, Arc<PeerTrust>>>,
}

/// What is believed about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerTrust {
    /// Its name.
    pub name: ServerName,
    /// The owner named it by hand; private addresses are allowed for it.
    pub added_by_owner: bool,
    /// Where the question of trust stands.
    pub standing: Standing,
    /// Why it is held or waits for the owner, as a stable word; `None` otherwise.
    pub reason: Option<String>,
    /// Grows with every change of trust.
    pub generation: i64,
    /// What it is recognised by, also while held; `None` before it was ever trusted.
    pub pinned: Option<Pins>,
    /// Where its d3chat API is, without a trailing slash.
    pub base_url: String,
    /// Requests per minute it says it accepts; `None` when it does not say.
    pub inbox_per_minute: Option<u32>,
    /// When its name came up first.
    pub first_seen_at: Timestamp,
}

/// Where the question of trust in a server stands, the owner's decision included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Shut out by the owner.
    Blocked,
    /// It showed something unexpected; nothing is sent until the owner decides.
    Held,
    /// It is recognised by its pins.
    Pinned,
    /// It waits for the owner to confirm it.
    Request,
    /// Nothing is known yet.
    Unknown,
}

impl PeerTrust {
    /// Whether nothing is known that it could be recognised by, although it was looked at: what it showed made
    /// no sense. Looking again may end that.
    pub fn is_held_unmet(&self) -> bool {
        self.standing == Standing::Held && self.pinned.is_none()
    }

    /// Whether it is held because it published another signing key.
    pub fn is_held_over_key(&self) -> bool {
        let is_about_key = |reason| matches!(reason, "signing_key_changed" | "identity_changed");
        self.standing == Standing::Held && self.reason.as_deref().is_some_and(is_about_key)
    }
}

impl TrustTable {
    /// A table of these rows.
    pub fn new(peers: Vec<Peer>) -> Self {
        let peers = peers
            .into_iter()
            .map(|peer| (peer.domain.clone(), Arc::new(PeerTrust::from(peer))))
            .collect::<HashMap<_, _>>();
        Self {
            peers: ArcSwap::from_pointee(peers),
        }
    }

    /// What is believed about a server; `None` when its name never came up.
    pub fn peer(&self, name: &ServerName) -> Option<Arc<PeerTrust>> {
        self.peers.load().get(name).cloned()
    }

    /// The pins of a server that may be talked to, if they are still those of `generation`.
    pub fn pins(&self, name: &ServerName, generation: i64) -> Option<Pins> {
        let peers = self.peers.load();
        let peer = peers.get(name)?;
        if peer.standing == Standing::Pinned && peer.generation == generation {
            peer.pinned
        } else {
            None
        }
    }

    /// How many servers are known.
    pub fn len(&self) -> usize {
        self.peers.load().len()
    }

    /// Whether no server is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes over a row as stored; `true` when connections made so far are made under an older belief.
    ///
    /// An older row than the one here is ignored: two readers of one row may arrive in the wrong order.
    pub(crate) fn put(&self, peer: Peer) -> bool {
        let new = Arc::new(PeerTrust::from(peer));
        let mut is_change = false;
        self.peers.rcu(|peers| {
            let old = peers.get(&new.name);
            if old.is_some_and(|old| old.generation > new.generation) {
                is_change = false;
                return Arc::clone(peers);
            }
            is_change = old.is_none_or(|old| old.generation != new.generation);
            let mut peers = HashMap::clone(peers);
            peers.insert(new.name.clone(), Arc::clone(&new));
            Arc::new(peers)
        });
        is_change
    }
}

impl From<Peer> for PeerTrust {
    fn from(peer: Peer) -> Self {
        let published = peer
            .published
            .as_deref()
            .and_then(|json| serde_json::from_str::<ServerDescriptor>(json).ok());
        let standing = match (peer.policy, peer.trust) {
            (Policy::Blocked, _) => Standing::Blocked,
            (Policy::Open, Trust::Held) => Standing::Held,
            (Policy::Open, Trust::Pinned) => Standing::Pinned,
            (Policy::Open, Trust::Request) => Standing::Request,
            (Policy::Open, Trust::Unknown) => Standing::Unknown,
        };
        Self {
            base_url: published.as_ref().map_or_else(
                || peer.domain.base_url(),
                |published| published.api_base_url.clone(),
            ),
            inbox_per_minute: published
                .and_then(|published| published.limits)
                .map(|limits| limits.inbox_requests_per_minute),
            name: peer.domain,
            added_by_owner: peer.added_by_owner,
            standing,
            reason: peer.held_reason,
            generation: peer.generation,
            pinned: peer.pinned,
            first_seen_at: peer.first_seen_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
    use hearth_store::tables::peers::{Delivery, DeliveryState};

    use super::*;
    use crate::testing::public_key;

    fn peer(generation: i64, trust: Trust) -> Peer {
        Peer {
            domain: ServerName::parse("a.example").unwrap(),
            added_by_owner: false,
            first_seen_at: Timestamp::EPOCH,
            policy: Policy::Open,
            trust,
            held_reason: None,
            generation,
            pinned: Some(Pins {
                key: public_key(1),
                fingerprint: Fingerprint::of_der(b"leaf"),
                spki: SpkiHash::of_spki_der(b"key"),
                is_publicly_trusted: false,
                since: Timestamp::EPOCH,
            }),
            seen: None,
            published: None,
            last_contact_at: None,
            last_delivery_at: None,
            delivery: Delivery {
                state: DeliveryState::Ready,
                failures: 0,
                next_attempt_at: None,
                last_error: None,
            },
            queued: 0,
        }
    }

    #[test]
    fn pins_count_only_in_their_generation_and_while_trusted() {
        let table = TrustTable::new(vec![peer(3, Trust::Pinned)]);
        let name = ServerName::parse("a.example").unwrap();
        assert!(table.pins(&name, 3).is_some());
        assert!(table.pins(&name, 2).is_none());
        assert!(table.pins(&name, 4).is_none());

        assert!(table.put(peer(4, Trust::Held)));
        assert!(table.pins(&name, 4).is_none());
        assert!(table.peer(&name).unwrap().pinned.is_some());

        let blocked = Peer {
            policy: Policy::Blocked,
            ..peer(5, Trust::Pinned)
        };
        assert!(table.put(blocked));
        assert!(table.pins(&name, 5).is_none());
    }

    #[test]
    fn an_older_row_does_not_undo_a_newer_one() {
        let table = TrustTable::new(vec![peer(3, Trust::Held)]);
        let name = ServerName::parse("a.example").unwrap();
        assert!(!table.put(peer(2, Trust::Pinned)));
        assert_eq!(table.peer(&name).unwrap().standing, Standing::Held);
        assert!(!table.put(peer(3, Trust::Held)));
    }
}
