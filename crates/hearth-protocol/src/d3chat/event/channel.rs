//! `channel.invite`, `channel.join` and `channel.leave`: who is in a channel.

use serde::Serialize;

use super::EventError;
use super::fields::Fields;
use crate::d3chat::limits;
use crate::ids::ChannelId;
use crate::names::Username;

/// A user of the receiving server is added to a channel of the sending one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelInvite {
    /// The channel; the receiver keeps this id.
    pub channel_id: ChannelId,
    /// The channel's name, 1 to 128 characters, if it has one.
    pub channel_name: Option<String>,
    /// Who adds, on the server that signs the request.
    pub inviter_username: Username,
    /// Who is added, on the server that receives it.
    pub invitee_username: Username,
    /// How messages are encrypted, at most 32 characters: `sender_keys`, `x3dh`, `mls1`.
    pub encryption_type: String,
}

impl ChannelInvite {
    /// The member `type`.
    pub const KIND: &str = "channel.invite";

    pub(super) fn read(fields: &Fields) -> Result<Self, EventError> {
        Ok(Self {
            channel_id: fields.required("channel_id")?,
            channel_name: fields.text("channel_name", limits::CHANNEL_NAME_CHARS)?,
            inviter_username: fields.required("inviter_username")?,
            invitee_username: fields.required("invitee_username")?,
            encryption_type: fields.required_text("encryption_type", limits::ENCRYPTION_TYPE_CHARS)?,
        })
    }
}

/// A user of the sending server is now a member of a channel. Upstream understands but never sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelJoin {
    /// The channel.
    pub channel_id: ChannelId,
    /// Who, on the server that signs the request.
    pub username: Username,
}

impl ChannelJoin {
    /// The member `type`.
    pub const KIND: &str = "channel.join";

    pub(super) fn read(fields: &Fields) -> Result<Self, EventError> {
        Ok(Self {
            channel_id: fields.required("channel_id")?,
            username: fields.required("username")?,
        })
    }
}

/// A user of the sending server has left a channel. Upstream understands but never sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelLeave {
    /// The channel.
    pub channel_id: ChannelId,
    /// Who, on the server that signs the request.
    pub username: Username,
}

impl ChannelLeave {
    /// The member `type`.
    pub const KIND: &str = "channel.leave";

    pub(super) fn read(fields: &Fields) -> Result<Self, EventError> {
        Ok(Self {
            channel_id: fields.required("channel_id")?,
            username: fields.required("username")?,
        })
    }
}
