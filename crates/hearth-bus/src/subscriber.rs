//! A subscriber: one socket's ear on the bus, with its own bounded queue over many topics.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use thiserror::Error;

use crate::in_process::Hub;
use crate::queue::{Queue, lock};
use crate::{Signal, Topic};

/// The subscriber did not read fast enough and has missed signals.
///
/// This is final: what was missed may have been an order to leave a channel or to close, so the only thing
/// to do is to drop the subscriber, connect again and catch up from the store.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("too slow: signals were dropped, reconnect and catch up")]
pub struct Lagged;

/// One listener with one bounded queue over any number of topics. Dropping it leaves them all.
pub struct Subscriber {
    id: u64,
    hub: Arc<Hub>,
    queue: Arc<Queue>,
    topics: Mutex<BTreeSet<Topic>>,
}

impl Subscriber {
    pub(crate) fn new(id: u64, hub: Arc<Hub>, capacity: usize) -> Self {
        Self {
            id,
            hub,
            queue: Arc::new(Queue::new(capacity)),
            topics: Mutex::default(),
        }
    }

    /// Hears what is published to `topic` from now on. Joining twice is joining once.
    pub fn join(&self, topic: Topic) {
        let mut topics = lock(&self.topics);
        if topics.insert(topic) {
            self.hub.join(topic, self.id, &self.queue);
        }
    }

    /// Stops hearing a topic. What was queued before is still read; nothing is queued after.
    pub fn leave(&self, topic: &Topic) {
        let mut topics = lock(&self.topics);
        if topics.remove(topic) {
            self.hub.leave(topic, self.id);
        }
    }

    /// Whether the topic has been joined and not left.
    pub fn has_joined(&self, topic: &Topic) -> bool {
        lock(&self.topics).contains(topic)
    }

    /// Waits for the next signal. Safe to cancel (in a `select!`): no signal is lost.
    pub async fn recv(&mut self) -> Result<Signal, Lagged> {
        self.queue.pop().await
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        for topic in lock(&self.topics).iter() {
            self.hub.leave(topic, self.id);
        }
        self.hub.disconnect();
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber")
            .field("id", &self.id)
            .field("topics", &lock(&self.topics).len())
            .finish_non_exhaustive()
    }
}
