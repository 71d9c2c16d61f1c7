//! RFC 3339 text to and from a [`Timestamp`]: a strict reader by hand, the calendar by `jiff`.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use thiserror::Error;

use super::Timestamp;

/// Why a text is not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TimestampError {
    /// The shape is not `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`.
    #[error("not an RFC 3339 timestamp with an offset")]
    Malformed,
    /// The shape is right, but no calendar has such a day, time or offset.
    #[error("no such date, time or offset")]
    NoSuchMoment,
}

/// Date and time in UTC without an offset: what both texts share.
pub(super) struct LocalPart(pub(super) Timestamp);

impl fmt::Display for LocalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_millisecond(self.0.as_millis())
            .expect("a Timestamp is kept within the calendar's range by its constructor");
        let civil = Offset::UTC.to_datetime(instant);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            civil.year(),
            civil.month(),
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.second(),
        )?;
        match self.0.as_millis().rem_euclid(1000) {
            0 => Ok(()),
            millis => write!(f, ".{millis:03}000"),
        }
    }
}

/// Reads the whole text; nothing may be left over.
pub(super) fn parse(text: &str) -> Result<Timestamp, TimestampError> {
    parse_fields(text.as_bytes())
        .ok_or(TimestampError::Malformed)?
        .into_timestamp()
}

/// The numbers of a well-shaped text, not yet checked against the calendar.
struct Fields {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    millis: i64,
    offset_minutes: i64,
}

impl Fields {
    fn into_timestamp(self) -> Result<Timestamp, TimestampError> {
        // A leap second is shown as the second before it: no clock of ours has sixty-one.
        let second = self.second.min(59);
        if self.second > 60 {
            return Err(TimestampError::NoSuchMoment);
        }
        let civil = DateTime::new(self.year, self.month, self.day, self.hour, self.minute, second, 0)
            .map_err(|_| TimestampError::NoSuchMoment)?;
        let instant = Offset::UTC
            .to_timestamp(civil)
            .map_err(|_| TimestampError::NoSuchMoment)?;
        let millis = instant.as_millisecond() + self.millis - self.offset_minutes * 60_000;
        let moment = Timestamp::from_millis(millis);
        // A moment outside the range was moved to its end, which would be another moment.
        if moment.as_millis() == millis {
            Ok(moment)
        } else {
            Err(TimestampError::NoSuchMoment)
        }
    }
}

fn parse_fields(text: &[u8]) -> Option<Fields> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    byte(&mut rest, b"-")?;
    let month = digits(&mut rest, 2)?;
    byte(&mut rest, b"-")?;
    let day = digits(&mut rest, 2)?;
    byte(&mut rest, b"Tt")?;
    let hour = digits(&mut rest, 2)?;
    byte(&mut rest, b":")?;
    let minute = digits(&mut rest, 2)?;
    byte(&mut rest, b":")?;
    let second = digits(&mut rest, 2)?;
    let millis = fraction(&mut rest)?;
    let offset_minutes = offset(&mut rest)?;
    rest.is_empty().then_some(Fields {
        year,
        month: i8::try_from(month).ok()?,
        day: i8::try_from(day).ok()?,
        hour: i8::try_from(hour).ok()?,
        minute: i8::try_from(minute).ok()?,
        second: i8::try_from(second).ok()?,
        millis,
        offset_minutes,
    })
}

/// Takes exactly `count` (at most four) decimal digits.
fn digits(rest: &mut &[u8], count: usize) -> Option<i16> {
    let (head, tail) = rest.split_at_checked(count)?;
    let mut value = 0_i16;
    for digit in head {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i16::from(digit - b'0');
    }
    *rest = tail;
    Some(value)
}

/// Takes one byte out of `allowed`.
fn byte(rest: &mut &[u8], allowed: &[u8]) -> Option<u8> {
    let (first, tail) = rest.split_first()?;
    if !allowed.contains(first) {
        return None;
    }
    *rest = tail;
    Some(*first)
}

/// Takes `.` and digits if they are there; milliseconds, the rest dropped.
fn fraction(rest: &mut &[u8]) -> Option<i64> {
    if byte(rest, b".").is_none() {
        return Some(0);
    }
    let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    if head.is_empty() {
        return None;
    }
    let millis = [100, 10, 1]
        .iter()
        .zip(head)
        .map(|(unit, digit)| unit * i64::from(digit - b'0'))
        .sum();
    Some(millis)
}

/// Takes `Z` or a signed `HH:MM`; minutes east of UTC.
fn offset(rest: &mut &[u8]) -> Option<i64> {
    let sign = match byte(rest, b"Zz+- ")? {
        b'Z' | b'z' => return Some(0),
        b'-' => -1,
        _ => 1,
    };
    let hours = digits(rest, 2)?;
    byte(rest, b":")?;
    let minutes = digits(rest, 2)?;
    (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accepted_shape_names_the_same_moment() {
        for text in [
            "2026-02-16T01:02:03.456789Z",
            "2026-02-16t01:02:03.456z",
            "2026-02-16T01:02:03.456789+00:00",
            "2026-02-16T01:02:03.456789 00:00",
            "2026-02-16T01:02:03.456789-00:00",
            "2026-02-16T06:32:03.4567890123456789+05:30",
            "2026-02-15T17:02:03.456-08:00",
        ] {
            assert_eq!(
                parse(text),
                Ok(Timestamp::from_millis(1_771_203_723_456)),
                "{text}"
            );
        }
    }

    #[test]
    fn other_shapes_are_malformed() {
        for text in [
            "",
            "now",
            "1771203723",
            "2026-02-16",
            "2026-02-16T01:02:03",
            "2026-02-16 01:02:03Z",
            "2026-02-16T01:02Z",
            "2026-02-16T01:02:03.Z",
            "2026-02-16T01:02:03,5Z",
            "2026-02-16T01:02:03Z ",
            " 2026-02-16T01:02:03Z",
            "2026-02-16T01:02:03+0000",
            "2026-02-16T01:02:03+24:00",
            "2026-02-16T01:02:03+00:60",
            "+2026-02-16T01:02:03Z",
            "20260-02-16T01:02:03Z",
            "2026-02-16T01:02:0３Z",
        ] {
            assert_eq!(parse(text), Err(TimestampError::Malformed), "{text}");
        }
    }

    #[test]
    fn the_calendar_decides_what_exists() {
        for text in [
            "2026-02-30T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "0000-12-31T23:59:59Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(parse(text), Err(TimestampError::NoSuchMoment), "{text}");
        }
        assert!(parse("2024-02-29T00:00:00Z").is_ok());
    }

    #[test]
    fn a_leap_second_is_the_second_before_it() {
        assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2016-12-31T23:59:59Z"));
    }
}
