//! How many connections are open, in all and per address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::conventions::client::address_group;

/// Counts open connections and refuses those beyond the bounds.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    max_total: usize,
    max_per_address: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Slots {
    /// Room for `max_total` connections, of which one address may have `max_per_address`.
    pub(crate) fn new(max_total: usize, max_per_address: usize) -> Self {
        Self {
            inner: Arc::new(Inner {
                max_total,
                max_per_address,
                open: Mutex::default(),
            }),
        }
    }

    /// A place for a connection, counted under its address when one is given, or `None` at a bound.
    pub(crate) fn take(&self, address: Option<IpAddr>) -> Option<Slot> {
        let address = address.map(address_group);
        let mut open = self.inner.open();
        if open.total >= self.inner.max_total {
            return None;
        }
        if let Some(address) = address {
            let of_address = open.by_address.entry(address).or_default();
            if *of_address >= self.inner.max_per_address {
                return None;
            }
            *of_address += 1;
        }
        open.total += 1;
        Some(Slot {
            inner: Arc::clone(&self.inner),
            address,
        })
    }

    /// Open connections in all.
    pub(crate) fn total(&self) -> usize {
        self.inner.open().total
    }
}

impl Inner {
    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing between lock and unlock can panic half-way through a change.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's place, given back when dropped. WebSocket sessions hold their connection's slot too.
#[derive(Debug)]
pub(crate) struct Slot {
    inner: Arc<Inner>,
    address: Option<IpAddr>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.inner.open();
        open.total -= 1;
        let Some(address) = self.address else {
            return;
        };
        if let Some(of_address) = open.by_address.get_mut(&address) {
            *of_address -= 1;
            if *of_address == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_own_bound() {
        let slots = Slots::new(3, 2);
        let (alice, bob): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let held = [slots.take(Some(alice)).unwrap(), slots.take(Some(alice)).unwrap()];
        assert!(slots.take(Some(alice)).is_none());
        let _bobs = slots.take(Some(bob)).unwrap();
        assert!(slots.take(None).is_none(), "the total is reached");
        drop(held);
        assert_eq!(slots.total(), 1);
        assert!(slots.take(Some(alice)).is_some());
    }
}
