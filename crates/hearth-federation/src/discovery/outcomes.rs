//! What happened lately, per server, bounded in time and number.

use std::collections::HashMap;
use std::time::Duration;

use hearth_protocol::names::ServerName;

/// Servers remembered at once. When full, the one that would be forgotten next makes room: forgetting early
/// costs one connection, within the budgets that count connections.
const MAX_NAMES: usize = 1_000;

/// Remembers one thing per server for a fixed time.
#[derive(Debug)]
pub(crate) struct Outcomes<T> {
    keep: Duration,
    entries: HashMap<ServerName, (Duration, T)>,
}

impl<T: Clone> Outcomes<T> {
    /// Remembers everything for `keep`.
    pub(crate) fn new(keep: Duration) -> Self {
        Self {
            keep,
            entries: HashMap::new(),
        }
    }

    /// What is remembered about a server at the monotonic time `now`.
    pub(crate) fn recall(&self, name: &ServerName, now: Duration) -> Option<T> {
        self.entries
            .get(name)
            .filter(|(until, _)| now < *until)
            .map(|(_, value)| value.clone())
    }

    /// Remembers `value` about a server from `now` on.
    pub(crate) fn remember(&mut self, name: ServerName, value: T, now: Duration) {
        if self.entries.len() >= MAX_NAMES && !self.entries.contains_key(&name) {
            self.make_room(now);
        }
        self.entries.insert(name, (now + self.keep, value));
    }

    /// Forgets a server.
    pub(crate) fn forget(&mut self, name: &ServerName) {
        self.entries.remove(name);
    }

    fn make_room(&mut self, now: Duration) {
        self.entries.retain(|_, (until, _)| now < *until);
        if self.entries.len() < MAX_NAMES {
            return;
        }
        let next = self.entries.iter().min_by_key(|(_, (until, _))| *until);
        if let Some(name) = next.map(|(name, _)| name.clone()) {
            self.entries.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> ServerName {
        ServerName::parse(&format!("s{number}.example")).unwrap()
    }

    #[test]
    fn things_are_remembered_for_a_while() {
        let mut outcomes = Outcomes::new(Duration::from_mins(1));
        outcomes.remember(name(1), "down", Duration::from_secs(5));
        assert_eq!(outcomes.recall(&name(1), Duration::from_secs(64)), Some("down"));
        assert_eq!(outcomes.recall(&name(1), Duration::from_secs(65)), None);
        assert_eq!(outcomes.recall(&name(2), Duration::from_secs(5)), None);
        outcomes.forget(&name(1));
        assert_eq!(outcomes.recall(&name(1), Duration::from_secs(5)), None);
    }

    #[test]
    fn the_oldest_makes_room_when_full() {
        let mut outcomes = Outcomes::new(Duration::from_mins(1));
        for number in 0..=MAX_NAMES {
            outcomes.remember(name(number), (), Duration::from_millis(number as u64));
        }
        assert_eq!(outcomes.entries.len(), MAX_NAMES);
        assert_eq!(outcomes.recall(&name(0), Duration::from_secs(1)), None);
        assert_eq!(outcomes.recall(&name(1), Duration::from_secs(1)), Some(()));
    }
}
