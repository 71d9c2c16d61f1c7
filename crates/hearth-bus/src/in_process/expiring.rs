//! A map whose entries expire: looked up by key, cleared in order of expiry.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::time::Duration;

/// A map of entries that each live until a moment of the monotonic clock. Every call that takes `now` first
/// forgets what has expired, so the size never exceeds what is alive plus what expired since the last call.
#[derive(Debug)]
pub(super) struct ExpiringMap<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// Expiry and a serial number (two entries may expire at once) to key.
    by_expiry: BTreeMap<(Duration, u64), K>,
    next_serial: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    expiry: (Duration, u64),
}

impl<K, V> Default for ExpiringMap<K, V> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            by_expiry: BTreeMap::new(),
            next_serial: 0,
        }
    }
}

impl<K: Clone + Eq + Hash, V> ExpiringMap<K, V> {
    /// Entries held, some of which may have expired since the last call with a time.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// When the next entry expires, if there is one.
    pub(super) fn next_expiry(&self) -> Option<Duration> {
        self.by_expiry.keys().next().map(|(at, _)| *at)
    }

    /// The entry of a key, unless it has expired.
    pub(super) fn find<Q>(&mut self, key: &Q, now: Duration) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.forget_expired(now);
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// Whether an entry of this key could be put: it is there already, or fewer than `bound` are alive.
    pub(super) fn has_room_for<Q>(&mut self, key: &Q, now: Duration, bound: usize) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.forget_expired(now);
        self.entries.len() < bound || self.entries.contains_key(key)
    }

    /// Puts or replaces an entry that expires `ttl` after `now`, unless there is no room for it. Returns
    /// whether it was put.
    pub(super) fn insert_bounded(
        &mut self,
        key: K,
        value: V,
        now: Duration,
        ttl: Duration,
        bound: usize,
    ) -> bool {
        if !self.has_room_for(&key, now, bound) {
            return false;
        }
        let expiry = (now.saturating_add(ttl), self.next_serial);
        self.next_serial += 1;
        if let Some(old) = self.entries.insert(key.clone(), Entry { value, expiry }) {
            self.by_expiry.remove(&old.expiry);
        }
        self.by_expiry.insert(expiry, key);
        true
    }

    /// Takes an entry out, unless it has expired.
    pub(super) fn remove<Q>(&mut self, key: &Q, now: Duration) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.forget_expired(now);
        let entry = self.entries.remove(key)?;
        self.by_expiry.remove(&entry.expiry);
        Some(entry.value)
    }

    /// Forgets what has expired: an entry lives strictly before its expiry.
    pub(super) fn forget_expired(&mut self, now: Duration) {
        while let Some(first) = self.by_expiry.first_entry() {
            if first.key().0 > now {
                break;
            }
            self.entries.remove(&first.remove());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_entry_lives_strictly_before_its_expiry() {
        let mut map = ExpiringMap::default();
        assert!(map.insert_bounded("a", 1, Duration::ZERO, SECOND, 9));
        assert_eq!(map.find("a", Duration::from_nanos(999_999_999)), Some(&1));
        assert_eq!(map.find("a", SECOND), None);
        assert_eq!(map.len(), 0);
    }

    #[test]
    fn replacing_an_entry_moves_its_expiry() {
        let mut map = ExpiringMap::default();
        assert!(map.insert_bounded("a", 1, Duration::ZERO, SECOND, 1));
        assert!(map.insert_bounded("a", 2, Duration::ZERO, SECOND * 3, 1));
        assert_eq!(map.find("a", SECOND * 2), Some(&2));
        assert_eq!(map.next_expiry(), Some(SECOND * 3));
    }

    #[test]
    fn the_bound_counts_the_living_only() {
        let mut map = ExpiringMap::default();
        assert!(map.insert_bounded("a", 1, Duration::ZERO, SECOND, 1));
        assert!(!map.insert_bounded("b", 2, Duration::ZERO, SECOND, 1));
        assert!(map.insert_bounded("b", 2, SECOND, SECOND, 1));
        assert_eq!(map.remove("b", SECOND), Some(2));
        assert_eq!((map.len(), map.next_expiry()), (0, None));
    }

    #[test]
    fn a_time_to_live_without_end_does_not_overflow() {
        let mut map = ExpiringMap::default();
        assert!(map.insert_bounded("a", 1, SECOND, Duration::MAX, 1));
        assert_eq!(map.find("a", SECOND * 1_000_000), Some(&1));
    }
}
