//! Token buckets, one per budget and key, each kept as the single moment at which it is full again.
//!
//! That moment says everything (the generic cell rate algorithm): a bucket is full once the moment has
//! passed, and the number of tokens missing is proportional to how far away it is. Arithmetic is exact: time
//! is counted in nanoseconds times the budget's limit, so that one token takes the window's nanoseconds, a whole number.

use std::collections::HashMap;
use std::time::Duration;

use super::expiring::ExpiringMap;
use crate::{Budget, Charge};

/// Distinct budgets in use at once. They come from code and configuration, so this is far away.
const MAX_BUDGETS: usize = 256;

/// Scaled time: nanoseconds times the limit of the budget at hand.
type Scaled = u128;

/// The buckets of all budgets. A bucket that is full is not kept.
#[derive(Debug)]
pub(super) struct Buckets {
    keys_per_budget: usize,
    /// Per budget and key: when the bucket is full again.
    budgets: HashMap<Budget, ExpiringMap<String, Scaled>>,
}

impl Buckets {
    /// No buckets yet, at most `keys_per_budget` that are not full per budget.
    pub(super) fn new(keys_per_budget: usize) -> Self {
        Self {
            keys_per_budget,
            budgets: HashMap::new(),
        }
    }

    /// Keys whose bucket is not full, over all budgets.
    pub(super) fn len(&self) -> usize {
        self.budgets.values().map(ExpiringMap::len).sum()
    }

    /// Spends `cost` tokens, all or none.
    pub(super) fn charge(&mut self, budget: &Budget, key: &str, cost: u32, now: Duration) -> Charge {
        let full_at = match self.admit(budget, key, cost, now) {
            Ok(full_at) => full_at,
            Err(retry_after) => return Charge::Refused { retry_after },
        };
        let keys = self.budgets.entry(*budget).or_default();
        let ttl = unscaled(full_at, budget).saturating_sub(now);
        if keys.insert_bounded(key.to_owned(), full_at, now, ttl, self.keys_per_budget) {
            return Charge::Allowed;
        }
        // Only where there is room for no key at all.
        Charge::Refused {
            retry_after: budget.window,
        }
    }

    /// Whether one token could be spent.
    pub(super) fn peek(&mut self, budget: &Budget, key: &str, now: Duration) -> Charge {
        match self.admit(budget, key, 1, now) {
            Ok(_) => Charge::Allowed,
            Err(retry_after) => Charge::Refused { retry_after },
        }
    }

    /// As [`Buckets::judge`], and whether the bucket could be kept: what cannot be counted is not allowed.
    fn admit(&mut self, budget: &Budget, key: &str, cost: u32, now: Duration) -> Result<Scaled, Duration> {
        let full_at = self.judge(budget, key, cost, now)?;
        if !self.has_room_for(budget, now) {
            return Err(budget.window);
        }
        let bound = self.keys_per_budget;
        let Some(keys) = self.budgets.get_mut(budget) else {
            return Ok(full_at);
        };
        if keys.has_room_for(key, now, bound) {
            return Ok(full_at);
        }
        // Evicting somebody else's bucket would hand them a full one: a flood of new keys could wash
        // limits away. The newcomer waits until the first bucket is full and makes room.
        let room_at = keys.next_expiry().unwrap_or(now);
        Err(room_at.saturating_sub(now))
    }

    /// When the bucket would be full after spending `cost`, or how long until that many tokens are there.
    fn judge(&mut self, budget: &Budget, key: &str, cost: u32, now: Duration) -> Result<Scaled, Duration> {
        if cost > budget.limit {
            return Err(budget.window);
        }
        let scaled_now = scaled(now, budget);
        let full_at = self
            .budgets
            .get_mut(budget)
            .and_then(|keys| keys.find(key, now).copied());
        let start = full_at.unwrap_or(scaled_now).max(scaled_now);
        let full_at = start + Scaled::from(cost) * budget.window.as_nanos();
        let latest = scaled_now + scaled(budget.window, budget);
        if full_at <= latest {
            Ok(full_at)
        } else {
            Err(unscaled(full_at - latest, budget))
        }
    }

    /// Whether `budget` is known or one more may be; budgets with nothing but full buckets make room.
    fn has_room_for(&mut self, budget: &Budget, now: Duration) -> bool {
        if self.budgets.len() < MAX_BUDGETS || self.budgets.contains_key(budget) {
            return true;
        }
        self.budgets.retain(|_, keys| {
            keys.forget_expired(now);
            keys.len() > 0
        });
        self.budgets.len() < MAX_BUDGETS
    }
}

