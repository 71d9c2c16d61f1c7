//! What clients hear (d3chat.md section 4.3), encoded once and shared as bytes.
//!
//! Beyond the reference there are `member.joined`, `member.left` and, for the console, `settings.changed`; a
//! message also carries its `seq`. Clients ignore types and members that they do not know.

use bytes::Bytes;
use hearth_protocol::ids::{ChannelId, DeviceId, MessageId, UserId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::channels::{Channel, Member};
use crate::messages::{Message, Reply};

/// `message.new`.
pub fn message_new(message: &Message) -> Bytes {
    encode(&Event::MessageNew {
        message: MessageBody::from(message),
    })
}

/// `channel.new`.
pub fn channel_new(channel: &Channel) -> Bytes {
    encode(&Event::ChannelNew {
        channel: ChannelBody::from(channel),
    })
}

/// `typing.start` or `typing.stop`.
pub fn typing(user_id: UserId, channel_id: ChannelId, is_typing: bool) -> Bytes {
    encode(&if is_typing {
        Event::TypingStart { user_id, channel_id }
    } else {
        Event::TypingStop { user_id, channel_id }
    })
}

/// `sender_key.new`.
pub fn sender_key_new(
    channel_id: ChannelId,
    device_id: DeviceId,
    sender_username: &Username,
    origin_server: &ServerName,
) -> Bytes {
    encode(&Event::SenderKeyNew {
        channel_id,
        device_id,
        sender_username,
        origin_server,
    })
}

/// `member.joined`, with what the list of members shows.
pub fn member_joined(channel_id: ChannelId, member: &Member) -> Bytes {
    encode(&Event::MemberJoined {
        channel_id,
        member: MemberBody::from(member),
    })
}

/// `member.left`.
pub fn member_left(channel_id: ChannelId, user_id: UserId) -> Bytes {
    encode(&Event::MemberLeft { channel_id, user_id })
}

/// `settings.changed`, for the owner's topic only.
pub fn settings_changed(key: &str, value: &Value) -> Bytes {
    encode(&Event::SettingsChanged { key, value })
}

fn encode(event: &Event<'_>) -> Bytes {
    serde_json::to_vec(event)
        .expect("names, numbers and texts always encode")
        .into()
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Event<'a> {
    #[serde(rename = "channel.new")]
    ChannelNew { channel: ChannelBody<'a> },
    #[serde(rename = "member.joined")]
    MemberJoined {
        channel_id: ChannelId,
        member: MemberBody<'a>,
    },
    #[serde(rename = "member.left")]
    MemberLeft { channel_id: ChannelId, user_id: UserId },
    #[serde(rename = "message.new")]
    MessageNew { message: MessageBody<'a> },
    #[serde(rename = "sender_key.new")]
    SenderKeyNew {
        channel_id: ChannelId,
        device_id: DeviceId,
        sender_username: &'a Username,
        origin_server: &'a ServerName,
    },
    #[serde(rename = "settings.changed")]
    SettingsChanged { key: &'a str, value: &'a Value },
    #[serde(rename = "typing.start")]
    TypingStart { user_id: UserId, channel_id: ChannelId },
    #[serde(rename = "typing.stop")]
    TypingStop { user_id: UserId, channel_id: ChannelId },
}

/// A message in the form of d3chat.md section 3.5, which both the REST answer and the event have.
#[derive(Serialize)]
struct MessageBody<'a> {
    id: MessageId,
    channel_id: ChannelId,
    seq: i64,
    sender_id: Option<UserId>,
    sender_device_id: Option<DeviceId>,
    content: &'a str,
    content_type: &'a str,
    protocol_version: u32,
    reply_to_id: Option<MessageId>,
    reply_to: Option<ReplyBody<'a>>,
    /// Always empty: nothing can be attached yet.
    attachments: [(); 0],
    edited_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl<'a> From<&'a Message> for MessageBody<'a> {
    fn from(message: &'a Message) -> Self {
        Self {
            id: message.id,
            channel_id: message.channel_id,
            seq: message.seq,
            sender_id: message.sender_id,
            sender_device_id: message.sender_device_id,
            content: &message.content,
            content_type: &message.content_type,
            protocol_version: message.protocol_version,
            reply_to_id: message.reply_to.as_ref().map(|reply| reply.id),
            reply_to: message.reply_to.as_ref().map(ReplyBody::from),
            attachments: [],
            edited_at: message.edited_at,
            created_at: message.created_at,
        }
    }
}

#[derive(Serialize)]
struct ReplyBody<'a> {
    id: MessageId,
    sender_id: Option<UserId>,
    content: &'a str,
    content_type: &'a str,
    protocol_version: u32,
}

impl<'a> From<&'a Reply> for ReplyBody<'a> {
    fn from(reply: &'a Reply) -> Self {
        Self {
            id: reply.id,
            sender_id: reply.sender_id,
            content: &reply.content,
            content_type: &reply.content_type,
            protocol_version: reply.protocol_version,
        }
    }
}

#[derive(Serialize)]
struct ChannelBody<'a> {
    id: ChannelId,
    name: Option<&'a str>,
    is_dm: bool,
    is_federated: bool,
    encryption_type: &'a str,
    created_by: Option<UserId>,
    created_at: Timestamp,
}

impl<'a> From<&'a Channel> for ChannelBody<'a> {
    fn from(channel: &'a Channel) -> Self {
        Self {
            id: channel.id,
            name: channel.name.as_deref(),
            is_dm: channel.is_dm,
            is_federated: channel.is_federated,
            encryption_type: &channel.encryption_type,
            created_by: channel.created_by,
            created_at: channel.created_at,
        }
    }
}

#[derive(Serialize)]
struct MemberBody<'a> {
    user_id: UserId,
    username: &'a Username,
    server_domain: &'a ServerName,
    is_local: bool,
    role: &'static str,
    joined_at: Timestamp,
    display_name: Option<&'a str>,
    /// Always absent: nobody can have a picture yet.
    avatar_url: Option<()>,
}

impl<'a> From<&'a Member> for MemberBody<'a> {
    fn from(member: &'a Member) -> Self {
        Self {
            user_id: member.user_id,
            username: &member.username,
            server_domain: &member.server,
            is_local: member.is_local,
            role: member.role.as_str(),
            joined_at: member.joined_at,
            display_name: member.display_name.as_deref(),
            avatar_url: None,
        }
    }
}
