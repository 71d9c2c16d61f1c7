//! Live events as types: what arrives on `/ws` and in the console's event stream (d3chat.md 4.3).
//!
//! The house encodes events where they arise, once; these types describe them for the generated clients, and
//! the tests read every event that really goes out with them.

use hearth_protocol::ids::{ChannelId, DeviceId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::routes::channels::ChannelResponse;
use crate::routes::members::MemberResponse;
use crate::routes::messages::MessageResponse;

/// What the server tells a client. Clients ignore types that they do not know.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "type")]
pub(crate) enum LiveEvent {
    /// The account is now a member of a channel.
    #[serde(rename = "channel.new")]
    ChannelNew {
        /// The channel.
        channel: ChannelResponse,
    },
    /// Somebody is now a member of a channel.
    #[serde(rename = "member.joined")]
    MemberJoined {
        /// The channel.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
        /// The new member.
        member: MemberResponse,
    },
    /// Somebody is no longer a member of a channel.
    #[serde(rename = "member.left")]
    MemberLeft {
        /// The channel.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
        /// Who left.
        #[schema(value_type = uuid::Uuid)]
        user_id: UserId,
    },
    /// Somebody said something.
    #[serde(rename = "message.new")]
    MessageNew {
        /// What was said.
        message: MessageResponse,
    },
    /// Another server has handed over a key for a channel.
    #[serde(rename = "sender_key.new")]
    SenderKeyNew {
        /// The channel.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
        /// The device whose key it is.
        #[schema(value_type = uuid::Uuid)]
        device_id: DeviceId,
        /// The device's owner, before the `@`.
        sender_username: String,
        /// The device's owner, after the `@`.
        origin_server: String,
    },
    /// A setting was changed. Only the owner's console hears this.
    #[serde(rename = "settings.changed")]
    SettingsChanged {
        /// Which setting.
        key: String,
        /// Its value now.
        #[schema(value_type = Object)]
        value: Value,
    },
    /// Somebody began to type.
    #[serde(rename = "typing.start")]
    TypingStart {
        /// Who.
        #[schema(value_type = uuid::Uuid)]
        user_id: UserId,
        /// Where.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
    },
    /// Somebody stopped typing.
    #[serde(rename = "typing.stop")]
    TypingStop {
        /// Who.
        #[schema(value_type = uuid::Uuid)]
        user_id: UserId,
        /// Where.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
    },
}

/// What a client may send on `/ws`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "type")]
pub(crate) enum ClientMessage {
    /// Says whether the account is here.
    #[serde(rename = "presence.update")]
    PresenceUpdate {
        /// `online`, `away` or `offline`.
        status: String,
    },
    /// Asks to hear a channel. Members hear their channels anyway.
    #[serde(rename = "subscribe")]
    Subscribe {
        /// The channel.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
    },
    /// The account begins to type.
    #[serde(rename = "typing.start")]
    TypingStart {
        /// Where.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
    },
    /// The account has stopped typing.
    #[serde(rename = "typing.stop")]
    TypingStop {
        /// Where.
        #[schema(value_type = uuid::Uuid)]
        channel_id: ChannelId,
    },
}

/// What the server answers to a frame that it cannot take. The socket stays open.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct SocketError {
    /// What was wrong.
    pub error: String,
}
