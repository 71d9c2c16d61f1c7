//! Stage 2: the request was signed about now.

use hearth_protocol::d3chat::signing::WireTimestamp;
use hearth_protocol::time::Timestamp;
use thiserror::Error;

/// The request was signed too long ago or in the future, or one of the clocks is wrong.
///
/// Names both clocks, so that whoever reads it can tell which.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "Request outside replay window: signed at {signed_at} by your clock, received at {received_at} by ours"
)]
pub struct OutsideWindow {
    /// The sender's clock, Unix seconds.
    pub signed_at: String,
    /// Our clock, Unix seconds.
    pub received_at: String,
}

/// Checks the timestamp against our clock.
pub(crate) fn check(timestamp: &WireTimestamp, now: Timestamp) -> Result<(), OutsideWindow> {
    if timestamp.is_fresh(now) {
        return Ok(());
    }
    Err(OutsideWindow {
        signed_at: timestamp.as_str().to_owned(),
        received_at: WireTimestamp::at(now).as_str().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_either_way_are_fresh() {
        let now = Timestamp::from_seconds(1_700_000_000);
        for (text, is_fresh) in [
            ("1700000000", true),
            ("1699999700", true),
            ("1700000300", true),
            ("1699999699.999", false),
            ("1700000300.001", false),
            ("0", false),
            ("999999999999", false),
        ] {
            let timestamp = WireTimestamp::parse(text).unwrap();
            assert_eq!(check(&timestamp, now).is_ok(), is_fresh, "{text}");
        }
    }

    #[test]
    fn the_refusal_names_both_clocks() {
        let refusal = check(
            &WireTimestamp::parse("1600000000.5").unwrap(),
            Timestamp::from_millis(1_700_000_000_250),
        )
        .unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "Request outside replay window: signed at 1600000000.5 by your clock, received at \
             1700000000.250 by ours"
        );
    }
}
