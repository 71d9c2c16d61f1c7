//! The events that servers post to each other's inbox (d3chat section 5.4).
//!
//! An event is one flat JSON object: an envelope ([`InboundEvent`], [`OutboundEvent`]) and the members of its
//! type in one level. Members and types that nobody here knows are ignored, so that protocols can grow.

mod channel;
mod fields;
mod inbound;
mod message_relay;
mod outbound;
mod sender_key;

pub use channel::{ChannelInvite, ChannelJoin, ChannelLeave};
pub use fields::FieldFault;
pub use inbound::{EventError, InboundEvent};
pub use message_relay::MessageRelay;
pub use outbound::OutboundEvent;
pub use sender_key::SenderKeyDistribute;

/// What happened on the server that sends the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A remote user is added to a channel.
    ChannelInvite(ChannelInvite),
    /// A user of the sending server is now in a channel.
    ChannelJoin(ChannelJoin),
    /// A user of the sending server is no longer in a channel.
    ChannelLeave(ChannelLeave),
    /// "I am here again": a Hearth says so after start and wake, and others ignore it.
    Hello,
    /// A user of the sending server wrote a message.
    MessageRelay(MessageRelay),
    /// A device of the sending server announces the key with which it encrypts for a channel.
    SenderKeyDistribute(SenderKeyDistribute),
    /// A type that we do not know: answered with success and ignored.
    Unknown {
        /// The type as the peer named it.
        kind: String,
    },
}

impl Event {
    /// The member `type`.
    pub fn kind(&self) -> &str {
        match self {
            Self::ChannelInvite(_) => ChannelInvite::KIND,
            Self::ChannelJoin(_) => ChannelJoin::KIND,
            Self::ChannelLeave(_) => ChannelLeave::KIND,
            Self::Hello => HELLO_KIND,
            Self::MessageRelay(_) => MessageRelay::KIND,
            Self::SenderKeyDistribute(_) => SenderKeyDistribute::KIND,
            Self::Unknown { kind } => kind,
        }
    }
}

/// The `type` of [`Event::Hello`].
pub const HELLO_KIND: &str = "hearth.hello";
