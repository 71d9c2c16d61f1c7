//! Delivery: one durable, ordered queue per destination, and one worker for each that has something waiting.
//!
//! The queue and its deadlines are rows; nothing here survives a restart except by being read again. Workers
//! never wait for each other: an unreachable destination costs its own worker's patience and one of the shared
//! places for requests in flight, for as long as a request may take.
//!
//! A worker is *roused* when there may be something to do: an event was queued, trust changed, the switch was
//! thrown. A *sign of life* rouses it too and asks its probe gate for an attempt ahead of time.

mod destination;
mod hello;
mod housekeeping;
mod outcome;
mod pace;
mod probe;
mod record;
mod schedule;
mod worker;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hearth_bus::{Wake, WakeReceiver};
use hearth_core::Core;
use hearth_protocol::env::{Clock, Random};
use hearth_protocol::names::ServerName;
use hearth_store::tables::outbox;
use tokio::sync::Semaphore;

use crate::counters::Counters;
use crate::discovery::Discovery;
use crate::outbound::Transport;
use crate::signed::Signer;
use crate::tasks::Tasks;
use crate::trust::keeper::TrustKeeper;
use crate::trust::{PeerTrust, TrustTable};
use destination::Destination;
pub(crate) use outcome::words as words_of;
use pace::allowance;

/// What delivery needs from the rest of federation.
#[derive(Debug)]
pub(crate) struct DeliveryParts {
    pub(crate) core: Core,
    pub(crate) own_name: ServerName,
    pub(crate) table: Arc<TrustTable>,
    pub(crate) keeper: Arc<TrustKeeper>,
    pub(crate) discovery: Arc<Discovery>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) signer: Signer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) tasks: Tasks,
    pub(crate) max_age: Duration,
    pub(crate) assumed_peer_per_minute: u32,
    pub(crate) in_flight: usize,
}

/// Everything that goes out by itself.
#[derive(Debug)]
pub(crate) struct Delivery {
    parts: DeliveryParts,
    places: Semaphore,
    /// Places for greetings, apart from those for events: a round of them to the absent must not hold up a queue.
    greetings: Semaphore,
    destinations: Mutex<BTreeMap<ServerName, Arc<Destination>>>,
    /// When the last round of greetings went out, by the monotonic clock.
    greeted: Mutex<Option<Duration>>,
}

impl Delivery {
    pub(crate) fn new(parts: DeliveryParts) -> Arc<Self> {
        Arc::new(Self {
            places: Semaphore::new(parts.in_flight),
            greetings: Semaphore::new(hello::AT_ONCE),
            parts,
            destinations: Mutex::default(),
            greeted: Mutex::default(),
        })
    }

    /// Starts to work, to listen and to keep house. `wakes` must have been taken before anything was read from
    /// the store.
    pub(crate) async fn start(self: &Arc<Self>, wakes: WakeReceiver) {
        // After a start, as after a sleep, everything may be different: one attempt at once for everybody.
        self.look_at_all(true).await;
        self.greet_recent().await;
        let this = Arc::clone(self);
        self.parts
            .tasks
            .spawn_until_stopped(async move { this.listen(wakes).await });
        let this = Arc::clone(self);
        self.parts
            .tasks
            .spawn_until_stopped(async move { this.keep_house().await });
    }

    /// A request of this server has verified: whatever waits for it may be tried.
    ///
    /// Called for every request, so it does next to nothing for servers that nothing waits for.
    pub(crate) fn contact(self: &Arc<Self>, name: &ServerName) {
        let known = {
            let destinations = self.destinations.lock().unwrap_or_else(PoisonError::into_inner);
            destinations.get(name).cloned()
        };
        match known {
            Some(destination) if destination.has_backlog() => self.rouse(&destination, true),
            // Whatever comes next finds the gate asked for: a pause must not outlive the sign that it is over.
            Some(destination) => destination.expect_probe(),
            None => {}
        }
    }

    /// The owner wants to know now: what waits for this server is tried at once.
    pub(crate) fn retry_now(self: &Arc<Self>, name: &ServerName) {
        let destination = self.destination(name);
        self.rouse(&destination, true);
    }

    /// Whether somebody's question may go to this server beside its queue; if so, the queue's pace takes it into
    /// account.
    pub(crate) fn may_ask(&self, peer: &PeerTrust) -> bool {
        let allowance = allowance(self.advertised(Some(peer)));
        let now = self.parts.clock.monotonic();
        self.destination(&peer.name).may_ask(allowance, now)
    }

    /// What a server takes per minute.
    fn advertised(&self, peer: Option<&PeerTrust>) -> u32 {
        peer.and_then(|peer| peer.inbox_per_minute)
            .unwrap_or(self.parts.assumed_peer_per_minute)
    }

    /// A request goes out to this server beside its queue; the queue's pace takes it into account.
    fn note_request(&self, name: &ServerName) {
        self.destination(name).note_request(self.parts.clock.monotonic());
    }

    /// Something may have changed for this server.
    fn look_at(self: &Arc<Self>, name: &ServerName) {
        let destination = self.destination(name);
        self.rouse(&destination, false);
    }

    /// The server to deliver to, as far as delivery remembers it.
    fn destination(&self, name: &ServerName) -> Arc<Destination> {
        let mut destinations = self.destinations.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            destinations
                .entry(name.clone())
                .or_insert_with(|| Arc::new(Destination::new(name.clone()))),
        )
    }

    fn rouse(self: &Arc<Self>, destination: &Arc<Destination>, is_sign_of_life: bool) {
        if !destination.rouse(is_sign_of_life) {
            return;
        }
        let (this, destination) = (Arc::clone(self), Arc::clone(destination));
        self.parts
            .tasks
            .spawn_until_stopped(async move { worker::run(&this, &destination).await });
    }

    async fn listen(self: Arc<Self>, mut wakes: WakeReceiver) {
        loop {
            match wakes.recv().await {
                Wake::Delivery(name) => self.look_at(&name),
                Wake::AllDeliveries => {
                    self.look_at_all(true).await;
                    self.greet_recent().await;
                }
                Wake::TrustChanged(name) => {
                    if let Err(error) = self.parts.keeper.reload(&name).await {
                        tracing::error!(%name, %error, "what is believed about a server could not be read");
                    }
                    self.look_at(&name);
                }
                Wake::AllTrustChanged => {
                    if let Err(error) = self.parts.keeper.reload_all().await {
                        tracing::error!(%error, "what is believed about other servers could not be read");
                    }
                    self.look_at_all(false).await;
                }
            }
        }
    }

    async fn look_at_all(self: &Arc<Self>, is_sign_of_life: bool) {
        let names = self.parts.core.store().read(outbox::destinations).await;
        match names {
            Ok(names) => {
                for name in names {
                    let destination = self.destination(&name);
                    self.rouse(&destination, is_sign_of_life);
                }
            }
            Err(error) => tracing::error!(%error, "the queues could not be read"),
        }
    }
}
