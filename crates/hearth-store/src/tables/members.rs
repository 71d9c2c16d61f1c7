//! Who is in which channel.
//!
//! `remote_server` repeats the server of remote members, so that one small index answers what every send and
//! every inbound event asks: which servers take part, and does this one.

use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;

use super::words::words;
use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE members (
    channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    remote_server TEXT,
    joined_at {i64} NOT NULL,
    PRIMARY KEY (channel_id, user_id)
) {strict};
CREATE INDEX members_user ON members (user_id, channel_id);
CREATE INDEX members_servers ON members (channel_id, remote_server) WHERE remote_server IS NOT NULL;
";

words! {
    /// What a member may do in a channel (d3chat.md section 2.4).
    MemberRole("`member` or `owner`") {
        /// Everyone but the owner.
        Member = "member",
        /// Who made the channel.
        Owner = "owner",
    }
}

/// One member with what a list of members shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// Who.
    pub user_id: UserId,
    /// Their name.
    pub username: Username,
    /// The server that speaks for them.
    pub server: ServerName,
    /// Whether that server is this one.
    pub is_local: bool,
    /// What they may do in the channel.
    pub role: MemberRole,
    /// When they came in, as seen from here.
    pub joined_at: Timestamp,
    /// The name they like to be shown by.
    pub display_name: Option<String>,
}

/// A membership to be inserted.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    /// Of which channel.
    pub channel_id: ChannelId,
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub role: MemberRole,
    /// Their server; `None` for local accounts.
    pub remote_server: Option<&'a ServerName>,
    /// Now.
    pub joined_at: Timestamp,
}

fn from_row(row: &Row) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        user_id: row.get(0)?,
        username: row.get(1)?,
        server: row.get(2)?,
        is_local: row.get(3)?,
        role: row.get(4)?,
        joined_at: row.get(5)?,
        display_name: row.get(6)?,
    })
}

/// What a person may do in a channel; `None` when they are not in it.
pub fn role(tx: &ReadTx<'_>, channel: ChannelId, user: UserId) -> Result<Option<MemberRole>, StoreError> {
    tx.query_one(
        "SELECT role FROM members WHERE channel_id = ?1 AND user_id = ?2",
        &values![channel, user],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Whether a person is in a channel.
pub fn is_member(tx: &ReadTx<'_>, channel: ChannelId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx
        .query_one(
            "SELECT 1 FROM members WHERE channel_id = ?1 AND user_id = ?2",
            &values![channel, user],
        )?
        .is_some())
}

/// All members with their names, in the order they came.
pub fn of_channel(tx: &ReadTx<'_>, channel: ChannelId) -> Result<Vec<MemberRow>, StoreError> {
    tx.query(
        "SELECT u.id, u.username, u.server, u.is_local, m.role, m.joined_at, u.display_name \
         FROM members m JOIN users u ON u.id = m.user_id \
         WHERE m.channel_id = ?1 ORDER BY m.joined_at, u.id",
        &values![channel],
    )?
    .iter()
    .map(from_row)
    .collect()
}

/// The names of a channel's local members, in a fixed order.
pub fn local_names(tx: &ReadTx<'_>, channel: ChannelId) -> Result<Vec<Username>, StoreError> {
    tx.query(
        "SELECT u.username FROM members m JOIN users u ON u.id = m.user_id \
         WHERE m.channel_id = ?1 AND m.remote_server IS NULL ORDER BY m.joined_at, u.id",
        &values![channel],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The channels a person is in.
pub fn channel_ids(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<ChannelId>, StoreError> {
    tx.query(
        "SELECT channel_id FROM members WHERE user_id = ?1 ORDER BY channel_id",
        &values![user],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The other servers that have members in a channel, by name.
pub fn servers(tx: &ReadTx<'_>, channel: ChannelId) -> Result<Vec<ServerName>, StoreError> {
    tx.query(
        "SELECT DISTINCT remote_server FROM members \
         WHERE channel_id = ?1 AND remote_server IS NOT NULL ORDER BY remote_server",
        &values![channel],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Whether a server has a member in a channel.
pub fn has_server(tx: &ReadTx<'_>, channel: ChannelId, server: &ServerName) -> Result<bool, StoreError> {
    Ok(tx
        .query_one(
            "SELECT 1 FROM members WHERE channel_id = ?1 AND remote_server = ?2 LIMIT 1",
            &values![channel, server],
        )?
        .is_some())
}

/// How many channels of a server a person has come into at `since` or later.
pub fn joined_since(
    tx: &ReadTx<'_>,
    user: UserId,
    home: &ServerName,
    since: Timestamp,
) -> Result<u64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM members m JOIN channels c ON c.id = m.channel_id \
         WHERE m.user_id = ?1 AND c.home_server = ?2 AND m.joined_at >= ?3",
        &values![user, home, since],
    )?
    .map_or(Ok(0), |row| row.get(0))
}

/// Inserts a membership; `false` when there is one.
pub fn insert(tx: &WriteTx<'_>, member: &NewMember<'_>) -> Result<bool, StoreError> {
    let inserted = tx.execute(
        "INSERT INTO members (channel_id, user_id, role, remote_server, joined_at) \
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (channel_id, user_id) DO NOTHING",
        &values![
            member.channel_id,
            member.user_id,
            member.role,
            member.remote_server,
            member.joined_at
        ],
    )?;
    Ok(inserted == 1)
}

/// Removes a membership; `false` when there was none.
pub fn remove(tx: &WriteTx<'_>, channel: ChannelId, user: UserId) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "DELETE FROM members WHERE channel_id = ?1 AND user_id = ?2",
        &values![channel, user],
    )?;
    Ok(removed == 1)
}
