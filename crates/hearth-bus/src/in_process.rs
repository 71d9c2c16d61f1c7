//! The bus of a Hearth that is one process: maps behind mutexes, expiry on the monotonic clock.

mod buckets;
mod expiring;
mod hub;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hearth_protocol::env::Clock;
use hearth_protocol::ids::UserId;

use crate::queue::lock;
use crate::wake::WakeBoard;
use crate::{
    Budget, Bus, Charge, Gauges, Presence, Signal, Subscriber, TicketError, Topic, Wake, WakeReceiver,
};
use buckets::Buckets;
use expiring::ExpiringMap;
pub(crate) use hub::Hub;

/// The bounds of an [`InProcessBus`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InProcessLimits {
    /// Keys with a bucket that is not full, per budget.
    pub budget_keys: usize,
    /// People with a presence.
    pub presences: usize,
    /// Tickets waiting to be taken.
    pub tickets: usize,
    /// Single destinations waiting per receiver of wakes.
    pub wakes: usize,
}

impl Default for InProcessLimits {
    /// Enough for the largest Hearth on one machine. Full, tickets and presences take some sixty megabytes
    /// and each budget some twenty-five.
    fn default() -> Self {
        Self {
            budget_keys: 65_536,
            presences: 131_072,
            tickets: 65_536,
            wakes: 4_096,
        }
    }
}

/// The short-lived plane inside one process.
pub struct InProcessBus {
    clock: Arc<dyn Clock>,
    limits: InProcessLimits,
    tickets: Mutex<ExpiringMap<String, Bytes>>,
    presences: Mutex<ExpiringMap<UserId, Presence>>,
    buckets: Mutex<Buckets>,
    hub: Arc<Hub>,
    wakes: WakeBoard,
}

impl InProcessBus {
    /// A bus with the usual bounds.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_limits(clock, InProcessLimits::default())
    }

    /// A bus with chosen bounds.
    pub fn with_limits(clock: Arc<dyn Clock>, limits: InProcessLimits) -> Self {
        Self {
            clock,
            limits,
            tickets: Mutex::default(),
            presences: Mutex::default(),
            buckets: Mutex::new(Buckets::new(limits.budget_keys)),
            hub: Arc::default(),
            wakes: WakeBoard::new(limits.wakes),
        }
    }
}

#[async_trait]
impl Bus for InProcessBus {
    async fn put_ticket(&self, ticket: &str, grant: Bytes, ttl: Duration) -> Result<(), TicketError> {
        let now = self.clock.monotonic();
        let mut tickets = lock(&self.tickets);
        let was_kept = tickets.insert_bounded(ticket.to_owned(), grant, now, ttl, self.limits.tickets);
        if was_kept { Ok(()) } else { Err(TicketError::Full) }
    }

    async fn take_ticket(&self, ticket: &str) -> Option<Bytes> {
        let now = self.clock.monotonic();
        lock(&self.tickets).remove(ticket, now)
    }

    async fn charge(&self, budget: &Budget, key: &str, cost: u32) -> Charge {
        let now = self.clock.monotonic();
        lock(&self.buckets).charge(budget, key, cost, now)
    }

    async fn peek(&self, budget: &Budget, key: &str) -> Charge {
        let now = self.clock.monotonic();
        lock(&self.buckets).peek(budget, key, now)
    }

    async fn set_presence(&self, user: UserId, presence: Presence, ttl: Duration) {
        let now = self.clock.monotonic();
        // At the bound a newcomer looks offline, which harms nobody and mends itself.
        lock(&self.presences).insert_bounded(user, presence, now, ttl, self.limits.presences);
    }

    async fn presence(&self, user: UserId) -> Option<Presence> {
        let now = self.clock.monotonic();
        lock(&self.presences).find(&user, now).copied()
    }

    async fn clear_presence(&self, user: UserId) {
        let now = self.clock.monotonic();
        lock(&self.presences).remove(&user, now);
    }

    fn connect(&self, capacity: usize) -> Subscriber {
        Hub::connect(&self.hub, capacity)
    }

    async fn publish(&self, topic: &Topic, signal: Signal) {
        self.hub.publish(topic, &signal);
    }

    async fn wake(&self, wake: Wake) {
        self.wakes.wake(&wake);
    }

    fn wakes(&self) -> WakeReceiver {
        self.wakes.receiver()
    }

    fn gauges(&self) -> Gauges {
        Gauges {
            budget_keys: lock(&self.buckets).len(),
            lagged: self.hub.lagged(),
            presences: lock(&self.presences).len(),
            subscribers: self.hub.subscribers(),
            tickets: lock(&self.tickets).len(),
            topics: self.hub.topics(),
        }
    }
}

/// Prints how full it is: tickets are secrets while they live.
impl fmt::Debug for InProcessBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessBus")
            .field("gauges", &self.gauges())
            .finish_non_exhaustive()
    }
}
