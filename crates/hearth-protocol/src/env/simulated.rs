//! A clock that moves when told and randomness that repeats from a seed: for tests and simulation.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Clock, Random};
use crate::time::Timestamp;

/// A clock that stands still until it is moved. Clones share the same time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Hands>>);

/// The wall time is kept as a start and what passed since, so that many small advances add up exactly.
#[derive(Debug)]
struct Hands {
    wall_start: Timestamp,
    wall_passed: Duration,
    monotonic: Duration,
}

impl ManualClock {
    /// A clock that shows `now`, and zero on its monotonic side.
    pub fn new(now: Timestamp) -> Self {
        let hands = Hands {
            wall_start: now,
            wall_passed: Duration::ZERO,
            monotonic: Duration::ZERO,
        };
        Self(Arc::new(Mutex::new(hands)))
    }

    /// Lets time pass: both sides move.
    pub fn advance(&self, duration: Duration) {
        let mut hands = self.hands();
        hands.wall_passed = hands.wall_passed.saturating_add(duration);
        hands.monotonic = hands.monotonic.saturating_add(duration);
    }

    /// Sets the wall clock, as a person or a time service would: the monotonic side does not notice.
    pub fn set(&self, now: Timestamp) {
        let mut hands = self.hands();
        hands.wall_start = now;
        hands.wall_passed = Duration::ZERO;
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        // The hands are whole after every statement above, so a panic elsewhere cannot have bent them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let hands = self.hands();
        hands.wall_start.plus(hands.wall_passed)
    }

    fn monotonic(&self) -> Duration {
        self.hands().monotonic
    }
}

/// Randomness that repeats: the same seed gives the same bytes in the same order. Never for real secrets.
///
/// The generator is `SplitMix64`, whose state is one counter: threads may share it without a lock. Clones share
/// the sequence.
#[derive(Clone, Debug)]
pub struct SeededRandom(Arc<AtomicU64>);

impl SeededRandom {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        // Mixed once, so that neighbouring seeds do not start at neighbouring states.
        Self(Arc::new(AtomicU64::new(mix(seed))))
    }

    fn next(&self) -> u64 {
        mix(self.0.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// The odd constant of `SplitMix64`: the golden ratio in 64 bits.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_both_sides_and_setting_only_one() {
        let clock = ManualClock::new(Timestamp::from_seconds(1_000));
        let seen_by_another = clock.clone();

        clock.advance(Duration::from_secs(5));
        assert_eq!(seen_by_another.now(), Timestamp::from_seconds(1_005));
        assert_eq!(seen_by_another.monotonic(), Duration::from_secs(5));

        clock.set(Timestamp::from_seconds(10));
        assert_eq!(seen_by_another.now(), Timestamp::from_seconds(10));
        assert_eq!(seen_by_another.monotonic(), Duration::from_secs(5));
    }

    #[test]
    fn small_advances_add_up() {
        let clock = ManualClock::new(Timestamp::EPOCH);
        for _ in 0..10 {
            clock.advance(Duration::from_micros(100));
        }
        assert_eq!(clock.now(), Timestamp::from_millis(1));
    }

    #[test]
    fn one_seed_gives_one_sequence() {
        let (mut first, mut second, mut other) = ([0; 37], [0; 37], [0; 37]);
        SeededRandom::new(42).fill(&mut first);
        SeededRandom::new(42).fill(&mut second);
        SeededRandom::new(43).fill(&mut other);
        assert_eq!(first, second);
        assert_ne!(first, other);
    }

    #[test]
    fn the_sequence_goes_on_instead_of_repeating() {
        let random = SeededRandom::new(42);
        let (mut first, mut second) = ([0; 16], [0; 16]);
        random.fill(&mut first);
        random.clone().fill(&mut second);
        assert_ne!(first, second);
    }
}
