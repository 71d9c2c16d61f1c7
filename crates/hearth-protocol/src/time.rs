//! Moments as both protocols write them: milliseconds UTC inside, RFC 3339 text outside.
//!
//! Two texts exist because upstream has two: REST answers end in `Z`, WebSocket and federation texts in
//! `+00:00` (d3chat section 1). Both carry six fractional digits, or none at all on a whole second.

mod rfc3339;
pub(crate) mod unix_seconds;

use std::fmt;
use std::time::Duration;

pub use rfc3339::TimestampError;

use self::rfc3339::LocalPart;
use crate::text::impl_text;

/// A moment: milliseconds since the Unix epoch, UTC.
///
/// Always between the years 1 and 9999, so that every value has a text; arithmetic stops at those ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The epoch, 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// The latest moment with a text: 9999-12-30T22:00:00Z, the calendar library's own end.
    pub const MAX: Self = Self(253_402_207_200_000);
    /// The earliest moment with a text: 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000);

    /// The moment so many milliseconds after the epoch, or the nearest one that has a text.
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment so many seconds after the epoch, or the nearest one that has a text.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Whole seconds since the epoch, rounded towards the past.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved into the future; fractions of a millisecond are dropped.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(whole_millis(duration)))
    }

    /// This moment moved into the past; fractions of a millisecond are dropped.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(whole_millis(duration)))
    }

    /// How long after `earlier` this is; zero when `earlier` is in fact later.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// The text of REST answers: `2026-02-16T01:02:03.456000Z`, without a fraction on a whole second.
    pub fn to_rest(self) -> String {
        self.to_string()
    }

    /// The text of WebSocket and federation events: as [`Timestamp::to_rest`] with `+00:00` for `Z`.
    pub fn to_offset(self) -> String {
        format!("{}+00:00", LocalPart(self))
    }

    /// Reads RFC 3339 text with any offset; digits below the millisecond are dropped.
    ///
    /// A space is accepted where the offset's `+` was, because upstream's web client puts `+00:00` into a
    /// query without encoding it (d3chat section 3.5).
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimestampError> {
        rfc3339::parse(text)
    }

    fn parse(text: &str) -> Result<Self, TimestampError> {
        Self::parse_rfc3339(text)
    }
}

fn whole_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The REST form.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", LocalPart(*self))
    }
}

impl_text!(Timestamp, TimestampError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_have_six_digits_or_none() {
        let whole = Timestamp::from_seconds(1_771_203_723);
        assert_eq!(whole.to_rest(), "2026-02-16T01:02:03Z");
        assert_eq!(whole.to_offset(), "2026-02-16T01:02:03+00:00");

        let fraction = Timestamp::from_millis(1_771_203_723_045);
        assert_eq!(fraction.to_rest(), "2026-02-16T01:02:03.045000Z");
        assert_eq!(fraction.to_offset(), "2026-02-16T01:02:03.045000+00:00");
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Timestamp::from_millis(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::from_seconds(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.plus(Duration::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.minus(Duration::MAX), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.to_rest(), "9999-12-30T22:00:00Z");
        assert_eq!(Timestamp::MIN.to_rest(), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn since_never_goes_below_zero() {
        let (early, late) = (Timestamp::from_millis(1_000), Timestamp::from_millis(3_500));
        assert_eq!(late.since(early), Duration::from_millis(2_500));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn seconds_before_the_epoch_round_towards_the_past() {
        assert_eq!(Timestamp::from_millis(-1).as_seconds(), -1);
        assert_eq!(
            Timestamp::from_millis(-1).to_rest(),
            "1969-12-31T23:59:59.999000Z"
        );
    }

    #[test]
    fn json_is_the_rest_form() {
        let moment = Timestamp::from_millis(1_771_203_723_045);
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(json, r#""2026-02-16T01:02:03.045000Z""#);
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
    }
}
