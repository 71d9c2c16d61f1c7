//! Messages, ordered in their channel by `seq`; `created_at` grows with it.
//!
//! A relayed message carries the server it came from and its id there, unique together (d3chat F4). A message
//! said here may carry a key of its client's choice, unique per sender, so that asking again says it once.

use hearth_protocol::ids::{ChannelId, DeviceId, MessageId, UserId};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use super::channels::Place;
use crate::{ReadTx, Row, StoreError, Value, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    seq {i64} NOT NULL,
    sender_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    sender_device_id TEXT,
    content TEXT NOT NULL,
    content_type TEXT NOT NULL,
    protocol_version {i64} NOT NULL,
    reply_to_id TEXT REFERENCES messages (id) ON DELETE SET NULL,
    origin_server TEXT,
    origin_message_id TEXT,
    client_key TEXT,
    edited_at {i64},
    created_at {i64} NOT NULL,
    UNIQUE (channel_id, seq)
) {strict};
CREATE INDEX messages_time ON messages (channel_id, created_at);
CREATE INDEX messages_sender ON messages (sender_id);
CREATE INDEX messages_reply ON messages (reply_to_id) WHERE reply_to_id IS NOT NULL;
CREATE UNIQUE INDEX messages_origin ON messages (origin_server, origin_message_id)
    WHERE origin_server IS NOT NULL;
CREATE UNIQUE INDEX messages_client_key ON messages (sender_id, client_key)
    WHERE client_key IS NOT NULL;
";

/// One message, with the one that it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Our id for it.
    pub id: MessageId,
    /// Where it was said.
    pub channel_id: ChannelId,
    /// Its place in the channel, counted from 1 without gaps.
    pub seq: i64,
    /// Who said it; `None` when the account is gone.
    pub sender_id: Option<UserId>,
    /// The device it was encrypted on.
    pub sender_device_id: Option<DeviceId>,
    /// The text, or a ciphertext that only clients read.
    pub content: String,
    /// What the content is, `text` as a rule.
    pub content_type: String,
    /// How the content is protected, as the clients understand it.
    pub protocol_version: u32,
    /// The message it answers; `None` also when that one was deleted.
    pub reply_to: Option<ReplyRow>,
    /// When its author changed it last.
    pub edited_at: Option<Timestamp>,
    /// When it was said, strictly after the message before it.
    pub created_at: Timestamp,
}

/// The message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyRow {
    /// Its id.
    pub id: MessageId,
    /// Who said it.
    pub sender_id: Option<UserId>,
    /// Its whole content.
    pub content: String,
    /// What the content is.
    pub content_type: String,
    /// How the content is protected.
    pub protocol_version: u32,
}

/// A message to be inserted.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// A fresh id.
    pub id: MessageId,
    /// Where it is said.
    pub channel_id: ChannelId,
    /// Its place, from [`channels::next_place`](super::channels::next_place).
    pub place: Place,
    /// Who says it.
    pub sender_id: UserId,
    /// The device it was encrypted on.
    pub sender_device_id: Option<DeviceId>,
    /// The content.
    pub content: &'a str,
    /// What the content is.
    pub content_type: &'a str,
    /// How the content is protected.
    pub protocol_version: u32,
    /// The message it answers.
    pub reply_to_id: Option<MessageId>,
    /// Where a relayed message came from: the server and its id there.
    pub origin: Option<(&'a ServerName, &'a str)>,
    /// What its client calls it; no other message of this sender has it, see [`by_client_key`].
    pub client_key: Option<&'a str>,
}

/// Which part of a channel's messages to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// The newest ones said before a time.
    Before(Timestamp),
    /// The newest ones.
    Newest,
    /// The oldest ones after a sequence number.
    After(i64),
}

const SELECT: &str = "SELECT m.id, m.channel_id, m.seq, m.sender_id, m.sender_device_id, m.content, \
    m.content_type, m.protocol_version, m.edited_at, m.created_at, \
    p.id, p.sender_id, p.content, p.content_type, p.protocol_version \
    FROM messages m LEFT JOIN messages p ON p.id = m.reply_to_id";

