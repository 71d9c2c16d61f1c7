//! `message.relay`: a message travels to the other servers of its channel.

use std::fmt;

use serde::Serialize;

use super::EventError;
use super::fields::Fields;
use crate::d3chat::limits;
use crate::ids::{ChannelId, DeviceId};
use crate::names::Username;

/// A message that a user of the sending server wrote in a federated channel.
///
/// `Debug` tells only how long the content is: it ends in logs, and the content may be plaintext.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MessageRelay {
    /// The channel, known to both servers by this id.
    pub channel_id: ChannelId,
    /// Who wrote it, on the server that signs the request and on no other.
    pub sender_username: Username,
    /// The device that encrypted it, which receivers need to decrypt. `None` for plaintext.
    pub sender_device_id: Option<DeviceId>,
    /// The text or ciphertext, at most 65536 bytes, and without U+0000.
    pub content: String,
    /// What the content is, at most 32 characters; `text` unless told otherwise.
    pub content_type: String,
    /// How the content is encoded: 1 plaintext, 2 encrypted; 1 unless told otherwise.
    pub protocol_version: u32,
    /// The message's id on the sending server, at most 255 characters and unique there; upstream sends a UUID.
    pub origin_message_id: String,
}

impl MessageRelay {
    /// The member `type`.
    pub const KIND: &str = "message.relay";

    pub(super) fn read(fields: &Fields) -> Result<Self, EventError> {
        Ok(Self {
            channel_id: fields.required("channel_id")?,
            sender_username: fields.required("sender_username")?,
            sender_device_id: fields.optional("sender_device_id")?,
            content: fields.content("content")?,
            content_type: fields
                .text("content_type", limits::CONTENT_TYPE_CHARS)?
                .unwrap_or_else(|| "text".to_owned()),
            protocol_version: fields
                .number("protocol_version", limits::MESSAGE_PROTOCOL_VERSION)?
                .unwrap_or(1),
            origin_message_id: fields.required_text("origin_message_id", limits::ORIGIN_MESSAGE_ID_CHARS)?,
        })
    }
}

impl fmt::Debug for MessageRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageRelay")
            .field("channel_id", &self.channel_id)
            .field("sender_username", &self.sender_username)
            .field("sender_device_id", &self.sender_device_id)
            .field("content_bytes", &self.content.len())
            .field("content_type", &self.content_type)
            .field("protocol_version", &self.protocol_version)
            .field("origin_message_id", &self.origin_message_id)
            .finish()
    }
}
