//! People: accounts of this server, and our own rows for people of other servers.
//!
//! `name_key` is what a name is unique by: the folded name for local accounts, so that `Admin` and `admin`
//! cannot both exist here (d3chat A12), the exact name for remote ones, whose servers may tell case apart.

use hearth_protocol::ids::UserId;
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;

use super::words::words;
use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    name_key TEXT NOT NULL,
    server TEXT NOT NULL,
    is_local {i64} NOT NULL,
    password_hash TEXT,
    role TEXT NOT NULL DEFAULT 'user',
    email TEXT,
    display_name TEXT,
    bio TEXT,
    status_message TEXT,
    email_visible {i64} NOT NULL DEFAULT 0,
    preferences TEXT NOT NULL DEFAULT '{}',
    is_banned {i64} NOT NULL DEFAULT 0,
    ban_reason TEXT,
    is_suspended {i64} NOT NULL DEFAULT 0,
    suspended_until {i64},
    created_at {i64} NOT NULL,
    UNIQUE (server, name_key)
) {strict};
CREATE INDEX users_local ON users (created_at) WHERE is_local = 1;
CREATE INDEX users_superadmins ON users (id) WHERE role = 'superadmin';
";

words! {
    /// What an account may do on this server (d3chat.md section 2.4).
    Role("`user`, `admin` or `superadmin`") {
        /// May moderate.
        Admin = "admin",
        /// The owner.
        Superadmin = "superadmin",
        /// Everyone else, and every remote person.
        User = "user",
    }
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Our id for them; a remote person's id at home is not kept.
    pub id: UserId,
    /// The name as they wrote it.
    pub username: Username,
    /// The server that speaks for them.
    pub server: ServerName,
    /// Whether that server is this one.
    pub is_local: bool,
    /// What they may do here.
    pub role: Role,
    /// Their e-mail address; `None` when they gave none.
    pub email: Option<String>,
    /// The name they like to be shown by.
    pub display_name: Option<String>,
    /// A few words about themselves.
    pub bio: Option<String>,
    /// What they are up to.
    pub status_message: Option<String>,
    /// Whether others see the e-mail address.
    pub email_visible: bool,
    /// The client's preferences, a JSON object.
    pub preferences: String,
    /// Whether they may come in, and until when not.
    pub standing: Standing,
    /// When the row was made.
    pub created_at: Timestamp,
}

/// Whether somebody may use their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Shut out for good.
    pub is_banned: bool,
    /// Shut out until [`suspended_until`](Self::suspended_until).
    pub is_suspended: bool,
    /// The end of the suspension; `None` means that it has none, which the wire treats as over.
    pub suspended_until: Option<Timestamp>,
}

/// How many columns [`Standing::from_row`] reads.
pub(crate) const STANDING_COLUMNS: &str = "u.is_banned, u.is_suspended, u.suspended_until";

impl Standing {
    /// Reads [`STANDING_COLUMNS`] that begin at column `at`.
    pub(crate) fn from_row(row: &Row, at: usize) -> Result<Self, StoreError> {
        Ok(Self {
            is_banned: row.get(at)?,
            is_suspended: row.get(at + 1)?,
            suspended_until: row.get(at + 2)?,
        })
    }
}

/// A person to be inserted.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// A fresh id.
    pub id: UserId,
    /// The name as they wrote it.
    pub username: &'a Username,
    /// The server that speaks for them.
    pub server: &'a ServerName,
    /// The hash to log in against; `None` exactly for remote people.
    pub password_hash: Option<&'a str>,
    /// What they may do here.
    pub role: Role,
    /// Their e-mail address.
    pub email: Option<&'a str>,
    /// The name they like to be shown by.
    pub display_name: Option<&'a str>,
    /// Now.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "u.id, u.username, u.server, u.is_local, u.role, u.email, u.display_name, u.bio, \
    u.status_message, u.email_visible, u.preferences, u.created_at";

fn from_row(row: &Row) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        id: row.get(0)?,
        username: row.get(1)?,
        server: row.get(2)?,
        is_local: row.get(3)?,
        role: row.get(4)?,
        email: row.get(5)?,
        display_name: row.get(6)?,
        bio: row.get(7)?,
        status_message: row.get(8)?,
        email_visible: row.get(9)?,
        preferences: row.get(10)?,
        created_at: row.get(11)?,
        standing: Standing::from_row(row, 12)?,
    })
}

