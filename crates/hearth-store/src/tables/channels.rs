//! Channels, each with the counter that orders its messages.

use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE channels (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    is_dm {i64} NOT NULL,
    is_federated {i64} NOT NULL,
    encryption_type TEXT NOT NULL,
    home_server TEXT NOT NULL,
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at {i64} NOT NULL,
    last_seq {i64} NOT NULL DEFAULT 0,
    last_message_at {i64} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX channels_home ON channels (home_server);
CREATE INDEX channels_creator ON channels (created_by) WHERE created_by IS NOT NULL;
";

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRow {
    /// Its id, the same on every server that takes part.
    pub id: ChannelId,
    /// Its name; `None` for direct conversations and for nameless invites.
    pub name: Option<String>,
    /// Whether it is a direct conversation of two.
    pub is_dm: bool,
    /// Whether people of other servers are in it.
    pub is_federated: bool,
    /// How its messages are encrypted, as the clients understand it.
    pub encryption_type: String,
    /// The server of its creator; for one that we were invited to, the server that invited first.
    pub home_server: ServerName,
    /// Who made it; `None` when that was elsewhere or the account is gone.
    pub created_by: Option<UserId>,
    /// When its row was made here.
    pub created_at: Timestamp,
    /// The sequence number of its newest message, 0 before the first.
    pub last_seq: i64,
}

/// A channel to be inserted.
#[derive(Clone, Debug)]
pub struct NewChannel<'a> {
    /// Its id: fresh, or the inviting server's.
    pub id: ChannelId,
    /// Its name.
    pub name: Option<&'a str>,
    /// Whether it is a direct conversation of two.
    pub is_dm: bool,
    /// Whether people of other servers are in it.
    pub is_federated: bool,
    /// How its messages are encrypted.
    pub encryption_type: &'a str,
    /// The server of its creator.
    pub home_server: &'a ServerName,
    /// Who made it, if that is a local account.
    pub created_by: Option<UserId>,
    /// Now.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "c.id, c.name, c.is_dm, c.is_federated, c.encryption_type, c.home_server, \
    c.created_by, c.created_at, c.last_seq";

fn from_row(row: &Row) -> Result<ChannelRow, StoreError> {
    Ok(ChannelRow {
        id: row.get(0)?,
        name: row.get(1)?,
        is_dm: row.get(2)?,
        is_federated: row.get(3)?,
        encryption_type: row.get(4)?,
        home_server: row.get(5)?,
        created_by: row.get(6)?,
        created_at: row.get(7)?,
        last_seq: row.get(8)?,
    })
}

/// The channel with this id.
pub fn by_id(tx: &ReadTx<'_>, id: ChannelId) -> Result<Option<ChannelRow>, StoreError> {
    tx.query_one(
        &format!("SELECT {COLUMNS} FROM channels c WHERE c.id = ?1"),
        &values![id],
    )?
    .as_ref()
    .map(from_row)
    .transpose()
}

/// The channels a person is in, newest first.
pub fn of_user(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<ChannelRow>, StoreError> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM members m JOIN channels c ON c.id = m.channel_id \
             WHERE m.user_id = ?1 ORDER BY c.created_at DESC, c.id"
        ),
        &values![user],
    )?
    .iter()
    .map(from_row)
    .collect()
}

/// Inserts a channel; `false` when the id exists.
pub fn insert(tx: &WriteTx<'_>, channel: &NewChannel<'_>) -> Result<bool, StoreError> {
    let inserted = tx.execute(
        "INSERT INTO channels (id, name, is_dm, is_federated, encryption_type, home_server, created_by, \
         created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
        &values![
            channel.id,
            channel.name,
            channel.is_dm,
            channel.is_federated,
            channel.encryption_type,
            channel.home_server,
            channel.created_by,
            channel.created_at
        ],
    )?;
    Ok(inserted == 1)
}

/// Notes that people of other servers are in a channel.
pub fn set_federated(tx: &WriteTx<'_>, id: ChannelId) -> Result<(), StoreError> {
    tx.execute("UPDATE channels SET is_federated = 1 WHERE id = ?1", &values![id])?;
    Ok(())
}

/// How many channels have this home.
pub fn count_of_home(tx: &ReadTx<'_>, server: &ServerName) -> Result<u64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM channels WHERE home_server = ?1",
        &values![server],
    )?
    .map_or(Ok(0), |row| row.get(0))
}

/// Where a channel's next message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its sequence number.
    pub seq: i64,
    /// Its time.
    pub created_at: Timestamp,
    /// Whether other servers must be told.
    pub is_federated: bool,
}

/// Takes the place of a channel's next message. Its time is `now` or, when messages come faster than
/// milliseconds or the clock went back, one millisecond after the one before: so neither paging by number nor
/// paging by time can skip a message. `None` when there is no such channel.
pub fn next_place(tx: &WriteTx<'_>, id: ChannelId, now: Timestamp) -> Result<Option<Place>, StoreError> {
    tx.query_one(
        "UPDATE channels SET last_seq = last_seq + 1, \
         last_message_at = CASE WHEN last_message_at < ?2 THEN ?2 ELSE last_message_at + 1 END \
         WHERE id = ?1 RETURNING last_seq, last_message_at, is_federated",
        &values![id, now],
    )?
    .map(|row| {
        Ok(Place {
            seq: row.get(0)?,
            created_at: row.get(1)?,
            is_federated: row.get(2)?,
        })
    })
    .transpose()
}
