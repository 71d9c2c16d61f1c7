//! What other servers' events do here.
//!
//! [`apply`] runs inside federation's write, next to the row that marks the event as seen, so both happen or
//! neither does. By then the origin is proven; here begins what it may say. A server speaks only for its own
//! users, and only in channels that it shares with us. What breaks that rule is [`Ignored`], with a reason that
//! is counted: the wire answers such events with success (d3chat.md section 5.3).

mod channel;
mod device;
mod message;
mod report;
mod sender_key;

use std::sync::Arc;

use hearth_bus::{Signal, Topic};
use hearth_protocol::d3chat::event::Event;
use hearth_protocol::env::{Random, uuid_v4};
use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::{channels, members};
use hearth_store::{StoreError, WriteTx};
use thiserror::Error;
use uuid::Uuid;

use crate::accounts::{User, find_or_make_remote, find_remote};
use crate::channels::Channel;
use crate::messages::Message;
use crate::relay::Voice;
use crate::{Core, lanes};

pub use report::report;

/// What [`apply`] needs to know besides the event. Draw one per event; cheap to clone into the write.
#[derive(Clone, Debug)]
pub struct RemoteContext {
    server_name: ServerName,
    now: Timestamp,
    random: Arc<dyn Random>,
    voice: Voice,
    users_per_origin: u64,
    channels_per_origin: u64,
    devices_per_remote_user: u64,
    keys_per_remote_user: u64,
    invites_per_person: u64,
}

impl RemoteContext {
    /// The context of an event that arrives now.
    pub fn new(core: &Core) -> Self {
        let limits = core.limits();
        Self {
            server_name: core.server_name().clone(),
            now: core.now(),
            random: Arc::clone(core.random()),
            voice: Voice::draw(core),
            users_per_origin: limits.users_per_origin,
            channels_per_origin: limits.channels_per_origin,
            devices_per_remote_user: limits.devices_per_remote_user,
            keys_per_remote_user: limits.keys_per_remote_user,
            invites_per_person: limits.invites_per_person,
        }
    }

    fn fresh(&self) -> Uuid {
        uuid_v4(self.random.as_ref())
    }
}

/// Why an event could not be applied; nothing of it remains and the sender may try again.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// The origin is this server itself: nobody else may speak in its name (F1).
    #[error("an event cannot come from this server itself")]
    OwnOrigin,
    /// The invite is into a channel that somebody else holds under this id, and its inviter is not in it (409).
    /// Saying so is better than success: the inviting server would believe that its channel is shared.
    #[error("A channel of another server has this id here")]
    OthersChannel,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The origin has used up what it may make here, in all or lately for one person (429; F13, F15). It may
    /// come again: the owner hears of it by [`report`] and may make room.
    #[error("Your server has made as much here as it may")]
    TooMany,
}

/// Why an event had no effect, although it was well-formed and truly from its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ignored {
    /// The person is in the channel already (join, invite) or not in it (leave).
    AlreadySo,
    /// The device belongs to somebody else (F14).
    ForeignDevice,
    /// A direct conversation takes no events from elsewhere.
    IsDm,
    /// The origin's message is here already, under another event (F4).
    KnownMessage,
    /// The person who is said to act is not in the channel (F1, F13).
    NotAMember,
    /// The channel is not shared with the origin (F12).
    NotShared,
    /// There is no such channel here.
    UnknownChannel,
    /// Nobody here has the invited name.
    UnknownInvitee,
    /// Nothing that this server knows how to do: another type of event.
    UnknownType,
}

impl Ignored {
    /// A short name for counters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlreadySo => "already_so",
            Self::ForeignDevice => "foreign_device",
            Self::IsDm => "is_dm",
            Self::KnownMessage => "known_message",
            Self::NotAMember => "not_a_member",
            Self::NotShared => "not_shared",
            Self::UnknownChannel => "unknown_channel",
            Self::UnknownInvitee => "unknown_invitee",
            Self::UnknownType => "unknown_type",
        }
    }
}