fn from_row(row: &Row) -> Result<MessageRow, StoreError> {
    Ok(MessageRow {
        id: row.get(0)?,
        channel_id: row.get(1)?,
        seq: row.get(2)?,
        sender_id: row.get(3)?,
        sender_device_id: row.get(4)?,
        content: row.get(5)?,
        content_type: row.get(6)?,
        protocol_version: row.get(7)?,
        edited_at: row.get(8)?,
        created_at: row.get(9)?,
        reply_to: row
            .get::<Option<MessageId>>(10)?
            .map(|id| reply_from_row(row, id))
            .transpose()?,
    })
}

fn reply_from_row(row: &Row, id: MessageId) -> Result<ReplyRow, StoreError> {
    Ok(ReplyRow {
        id,
        sender_id: row.get(11)?,
        content: row.get(12)?,
        content_type: row.get(13)?,
        protocol_version: row.get(14)?,
    })
}

/// Up to `limit` messages of a range with the messages they answer, oldest first, in one query.
pub fn page(
    tx: &ReadTx<'_>,
    channel: ChannelId,
    range: Range,
    limit: u32,
) -> Result<Vec<MessageRow>, StoreError> {
    let (condition, bound, order): (&str, Value, &str) = match range {
        Range::Before(time) => ("m.created_at < ?2", time.into(), "m.created_at DESC"),
        Range::Newest => ("m.seq <= ?2", i64::MAX.into(), "m.seq DESC"),
        Range::After(seq) => ("m.seq > ?2", seq.into(), "m.seq"),
    };
    let sql = format!("{SELECT} WHERE m.channel_id = ?1 AND {condition} ORDER BY {order} LIMIT ?3");
    let mut rows = tx.query(&sql, &[channel.into(), bound, limit.into()])?;
    if !matches!(range, Range::After(_)) {
        rows.reverse();
    }
    rows.iter().map(from_row).collect()
}

/// A message of this channel; `None` also when it is in another one.
pub fn in_channel(
    tx: &ReadTx<'_>,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<MessageRow>, StoreError> {
    let sql = format!("{SELECT} WHERE m.channel_id = ?1 AND m.id = ?2");
    tx.query_one(&sql, &values![channel, id])?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// The message that a sender's client has given this key, in whatever channel.
pub fn by_client_key(tx: &ReadTx<'_>, sender: UserId, key: &str) -> Result<Option<MessageRow>, StoreError> {
    let sql = format!("{SELECT} WHERE m.sender_id = ?1 AND m.client_key = ?2");
    tx.query_one(&sql, &values![sender, key])?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// Whether this message of another server is here already.
pub fn is_known(tx: &ReadTx<'_>, origin: &ServerName, origin_id: &str) -> Result<bool, StoreError> {
    Ok(tx
        .query_one(
            "SELECT 1 FROM messages WHERE origin_server = ?1 AND origin_message_id = ?2",
            &values![origin, origin_id],
        )?
        .is_some())
}

/// Inserts a message. `false` when the origin's message is here already.
pub fn insert(tx: &WriteTx<'_>, message: &NewMessage<'_>) -> Result<bool, StoreError> {
    let (server, origin_id) = message.origin.unzip();
    let inserted = tx.execute(
        "INSERT INTO messages (id, channel_id, seq, sender_id, sender_device_id, content, content_type, \
         protocol_version, reply_to_id, origin_server, origin_message_id, client_key, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
         ON CONFLICT (origin_server, origin_message_id) WHERE origin_server IS NOT NULL DO NOTHING",
        &values![
            message.id,
            message.channel_id,
            message.place.seq,
            message.sender_id,
            message.sender_device_id,
            message.content,
            message.content_type,
            message.protocol_version,
            message.reply_to_id,
            server,
            origin_id,
            message.client_key,
            message.place.created_at
        ],
    )?;
    Ok(inserted == 1)
}
