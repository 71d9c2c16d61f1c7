//! What an attempt came to: a pure reading of the answer.

use std::time::Duration;

use serde::Deserialize;

use crate::outbound::{PeerResponse, TransportError};

/// The longest quotation of another server's words.
const MAX_WORDS: usize = 300;

/// What an attempt to send an event came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Upstream failed over the event and will call every repetition a duplicate.
    BurntId {
        /// What happened, for people.
        error: String,
    },
    /// The destination took it, now or before.
    Delivered,
    /// The certificate is not the pinned one; nothing was sent.
    Distrusted,
    /// It refuses us altogether.
    Paused {
        /// What happened, for people.
        error: String,
    },
    /// It refuses this event.
    Refused {
        /// What happened, for people.
        error: String,
    },
    /// Trust changed under way; nothing can be concluded.
    TrustChanged,
    /// It cannot take anything now.
    Unreachable {
        /// What happened, for people.
        error: String,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
}

impl Outcome {
    /// How long the destination asks to wait.
    pub(super) fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Unreachable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// A stable word for counters.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::BurntId { .. } => "burnt_id",
            Self::Delivered => "delivered",
            Self::Distrusted => "distrusted",
            Self::Paused { .. } => "paused",
            Self::Refused { .. } => "refused",
            Self::TrustChanged => "trust_changed",
            Self::Unreachable { .. } => "unreachable",
        }
    }
}

/// Reads the answer to an event.
pub(super) fn read(answer: Result<PeerResponse, TransportError>) -> Outcome {
    let response = match answer {
        Ok(response) => response,
        Err(TransportError::PinMismatch { .. }) => return Outcome::Distrusted,
        Err(TransportError::TrustChanged) => return Outcome::TrustChanged,
        Err(error) => {
            return Outcome::Unreachable {
                error: error.to_string(),
                retry_after: None,
            };
        }
    };
    let words = words(&response.body);
    let error = format!("{}: {words}", response.status);
    match response.status {
        200 | 201 if is_receipt(&response.body) => Outcome::Delivered,
        401 | 403 => Outcome::Paused { error },
        500 if words == BURNT => Outcome::BurntId { error },
        400..=499 if !matches!(response.status, 408 | 425 | 429) => Outcome::Refused { error },
        // Redirects too: they are not followed, and nobody means to refuse with them. And successes without a
        // receipt: a sign-in page, a parked domain, a proxy that answers for a server that is away.
        _ => Outcome::Unreachable {
            error,
            retry_after: response.retry_after,
        },
    }
}

/// Whether an answer says in so many words that the event was taken, now or before (d3chat section 5.3).
///
/// Only this ends the wait of an event: what merely looks like success may come from somebody in between.
fn is_receipt(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Receipt {
        status: String,
    }
    serde_json::from_slice::<Receipt>(body)
        .is_ok_and(|receipt| matches!(receipt.status.as_str(), "ok" | "duplicate"))
}

/// What upstream says after it has marked an event as seen and then failed over it (d3chat F3).
const BURNT: &str = "Error processing event";

/// The other server's words: the member `detail` or `message`, or the body itself, shortened and tame.
pub(crate) fn words(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Words {
        detail: Option<String>,
        message: Option<String>,
    }
    let text = serde_json::from_slice::<Words>(body)
        .ok()
        .and_then(|words| words.detail.or(words.message))
        .unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_WORDS)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn answer(status: u16, body: &'static str, retry_after: Option<u64>) -> Outcome {
        read(Ok(PeerResponse {
            status,
            retry_after: retry_after.map(Duration::from_secs),
            body: Bytes::from_static(body.as_bytes()),
        }))
    }

    #[test]
    fn every_status_has_one_meaning() {
        for (statuses, word) in [
            (&[401, 403][..], "paused"),
            (&[400, 404, 405, 409, 410, 413, 415, 421, 422, 451], "refused"),
            (
                &[
                    200, 201, 202, 204, 301, 302, 307, 408, 425, 429, 500, 502, 503, 504, 507, 599,
                ],
                "unreachable",
            ),
        ] {
            for status in statuses {
                assert_eq!(answer(*status, "", None).word(), word, "{status}");
            }
        }
    }

    #[test]
    fn only_a_receipt_says_that_an_event_was_taken() {
        for body in [
            r#"{"status":"ok","event_id":"1"}"#,
            r#"{"status":"duplicate","event_id":"1"}"#,
        ] {
            assert_eq!(answer(200, body, None).word(), "delivered", "{body}");
            assert_eq!(answer(201, body, None).word(), "delivered", "{body}");
            assert_eq!(answer(202, body, None).word(), "unreachable", "{body}");
        }
        for body in [
            "<html>Please sign in</html>",
            "{}",
            r#"{"status":"queued"}"#,
            r#"{"status":true}"#,
            r#""ok""#,
        ] {
            assert_eq!(answer(200, body, None).word(), "unreachable", "{body}");
        }
    }

    #[test]
    fn upstream_failing_over_an_event_burns_its_id() {
        let burnt = r#"{"detail":"Error processing event"}"#;
        assert_eq!(answer(500, burnt, None).word(), "burnt_id");
        assert_eq!(answer(500, "Internal Server Error", None).word(), "unreachable");
        assert_eq!(answer(502, burnt, None).word(), "unreachable");
    }

    #[test]
    fn a_wait_that_is_asked_for_is_passed_on() {
        assert_eq!(
            answer(429, r#"{"detail":"Federation rate limit exceeded"}"#, Some(7)),
            Outcome::Unreachable {
                error: "429: Federation rate limit exceeded".to_owned(),
                retry_after: Some(Duration::from_secs(7)),
            }
        );
    }

    #[test]
    fn words_of_strangers_are_short_and_tame() {
        assert_eq!(
            words(b"{\"detail\":\"no\\nthanks\\u001b[31m\"}"),
            "no thanks [31m"
        );
        assert_eq!(words(br#"{"error":"X","message":"not here"}"#), "not here");
        assert_eq!(words(b"<html>\xff</html>"), "<html>\u{fffd}</html>");
        assert_eq!(words(&vec![b'x'; 9_999]).chars().count(), MAX_WORDS);
        assert_eq!(
            words(br#"{"detail":[{"msg":"x"}]}"#),
            r#"{"detail":[{"msg":"x"}]}"#
        );
    }
}
