//! `sender_key.distribute`: a device announces the key with which it encrypts for a channel.

use std::fmt;

use serde::Serialize;

use super::EventError;
use super::fields::Fields;
use crate::d3chat::limits;
use crate::ids::{ChannelId, DeviceId};
use crate::names::Username;

/// The sender key of one device in one channel.
///
/// Upstream's design sends the chain key in clear to every server of the channel (d3chat K2), so it is left out
/// of `Debug`, which ends in logs.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SenderKeyDistribute {
    /// The channel.
    pub channel_id: ChannelId,
    /// The device that encrypts.
    pub device_id: DeviceId,
    /// Whose device it is, on the server that signs the request.
    pub sender_username: Username,
    /// An identifier, whatever its name says; at most 255 characters.
    pub sender_key_public: String,
    /// The secret from which message keys are derived; at most 255 characters.
    pub chain_key: String,
}

impl SenderKeyDistribute {
    /// The member `type`.
    pub const KIND: &str = "sender_key.distribute";

    pub(super) fn read(fields: &Fields) -> Result<Self, EventError> {
        Ok(Self {
            channel_id: fields.required("channel_id")?,
            device_id: fields.required("device_id")?,
            sender_username: fields.required("sender_username")?,
            sender_key_public: fields.required_text("sender_key_public", limits::KEY_CHARS)?,
            chain_key: fields.required_text("chain_key", limits::KEY_CHARS)?,
        })
    }
}

impl fmt::Debug for SenderKeyDistribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SenderKeyDistribute")
            .field("channel_id", &self.channel_id)
            .field("device_id", &self.device_id)
            .field("sender_username", &self.sender_username)
            .field("sender_key_public", &self.sender_key_public)
            .finish_non_exhaustive()
    }
}