fn scaled(time: Duration, budget: &Budget) -> Scaled {
    time.as_nanos() * Scaled::from(budget.limit)
}

/// The time of a scaled one, rounded up so that nobody is told to come back too early.
fn unscaled(time: Scaled, budget: &Budget) -> Duration {
    const NANOS_PER_SECOND: u128 = 1_000_000_000;
    let nanos = time.div_ceil(Scaled::from(budget.limit.max(1)));
    let seconds = u64::try_from(nanos / NANOS_PER_SECOND).unwrap_or(u64::MAX);
    let rest = u32::try_from(nanos % NANOS_PER_SECOND).unwrap_or(0);
    Duration::new(seconds, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    /// One third of a second is not a whole number of nanoseconds.
    const THREE_PER_SECOND: Budget = Budget::new("three", 3, SECOND);

    #[test]
    fn refilling_is_exact_when_a_token_is_not_a_whole_number_of_nanoseconds() {
        let mut buckets = Buckets::new(9);
        for _ in 0..3 {
            assert_eq!(
                buckets.charge(&THREE_PER_SECOND, "a", 1, Duration::ZERO),
                Charge::Allowed
            );
        }
        let third = Duration::from_nanos(333_333_334);
        let refused = Charge::Refused { retry_after: third };
        assert_eq!(buckets.charge(&THREE_PER_SECOND, "a", 1, Duration::ZERO), refused);
        assert_eq!(
            buckets.charge(&THREE_PER_SECOND, "a", 1, Duration::from_nanos(333_333_333)),
            Charge::Refused {
                retry_after: Duration::from_nanos(1)
            }
        );
        assert_eq!(buckets.charge(&THREE_PER_SECOND, "a", 1, third), Charge::Allowed);
    }

    #[test]
    fn no_rounding_ever_grants_more_than_the_rate() {
        let mut buckets = Buckets::new(9);
        let step = Duration::from_millis(7);
        let allowed = (0..1_000u32)
            .filter(|turn| {
                buckets
                    .charge(&THREE_PER_SECOND, "a", 1, step * *turn)
                    .is_allowed()
            })
            .count();
        // 999 steps of 7 ms are 6.993 s: the full bucket and twenty refills.
        assert_eq!(allowed, 3 + 20);
    }

    #[test]
    fn a_full_bucket_is_not_kept() {
        let mut buckets = Buckets::new(9);
        assert!(
            buckets
                .charge(&THREE_PER_SECOND, "a", 3, Duration::ZERO)
                .is_allowed()
        );
        assert_eq!(buckets.len(), 1);
        assert!(buckets.peek(&THREE_PER_SECOND, "a", SECOND).is_allowed());
        assert_eq!(buckets.len(), 0);
    }

    #[test]
    fn a_limit_of_nothing_refuses_everything_but_a_cost_of_nothing() {
        let mut buckets = Buckets::new(9);
        let closed = Budget::new("closed", 0, SECOND);
        let refused = Charge::Refused { retry_after: SECOND };
        assert_eq!(buckets.charge(&closed, "a", 1, Duration::ZERO), refused);
        assert_eq!(buckets.charge(&closed, "a", 0, Duration::ZERO), Charge::Allowed);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let mut buckets = Buckets::new(9);
        let vast = Budget::new("vast", u32::MAX, Duration::MAX);
        assert!(
            buckets
                .charge(&vast, "a", u32::MAX, Duration::from_secs(u64::MAX / 2))
                .is_allowed()
        );
        assert!(
            !buckets
                .charge(&vast, "a", 1, Duration::from_secs(u64::MAX / 2))
                .is_allowed()
        );
    }

    #[test]
    fn budgets_with_only_full_buckets_make_room_for_new_ones() {
        let mut buckets = Buckets::new(9);
        let nth = |n: usize| Budget::new("paced", u32::try_from(n).unwrap() + 1, SECOND);
        for n in 0..MAX_BUDGETS {
            assert!(buckets.charge(&nth(n), "a", 1, Duration::ZERO).is_allowed());
        }
        let refused = Charge::Refused { retry_after: SECOND };
        assert_eq!(buckets.charge(&nth(MAX_BUDGETS), "a", 1, Duration::ZERO), refused);
        assert!(buckets.charge(&nth(MAX_BUDGETS), "a", 1, SECOND).is_allowed());
        assert_eq!(buckets.budgets.len(), 1);
    }
}
