//! Reading what was said: backwards by time as the wire has it, forwards by number to catch up.

use hearth_protocol::ids::ChannelId;
use hearth_store::StoreError;
use hearth_store::tables::{members, messages};
use thiserror::Error;

use super::{Message, Range};
use crate::input::between;
use crate::{Actor, Core, FieldError};

/// Most messages of one page (d3chat.md section 3.5).
pub const PAGE_MAX: u32 = 100;

/// Part of a channel's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Whether there are more in the direction of reading: older ones, or newer ones after a number.
    pub has_more: bool,
}

/// Why nothing is shown.
#[derive(Debug, Error)]
pub enum ListError {
    /// The account is not in the channel, or there is none: this route does not tell which (403).
    #[error("Not a member of this channel")]
    NotMember,
    /// `limit` is not 1 to 100 (422).
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Up to `limit` messages of a channel that the account is in.
pub async fn list(
    core: &Core,
    actor: &Actor,
    channel: ChannelId,
    range: Range,
    limit: i64,
) -> Result<MessagePage, ListError> {
    between("limit", limit, 1, i64::from(PAGE_MAX))?;
    let limit = u32::try_from(limit).expect("it lies between 1 and 100");
    let user = actor.user_id;
    core.store()
        .read(move |tx| {
            if !members::is_member(tx, channel, user)? {
                return Err(ListError::NotMember);
            }
            // One more than asked for tells whether there are more.
            Ok(page(messages::page(tx, channel, range, limit + 1)?, range, limit))
        })
        .await
}

fn page(mut messages: Vec<Message>, range: Range, limit: u32) -> MessagePage {
    let limit = limit as usize;
    let has_more = messages.len() > limit;
    if has_more {
        match range {
            Range::After(_) => messages.truncate(limit),
            Range::Before(_) | Range::Newest => drop(messages.drain(..messages.len() - limit)),
        }
    }
    MessagePage { messages, has_more }
}
