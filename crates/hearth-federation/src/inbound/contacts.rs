//! Verified contacts, noted in the trust table about once a minute per origin instead of with every request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hearth_protocol::names::ServerName;

/// How exact the note is. It decides who is greeted at the next start, where minutes do not matter.
const NOTE_EVERY: Duration = Duration::from_mins(1);

/// Origins remembered; beyond it everybody is forgotten, which costs one extra note each.
const MAX_ORIGINS: usize = 10_000;

/// When each origin's contact was noted last, by the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    noted: Mutex<HashMap<ServerName, Duration>>,
}

impl Contacts {
    /// Whether a contact now has to be noted; if so, it counts as noted.
    pub(super) fn is_due(&self, origin: &ServerName, now: Duration) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted
            .get(origin)
            .is_some_and(|at| now.saturating_sub(*at) < NOTE_EVERY)
        {
            return false;
        }
        if noted.len() >= MAX_ORIGINS {
            noted.clear();
        }
        noted.insert(origin.clone(), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_noted_once_a_minute() {
        let (a, b) = (
            ServerName::parse("a.example").unwrap(),
            ServerName::parse("b.example").unwrap(),
        );
        let contacts = Contacts::default();
        let at = Duration::from_secs;
        assert!(contacts.is_due(&a, at(5)));
        assert!(!contacts.is_due(&a, at(64)));
        assert!(contacts.is_due(&b, at(64)));
        assert!(contacts.is_due(&a, at(65)));
    }
}
