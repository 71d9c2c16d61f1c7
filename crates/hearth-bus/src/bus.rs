//! The seam: what every implementation of the short-lived plane offers.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hearth_protocol::ids::UserId;
use thiserror::Error;

use crate::{Budget, Charge, Gauges, Presence, Signal, Subscriber, Topic, Wake, WakeReceiver};

/// The short-lived plane of one Hearth. Cheap to share as `Arc<dyn Bus>`; every method is safe to call from
/// many tasks at once and none waits for a subscriber.
#[async_trait]
pub trait Bus: Debug + Send + Sync {
    /// Keeps `grant` under `ticket` for `ttl`, for the first who takes it. A ticket that is already there is
    /// replaced.
    async fn put_ticket(&self, ticket: &str, grant: Bytes, ttl: Duration) -> Result<(), TicketError>;

    /// Takes a ticket. Of any number of takers at once exactly one gets the grant; later ones, and everyone
    /// once it has expired, get `None`.
    async fn take_ticket(&self, ticket: &str) -> Option<Bytes>;

    /// Spends `cost` tokens of `key` in `budget`, all or none.
    async fn charge(&self, budget: &Budget, key: &str, cost: u32) -> Charge;

    /// Whether a charge of one token would succeed, without spending anything.
    async fn peek(&self, budget: &Budget, key: &str) -> Charge;

    /// Says that a person is here until `ttl` has passed or it is said again.
    async fn set_presence(&self, user: UserId, presence: Presence, ttl: Duration);

    /// What a person's sockets last said, unless that has expired.
    async fn presence(&self, user: UserId) -> Option<Presence>;

    /// Says that a person is gone.
    async fn clear_presence(&self, user: UserId);

    /// Connects a subscriber with room for `capacity` unread signals (at least one). It hears nothing until
    /// it joins topics, and leaves them all when dropped.
    fn connect(&self, capacity: usize) -> Subscriber;

    /// Hands a signal to everyone who has joined the topic. Signals of one topic reach all of its subscribers
    /// in the same order. A subscriber without room lags; the others do not notice.
    async fn publish(&self, topic: &Topic, signal: Signal);

    /// Wakes every receiver. What is already waiting there is not queued twice. With no receiver nothing is
    /// kept: whoever starts to listen looks at the store first.
    async fn wake(&self, wake: Wake);

    /// A new receiver of wakes from now on.
    fn wakes(&self) -> WakeReceiver;

    /// How full this node's part of the bus is.
    fn gauges(&self) -> Gauges;

    /// Connected subscribers on this node.
    fn subscriber_count(&self) -> usize {
        self.gauges().subscribers
    }
}

/// A ticket could not be kept.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum TicketError {
    /// As many tickets as are allowed are waiting to be taken. They expire within seconds: try again soon.
    #[error("too many tickets are waiting to be used; try again in a moment")]
    Full,
}
