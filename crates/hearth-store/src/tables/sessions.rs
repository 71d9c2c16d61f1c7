//! Sessions: live logins. Secrets are kept as SHA-256 only.
//!
//! A rotated secret stays in `previous_hash`: until `previous_until` it still refreshes (two tabs may hold the
//! same one), and for as long as the session lives it can end it.

use hearth_protocol::ids::{DeviceId, SessionId, UserId};
use hearth_protocol::names::Username;
use hearth_protocol::time::Timestamp;

use super::users::{Role, STANDING_COLUMNS, Standing};
use super::words::words;
use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_id TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    secret_hash {bytes} NOT NULL UNIQUE,
    previous_hash {bytes},
    previous_until {i64} NOT NULL DEFAULT 0,
    last_used_at {i64} NOT NULL,
    expires_at {i64} NOT NULL,
    created_at {i64} NOT NULL
) {strict};
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_device ON sessions (device_id);
CREATE INDEX sessions_previous ON sessions (previous_hash) WHERE previous_hash IS NOT NULL;
";

words! {
    /// How a session's requests prove themselves.
    SessionKind("`bearer` or `cookie`") {
        /// Access tokens, renewed with a refresh token.
        Bearer = "bearer",
        /// A cookie that our own browser client keeps.
        Cookie = "cookie",
    }
}

/// A SHA-256 of a session's secret.
pub type SecretHash = [u8; 32];

/// A session with what is asked about its user each time it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The device that it logged in.
    pub device_id: DeviceId,
    /// How its requests prove themselves.
    pub kind: SessionKind,
    /// Until when a rotated secret still refreshes.
    pub previous_until: Timestamp,
    /// When it ends unless it is used before.
    pub expires_at: Timestamp,
    /// Its user's name.
    pub username: Username,
    /// What its user may do.
    pub role: Role,
    /// Whether its user may come in.
    pub standing: Standing,
}

/// A session to be inserted.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// A fresh id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The device that it logs in.
    pub device_id: DeviceId,
    /// How its requests will prove themselves.
    pub kind: SessionKind,
    /// The hash of its secret.
    pub secret_hash: SecretHash,
    /// Now.
    pub created_at: Timestamp,
    /// When it ends unless it is used before.
    pub expires_at: Timestamp,
}

fn select_where(condition: &str) -> String {
    format!(
        "SELECT s.id, s.user_id, s.device_id, s.kind, s.previous_until, s.expires_at, u.username, u.role, \
         {STANDING_COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id WHERE {condition}"
    )
}

fn from_row(row: &Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: row.get(0)?,
        user_id: row.get(1)?,
        device_id: row.get(2)?,
        kind: row.get(3)?,
        previous_until: row.get(4)?,
        expires_at: row.get(5)?,
        username: row.get(6)?,
        role: row.get(7)?,
        standing: Standing::from_row(row, 8)?,
    })
}

/// The session with this id.
pub fn by_id(tx: &ReadTx<'_>, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
    tx.query_one(&select_where("s.id = ?1"), &values![id])?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// The session whose current secret has this hash.
pub fn by_secret(tx: &ReadTx<'_>, hash: &SecretHash) -> Result<Option<SessionRow>, StoreError> {
    tx.query_one(&select_where("s.secret_hash = ?1"), &values![hash])?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// The session whose last rotated secret has this hash.
pub fn by_previous_secret(tx: &ReadTx<'_>, hash: &SecretHash) -> Result<Option<SessionRow>, StoreError> {
    tx.query_one(&select_where("s.previous_hash = ?1"), &values![hash])?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// Inserts a session.
pub fn insert(tx: &WriteTx<'_>, session: &NewSession) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sessions (id, user_id, device_id, kind, secret_hash, last_used_at, expires_at, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6)",
        &values![
            session.id,
            session.user_id,
            session.device_id,
            session.kind,
            session.secret_hash,
            session.created_at,
            session.expires_at
        ],
    )?;
    Ok(())
}

/// Gives a session a new secret if its current one is still `old`; `false` when somebody was faster.
pub fn rotate(
    tx: &WriteTx<'_>,
    id: SessionId,
    old: &SecretHash,
    new: &SecretHash,
    previous_until: Timestamp,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let rotated = tx.execute(
        "UPDATE sessions SET secret_hash = ?3, previous_hash = ?2, previous_until = ?4, last_used_at = ?5, \
         expires_at = ?6 WHERE id = ?1 AND secret_hash = ?2",
        &values![id, old, new, previous_until, now, expires_at],
    )?;
    Ok(rotated == 1)
}

/// Moves a session's end.
pub fn extend(
    tx: &WriteTx<'_>,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sessions SET last_used_at = ?2, expires_at = ?3 WHERE id = ?1",
        &values![id, now, expires_at],
    )?;
    Ok(())
}

/// Deletes a device's sessions and returns their ids.
pub fn delete_of_device(tx: &WriteTx<'_>, device: DeviceId) -> Result<Vec<SessionId>, StoreError> {
    tx.query(
        "DELETE FROM sessions WHERE device_id = ?1 RETURNING id",
        &values![device],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Deletes a person's sessions that have ended.
pub fn delete_ended(tx: &WriteTx<'_>, user: UserId, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM sessions WHERE user_id = ?1 AND expires_at <= ?2",
        &values![user, now],
    )
}

/// How many of a device's sessions are alive at `now`.
pub fn count_live(tx: &ReadTx<'_>, device: DeviceId, now: Timestamp) -> Result<u64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM sessions WHERE device_id = ?1 AND expires_at > ?2",
        &values![device, now],
    )?
    .map_or(Ok(0), |row| row.get(0))
}
