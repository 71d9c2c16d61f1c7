//! Durations as people write them: a whole number and a unit.

use std::time::Duration;

/// Units from the largest down, with their milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads `"30s"`; `None` when there is no unit, no number, or more than either. Nothing that is set here can
/// take no time at all, so zero is refused too.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    let number: u64 = number.parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(*millis).map(Duration::from_millis)
}

/// Writes the duration in the largest unit that divides it.
pub(super) fn print(duration: Duration) -> String {
    let total = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    UNITS
        .iter()
        .find(|(_, millis)| total != 0 && total.is_multiple_of(*millis))
        .map_or_else(
            || "0s".to_owned(),
            |(unit, millis)| format!("{}{unit}", total / millis),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["30s", "15m", "12h", "30d", "250ms"] {
            assert_eq!(print(parse(text).unwrap()), text);
        }
        assert_eq!(print(Duration::from_hours(2)), "2h");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in [
            "",
            "0s",
            "30",
            "s",
            "1y",
            "-3s",
            "99999999999999999999d",
            "18446744073709551615d",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
