//! Events that are being taken right now, so that copies which arrive together cost their origin one event.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use hearth_protocol::ids::EventId;
use hearth_protocol::names::ServerName;

type Key = (ServerName, EventId);

/// The events under way. Bounded by the requests under way.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    events: Arc<Mutex<HashSet<Key>>>,
}

/// The place of one event, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    events: Arc<Mutex<HashSet<Key>>>,
    key: Key,
}

impl UnderWay {
    /// Takes the place of an event; `None` while a copy of it has the place.
    pub(super) fn enter(&self, origin: &ServerName, event_id: &EventId) -> Option<Place> {
        let key = (origin.clone(), event_id.clone());
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.insert(key.clone()).then(|| Place {
            events: Arc::clone(&self.events),
            key,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_once_until_it_is_given_back() {
        let under_way = UnderWay::default();
        let (a, b) = (
            ServerName::parse("a.example").unwrap(),
            ServerName::parse("b.example").unwrap(),
        );
        let id = EventId::parse("1").unwrap();
        let place = under_way.enter(&a, &id);
        assert!(place.is_some());
        assert!(under_way.enter(&a, &id).is_none());
        assert!(under_way.enter(&b, &id).is_some());
        drop(place);
        assert!(under_way.enter(&a, &id).is_some());
    }
}
