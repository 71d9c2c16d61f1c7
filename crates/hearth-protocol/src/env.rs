//! The seams through which time and randomness are handed in (ARCHITECTURE.md, decision 8).
//!
//! Only traits and what tests need live here; the real clock and the operating system's randomness have their
//! home in the server. Whoever takes a `&dyn Clock` and a `&dyn Random` can be run a week ahead from a seed.

mod simulated;

use std::fmt::Debug;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::{Builder, Uuid};

pub use simulated::{ManualClock, SeededRandom};

use crate::time::Timestamp;

/// What time it is, asked in two ways that differ exactly when somebody sets the clock or closes the lid.
pub trait Clock: Send + Sync + Debug {
    /// Wall-clock time. It may jump in both directions.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment of this process. It never goes back.
    fn monotonic(&self) -> Duration;
}

/// A source of bytes that nobody can guess.
pub trait Random: Send + Sync + Debug {
    /// Overwrites all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// A random UUID (version 4): the ids that d3chat shows to everyone.
pub fn uuid_v4(random: &dyn Random) -> Uuid {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// A UUID that sorts by creation time (version 7); it tells that time to whoever sees it.
pub fn uuid_v7(random: &dyn Random, now: Timestamp) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// An opaque secret of `N` random bytes, as base64url without padding.
pub fn token<const N: usize>(random: &dyn Random) -> String {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use uuid::Version;

    use super::*;

    #[test]
    fn uuids_carry_their_version_and_variant() {
        let random = SeededRandom::new(1);
        let v4 = uuid_v4(&random);
        assert_eq!(v4.get_version(), Some(Version::Random));
        assert_ne!(v4, uuid_v4(&random));

        let earlier = uuid_v7(&random, Timestamp::from_millis(1_700_000_000_000));
        let later = uuid_v7(&random, Timestamp::from_millis(1_700_000_000_001));
        assert_eq!(earlier.get_version(), Some(Version::SortRand));
        assert!(earlier < later);
    }

    #[test]
    fn a_time_before_the_epoch_still_gives_a_version_7_uuid() {
        let id = uuid_v7(&SeededRandom::new(1), Timestamp::MIN);
        assert_eq!(id.get_version(), Some(Version::SortRand));
    }

    #[test]
    fn tokens_have_the_lengths_of_d3chat() {
        let random = SeededRandom::new(7);
        let ticket = token::<32>(&random);
        assert_eq!(ticket.len(), 43);
        assert!(
            ticket
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        assert_eq!(token::<64>(&random).len(), 86);
    }
}
