//! The real clock and the real source of randomness: their one home.
//!
//! Everything else takes a [`Clock`] and a [`Random`], so that tests and simulations hand in their own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hearth_protocol::env::{Clock, Random};
use hearth_protocol::time::Timestamp;
use rand::TryRng as _;
use rand::rngs::SysRng;

/// The machine's clock. Wall time follows the system's adjustments; monotonic time counts from the moment
/// this value was made and never goes back.
#[derive(Debug)]
pub struct SystemClock {
    base: Instant,
}

impl SystemClock {
    /// Starts counting monotonic time now.
    #[expect(clippy::disallowed_methods, reason = "the one home of the real clock")]
    pub fn new() -> Self {
        Self { base: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the real clock")]
    fn now(&self) -> Timestamp {
        // A clock set before 1970 reads as 1970: every comparison then fails towards "too old".
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.base.elapsed()
    }
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no key, token or nonce may be made; there is nothing sensible to go on with.
        SysRng
            .try_fill_bytes(bytes)
            .expect("the operating system gives random bytes on every supported platform");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monotonic_time_never_goes_back() {
        let clock = SystemClock::new();
        let first = clock.monotonic();
        assert!(clock.monotonic() >= first);
        assert!(clock.now().as_millis() > 1_700_000_000_000);
    }

    #[test]
    fn two_draws_differ() {
        let (mut first, mut second) = ([0_u8; 32], [0_u8; 32]);
        OsRandom.fill(&mut first);
        OsRandom.fill(&mut second);
        assert_ne!(first, second);
    }
}
