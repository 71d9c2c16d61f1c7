//! How often what happened, since this server started.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts by area and word. The words are constants of this crate, so there is a fixed number of them.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    counts: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
}

impl Counters {
    /// A request of another server that ended with this word.
    pub(crate) fn count_inbound(&self, word: &'static str) {
        self.count("inbound", word);
    }

    /// An event that was taken but had no effect, for this reason.
    pub(crate) fn count_ignored(&self, reason: &'static str) {
        self.count("ignored", reason);
    }

    /// An attempt at delivery that ended with this word.
    pub(crate) fn count_delivery(&self, word: &'static str) {
        self.count("delivery", word);
    }

    /// Everything counted so far, as `area.word`, in order.
    pub(crate) fn read(&self) -> BTreeMap<String, u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .iter()
            .map(|((area, word), count)| (format!("{area}.{word}"), *count))
            .collect()
    }

    fn count(&self, area: &'static str, word: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((area, word)).or_default() += 1;
    }
}
