//! Letting somebody into a channel, and what other servers must then be told.

use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::{channels, members, sender_keys, users};
use hearth_store::{StoreError, WriteTx};
use thiserror::Error;

use super::{Channel, ChannelError, Member, MemberRole, joined_signals, publish_all, require_member};
use crate::accounts::User;
use crate::relay::Voice;
use crate::task::to_the_end;
use crate::{Actor, Core};

/// Why nobody was added.
#[derive(Debug, Error)]
pub enum AddMemberError {
    /// The channel is not there, or not for the account that asks (404, 403).
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// A direct conversation is of two, for ever (400).
    #[error("Cannot add members to a DM")]
    IsDm,
    /// Nobody here has this id; somebody elsewhere must be looked up first (404).
    #[error("User not found")]
    UserNotFound,
    /// They are in it (409).
    #[error("User is already a member")]
    AlreadyMember,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds somebody to a channel that the account is in.
///
/// For somebody of another server the same write queues what that server needs: the invite, the names of the
/// other members it could not know, and the sender keys that were handed out before it came (d3chat.md section
/// 5.4, consequences 1 and 2). For a local account in a federated channel, every server in it is told.
pub async fn add_member(
    core: &Core,
    actor: &Actor,
    channel: ChannelId,
    user: UserId,
) -> Result<Member, AddMemberError> {
    let addition = Addition {
        channel,
        user,
        by: actor.user_id,
        by_name: actor.username.clone(),
        voice: Voice::draw(core),
        now: core.now(),
    };
    let core = core.clone();
    to_the_end(async move {
        let added = core.store().write(move |tx| addition.apply(tx)).await?;
        publish_all(&core, joined_signals(&added.channel, &added.member)).await;
        core.wake_deliveries(&added.told).await;
        Ok(added.member)
    })
    .await
}

struct Addition {
    channel: ChannelId,
    user: UserId,
    by: UserId,
    by_name: Username,
    voice: Voice,
    now: Timestamp,
}

struct Added {
    channel: Channel,
    member: Member,
    told: Vec<ServerName>,
}

impl Addition {
    fn apply(&self, tx: &WriteTx<'_>) -> Result<Added, AddMemberError> {
        let mut channel = require_member(tx, self.channel, self.by)?;
        if channel.is_dm {
            return Err(AddMemberError::IsDm);
        }
        let user = users::by_id(tx, self.user)?.ok_or(AddMemberError::UserNotFound)?;
        // Asked before the insert, so that the newcomer is not among those to be announced or told.
        let locals = members::local_names(tx, self.channel)?;
        let servers = members::servers(tx, self.channel)?;
        if !self.insert(tx, &user)? {
            return Err(AddMemberError::AlreadyMember);
        }
        let told = if user.is_local {
            self.voice.join(tx, &servers, self.channel, &user.username)?;
            servers
        } else {
            channels::set_federated(tx, self.channel)?;
            channel.is_federated = true;
            self.welcome(tx, &channel, &user, &locals)?;
            vec![user.server.clone()]
        };
        Ok(Added {
            channel,
            member: self.member(user),
            told,
        })
    }

    fn insert(&self, tx: &WriteTx<'_>, user: &User) -> Result<bool, StoreError> {
        members::insert(
            tx,
            &members::NewMember {
                channel_id: self.channel,
                user_id: user.id,
                role: MemberRole::Member,
                remote_server: (!user.is_local).then_some(&user.server),
                joined_at: self.now,
            },
        )
    }

    /// Queues, in this order, the invite and what makes it complete.
    fn welcome(
        &self,
        tx: &WriteTx<'_>,
        channel: &Channel,
        user: &User,
        locals: &[Username],
    ) -> Result<(), StoreError> {
        self.voice.invite(
            tx,
            &user.server,
            channel,
            &self.by_name,
            (user.id, &user.username),
        )?;
        let server = std::slice::from_ref(&user.server);
        for name in locals.iter().filter(|name| **name != self.by_name) {
            self.voice.join(tx, server, self.channel, name)?;
        }
        for key in sender_keys::of_local_members(tx, self.channel)? {
            self.voice.sender_key(tx, server, self.channel, &key)?;
        }
        Ok(())
    }

    fn member(&self, user: User) -> Member {
        Member {
            user_id: user.id,
            username: user.username,
            server: user.server,
            is_local: user.is_local,
            role: MemberRole::Member,
            joined_at: self.now,
            display_name: user.display_name,
        }
    }
}
