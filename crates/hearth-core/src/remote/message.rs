//! `message.relay`: somebody elsewhere said something.

use hearth_protocol::d3chat::event::MessageRelay;
use hearth_protocol::ids::{MessageId, UserId};
use hearth_store::StoreError;
use hearth_store::tables::channels::Place;
use hearth_store::tables::{channels, messages};

use super::{Effects, Ignored, Inbound, Refusal};
use crate::accounts::User;
use crate::messages::Message;

impl Inbound<'_> {
    /// Keeps the message under an id and time of our own; the sender's device stays with it, because nobody
    /// could decrypt it otherwise.
    pub(super) fn message(&self, relay: &MessageRelay) -> Result<Effects, Refusal> {
        let channel = self.federated_channel(relay.channel_id)?;
        let sender = self.member(channel.id, &relay.sender_username)?;
        if messages::is_known(self.tx, self.origin, &relay.origin_message_id)? {
            return Err(Ignored::KnownMessage.into());
        }
        // A message in the name of somebody else's device would wind that device's key on at every receiver.
        if let Some(device) = relay.sender_device_id {
            self.bind(device, sender.id)?;
        }
        let place =
            channels::next_place(self.tx, channel.id, self.ctx.now)?.ok_or(Ignored::UnknownChannel)?;
        let message = self.message_at(relay, &sender, place);
        self.keep(relay, &message, sender.id, place)?;
        Ok(Effects {
            message: Some(message),
            ..Effects::default()
        })
    }

    fn keep(
        &self,
        relay: &MessageRelay,
        message: &Message,
        sender: UserId,
        place: Place,
    ) -> Result<(), StoreError> {
        messages::insert(
            self.tx,
            &messages::NewMessage {
                id: message.id,
                channel_id: message.channel_id,
                place,
                sender_id: sender,
                sender_device_id: message.sender_device_id,
                content: &message.content,
                content_type: &message.content_type,
                protocol_version: message.protocol_version,
                reply_to_id: None,
                origin: Some((self.origin, &relay.origin_message_id)),
                client_key: None,
            },
        )?;
        Ok(())
    }

    fn message_at(&self, relay: &MessageRelay, sender: &User, place: Place) -> Message {
        Message {
            id: MessageId::new(self.ctx.fresh()),
            channel_id: relay.channel_id,
            seq: place.seq,
            sender_id: Some(sender.id),
            sender_device_id: relay.sender_device_id,
            content: relay.content.clone(),
            content_type: relay.content_type.clone(),
            protocol_version: relay.protocol_version,
            reply_to: None,
            edited_at: None,
            created_at: place.created_at,
        }
    }
}
