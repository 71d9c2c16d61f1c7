//! Looking at channels.

use hearth_protocol::ids::{ChannelId, UserId};
use hearth_store::StoreError;
use hearth_store::tables::{channels, members as rows};

use super::{Channel, ChannelError, Member, require_member};
use crate::{Actor, Core};

/// The channels the account is in, newest first.
pub async fn list(core: &Core, actor: &Actor) -> Result<Vec<Channel>, StoreError> {
    let user = actor.user_id;
    core.store().read(move |tx| channels::of_user(tx, user)).await
}

/// A channel the account is in.
pub async fn get(core: &Core, actor: &Actor, channel: ChannelId) -> Result<Channel, ChannelError> {
    let user = actor.user_id;
    core.store()
        .read(move |tx| require_member(tx, channel, user))
        .await
}

/// Who is in a channel, in the order they came.
pub async fn members(core: &Core, actor: &Actor, channel: ChannelId) -> Result<Vec<Member>, ChannelError> {
    let user = actor.user_id;
    core.store()
        .read(move |tx| {
            require_member(tx, channel, user)?;
            Ok(rows::of_channel(tx, channel)?)
        })
        .await
}

/// The ids of the channels a person is in, for their sockets to join.
pub async fn ids_of(core: &Core, user: UserId) -> Result<Vec<ChannelId>, StoreError> {
    core.store().read(move |tx| rows::channel_ids(tx, user)).await
}

/// Whether a person is in a channel: asked before a socket joins one by request (C1).
pub async fn is_member(core: &Core, channel: ChannelId, user: UserId) -> Result<bool, StoreError> {
    core.store()
        .read(move |tx| rows::is_member(tx, channel, user))
        .await
}
