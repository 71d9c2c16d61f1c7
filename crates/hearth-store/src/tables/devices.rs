//! Devices: one per login of a local account, and those that other servers have named for their people.
//!
//! An id belongs to whoever was first seen with it (d3chat F14); one table for both kinds makes that a primary
//! key. Pruned local devices stay bound through their sender keys, which outlive them.

use hearth_protocol::ids::{DeviceId, UserId};
use hearth_protocol::time::Timestamp;

use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE devices (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_name TEXT NOT NULL,
    device_key_public TEXT,
    last_seen_at {i64},
    created_at {i64} NOT NULL
) {strict};
CREATE INDEX devices_user ON devices (user_id, created_at);
";

/// One device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its id, the same on every server.
    pub id: DeviceId,
    /// Whose it is.
    pub user_id: UserId,
    /// What its user calls it.
    pub device_name: String,
    /// A public key its client registered with it.
    pub device_key_public: Option<String>,
    /// When it last came for something; `None` before the first time.
    pub last_seen_at: Option<Timestamp>,
    /// When it was made or first seen.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "id, user_id, device_name, device_key_public, last_seen_at, created_at";

fn from_row(row: &Row) -> Result<DeviceRow, StoreError> {
    Ok(DeviceRow {
        id: row.get(0)?,
        user_id: row.get(1)?,
        device_name: row.get(2)?,
        device_key_public: row.get(3)?,
        last_seen_at: row.get(4)?,
        created_at: row.get(5)?,
    })
}

/// The device with this id.
pub fn by_id(tx: &ReadTx<'_>, id: DeviceId) -> Result<Option<DeviceRow>, StoreError> {
    tx.query_one(
        &format!("SELECT {COLUMNS} FROM devices WHERE id = ?1"),
        &values![id],
    )?
    .as_ref()
    .map(from_row)
    .transpose()
}

/// All devices of a person, oldest first.
pub fn of_user(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<DeviceRow>, StoreError> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM devices WHERE user_id = ?1 ORDER BY created_at, id"),
        &values![user],
    )?
    .iter()
    .map(from_row)
    .collect()
}

/// Inserts a device; `false` when the id is somebody's already.
pub fn insert(
    tx: &WriteTx<'_>,
    id: DeviceId,
    user: UserId,
    name: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = tx.execute(
        "INSERT INTO devices (id, user_id, device_name, created_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO NOTHING",
        &values![id, user, name, now],
    )?;
    Ok(inserted == 1)
}

/// How many devices a person has.
pub fn count_of_user(tx: &ReadTx<'_>, user: UserId) -> Result<u64, StoreError> {
    tx.query_one("SELECT COUNT(*) FROM devices WHERE user_id = ?1", &values![user])?
        .map_or(Ok(0), |row| row.get(0))
}

/// Whether the device is this person's and has a session that is alive at `now`.
pub fn is_live(tx: &ReadTx<'_>, id: DeviceId, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx
        .query_one(
            "SELECT 1 FROM sessions WHERE device_id = ?1 AND user_id = ?2 AND expires_at > ?3 LIMIT 1",
            &values![id, user, now],
        )?
        .is_some())
}

/// Notes that a device came for something.
pub fn touch(tx: &WriteTx<'_>, id: DeviceId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE devices SET last_seen_at = ?2 WHERE id = ?1",
        &values![id, now],
    )?;
    Ok(())
}

/// Removes up to `excess` of a person's devices that have no session alive at `now`, longest unseen first.
pub fn prune(tx: &WriteTx<'_>, user: UserId, excess: u64, now: Timestamp) -> Result<u64, StoreError> {
    let excess = i64::try_from(excess).unwrap_or(i64::MAX);
    tx.execute(
        "DELETE FROM devices WHERE id IN ( \
             SELECT d.id FROM devices d WHERE d.user_id = ?1 AND NOT EXISTS ( \
                 SELECT 1 FROM sessions s WHERE s.device_id = d.id AND s.expires_at > ?2) \
             ORDER BY COALESCE(d.last_seen_at, d.created_at), d.id LIMIT ?3)",
        &values![user, now, excess],
    )
}
