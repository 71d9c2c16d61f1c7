//! The hub: which queues hear which topic.
//!
//! Two locks, always taken in this order: the map of topics, then one topic's listeners. A publisher holds only
//! the second while it fills queues, so topics do not wait for each other and every subscriber of a topic sees
//! the same order. A queue's own lock is innermost and never held while taking another.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::queue::{Pushed, Queue, lock};
use crate::{Signal, Subscriber, Topic};

/// The queues that hear one topic, by subscriber. Ordered, so that a simulation replays identically.
type Listeners = Mutex<BTreeMap<u64, Arc<Queue>>>;

/// All topics with at least one listener.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    topics: RwLock<HashMap<Topic, Arc<Listeners>>>,
    next_id: AtomicU64,
    subscribers: AtomicUsize,
    lagged: AtomicU64,
}

impl Hub {
    /// A new subscriber without topics.
    pub(crate) fn connect(hub: &Arc<Self>, capacity: usize) -> Subscriber {
        let id = hub.next_id.fetch_add(1, Ordering::Relaxed);
        hub.subscribers.fetch_add(1, Ordering::Relaxed);
        Subscriber::new(id, Arc::clone(hub), capacity)
    }

    /// Counts a subscriber out, once it has left its topics.
    pub(crate) fn disconnect(&self) {
        self.subscribers.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn join(&self, topic: Topic, id: u64, queue: &Arc<Queue>) {
        let mut topics = self.topics_mut();
        let listeners = topics.entry(topic).or_default();
        lock(listeners).insert(id, Arc::clone(queue));
    }

    pub(crate) fn leave(&self, topic: &Topic, id: u64) {
        let mut topics = self.topics_mut();
        let Some(listeners) = topics.get(topic) else {
            return;
        };
        let is_empty = {
            let mut listeners = lock(listeners);
            listeners.remove(&id);
            listeners.is_empty()
        };
        if is_empty {
            topics.remove(topic);
        }
    }

    /// Hands a signal to every listener of a topic.
    pub(crate) fn publish(&self, topic: &Topic, signal: &Signal) {
        // A subscriber that joins after this look joined after the publication began: it may miss it.
        let Some(listeners) = self.topics_ref().get(topic).map(Arc::clone) else {
            return;
        };
        for queue in lock(&listeners).values() {
            if queue.push(signal.clone()) == Pushed::Overflowed {
                self.lagged.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn subscribers(&self) -> usize {
        self.subscribers.load(Ordering::Relaxed)
    }

    pub(crate) fn topics(&self) -> usize {
        self.topics_ref().len()
    }

    pub(crate) fn lagged(&self) -> u64 {
        self.lagged.load(Ordering::Relaxed)
    }

    fn topics_ref(&self) -> RwLockReadGuard<'_, HashMap<Topic, Arc<Listeners>>> {
        self.topics.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn topics_mut(&self) -> RwLockWriteGuard<'_, HashMap<Topic, Arc<Listeners>>> {
        self.topics.write().unwrap_or_else(PoisonError::into_inner)
    }
}
