//! What other servers are told, as outbox rows of the write that makes it necessary.
//!
//! This server speaks for its own users only. Events that may happen twice get an id of their own each time:
//! peers forget no id within a day and would drop the second one (d3chat.md section 5.4, consequence 3).

use hearth_protocol::d3chat::event::{
    ChannelInvite, ChannelJoin, Event, MessageRelay, OutboundEvent, SenderKeyDistribute,
};
use hearth_protocol::env::token;
use hearth_protocol::ids::{ChannelId, EventId, UserId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::channels::ChannelRow;
use hearth_store::tables::messages::MessageRow;
use hearth_store::tables::outbox;
use hearth_store::tables::sender_keys::SenderKeyRow;
use hearth_store::{StoreError, WriteTx};

use crate::Core;

/// This server's voice within one write.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    own: ServerName,
    /// Makes this write's event ids unlike those of every other.
    nonce: String,
    now: Timestamp,
}

impl Voice {
    /// A voice for one write that happens now.
    pub(crate) fn draw(core: &Core) -> Self {
        Self {
            own: core.server_name().clone(),
            nonce: token::<12>(core.random().as_ref()),
            now: core.now(),
        }
    }

    /// Tells servers what one of our users wrote.
    pub(crate) fn message(
        &self,
        tx: &WriteTx<'_>,
        servers: &[ServerName],
        sender: &Username,
        message: &MessageRow,
    ) -> Result<(), StoreError> {
        let event = Event::MessageRelay(MessageRelay {
            channel_id: message.channel_id,
            sender_username: sender.clone(),
            sender_device_id: message.sender_device_id,
            content: message.content.clone(),
            content_type: message.content_type.clone(),
            protocol_version: message.protocol_version,
            origin_message_id: message.id.to_string(),
        });
        self.tell(tx, servers, &format!("msg-{}", message.id), &event)
    }

    /// Tells a server that one of our users has added one of its own to a channel.
    pub(crate) fn invite(
        &self,
        tx: &WriteTx<'_>,
        server: &ServerName,
        channel: &ChannelRow,
        inviter: &Username,
        newcomer: (UserId, &Username),
    ) -> Result<(), StoreError> {
        let (newcomer_id, newcomer) = newcomer;
        let event = Event::ChannelInvite(ChannelInvite {
            channel_id: channel.id,
            channel_name: channel.name.clone(),
            inviter_username: inviter.clone(),
            invitee_username: newcomer.clone(),
            encryption_type: channel.encryption_type.clone(),
        });
        let id = format!("invite-{}-{newcomer_id}-{}", channel.id, self.nonce);
        self.tell(tx, std::slice::from_ref(server), &id, &event)
    }

    /// Tells servers that one of our users is in a channel.
    pub(crate) fn join(
        &self,
        tx: &WriteTx<'_>,
        servers: &[ServerName],
        channel: ChannelId,
        username: &Username,
    ) -> Result<(), StoreError> {
        let event = Event::ChannelJoin(ChannelJoin {
            channel_id: channel,
            username: username.clone(),
        });
        let id = format!("join-{channel}-{}-{}", username.folded(), self.nonce);
        self.tell(tx, servers, &id, &event)
    }

    /// Gives servers what they need to decrypt one of our devices in a channel.
    pub(crate) fn sender_key(
        &self,
        tx: &WriteTx<'_>,
        servers: &[ServerName],
        channel: ChannelId,
        key: &SenderKeyRow,
    ) -> Result<(), StoreError> {
        let event = Event::SenderKeyDistribute(SenderKeyDistribute {
            channel_id: channel,
            device_id: key.device_id,
            sender_username: key.username.clone(),
            sender_key_public: key.sender_key_public.clone(),
            chain_key: key.chain_key.clone(),
        });
        let id = format!("sk-{channel}-{}-{}", key.device_id, self.nonce);
        self.tell(tx, servers, &id, &event)
    }

    fn tell(
        &self,
        tx: &WriteTx<'_>,
        servers: &[ServerName],
        event_id: &str,
        event: &Event,
    ) -> Result<(), StoreError> {
        for server in servers {
            let outbound = OutboundEvent {
                event_id: EventId::parse(event_id)
                    .expect("two UUIDs, a name of at most 64 characters and a nonce, none of them odd"),
                origin_server: self.own.clone(),
                destination_server: server.clone(),
                timestamp: self.now,
                event: event.clone(),
            };
            outbox::enqueue(tx, server, &outbound, self.now)?;
        }
        Ok(())
    }
}
