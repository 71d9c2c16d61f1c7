//! Reading an event from the body of an inbox request whose signature has been verified.

use serde_json::{Map, Value};
use thiserror::Error;

use super::fields::{FieldFault, Fields};
use super::{ChannelInvite, ChannelJoin, ChannelLeave, Event, HELLO_KIND, MessageRelay, SenderKeyDistribute};
use crate::d3chat::limits;
use crate::ids::EventId;
use crate::json::{self, JsonError, Limits};
use crate::names::ServerName;

/// Why a body is not an event. Each of these is answered with 400 and leaves no mark.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EventError {
    /// Not a JSON object within [`InboundEvent::LIMITS`].
    #[error("Invalid JSON body")]
    Json(#[from] JsonError),
    /// A member is absent, of the wrong type, or not well-formed.
    #[error("Malformed event: {field} {fault}")]
    Malformed {
        /// Which member.
        field: &'static str,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// `event_id` is absent, `null` or empty.
    #[error("Missing event_id")]
    MissingEventId,
    /// `type` is absent, `null` or empty.
    #[error("Missing event type")]
    MissingType,
}

/// An event as it arrived: its envelope and what happened.
///
/// The member `timestamp` is not read, because no receiver trusts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundEvent {
    /// The sender's name for this event; with the verified origin it makes repetition visible.
    pub event_id: EventId,
    /// Whom the body claims to come from. If present it must be the origin that signed (d3chat F1).
    pub origin_server: Option<ServerName>,
    /// Whom the body is meant for. If present it must be us (d3chat F11).
    pub destination_server: Option<ServerName>,
    /// What happened.
    pub event: Event,
}

impl InboundEvent {
    /// How deep the body may nest and how long its strings may be, members that are ignored included.
    pub const LIMITS: Limits = Limits {
        max_depth: 32,
        max_string: 2 * limits::CONTENT_BYTES,
    };

    /// Reads a body. Unknown members are ignored; an unknown type is [`Event::Unknown`], whatever it holds.
    pub fn parse(body: &[u8]) -> Result<Self, EventError> {
        let fields = Fields(json::parse::<Map<String, Value>>(body, &Self::LIMITS)?);
        if fields.string("event_id")?.is_none_or(str::is_empty) {
            return Err(EventError::MissingEventId);
        }
        let kind = fields
            .text("type", limits::EVENT_TYPE_CHARS)?
            .ok_or(EventError::MissingType)?;
        Ok(Self {
            event_id: fields.required("event_id")?,
            origin_server: fields.optional("origin_server")?,
            destination_server: fields.optional("destination_server")?,
            event: read_event(kind, &fields)?,
        })
    }
}

fn read_event(kind: String, fields: &Fields) -> Result<Event, EventError> {
    match kind.as_str() {
        ChannelInvite::KIND => ChannelInvite::read(fields).map(Event::ChannelInvite),
        ChannelJoin::KIND => ChannelJoin::read(fields).map(Event::ChannelJoin),
        ChannelLeave::KIND => ChannelLeave::read(fields).map(Event::ChannelLeave),
        HELLO_KIND => Ok(Event::Hello),
        MessageRelay::KIND => MessageRelay::read(fields).map(Event::MessageRelay),
        SenderKeyDistribute::KIND => SenderKeyDistribute::read(fields).map(Event::SenderKeyDistribute),
        _ => Ok(Event::Unknown { kind }),
    }
}
