//! Which accounts have sockets open, and how many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hearth_protocol::ids::UserId;

/// Counts open sockets per account.
#[derive(Clone, Debug)]
pub(crate) struct SocketTable {
    max_per_user: usize,
    open: Arc<Mutex<HashMap<UserId, usize>>>,
}

impl SocketTable {
    /// Room for `max_per_user` sockets of each account.
    pub(crate) fn new(max_per_user: usize) -> Self {
        Self {
            max_per_user,
            open: Arc::default(),
        }
    }

    /// A place for one more socket, or `None` when the account has too many.
    pub(crate) fn take(&self, user: UserId) -> Option<Place> {
        let mut open = self.lock();
        let count = open.entry(user).or_default();
        if *count >= self.max_per_user {
            return None;
        }
        *count += 1;
        Some(Place {
            table: self.clone(),
            user,
        })
    }

    /// Open sockets in all.
    pub(crate) fn total(&self) -> usize {
        self.lock().values().sum()
    }

    /// Whether the account has a socket open.
    pub(crate) fn has(&self, user: UserId) -> bool {
        self.lock().contains_key(&user)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        // Counting cannot panic half-way through a change.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One socket's place, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    table: SocketTable,
    user: UserId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.table.lock();
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_account_has_its_own_bound() {
        let table = SocketTable::new(1);
        let (alice, bob) = (UserId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        let place = table.take(alice).unwrap();
        assert!(table.take(alice).is_none());
        let _bobs = table.take(bob).unwrap();
        assert_eq!(table.total(), 2);
        drop(place);
        assert!(!table.has(alice) && table.has(bob));
        assert!(table.take(alice).is_some());
    }
}
