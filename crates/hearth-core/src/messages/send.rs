//! Saying something in a channel.

use hearth_protocol::d3chat::limits::{CONTENT_TYPE_CHARS, MESSAGE_PROTOCOL_VERSION};
use hearth_protocol::env::uuid_v4;
use hearth_protocol::ids::{ChannelId, DeviceId, MessageId};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::channels::Place;
use hearth_store::tables::{channels, devices, members, messages};
use hearth_store::{ReadTx, StoreError, WriteTx};
use thiserror::Error;

use super::{ClientKey, Message, Reply};
use crate::input::{between, content, label};
use crate::relay::Voice;
use crate::task::to_the_end;
use crate::{Actor, Core, FieldError, lanes};

/// Something that somebody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// The text, or a ciphertext that only clients read, at most 64 KiB, without U+0000.
    pub content: String,
    /// What the content is, at most 32 characters; the wire's default is `text`.
    pub content_type: String,
    /// How the content is protected: 1 not at all, 2 encrypted; the wire's default is 1.
    pub protocol_version: i64,
    /// The device it was encrypted on, which receivers need to decrypt it.
    pub sender_device_id: Option<DeviceId>,
    /// The message of this channel that it answers.
    pub reply_to_id: Option<MessageId>,
    /// What the client calls it, so that an attempt whose answer was lost can be repeated.
    pub client_key: Option<ClientKey>,
}

impl NewMessage {
    /// A plain text with the wire's defaults.
    pub fn text(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            content_type: "text".to_owned(),
            protocol_version: 1,
            sender_device_id: None,
            reply_to_id: None,
            client_key: None,
        }
    }
}

/// Why nothing was said.
#[derive(Debug, Error)]
pub enum SendError {
    /// The account is not in the channel, or there is none: this route does not tell which (403).
    #[error("Not a member of this channel")]
    NotMember,
    /// The device is not one that the account is logged in on (400, C7).
    #[error("sender_device_id must be a live device of the sender")]
    NotYourDevice,
    /// The message to answer is not in this channel (400).
    #[error("reply_to_id must reference a message in the same channel")]
    ReplyElsewhere,
    /// The sender has said something else with this key, in another channel (409).
    #[error("client_key belongs to a message in another channel")]
    KeyElsewhere,
    /// A field breaks its limit (422).
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Says something in a channel that the account is in.
///
/// One write takes the next sequence number, keeps the message and queues it for every server that takes part.
/// After its commit those who are connected hear it. A message whose client key is known in this channel was
/// said before: its sender gets it as it was kept, and nothing else happens.
pub async fn send(
    core: &Core,
    actor: &Actor,
    channel: ChannelId,
    new: NewMessage,
) -> Result<Message, SendError> {
    let posting = Posting::draw(core, actor, channel, new)?;
    let core = core.clone();
    to_the_end(async move {
        match core.store().write(move |tx| posting.apply(tx)).await? {
            Said::Now { message, servers } => {
                lanes::publish(&core, &message).await;
                core.wake_deliveries(&servers).await;
                Ok(message)
            }
            Said::Before(message) => Ok(message),
        }
    })
    .await
}

/// What became of a message in the store.
enum Said {
    /// It is kept, and queued for these servers.
    Now {
        message: Message,
        servers: Vec<ServerName>,
    },
    /// It was kept when it came for the first time.
    Before(Message),
}

/// A message on its way in, everything random drawn.
struct Posting {
    id: MessageId,
    channel: ChannelId,
    actor: Actor,
    new: NewMessage,
    protocol_version: u32,
    voice: Voice,
    now: Timestamp,
}

impl Posting {
    fn draw(core: &Core, actor: &Actor, channel: ChannelId, new: NewMessage) -> Result<Self, FieldError> {
        content("content", &new.content)?;
        label("content_type", &new.content_type, 1, CONTENT_TYPE_CHARS)?;
        let largest = i64::from(MESSAGE_PROTOCOL_VERSION);
        between("protocol_version", new.protocol_version, 1, largest)?;
        Ok(Self {
            id: MessageId::new(uuid_v4(core.random().as_ref())),
            channel,
            actor: actor.clone(),
            protocol_version: u32::try_from(new.protocol_version)
                .expect("it lies between 1 and a number that fits"),
            new,
            voice: Voice::draw(core),
            now: core.now(),
        })
    }

    fn apply(&self, tx: &WriteTx<'_>) -> Result<Said, SendError> {
        let user = self.actor.user_id;
        if !members::is_member(tx, self.channel, user)? {
            return Err(SendError::NotMember);
        }
        if let Some(message) = self.said_before(tx)? {
            return Ok(Said::Before(message));
        }
        if let Some(device) = self.new.sender_device_id
            && !devices::is_live(tx, device, user, self.now)?
        {
            return Err(SendError::NotYourDevice);
        }
        let reply_to = self.reply_to(tx)?;
        let place = channels::next_place(tx, self.channel, self.now)?.ok_or(SendError::NotMember)?;
        self.insert(tx, place)?;
        let message = self.message(place, reply_to);
        let servers = if place.is_federated {
            members::servers(tx, self.channel)?
        } else {
            Vec::new()
        };
        self.voice.message(tx, &servers, &self.actor.username, &message)?;
        Ok(Said::Now { message, servers })
    }

    fn said_before(&self, tx: &ReadTx<'_>) -> Result<Option<Message>, SendError> {
        let Some(key) = &self.new.client_key else {
            return Ok(None);
        };
        match messages::by_client_key(tx, self.actor.user_id, key.as_str())? {
            Some(message) if message.channel_id != self.channel => Err(SendError::KeyElsewhere),
            known => Ok(known),
        }
    }

    fn reply_to(&self, tx: &ReadTx<'_>) -> Result<Option<Reply>, SendError> {
        let Some(id) = self.new.reply_to_id else {
            return Ok(None);
        };
        let parent = messages::in_channel(tx, self.channel, id)?.ok_or(SendError::ReplyElsewhere)?;
        Ok(Some(Reply {
            id: parent.id,
            sender_id: parent.sender_id,
            content: parent.content,
            content_type: parent.content_type,
            protocol_version: parent.protocol_version,
        }))
    }

    fn insert(&self, tx: &WriteTx<'_>, place: Place) -> Result<(), StoreError> {
        messages::insert(
            tx,
            &messages::NewMessage {
                id: self.id,
                channel_id: self.channel,
                place,
                sender_id: self.actor.user_id,
                sender_device_id: self.new.sender_device_id,
                content: &self.new.content,
                content_type: &self.new.content_type,
                protocol_version: self.protocol_version,
                reply_to_id: self.new.reply_to_id,
                origin: None,
                client_key: self.new.client_key.as_ref().map(ClientKey::as_str),
            },
        )?;
        Ok(())
    }

    fn message(&self, place: Place, reply_to: Option<Reply>) -> Message {
        Message {
            id: self.id,
            channel_id: self.channel,
            seq: place.seq,
            sender_id: Some(self.actor.user_id),
            sender_device_id: self.new.sender_device_id,
            content: self.new.content.clone(),
            content_type: self.new.content_type.clone(),
            protocol_version: self.protocol_version,
            reply_to,
            edited_at: None,
            created_at: place.created_at,
        }
    }
}