/// What follows from an applied event once it is committed. Dropping it leaves connected people uninformed.
#[derive(Debug, Default)]
#[must_use = "hand it to `publish` after the commit"]
pub struct Effects {
    signals: Vec<(Topic, Signal)>,
    message: Option<Message>,
    wakes: Vec<ServerName>,
    ignored: Option<Ignored>,
}

impl Effects {
    /// Why the event had no effect; `None` when it had one.
    pub fn ignored(&self) -> Option<Ignored> {
        self.ignored
    }

    fn signals(signals: Vec<(Topic, Signal)>) -> Self {
        Self {
            signals,
            ..Self::default()
        }
    }
}

/// Applies an event of `origin`, whose signature has been verified, inside the caller's write.
pub fn apply(
    tx: &WriteTx<'_>,
    ctx: &RemoteContext,
    origin: &ServerName,
    event: &Event,
) -> Result<Effects, ApplyError> {
    if *origin == ctx.server_name {
        return Err(ApplyError::OwnOrigin);
    }
    let inbound = Inbound { tx, ctx, origin };
    let outcome = match event {
        Event::ChannelInvite(invite) => inbound.invite(invite),
        Event::ChannelJoin(join) => inbound.join(join),
        Event::ChannelLeave(leave) => inbound.leave(leave),
        Event::MessageRelay(relay) => inbound.message(relay),
        Event::SenderKeyDistribute(key) => inbound.sender_key(key),
        Event::Hello => Ok(Effects::default()),
        Event::Unknown { .. } => Err(Refusal::Ignored(Ignored::UnknownType)),
    };
    match outcome {
        Ok(effects) => Ok(effects),
        Err(Refusal::Ignored(reason)) => Ok(Effects {
            ignored: Some(reason),
            ..Effects::default()
        }),
        Err(Refusal::Failed(error)) => Err(error),
    }
}

/// Tells connected people and delivery what [`apply`] did, after its write has been committed.
///
/// Call it where it cannot be cancelled between commit and end, or those who are connected hear of a message
/// only with the next one.
pub async fn publish(core: &Core, effects: Effects) {
    crate::channels::publish_all(core, effects.signals).await;
    if let Some(message) = &effects.message {
        lanes::publish(core, message).await;
    }
    core.wake_deliveries(&effects.wakes).await;
}

/// Why a step of applying an event goes no further. An ignored event must not have changed anything before.
enum Refusal {
    Failed(ApplyError),
    Ignored(Ignored),
}

impl From<ApplyError> for Refusal {
    fn from(error: ApplyError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Ignored> for Refusal {
    fn from(reason: Ignored) -> Self {
        Self::Ignored(reason)
    }
}

/// One event on its way in.
struct Inbound<'a> {
    tx: &'a WriteTx<'a>,
    ctx: &'a RemoteContext,
    origin: &'a ServerName,
}

impl Inbound<'_> {
    /// The channel, if it takes events from elsewhere at all.
    fn federated_channel(&self, id: ChannelId) -> Result<Channel, Refusal> {
        let channel = channels::by_id(self.tx, id)?.ok_or(Ignored::UnknownChannel)?;
        if channel.is_dm {
            return Err(Ignored::IsDm.into());
        }
        if !channel.is_federated {
            return Err(Ignored::NotShared.into());
        }
        Ok(channel)
    }

    /// The origin's person of this name, if they are in the channel. The name is looked up under the proven
    /// origin, so it can never be somebody of another server or of this one (F1).
    fn member(&self, channel: ChannelId, username: &Username) -> Result<User, Refusal> {
        let user = find_remote(self.tx, self.origin, username)?.ok_or(Ignored::NotAMember)?;
        if members::is_member(self.tx, channel, user.id)? {
            Ok(user)
        } else {
            Err(Ignored::NotAMember.into())
        }
    }

    /// The origin's person of this name, made if the origin may still make one.
    fn person(&self, username: &Username) -> Result<User, Refusal> {
        let id = UserId::new(self.ctx.fresh());
        let cap = self.ctx.users_per_origin;
        find_or_make_remote(self.tx, self.origin, username, id, cap, self.ctx.now)?
            .ok_or(ApplyError::TooMany.into())
    }
}
