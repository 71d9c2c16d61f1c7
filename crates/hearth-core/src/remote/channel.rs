//! `channel.invite`, `channel.join`, `channel.leave`: who is in a channel, as another server tells it.

use std::time::Duration;

use hearth_bus::{Signal, Topic};
use hearth_protocol::d3chat::event::{ChannelInvite, ChannelJoin, ChannelLeave};
use hearth_protocol::names::ServerName;
use hearth_store::StoreError;
use hearth_store::tables::{channels, members};

use super::{ApplyError, Effects, Ignored, Inbound, Refusal};
use crate::accounts::{User, find_local};
use crate::channels::{Channel, Member, MemberRole, joined_signals};
use crate::events;

/// The time within which a server's invites of one person are counted.
const INVITES_COUNTED_FOR: Duration = Duration::from_hours(1);

impl Inbound<'_> {
    /// Lets a local account into a channel of the origin: one that is new here, or one where the inviter is
    /// already a member (F13).
    pub(super) fn invite(&self, invite: &ChannelInvite) -> Result<Effects, Refusal> {
        let invitee = find_local(self.tx, &self.ctx.server_name, &invite.invitee_username)?
            .ok_or(Ignored::UnknownInvitee)?;
        let channel = match channels::by_id(self.tx, invite.channel_id)? {
            Some(known) => self.invited_to_known(invite, known)?,
            None => self.invited_to_new(invite)?,
        };
        let others = self.others(&channel)?;
        self.may_invite(&invitee)?;
        if !self.add(&channel, &invitee)? {
            return Err(Ignored::AlreadySo.into());
        }
        // The origin knows whom it invited; servers that were here before have to be told by us.
        self.ctx
            .voice
            .join(self.tx, &others, channel.id, &invitee.username)?;
        let signals = joined_signals(&channel, &self.as_member(invitee));
        Ok(Effects {
            signals,
            wakes: others,
            ..Effects::default()
        })
    }

    /// Whether the origin may bring somebody here into one more of its channels now (F13). Memberships are
    /// what is counted, so repeated invites cost nothing.
    fn may_invite(&self, invitee: &User) -> Result<(), Refusal> {
        let since = self.ctx.now.minus(INVITES_COUNTED_FOR);
        let lately = members::joined_since(self.tx, invitee.id, self.origin, since)?;
        if lately < self.ctx.invites_per_person {
            Ok(())
        } else {
            Err(ApplyError::TooMany.into())
        }
    }

    fn invited_to_known(&self, invite: &ChannelInvite, channel: Channel) -> Result<Channel, Refusal> {
        if channel.is_dm {
            return Err(Ignored::IsDm.into());
        }
        match self.member(channel.id, &invite.inviter_username) {
            Ok(_) => Ok(channel),
            Err(Refusal::Ignored(_)) if channel.home_server != *self.origin => {
                Err(ApplyError::OthersChannel.into())
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Makes the channel under the id that it has everywhere, with the inviter as its first member.
    fn invited_to_new(&self, invite: &ChannelInvite) -> Result<Channel, Refusal> {
        if channels::count_of_home(self.tx, self.origin)? >= self.ctx.channels_per_origin {
            return Err(ApplyError::TooMany.into());
        }
        let inviter = self.person(&invite.inviter_username)?;
        channels::insert(
            self.tx,
            &channels::NewChannel {
                id: invite.channel_id,
                name: invite.channel_name.as_deref(),
                is_dm: false,
                is_federated: true,
                encryption_type: &invite.encryption_type,
                home_server: self.origin,
                created_by: None,
                created_at: self.ctx.now,
            },
        )?;
        let channel = channels::by_id(self.tx, invite.channel_id)?.ok_or(Ignored::UnknownChannel)?;
        self.add(&channel, &inviter)?;
        Ok(channel)
    }

    /// Takes in somebody of the origin, into a channel that the origin shares with us already (F12).
    pub(super) fn join(&self, join: &ChannelJoin) -> Result<Effects, Refusal> {
        let channel = self.federated_channel(join.channel_id)?;
        if !members::has_server(self.tx, channel.id, self.origin)? {
            return Err(Ignored::NotShared.into());
        }
        let user = self.person(&join.username)?;
        if !self.add(&channel, &user)? {
            return Err(Ignored::AlreadySo.into());
        }
        Ok(Effects::signals(joined_signals(&channel, &self.as_member(user))))
    }

    /// Lets go of somebody of the origin, and of nobody else.
    pub(super) fn leave(&self, leave: &ChannelLeave) -> Result<Effects, Refusal> {
        let channel = self.federated_channel(leave.channel_id)?;
        let user = self.member(channel.id, &leave.username)?;
        members::remove(self.tx, channel.id, user.id)?;
        let event = events::member_left(channel.id, user.id);
        Ok(Effects::signals(vec![(
            Topic::Channel(channel.id),
            Signal::Event(event),
        )]))
    }

    /// The servers in a channel except the origin.
    fn others(&self, channel: &Channel) -> Result<Vec<ServerName>, StoreError> {
        let mut servers = members::servers(self.tx, channel.id)?;
        servers.retain(|server| server != self.origin);
        Ok(servers)
    }

    fn add(&self, channel: &Channel, user: &User) -> Result<bool, StoreError> {
        members::insert(
            self.tx,
            &members::NewMember {
                channel_id: channel.id,
                user_id: user.id,
                role: MemberRole::Member,
                remote_server: (!user.is_local).then_some(&user.server),
                joined_at: self.ctx.now,
            },
        )
    }

    fn as_member(&self, user: User) -> Member {
        Member {
            user_id: user.id,
            username: user.username,
            server: user.server,
            is_local: user.is_local,
            role: MemberRole::Member,
            joined_at: self.ctx.now,
            display_name: user.display_name,
        }
    }
}
