//! When something goes out: pure decisions that take the time as an argument.

use std::time::Duration;

use hearth_protocol::env::Random;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::peers::{self, DeliveryState};

use crate::trust::Standing;

/// The first retry comes after this at the earliest.
const SOONEST: Duration = Duration::from_secs(5);

/// The first retry comes after this at the latest; each failure doubles it.
const FIRST_LATEST: Duration = Duration::from_secs(15);

/// No wait is longer, unless the other server asks for one.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// A server that refuses us is asked again this seldom. It may have changed its mind without a word, and then
/// nothing else would ever tell.
pub(super) const PAUSE: Duration = Duration::from_hours(1);

/// The longest wait that another server may ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(6);

/// What a worker does next for its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing until something changes: trust, the switch, a sign of life.
    Park,
    /// Sends the first event, ahead of its time.
    Probe,
    /// Sends the first event.
    Send,
    /// Looks again after this long.
    Wait(Duration),
}

/// How a destination stands at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    /// Wall-clock time, which deadlines are kept in.
    pub(super) now: Timestamp,
    /// Whether this server federates at all.
    pub(super) is_switched_on: bool,
    /// Whether the destination is trusted.
    pub(super) standing: Standing,
    /// How delivery to it stands.
    pub(super) delivery: &'a peers::Delivery,
    /// How long until a probe may go out; `None` when nobody asked for one.
    pub(super) probe_wait: Option<Duration>,
    /// How long its pace makes the next event wait.
    pub(super) pace_wait: Duration,
}

/// Decides what to do next for a destination that something waits for.
pub(super) fn next(moment: &Moment<'_>) -> Next {
    if !moment.is_switched_on {
        return Next::Park;
    }
    match moment.standing {
        Standing::Blocked | Standing::Held | Standing::Request => return Next::Park,
        Standing::Pinned | Standing::Unknown => {}
    }
    if !moment.pace_wait.is_zero() {
        return Next::Wait(moment.pace_wait);
    }
    let at = match moment.delivery.state {
        DeliveryState::Ready => return Next::Send,
        DeliveryState::Paused | DeliveryState::Waiting => {
            moment.delivery.next_attempt_at.unwrap_or(moment.now)
        }
    };
    match (at.since(moment.now), moment.probe_wait) {
        (Duration::ZERO, _) => Next::Send,
        (_, Some(Duration::ZERO)) => Next::Probe,
        (deadline, Some(probe)) => Next::Wait(deadline.min(probe)),
        (deadline, None) => Next::Wait(deadline),
    }
}

/// How long to wait after the `failures`th failure in a row, with full jitter so that servers which lost the
/// same network do not come back in step. What the other server asks for is a minimum.
pub(super) fn backoff(failures: u32, asked: Option<Duration>, random: &dyn Random) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let latest = FIRST_LATEST.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let wait = between(SOONEST, latest, random);
    asked.map_or(wait, |asked| wait.max(asked.min(LONGEST_ASKED)))
}

fn between(low: Duration, high: Duration, random: &dyn Random) -> Duration {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    let span = high.saturating_sub(low);
    // A share of a span of minutes in 32 bits is exact to a fraction of a microsecond.
    low + span.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use hearth_protocol::env::SeededRandom;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn delivery(state: DeliveryState, next_attempt_at: Option<i64>) -> peers::Delivery {
        peers::Delivery {
            state,
            failures: 1,
            next_attempt_at: next_attempt_at.map(Timestamp::from_seconds),
            last_error: None,
        }
    }

    fn moment(delivery: &peers::Delivery) -> Moment<'_> {
        Moment {
            now: Timestamp::from_seconds(1_000),
            is_switched_on: true,
            standing: Standing::Pinned,
            delivery,
            probe_wait: None,
            pace_wait: Duration::ZERO,
        }
    }

    #[test]
    fn a_ready_destination_gets_its_event_at_the_allowed_pace() {
        let ready = delivery(DeliveryState::Ready, None);
        assert_eq!(next(&moment(&ready)), Next::Send);
        let paced = Moment {
            pace_wait: seconds(3),
            ..moment(&ready)
        };
        assert_eq!(next(&paced), Next::Wait(seconds(3)));
    }

    #[test]
    fn nothing_is_sent_without_trust_or_with_the_switch_off() {
        let ready = delivery(DeliveryState::Ready, None);
        for standing in [Standing::Blocked, Standing::Held, Standing::Request] {
            let moment = Moment {
                standing,
                probe_wait: Some(Duration::ZERO),
                ..moment(&ready)
            };
            assert_eq!(next(&moment), Next::Park, "{standing:?}");
        }
        let off = Moment {
            is_switched_on: false,
            probe_wait: Some(Duration::ZERO),
            ..moment(&ready)
        };
        assert_eq!(next(&off), Next::Park);
    }

    #[test]
    fn a_wait_ends_at_its_deadline_or_with_a_probe() {
        let waiting = delivery(DeliveryState::Waiting, Some(1_100));
        assert_eq!(next(&moment(&waiting)), Next::Wait(seconds(100)));
        for (probe_wait, expected) in [
            (0, Next::Probe),
            (5, Next::Wait(seconds(5))),
            (500, Next::Wait(seconds(100))),
        ] {
            let moment = Moment {
                probe_wait: Some(seconds(probe_wait)),
                ..moment(&waiting)
            };
            assert_eq!(next(&moment), expected);
        }
        let over = delivery(DeliveryState::Waiting, Some(1_000));
        assert_eq!(next(&moment(&over)), Next::Send);
    }

    #[test]
    fn a_pause_ends_with_a_probe_or_at_its_slow_deadline() {
        let paused = delivery(DeliveryState::Paused, Some(4_600));
        assert_eq!(next(&moment(&paused)), Next::Wait(seconds(3_600)));
        let asked = Moment {
            probe_wait: Some(seconds(4)),
            ..moment(&paused)
        };
        assert_eq!(next(&asked), Next::Wait(seconds(4)));
        let open = Moment {
            probe_wait: Some(Duration::ZERO),
            ..moment(&paused)
        };
        assert_eq!(next(&open), Next::Probe);
        // One that was noted before pauses had deadlines is not for ever.
        for over in [Some(1_000), None] {
            let over = delivery(DeliveryState::Paused, over);
            assert_eq!(next(&moment(&over)), Next::Send);
        }
    }

    #[test]
    fn the_first_retry_comes_after_five_to_fifteen_seconds() {
        let random = SeededRandom::new(1);
        for _ in 0..200 {
            let wait = backoff(1, None, &random);
            assert!((seconds(5)..=seconds(15)).contains(&wait), "{wait:?}");
        }
    }

    #[test]
    fn later_retries_spread_over_the_whole_range_up_to_a_quarter_of_an_hour() {
        let random = SeededRandom::new(2);
        let waits: Vec<Duration> = (0..500).map(|_| backoff(40, None, &random)).collect();
        assert!(waits.iter().all(|wait| *wait <= LONGEST_WAIT));
        assert!(waits.iter().any(|wait| *wait < seconds(90)));
        assert!(waits.iter().any(|wait| *wait > seconds(810)));
    }

    #[test]
    fn what_the_other_server_asks_for_is_a_minimum_within_reason() {
        let random = SeededRandom::new(3);
        assert_eq!(backoff(1, Some(seconds(3_600)), &random), seconds(3_600));
        assert!(backoff(1, Some(seconds(1)), &random) >= seconds(5));
        assert_eq!(backoff(1, Some(Duration::MAX), &random), LONGEST_ASKED);
    }
}
