//! Sender keys of a channel: what members decrypt each other's messages with (d3chat.md sections 3.6, 6.4).
//!
//! Upstream gives them to anybody and takes them from anybody; here both are for members only (K1).

use hearth_protocol::d3chat::limits::KEY_CHARS;
use hearth_protocol::ids::{ChannelId, DeviceId, UserId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::{devices, members, sender_keys};
use hearth_store::{StoreError, WriteTx};
use thiserror::Error;

use crate::channels::{ChannelError, require_member};
use crate::input::label;
use crate::relay::Voice;
use crate::task::to_the_end;
use crate::{Actor, Core, FieldError};

pub use hearth_store::tables::sender_keys::SenderKeyRow as SenderKey;

/// Why a key was not taken.
#[derive(Debug, Error)]
pub enum UploadError {
    /// The channel is not there, or not for the account that asks (404, 403).
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The device is not one of the account's (404).
    #[error("Device not found")]
    NotYourDevice,
    /// A field breaks its limit (422).
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A device's key for one channel, as its client uploads it.
#[derive(Clone)]
pub struct Upload {
    /// The device, one of the uploader's.
    pub device_id: DeviceId,
    /// Names the key, 1 to 255 characters.
    pub sender_key_public: String,
    /// The chain key, 1 to 255 characters.
    pub chain_key: String,
}

/// Leaves the chain key out.
impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("device_id", &self.device_id)
            .finish_non_exhaustive()
    }
}

/// Keeps a device's key for a channel and gives it to every server that takes part, in one write.
pub async fn upload(
    core: &Core,
    actor: &Actor,
    channel: ChannelId,
    upload: Upload,
) -> Result<SenderKey, UploadError> {
    label("sender_key_public", &upload.sender_key_public, 1, KEY_CHARS)?;
    label("chain_key", &upload.chain_key, 1, KEY_CHARS)?;
    let deposit = Deposit {
        channel,
        user: actor.user_id,
        username: actor.username.clone(),
        upload,
        voice: Voice::draw(core),
        now: core.now(),
    };
    let core = core.clone();
    to_the_end(async move {
        let (key, servers) = core.store().write(move |tx| deposit.apply(tx)).await?;
        core.wake_deliveries(&servers).await;
        Ok(key)
    })
    .await
}

/// All keys of a channel that the account is in.
pub async fn list(core: &Core, actor: &Actor, channel: ChannelId) -> Result<Vec<SenderKey>, ChannelError> {
    let user = actor.user_id;
    core.store()
        .read(move |tx| {
            require_member(tx, channel, user)?;
            Ok(sender_keys::of_channel(tx, channel)?)
        })
        .await
}

struct Deposit {
    channel: ChannelId,
    user: UserId,
    username: Username,
    upload: Upload,
    voice: Voice,
    now: Timestamp,
}

impl Deposit {
    fn apply(&self, tx: &WriteTx<'_>) -> Result<(SenderKey, Vec<ServerName>), UploadError> {
        let channel = require_member(tx, self.channel, self.user)?;
        let device = self.upload.device_id;
        let owner = devices::by_id(tx, device)?.map(|device| device.user_id);
        let Upload {
            sender_key_public,
            chain_key,
            ..
        } = &self.upload;
        if owner != Some(self.user)
            || !sender_keys::upsert(
                tx,
                self.channel,
                device,
                self.user,
                sender_key_public,
                chain_key,
                self.now,
            )?
        {
            return Err(UploadError::NotYourDevice);
        }
        let key = SenderKey {
            user_id: self.user,
            username: self.username.clone(),
            device_id: device,
            sender_key_public: sender_key_public.clone(),
            chain_key: chain_key.clone(),
            message_number: 0,
        };
        let servers = if channel.is_federated {
            members::servers(tx, self.channel)?
        } else {
            Vec::new()
        };
        self.voice.sender_key(tx, &servers, self.channel, &key)?;
        Ok((key, servers))
    }
}
