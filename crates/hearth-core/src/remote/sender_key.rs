//! `sender_key.distribute`: somebody elsewhere hands out what their messages are decrypted with.

use hearth_bus::{Signal, Topic};
use hearth_protocol::d3chat::event::SenderKeyDistribute;
use hearth_store::tables::sender_keys;

use super::{Effects, Ignored, Inbound, Refusal};
use crate::events;

impl Inbound<'_> {
    /// Keeps the key if its sender is in the channel and the device is theirs.
    pub(super) fn sender_key(&self, key: &SenderKeyDistribute) -> Result<Effects, Refusal> {
        let channel = self.federated_channel(key.channel_id)?;
        let sender = self.member(channel.id, &key.sender_username)?;
        self.bind(key.device_id, sender.id)?;
        let is_kept = sender_keys::upsert(
            self.tx,
            channel.id,
            key.device_id,
            sender.id,
            &key.sender_key_public,
            &key.chain_key,
            self.ctx.now,
        )?;
        if !is_kept {
            return Err(Ignored::ForeignDevice.into());
        }
        let keep = self.ctx.keys_per_remote_user.max(1);
        sender_keys::keep_latest(self.tx, channel.id, sender.id, key.device_id, keep)?;
        let event = events::sender_key_new(channel.id, key.device_id, &sender.username, self.origin);
        Ok(Effects::signals(vec![(
            Topic::Channel(channel.id),
            Signal::Event(event),
        )]))
    }
}
