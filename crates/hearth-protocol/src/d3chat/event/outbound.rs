//! Writing an event for the inbox of another server.

use serde::Serialize;

use super::Event;
use crate::ids::EventId;
use crate::names::ServerName;
use crate::time::Timestamp;

/// An event on its way to one other server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundEvent {
    /// Our name for the event; kept over retries, so that a repetition is recognised.
    pub event_id: EventId,
    /// Us.
    pub origin_server: ServerName,
    /// The one server that this copy is for. Upstream ignores it; a Hearth refuses a copy meant for another.
    pub destination_server: ServerName,
    /// When it happened; receivers do not read it.
    pub timestamp: Timestamp,
    /// What happened.
    pub event: Event,
}

impl OutboundEvent {
    /// The body of the inbox request: one flat object. An event of unknown type has its envelope only.
    pub fn to_json(&self) -> String {
        match &self.event {
            Event::ChannelInvite(fields) => self.with(fields),
            Event::ChannelJoin(fields) => self.with(fields),
            Event::ChannelLeave(fields) => self.with(fields),
            Event::MessageRelay(fields) => self.with(fields),
            Event::SenderKeyDistribute(fields) => self.with(fields),
            Event::Hello | Event::Unknown { .. } => self.with(&NoFields {}),
        }
    }

    fn with<F: Serialize>(&self, fields: &F) -> String {
        let wire = Wire {
            event_id: &self.event_id,
            origin_server: &self.origin_server,
            destination_server: &self.destination_server,
            timestamp: self.timestamp.to_offset(),
            kind: self.event.kind(),
            fields,
        };
        serde_json::to_string(&wire).expect("members are strings and numbers under names known here")
    }
}

/// The flat object, in the order in which upstream writes it.
#[derive(Serialize)]
struct Wire<'a, F> {
    event_id: &'a EventId,
    origin_server: &'a ServerName,
    destination_server: &'a ServerName,
    timestamp: String,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(flatten)]
    fields: &'a F,
}

/// The members of a type that has none of its own.
#[derive(Serialize)]
struct NoFields {}
