//! Making a channel.

use hearth_bus::{Signal, Topic};
use hearth_protocol::d3chat::limits::{CHANNEL_NAME_CHARS, ENCRYPTION_TYPE_CHARS};
use hearth_protocol::env::uuid_v4;
use hearth_protocol::ids::ChannelId;
use hearth_store::tables::{channels, members};
use hearth_store::{StoreError, WriteTx};
use thiserror::Error;

use super::{Channel, MemberRole};
use crate::input::label;
use crate::task::to_the_end;
use crate::{Actor, Core, FieldError};

/// A channel that somebody wants. There is no `is_dm`: a direct conversation is not made this way (C5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChannel {
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// How clients encrypt in it, at most 32 characters; the wire's default is `sender_keys`.
    pub encryption_type: String,
}

/// Why no channel was made.
#[derive(Debug, Error)]
pub enum CreateError {
    /// A field breaks its limit (422).
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a channel with the account that asks as its owner.
pub async fn create(core: &Core, actor: &Actor, new: NewChannel) -> Result<Channel, CreateError> {
    label("name", &new.name, 1, CHANNEL_NAME_CHARS)?;
    label("encryption_type", &new.encryption_type, 1, ENCRYPTION_TYPE_CHARS)?;
    let channel = Channel {
        id: ChannelId::new(uuid_v4(core.random().as_ref())),
        name: Some(new.name),
        is_dm: false,
        is_federated: false,
        encryption_type: new.encryption_type,
        home_server: core.server_name().clone(),
        created_by: Some(actor.user_id),
        created_at: core.now(),
        last_seq: 0,
    };
    let (core, owner) = (core.clone(), actor.user_id);
    to_the_end(async move {
        let made = channel.clone();
        core.store().write(move |tx| insert(tx, &made)).await?;
        // The maker's sockets hear the channel without having to reconnect (C10).
        core.publish(Topic::User(owner), Signal::Joined(channel.id)).await;
        Ok(channel)
    })
    .await
}

fn insert(tx: &WriteTx<'_>, channel: &Channel) -> Result<(), StoreError> {
    channels::insert(
        tx,
        &channels::NewChannel {
            id: channel.id,
            name: channel.name.as_deref(),
            is_dm: channel.is_dm,
            is_federated: channel.is_federated,
            encryption_type: &channel.encryption_type,
            home_server: &channel.home_server,
            created_by: channel.created_by,
            created_at: channel.created_at,
        },
    )?;
    if let Some(owner) = channel.created_by {
        members::insert(
            tx,
            &members::NewMember {
                channel_id: channel.id,
                user_id: owner,
                role: MemberRole::Owner,
                remote_server: None,
                joined_at: channel.created_at,
            },
        )?;
    }
    Ok(())
}
