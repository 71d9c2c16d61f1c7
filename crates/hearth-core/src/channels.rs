//! Channels: making them, who is in them, letting others in.
//!
//! Only members see a channel, and whatever happens in one begins by asking whether the account is in it.
//! Existence is told before membership, as the wire has it (d3chat.md section 3.4).

mod add_member;
mod create;
mod read;

use hearth_bus::{Signal, Topic};
use hearth_protocol::ids::{ChannelId, UserId};
use hearth_store::tables::{channels, members};
use hearth_store::{ReadTx, StoreError};
use thiserror::Error;

use crate::{Core, events};

pub use add_member::{AddMemberError, add_member};
pub use create::{CreateError, NewChannel, create};
pub use hearth_store::tables::channels::ChannelRow as Channel;
pub use hearth_store::tables::members::{MemberRole, MemberRow as Member};
pub use read::{get, ids_of, is_member, list, members};

/// Why a channel is not shown.
#[derive(Debug, Error)]
pub enum ChannelError {
    /// There is no such channel (404).
    #[error("Channel not found")]
    NotFound,
    /// There is, but not for this account (403).
    #[error("Not a member of this channel")]
    NotMember,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The channel, if this person is in it.
pub(crate) fn require_member(
    tx: &ReadTx<'_>,
    channel: ChannelId,
    user: UserId,
) -> Result<Channel, ChannelError> {
    let channel = channels::by_id(tx, channel)?.ok_or(ChannelError::NotFound)?;
    if members::is_member(tx, channel.id, user)? {
        Ok(channel)
    } else {
        Err(ChannelError::NotMember)
    }
}

/// Tells everybody concerned that somebody is now in a channel: the newcomer's sockets join it and learn of it
/// (if they are ours), and those who are in it see a new member.
pub(crate) fn joined_signals(channel: &Channel, member: &Member) -> Vec<(Topic, Signal)> {
    let mut signals = Vec::with_capacity(3);
    if member.is_local {
        let newcomer = Topic::User(member.user_id);
        signals.push((newcomer, Signal::Joined(channel.id)));
        signals.push((newcomer, Signal::Event(events::channel_new(channel))));
    }
    signals.push((
        Topic::Channel(channel.id),
        Signal::Event(events::member_joined(channel.id, member)),
    ));
    signals
}

pub(crate) async fn publish_all(core: &Core, signals: Vec<(Topic, Signal)>) {
    for (topic, signal) in signals {
        core.publish(topic, signal).await;
    }
}
