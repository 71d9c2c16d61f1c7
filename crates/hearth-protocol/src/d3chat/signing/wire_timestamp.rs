//! The timestamp header: seconds as decimal text, kept as text because that text is what was signed.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use super::REPLAY_WINDOW;
use crate::text::impl_text;
use crate::time::Timestamp;

/// Why a text is not a timestamp header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a timestamp is up to twelve digits of seconds, and perhaps a point and up to nine more")]
pub struct WireTimestampError;

/// Unix seconds matching `[0-9]{1,12}(\.[0-9]{1,9})?`: no sign, blank, exponent, `nan` or `inf` (d3chat F10).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WireTimestamp {
    text: String,
    /// At most 10²¹, far inside an `i128`.
    nanos: i128,
}

impl WireTimestamp {
    /// Reads a header's text and keeps it as it is.
    pub fn parse(text: &str) -> Result<Self, WireTimestampError> {
        let (seconds, fraction) = match text.split_once('.') {
            Some((seconds, fraction)) => (seconds, Some(fraction)),
            None => (text, None),
        };
        let seconds = digits(seconds, 12)?;
        let nanos = match fraction {
            // Left-aligned: "5" is half a second.
            Some(fraction) => digits(fraction, 9)? * 10_i128.pow(9 - decimal_places(fraction)),
            None => 0,
        };
        Ok(Self {
            text: text.to_owned(),
            nanos: seconds * NANOS_PER_SECOND + nanos,
        })
    }

    /// The text for a request sent at `now`, with milliseconds. A clock set before 1970 is sent as 1970.
    pub fn at(now: Timestamp) -> Self {
        let millis = now.as_millis().max(0);
        let text = format!("{}.{:03}", millis / 1000, millis % 1000);
        Self {
            text,
            nanos: i128::from(millis) * NANOS_PER_MILLI,
        }
    }

    /// The text as it stands in the header and in the signed bytes.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How far the sender's clock is ahead of `now`, in milliseconds; negative when it is behind.
    ///
    /// Fractions count away from zero, so that a hair beyond the window is beyond the window.
    pub fn skew_millis(&self, now: Timestamp) -> i64 {
        let nanos = self.nanos - i128::from(now.as_millis()) * NANOS_PER_MILLI;
        let millis = (nanos.abs() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI * nanos.signum();
        i64::try_from(millis)
            .expect("twelve digits of seconds and a Timestamp differ by far less than an i64 holds")
    }

    /// Whether the timestamp is within [`REPLAY_WINDOW`] of `now`, the ends included.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        Duration::from_millis(self.skew_millis(now).unsigned_abs()) <= REPLAY_WINDOW
    }
}

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const NANOS_PER_MILLI: i128 = 1_000_000;

/// The value of 1 to `max` ASCII digits.
fn digits(text: &str, max: usize) -> Result<i128, WireTimestampError> {
    let plain = (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(WireTimestampError)
}

/// Length of a fraction that [`digits`] has accepted: 1 to 9.
fn decimal_places(fraction: &str) -> u32 {
    fraction.bytes().map(|_| 1).sum()
}

impl fmt::Display for WireTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl_text!(WireTimestamp, WireTimestampError);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn skew(text: &str) -> i64 {
        WireTimestamp::parse(text)
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .skew_millis(NOW)
    }

    #[test]
    fn the_text_is_kept_as_it_came() {
        for text in [
            "1700000000",
            "1700000000.0",
            "1771203723.4567893",
            "0",
            "000000000001.100000000",
        ] {
            assert_eq!(WireTimestamp::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn everything_that_a_float_parser_would_take_is_refused() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "nan",
            "NaN",
            "inf",
            "-inf",
            "1e9",
            "1E9",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1_000",
            "0x1",
            "1.5.5",
            "1,5",
            "1.5e3",
            "1234567890123",
            "1.1234567890",
            "１",
            "1.５",
            "1\n",
            "1.-5",
            "1.+5",
        ] {
            assert_eq!(WireTimestamp::parse(text), Err(WireTimestampError), "{text:?}");
        }
    }

    #[test]
    fn skew_is_positive_when_the_sender_is_ahead() {
        assert_eq!(skew("1700000000"), 0);
        assert_eq!(skew("1700000001.5"), 1_500);
        assert_eq!(skew("1699999998.75"), -1_250);
        assert_eq!(skew("0"), -1_700_000_000_000);
        assert_eq!(skew("999999999999.999999999"), 998_299_999_999_999 + 1);
    }

    #[test]
    fn the_window_is_exact_to_the_nanosecond() {
        let is_fresh = |text: &str| WireTimestamp::parse(text).unwrap().is_fresh(NOW);
        assert!(is_fresh("1700000300"));
        assert!(is_fresh("1700000300.000000000"));
        assert!(!is_fresh("1700000300.000000001"));
        assert!(is_fresh("1699999700"));
        assert!(!is_fresh("1699999699.999999999"));
    }

    #[test]
    fn extremes_do_not_overflow() {
        let last = WireTimestamp::parse("999999999999.999999999").unwrap();
        assert!(last.skew_millis(Timestamp::MIN) > 0);
        assert!(WireTimestamp::parse("0").unwrap().skew_millis(Timestamp::MAX) < 0);
    }

    #[test]
    fn our_own_timestamps_have_milliseconds_and_are_fresh() {
        let now = Timestamp::from_millis(1_771_203_723_045);
        let timestamp = WireTimestamp::at(now);
        assert_eq!(timestamp.as_str(), "1771203723.045");
        assert_eq!(timestamp.skew_millis(now), 0);
        assert_eq!(WireTimestamp::parse(timestamp.as_str()), Ok(timestamp));
        assert_eq!(WireTimestamp::at(Timestamp::MIN).as_str(), "0.000");
        assert!(WireTimestamp::parse(WireTimestamp::at(Timestamp::MAX).as_str()).is_ok());
    }
}