fn select_where(condition: &str) -> String {
    format!("SELECT {COLUMNS}, {STANDING_COLUMNS} FROM users u WHERE {condition}")
}

/// The person with this id.
pub fn by_id(tx: &ReadTx<'_>, id: UserId) -> Result<Option<UserRow>, StoreError> {
    tx.query_one(&select_where("u.id = ?1"), &values![id])?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// The local account that a name belongs to, in whatever case it is written.
pub fn local_by_name(
    tx: &ReadTx<'_>,
    server: &ServerName,
    folded: &str,
) -> Result<Option<UserRow>, StoreError> {
    tx.query_one(
        &select_where("u.server = ?1 AND u.name_key = ?2 AND u.is_local = 1"),
        &values![server, folded],
    )?
    .as_ref()
    .map(from_row)
    .transpose()
}

/// Our row for a person of another server; case matters.
pub fn remote_by_name(
    tx: &ReadTx<'_>,
    server: &ServerName,
    username: &Username,
) -> Result<Option<UserRow>, StoreError> {
    tx.query_one(
        &select_where("u.server = ?1 AND u.name_key = ?2 AND u.is_local = 0"),
        &values![server, username],
    )?
    .as_ref()
    .map(from_row)
    .transpose()
}

/// The id and password hash of the local account that a name belongs to, for logging in.
pub fn password_hash(
    tx: &ReadTx<'_>,
    server: &ServerName,
    folded: &str,
) -> Result<Option<(UserId, String)>, StoreError> {
    tx.query_one(
        "SELECT u.id, u.password_hash FROM users u \
         WHERE u.server = ?1 AND u.name_key = ?2 AND u.is_local = 1 AND u.password_hash IS NOT NULL",
        &values![server, folded],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .transpose()
}

/// Inserts a person; `false` when the name is taken on that server.
pub fn insert(tx: &WriteTx<'_>, user: &NewUser<'_>) -> Result<bool, StoreError> {
    let is_local = user.password_hash.is_some();
    let name_key = if is_local {
        user.username.folded()
    } else {
        user.username.as_str().to_owned()
    };
    let inserted = tx.execute(
        "INSERT INTO users (id, username, name_key, server, is_local, password_hash, role, email, \
         display_name, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
         ON CONFLICT (server, name_key) DO NOTHING",
        &values![
            user.id,
            user.username,
            name_key,
            user.server,
            is_local,
            user.password_hash,
            user.role,
            user.email,
            user.display_name,
            user.created_at
        ],
    )?;
    Ok(inserted == 1)
}

/// How many accounts this server has.
pub fn count_local(tx: &ReadTx<'_>) -> Result<u64, StoreError> {
    count(tx, "SELECT COUNT(*) FROM users WHERE is_local = 1", &values![])
}

/// How many people of another server are known here.
pub fn count_of_server(tx: &ReadTx<'_>, server: &ServerName) -> Result<u64, StoreError> {
    count(
        tx,
        "SELECT COUNT(*) FROM users WHERE server = ?1",
        &values![server],
    )
}

/// Whether anybody owns this server.
pub fn has_superadmin(tx: &ReadTx<'_>) -> Result<bool, StoreError> {
    Ok(tx
        .query_one(
            "SELECT 1 FROM users WHERE role = 'superadmin' LIMIT 1",
            &values![],
        )?
        .is_some())
}

/// Shuts an account out for good, or lets it in again.
pub fn set_banned(
    tx: &WriteTx<'_>,
    id: UserId,
    is_banned: bool,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE users SET is_banned = ?2, ban_reason = ?3 WHERE id = ?1",
        &values![id, is_banned, reason],
    )?;
    Ok(())
}

/// Shuts an account out until a time, or lets it in again with `None`.
pub fn set_suspended(tx: &WriteTx<'_>, id: UserId, until: Option<Timestamp>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE users SET is_suspended = ?2, suspended_until = ?3 WHERE id = ?1",
        &values![id, until.is_some(), until],
    )?;
    Ok(())
}

fn count(tx: &ReadTx<'_>, sql: &str, values: &[crate::Value]) -> Result<u64, StoreError> {
    tx.query_one(sql, values)?.map_or(Ok(0), |row| row.get(0))
}
