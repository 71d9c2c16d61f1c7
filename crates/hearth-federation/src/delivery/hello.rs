//! "I am here again": a signed event without content, which makes those who wait for us try at once.
//!
//! It goes out at start and wake to servers there was traffic with lately, once, outside the queues: an old
//! hello is worth nothing. Servers that do not know the event answer it with success and ignore it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use hearth_core::settings;
use hearth_protocol::d3chat::event::{Event, OutboundEvent};
use hearth_protocol::env::uuid_v4;
use hearth_protocol::ids::EventId;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::peers::{self, Peer};

use super::outcome::{self, Outcome};
use super::{Delivery, worker};
use crate::trust::{PeerTrust, Standing};

/// Traffic within this time makes a server worth greeting.
const RECENT: Duration = Duration::from_hours(7 * 24);

/// Greetings under way at once.
pub(super) const AT_ONCE: usize = 8;

/// Rounds of greetings are at least this far apart, however often this machine is woken.
const ROUNDS_APART: Duration = Duration::from_secs(10);

impl Delivery {
    /// Greets every server there was traffic with lately.
    pub(super) async fn greet_recent(self: &Arc<Self>) {
        if !self.may_greet() {
            return;
        }
        let now = self.parts.clock.now();
        let peers = match self.parts.core.store().read(peers::all).await {
            Ok(peers) => peers,
            Err(error) => {
                tracing::error!(%error, "nobody could be greeted");
                return;
            }
        };
        for peer in peers.into_iter().filter(|peer| is_recent(peer, now)) {
            self.greet(peer.domain);
        }
    }

    fn may_greet(&self) -> bool {
        let now = self.parts.clock.monotonic();
        let mut greeted = self.greeted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = greeted.is_none_or(|last| now.saturating_sub(last) >= ROUNDS_APART);
        if is_due {
            *greeted = Some(now);
        }
        is_due
    }

    /// Greets one server, in a task of its own.
    pub(crate) fn greet(self: &Arc<Self>, name: ServerName) {
        let this = Arc::clone(self);
        self.parts
            .tasks
            .spawn_until_stopped(async move { this.send_hello(&name).await });
    }

    async fn send_hello(self: &Arc<Self>, name: &ServerName) {
        let parts = &self.parts;
        let Some(peer) = parts.table.peer(name) else {
            return;
        };
        if peer.standing != Standing::Pinned || !settings::federation_enabled(&parts.core) {
            return;
        }
        let Ok(_place) = self.greetings.acquire().await else {
            return;
        };
        self.note_request(name);
        let target = parts.discovery.target(name);
        let request = parts.signer.event(&peer.base_url, self.hello(&peer).to_json());
        match outcome::read(parts.transport.send(&target, peer.generation, request).await) {
            Outcome::Delivered => self.contact(name),
            // A hello is also how a changed certificate is noticed before anybody's message waits for it.
            Outcome::Distrusted => drop(worker::distrusted(self, &peer).await),
            outcome => tracing::debug!(%name, ?outcome, "a hello was not taken"),
        }
    }

    fn hello(&self, peer: &PeerTrust) -> OutboundEvent {
        let id = format!("hello-{}", uuid_v4(&*self.parts.random));
        OutboundEvent {
            event_id: EventId::parse(&id).expect("a word and a UUID make a valid event id"),
            origin_server: self.parts.own_name.clone(),
            destination_server: peer.name.clone(),
            timestamp: self.parts.clock.now(),
            event: Event::Hello,
        }
    }
}

fn is_recent(peer: &Peer, now: Timestamp) -> bool {
    let last = peer.last_contact_at.max(peer.last_delivery_at);
    last.is_some_and(|last| now.since(last) <= RECENT)
}
