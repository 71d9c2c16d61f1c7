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

#[cfg(test)]
mod tests {
    use hearth_core::channels::{Channel, Member, MemberRole};
    use hearth_core::events;
    use hearth_core::messages::{Message, Reply};
    use hearth_protocol::ids::MessageId;
    use hearth_protocol::time::Timestamp;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const TIME: Timestamp = Timestamp::from_millis(1_771_203_723_456);

    fn id() -> Uuid {
        Uuid::from_u128(7)
    }

    /// Everything that the house says, as it says it.
    fn said() -> Vec<bytes::Bytes> {
        let channel = Channel {
            id: ChannelId::new(id()),
            name: Some("garden".to_owned()),
            is_dm: false,
            is_federated: true,
            encryption_type: "sender_keys".to_owned(),
            home_server: "a.hearth.test".parse().unwrap(),
            created_by: None,
            created_at: TIME,
            last_seq: 3,
        };
        let member = Member {
            user_id: UserId::new(id()),
            username: "alice".parse().unwrap(),
            server: "a.hearth.test".parse().unwrap(),
            is_local: true,
            role: MemberRole::Member,
            joined_at: TIME,
            display_name: None,
        };
        let reply = Reply {
            id: MessageId::new(id()),
            sender_id: None,
            content: "before".to_owned(),
            content_type: "text".to_owned(),
            protocol_version: 1,
        };
        let message = Message {
            id: MessageId::new(id()),
            channel_id: channel.id,
            seq: 3,
            sender_id: Some(member.user_id),
            sender_device_id: None,
            content: "after".to_owned(),
            content_type: "text".to_owned(),
            protocol_version: 1,
            reply_to: Some(reply),
            edited_at: None,
            created_at: TIME,
        };
        vec![
            events::channel_new(&channel),
            events::member_joined(channel.id, &member),
            events::member_left(channel.id, member.user_id),
            events::message_new(&message),
            events::sender_key_new(channel.id, DeviceId::new(id()), &member.username, &member.server),
            events::settings_changed("federation_enabled", &json!(false)),
            events::typing(member.user_id, channel.id, true),
            events::typing(member.user_id, channel.id, false),
        ]
    }

    #[test]
    fn every_event_of_the_house_is_described() {
        for event in said() {
            let described: LiveEvent = serde_json::from_slice(&event)
                .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&event)));
            let there: Value = serde_json::from_slice(&event).unwrap();
            // Nothing that goes out is missing from the description, and nothing is described that does not.
            assert_eq!(serde_json::to_value(&described).unwrap(), there);
        }
    }

    #[test]
    fn what_clients_send_is_described_as_it_is_read() {
        let frames = [
            json!({ "type": "presence.update", "status": "away" }),
            json!({ "type": "subscribe", "channel_id": id() }),
            json!({ "type": "typing.start", "channel_id": id() }),
            json!({ "type": "typing.stop", "channel_id": id() }),
        ];
        for frame in frames {
            let described: ClientMessage = serde_json::from_value(frame.clone()).unwrap();
            assert_eq!(serde_json::to_value(&described).unwrap(), frame);
        }
    }
}
