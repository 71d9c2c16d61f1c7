//! Staying below what a destination takes, with headroom: a log of what was sent in the last minute.
//!
//! A log is exact where a bucket is not: in no stretch of sixty seconds does more go out than allowed, whether
//! the other side counts in fixed windows, as upstream does, or with a bucket, as Hearth does.

use std::collections::VecDeque;
use std::time::Duration;

/// What other servers count by.
const WINDOW: Duration = Duration::from_mins(1);

/// Of what a destination takes, this share is used: its clock and ours differ, and look-ups count too.
const SHARE_PERCENT: u64 = 90;

/// The share of that which people's questions may take: whoever asks all day long must not hold up the events.
const QUESTIONS_PERCENT: usize = 10;

/// The most that is ever sent in a minute, whatever a destination says it takes; it bounds the log.
const MOST: u64 = 60_000;

/// What was sent to one destination. Times are monotonic.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    sent: VecDeque<Duration>,
}

/// How many requests a minute go to a server that takes `advertised` of them.
pub(super) fn allowance(advertised: u32) -> usize {
    let share = (u64::from(advertised) * SHARE_PERCENT / 100).clamp(1, MOST);
    usize::try_from(share).unwrap_or(usize::MAX)
}

/// How many of an allowance may be questions, which go out beside the queue.
pub(super) fn questions(allowance: usize) -> usize {
    (allowance * QUESTIONS_PERCENT / 100).max(1)
}

impl Pace {
    /// How long to wait before one more may go out; zero when it may at once.
    pub(super) fn wait(&mut self, allowance: usize, now: Duration) -> Duration {
        self.forget(now);
        let Some(oldest_that_counts) = self.sent.len().checked_sub(allowance) else {
            return Duration::ZERO;
        };
        self.sent
            .get(oldest_that_counts)
            .map_or(Duration::ZERO, |at| (*at + WINDOW).saturating_sub(now))
    }

    /// One went out.
    pub(super) fn note(&mut self, now: Duration) {
        // Here too: to many servers only questions go, which wait for nothing.
        self.forget(now);
        self.sent.push_back(now);
    }

    fn forget(&mut self, now: Duration) {
        while self.sent.front().is_some_and(|at| *at + WINDOW <= now) {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_server_that_takes_a_hundred_gets_ninety() {
        assert_eq!(allowance(100), 90);
        assert_eq!(allowance(1), 1);
        assert_eq!(allowance(0), 1);
        assert_eq!(allowance(u32::MAX), 60_000);
    }

    #[test]
    fn a_tenth_of_it_is_for_questions() {
        assert_eq!(questions(allowance(100)), 9);
        assert_eq!(questions(allowance(1)), 1);
    }

    #[test]
    fn what_is_older_than_a_minute_is_forgotten_even_if_nobody_waits() {
        let mut pace = Pace::default();
        for minute in 0..100 {
            pace.note(at(60 * minute));
        }
        assert_eq!(pace.sent.len(), 1);
    }

    #[test]
    fn no_minute_ever_holds_more_than_the_allowance() {
        let mut pace = Pace::default();
        let mut now = Duration::ZERO;
        let mut sent = Vec::new();
        for step in 0..500_u64 {
            now += pace.wait(10, now);
            pace.note(now);
            sent.push(now);
            now += Duration::from_millis(step * 37 % 9_000);
        }
        for (index, first) in sent.iter().enumerate() {
            let within = sent[index..].iter().filter(|at| **at < *first + WINDOW).count();
            assert!(within <= 10, "{within} from {first:?}");
        }
    }

    #[test]
    fn a_burst_goes_out_at_once_and_then_waits_for_its_oldest() {
        let mut pace = Pace::default();
        for second in 0..3 {
            assert_eq!(pace.wait(3, at(second)), Duration::ZERO);
            pace.note(at(second));
        }
        assert_eq!(pace.wait(3, at(10)), at(50));
        // A smaller allowance than before counts what was sent under the larger one.
        assert_eq!(pace.wait(1, at(10)), at(52));
        assert_eq!(pace.wait(3, at(60)), Duration::ZERO);
    }
}
