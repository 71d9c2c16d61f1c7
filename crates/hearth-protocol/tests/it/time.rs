//! Properties of moments and timestamps: every value has a text, every text a value, and no text a panic.

use hearth_protocol::d3chat::signing::{REPLAY_WINDOW, WireTimestamp};
use hearth_protocol::time::Timestamp;
use proptest::prelude::*;

fn any_moment() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_millis()..=Timestamp::MAX.as_millis()).prop_map(Timestamp::from_millis)
}

proptest! {
    #[test]
    fn both_texts_come_back(moment in any_moment()) {
        prop_assert_eq!(Timestamp::parse_rfc3339(&moment.to_rest()), Ok(moment));
        prop_assert_eq!(Timestamp::parse_rfc3339(&moment.to_offset()), Ok(moment));
        // As upstream's client sends it back in a query.
        prop_assert_eq!(Timestamp::parse_rfc3339(&moment.to_offset().replace('+', " ")), Ok(moment));
    }

    /// Our strict reader and the calendar library's lenient one agree wherever ours accepts.
    #[test]
    fn jiff_reads_the_same_moment(moment in any_moment(), hours in -23_i8..=23, minutes in 0_u8..60) {
        let text = moment.to_rest().replace('Z', &format!("{hours:+03}:{minutes:02}"));
        if let (Ok(ours), Ok(theirs)) = (Timestamp::parse_rfc3339(&text), text.parse::<jiff::Timestamp>()) {
            prop_assert_eq!(ours.as_millis(), theirs.as_millisecond());
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*") {
        let _ = Timestamp::parse_rfc3339(&text);
        let _ = WireTimestamp::parse(&text);
    }

    #[test]
    fn almost_right_texts_do_not_either(text in "[0-9]{3,5}-[0-9]{2}-[0-9]{2}[Tt ][0-9:]{0,8}[.]?[0-9]{0,12}[Z+\\- ]?[0-9:]{0,5}") {
        if let Ok(moment) = Timestamp::parse_rfc3339(&text) {
            prop_assert_eq!(Timestamp::parse_rfc3339(&moment.to_rest()), Ok(moment));
        }
    }

    #[test]
    fn the_header_takes_exactly_its_pattern(text in "[0-9.+\\-eE naif]{0,24}") {
        let (seconds, fraction) = text.split_once('.').unwrap_or((&text, "0"));
        let is_digits = |part: &str, max| (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let matches = is_digits(seconds, 12) && is_digits(fraction, 9);
        prop_assert_eq!(WireTimestamp::parse(&text).is_ok(), matches);
    }

    #[test]
    fn skew_is_the_difference_in_milliseconds(
        now in any_moment(), seconds in 0_i64..1_000_000_000_000, millis in 0_i64..1000
    ) {
        let timestamp = WireTimestamp::parse(&format!("{seconds}.{millis:03}")).unwrap();
        let expected = seconds * 1000 + millis - now.as_millis();
        prop_assert_eq!(timestamp.skew_millis(now), expected);
        prop_assert_eq!(timestamp.is_fresh(now), u128::from(expected.unsigned_abs()) <= REPLAY_WINDOW.as_millis());
    }

    #[test]
    fn what_we_send_is_what_we_accept(now in any_moment()) {
        let timestamp = WireTimestamp::at(now);
        prop_assert_eq!(WireTimestamp::parse(timestamp.as_str()), Ok(timestamp.clone()));
        if now >= Timestamp::EPOCH {
            prop_assert_eq!(timestamp.skew_millis(now), 0);
        }
    }
}
