//! Messages: say something, read what was said (d3chat.md 3.5).

use hearth_core::messages::{Message, Reply};
use hearth_protocol::ids::{ChannelId, DeviceId, MessageId, UserId};
use hearth_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) mod list;
pub(crate) mod send;

/// A message.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct MessageResponse {
    /// The id on this server.
    #[schema(value_type = uuid::Uuid)]
    pub id: MessageId,
    /// Where it was said.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// Its place in the channel, counted from 1 without gaps: what clients order by and catch up from.
    pub seq: i64,
    /// Who said it; none when the account is gone.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub sender_id: Option<UserId>,
    /// The device that encrypted it.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub sender_device_id: Option<DeviceId>,
    /// The text, or what only clients can read.
    pub content: String,
    /// What the content is.
    pub content_type: String,
    /// 1: plain, 2: encrypted.
    pub protocol_version: u32,
    /// The message it answers.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub reply_to_id: Option<MessageId>,
    /// The beginning of that message.
    #[schema(required)]
    pub reply_to: Option<ReplyResponse>,
    /// Files that came with it.
    pub attachments: Vec<AttachmentResponse>,
    /// When it was changed last.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub edited_at: Option<Timestamp>,
    /// When it was said, by this server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// The message that another one answers.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ReplyResponse {
    /// The id on this server.
    #[schema(value_type = uuid::Uuid)]
    pub id: MessageId,
    /// Who said it.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub sender_id: Option<UserId>,
    /// The text, or what only clients can read.
    pub content: String,
    /// What the content is.
    pub content_type: String,
    /// 1: plain, 2: encrypted.
    pub protocol_version: u32,
}

/// A file that came with a message.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct AttachmentResponse {
    /// The id.
    pub id: uuid::Uuid,
    /// The name that the sender's device gave it.
    pub filename: String,
    /// What the file says it is.
    pub content_type: String,
    /// How large it is.
    pub size_bytes: u64,
    /// Where to get it.
    pub url: String,
    /// Where to get a small picture of it.
    #[schema(required)]
    pub thumbnail_url: Option<String>,
    /// Width in pixels, of pictures.
    #[schema(required)]
    pub width: Option<u32>,
    /// Height in pixels, of pictures.
    #[schema(required)]
    pub height: Option<u32>,
}

impl From<Message> for MessageResponse {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            channel_id: message.channel_id,
            seq: message.seq,
            sender_id: message.sender_id,
            sender_device_id: message.sender_device_id,
            content: message.content,
            content_type: message.content_type,
            protocol_version: message.protocol_version,
            reply_to_id: message.reply_to.as_ref().map(|reply| reply.id),
            reply_to: message.reply_to.map(Into::into),
            attachments: Vec::new(),
            edited_at: message.edited_at,
            created_at: message.created_at,
        }
    }
}

impl From<Reply> for ReplyResponse {
    fn from(reply: Reply) -> Self {
        Self {
            id: reply.id,
            sender_id: reply.sender_id,
            content: reply.content,
            content_type: reply.content_type,
            protocol_version: reply.protocol_version,
        }
    }
}
