//! How fast a client may send.

use std::time::Duration;

/// A bucket of frames that refills evenly: `per_minute` at once, then as many per minute.
#[derive(Debug)]
pub(super) struct Pace {
    per_minute: u32,
    /// In frames times milliseconds of a minute, so that whole numbers suffice.
    filled: u64,
    last: Duration,
}

const MINUTE: u64 = 60_000;

impl Pace {
    /// A full bucket at the monotonic time `now`.
    pub(super) fn new(per_minute: u32, now: Duration) -> Self {
        Self {
            per_minute,
            filled: u64::from(per_minute) * MINUTE,
            last: now,
        }
    }

    /// Takes one frame; `false` when there is none left.
    pub(super) fn take(&mut self, now: Duration) -> bool {
        let millis = u64::try_from(now.saturating_sub(self.last).as_millis()).unwrap_or(u64::MAX);
        let full = u64::from(self.per_minute) * MINUTE;
        self.filled = self
            .filled
            .saturating_add(millis.saturating_mul(u64::from(self.per_minute)))
            .min(full);
        self.last = now;
        match self.filled.checked_sub(MINUTE) {
            Some(rest) => {
                self.filled = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_the_rate() {
        let mut pace = Pace::new(60, Duration::ZERO);
        assert!((0..60).all(|_| pace.take(Duration::ZERO)));
        assert!(!pace.take(Duration::from_millis(999)));
        assert!(pace.take(Duration::from_secs(1)));
        assert!(!pace.take(Duration::from_secs(1)));
        assert!((0..60).all(|_| pace.take(Duration::from_hours(1))));
        assert!(!pace.take(Duration::from_hours(1)));
    }
}
