//! Stage 7, first half: what the body says, and whether its sender may say it.
//!
//! The seed dispatches last, and so does Hearth: what is read here takes effect in stage 6's transaction. It is
//! read before that because a malformed event must leave no mark.

use hearth_protocol::d3chat::event::{EventError, InboundEvent};
use hearth_protocol::names::ServerName;
use thiserror::Error;

/// The event is not one that this sender may send here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EventFault {
    /// It is not an event, or a known type without its members.
    #[error(transparent)]
    Malformed(#[from] EventError),
    /// It says that it is meant for another server; a recipient may have passed it on.
    #[error("destination_server is not this server")]
    OtherDestination,
    /// It says that it comes from another server than the one that signed it.
    #[error("origin_server is not the signing server")]
    OtherOrigin,
}

impl EventFault {
    /// A stable word for metrics and logs.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "event_malformed",
            Self::OtherDestination => "other_destination",
            Self::OtherOrigin => "other_origin",
        }
    }
}

/// Reads the event that `origin` signed.
pub(super) fn read(body: &[u8], origin: &ServerName, own: &ServerName) -> Result<InboundEvent, EventFault> {
    let event = InboundEvent::parse(body)?;
    if event
        .origin_server
        .as_ref()
        .is_some_and(|claimed| claimed != origin)
    {
        return Err(EventFault::OtherOrigin);
    }
    if event
        .destination_server
        .as_ref()
        .is_some_and(|meant| meant != own)
    {
        return Err(EventFault::OtherDestination);
    }
    Ok(event)
}
