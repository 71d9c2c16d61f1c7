//! What lives only as long as somebody is connected: typing and presence (d3chat.md section 4.2).
//!
//! Both stay on this server; nothing of them is stored or relayed.

use std::time::Duration;

use hearth_bus::{Presence, Signal, Topic};
use hearth_protocol::ids::ChannelId;
use hearth_store::StoreError;
use thiserror::Error;

use crate::{Actor, Core, channels, events};

/// How long a presence holds unless it is said again.
pub const PRESENCE_TTL: Duration = Duration::from_mins(5);

/// Why a typing notice went nowhere.
#[derive(Debug, Error)]
pub enum TypingError {
    /// The account is not in the channel, or there is none (C2).
    #[error("Not a member of this channel")]
    NotMember,
    /// Too many notices.
    #[error("Rate limit exceeded")]
    TooMany {
        /// When to come back.
        retry_after: Duration,
    },
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Shows or hides to everybody in a channel that the account is typing.
pub async fn typing(
    core: &Core,
    actor: &Actor,
    channel: ChannelId,
    is_typing: bool,
) -> Result<(), TypingError> {
    let charged = core.charge_typing(&actor.user_id.to_string()).await;
    charged.map_err(|retry_after| TypingError::TooMany { retry_after })?;
    if !channels::is_member(core, channel, actor.user_id).await? {
        return Err(TypingError::NotMember);
    }
    let event = events::typing(actor.user_id, channel, is_typing);
    core.publish(Topic::Channel(channel), Signal::Event(event)).await;
    Ok(())
}

/// Notes whether the account is here; `None` means gone.
pub async fn set_presence(core: &Core, actor: &Actor, presence: Option<Presence>) {
    let bus = core.bus();
    if let Some(presence) = presence {
        bus.set_presence(actor.user_id, presence, PRESENCE_TTL).await;
    } else {
        bus.clear_presence(actor.user_id).await;
    }
}
