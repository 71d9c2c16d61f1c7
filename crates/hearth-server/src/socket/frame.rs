//! What clients may send (d3chat.md 4.2).

use hearth_bus::Presence;
use hearth_protocol::ids::ChannelId;
use hearth_protocol::json::{self, Limits};
use serde_json::{Map, Value};

/// A frame that means something here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ClientFrame {
    /// Nothing to do: an unknown type, or a known one without the field that matters.
    Ignored,
    /// `presence.update`; `None` is `offline`.
    Presence(Option<Presence>),
    /// `subscribe`.
    Subscribe(ChannelId),
    /// `typing.start` and `typing.stop`.
    Typing {
        /// Where.
        channel: ChannelId,
        /// Start, or stop.
        is_typing: bool,
    },
}

/// Why a frame means nothing; the words go back to the client and the socket stays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct FrameError(pub(super) &'static str);

/// Frames are flat and small.
const LIMITS: Limits = Limits {
    max_depth: 8,
    max_string: 4096,
};

impl ClientFrame {
    /// Reads the text of a frame.
    pub(super) fn parse(text: &str) -> Result<Self, FrameError> {
        let value: Value = json::parse(text.as_bytes(), &LIMITS).map_err(|_| FrameError("Invalid JSON"))?;
        let object = value.as_object().ok_or(FrameError("A frame is a JSON object"))?;
        match object.get("type").and_then(Value::as_str) {
            Some("typing.start") => Self::typing(object, true),
            Some("typing.stop") => Self::typing(object, false),
            Some("presence.update") => Ok(Self::presence(object)),
            Some("subscribe") => {
                let channel = channel(object)?.ok_or(FrameError("channel_id is missing"))?;
                Ok(Self::Subscribe(channel))
            }
            _ => Ok(Self::Ignored),
        }
    }

    fn typing(object: &Map<String, Value>, is_typing: bool) -> Result<Self, FrameError> {
        Ok(channel(object)?.map_or(Self::Ignored, |channel| Self::Typing { channel, is_typing }))
    }

    fn presence(object: &Map<String, Value>) -> Self {
        match object.get("status").map_or(Some("online"), Value::as_str) {
            Some("online") => Self::Presence(Some(Presence::Online)),
            Some("away") => Self::Presence(Some(Presence::Away)),
            Some("offline") => Self::Presence(None),
            _ => Self::Ignored,
        }
    }
}

fn channel(object: &Map<String, Value>) -> Result<Option<ChannelId>, FrameError> {
    let Some(value) = object.get("channel_id").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let id = value.as_str().and_then(|text| ChannelId::parse(text).ok());
    id.map(Some).ok_or(FrameError("channel_id is not an id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: &str = "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10";

    #[test]
    fn every_type_of_the_protocol_is_understood() {
        let channel = ChannelId::parse(CHANNEL).unwrap();
        let parse = |text: String| ClientFrame::parse(&text).unwrap();
        assert_eq!(
            parse(format!(r#"{{"type":"typing.start","channel_id":"{CHANNEL}"}}"#)),
            ClientFrame::Typing {
                channel,
                is_typing: true
            }
        );
        assert_eq!(
            parse(format!(r#"{{"type":"typing.stop","channel_id":"{CHANNEL}"}}"#)),
            ClientFrame::Typing {
                channel,
                is_typing: false
            }
        );
        assert_eq!(
            parse(format!(r#"{{"type":"subscribe","channel_id":"{CHANNEL}"}}"#)),
            ClientFrame::Subscribe(channel)
        );
        for (status, presence) in [
            (r#""online""#, ClientFrame::Presence(Some(Presence::Online))),
            (r#""away""#, ClientFrame::Presence(Some(Presence::Away))),
            (r#""offline""#, ClientFrame::Presence(None)),
            (r#""busy""#, ClientFrame::Ignored),
            ("3", ClientFrame::Ignored),
        ] {
            assert_eq!(
                parse(format!(r#"{{"type":"presence.update","status":{status}}}"#)),
                presence
            );
        }
        assert_eq!(
            parse(r#"{"type":"presence.update"}"#.to_owned()),
            ClientFrame::Presence(Some(Presence::Online))
        );
    }

    #[test]
    fn faults_have_words_and_the_rest_is_ignored() {
        for text in ["", "{", "nonsense", &"[".repeat(200)] {
            assert_eq!(
                ClientFrame::parse(text),
                Err(FrameError("Invalid JSON")),
                "{text}"
            );
        }
        for text in ["[]", "3", "null", r#""typing.start""#] {
            assert_eq!(
                ClientFrame::parse(text),
                Err(FrameError("A frame is a JSON object")),
                "{text}"
            );
        }
        for text in [
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"dance"}"#,
            r#"{"type":"typing.start"}"#,
        ] {
            assert_eq!(ClientFrame::parse(text), Ok(ClientFrame::Ignored), "{text}");
        }
        for text in [
            r#"{"type":"subscribe","channel_id":"x"}"#,
            r#"{"type":"typing.stop","channel_id":5}"#,
        ] {
            assert_eq!(
                ClientFrame::parse(text),
                Err(FrameError("channel_id is not an id")),
                "{text}"
            );
        }
        assert!(ClientFrame::parse(r#"{"type":"subscribe"}"#).is_err());
    }
}
