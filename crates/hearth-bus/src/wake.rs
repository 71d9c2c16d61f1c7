//! Wakes: "look at the store, there is work", coalesced per destination.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, Weak};

use hearth_protocol::names::ServerName;
use tokio::sync::Notify;

use crate::queue::lock;

/// A reason to look at the store. A wake carries no work itself, so several of one kind are worth one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Wake {
    /// Any destination may have something to send.
    AllDeliveries,
    /// What we believe about any server may have changed.
    AllTrustChanged,
    /// There is something to send to this server.
    Delivery(ServerName),
    /// What we believe about this server has changed: connections made under the old belief must go.
    TrustChanged(ServerName),
}

impl Wake {
    /// The wake that says at least as much as this one about every destination.
    fn broadened(&self) -> Self {
        match self {
            Self::AllDeliveries | Self::Delivery(_) => Self::AllDeliveries,
            Self::AllTrustChanged | Self::TrustChanged(_) => Self::AllTrustChanged,
        }
    }

    /// Whether a receiver of this wake would look at everything that `other` asks for.
    fn covers(&self, other: &Self) -> bool {
        self == other || *self == other.broadened()
    }
}

/// What waits for one receiver: each wake once, oldest first, at most `capacity` single destinations.
#[derive(Debug)]
struct WakeQueue {
    capacity: usize,
    state: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    order: VecDeque<Wake>,
    members: BTreeSet<Wake>,
}

impl Waiting {
    /// Queues a wake unless something waiting already covers it. Returns whether it was queued.
    fn push(&mut self, wake: Wake, capacity: usize) -> bool {
        let broad = wake.broadened();
        if self.members.contains(&wake) || self.members.contains(&broad) {
            return false;
        }
        let wake = if self.order.len() >= capacity {
            broad.clone()
        } else {
            wake
        };
        if wake == broad {
            self.order.retain(|waiting| !wake.covers(waiting));
            self.members.retain(|waiting| !wake.covers(waiting));
        }
        self.members.insert(wake.clone());
        self.order.push_back(wake);
        true
    }

    fn pop(&mut self) -> Option<Wake> {
        let wake = self.order.pop_front()?;
        self.members.remove(&wake);
        Some(wake)
    }
}

/// A listener for wakes. Dropping it ends its queue.
#[derive(Debug)]
pub struct WakeReceiver {
    queue: Arc<WakeQueue>,
}

impl WakeReceiver {
    /// Waits for the next wake. Safe to cancel.
    pub async fn recv(&mut self) -> Wake {
        loop {
            if let Some(wake) = lock(&self.queue.state).pop() {
                return wake;
            }
            self.queue.filled.notified().await;
        }
    }
}

/// All receivers of one bus.
#[derive(Debug)]
pub(crate) struct WakeBoard {
    capacity: usize,
    receivers: Mutex<Vec<Weak<WakeQueue>>>,
}

impl WakeBoard {
    /// A board whose receivers keep at most `capacity` single destinations each.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            receivers: Mutex::default(),
        }
    }

    pub(crate) fn receiver(&self) -> WakeReceiver {
        let queue = Arc::new(WakeQueue {
            capacity: self.capacity,
            state: Mutex::default(),
            filled: Notify::new(),
        });
        let mut receivers = lock(&self.receivers);
        receivers.retain(|receiver| receiver.strong_count() > 0);
        receivers.push(Arc::downgrade(&queue));
        WakeReceiver { queue }
    }

    pub(crate) fn wake(&self, wake: &Wake) {
        lock(&self.receivers).retain(|receiver| {
            let Some(queue) = receiver.upgrade() else {
                return false;
            };
            if lock(&queue.state).push(wake.clone(), queue.capacity) {
                queue.filled.notify_one();
            }
            true
        });
    }
}
