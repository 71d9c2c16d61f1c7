//! Sender keys: what a device's messages in one channel are decrypted with (d3chat.md section 6.4).
//!
//! They outlive the device, because old messages stay readable with them, and so also keep its id bound to
//! its user. The chain key is a secret of the channel's members: never logged, given to members only.

use std::fmt;

use hearth_protocol::ids::{ChannelId, DeviceId, UserId};
use hearth_protocol::names::Username;
use hearth_protocol::time::Timestamp;

use crate::{ReadTx, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE sender_keys (
    channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    device_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sender_key_public TEXT NOT NULL,
    chain_key TEXT NOT NULL,
    message_number {i64} NOT NULL DEFAULT 0,
    updated_at {i64} NOT NULL,
    PRIMARY KEY (channel_id, device_id)
) {strict};
CREATE INDEX sender_keys_device ON sender_keys (device_id);
CREATE INDEX sender_keys_user ON sender_keys (user_id);
";

/// One device's key in one channel.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderKeyRow {
    /// Whose device.
    pub user_id: UserId,
    /// That person's name.
    pub username: Username,
    /// The device.
    pub device_id: DeviceId,
    /// Names the key; despite its name not a public key.
    pub sender_key_public: String,
    /// The chain key.
    pub chain_key: String,
    /// Where the chain stands, 0 after an upload.
    pub message_number: i64,
}

/// Leaves the key out: it would decrypt what people say.
impl fmt::Debug for SenderKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SenderKeyRow")
            .field("user_id", &self.user_id)
            .field("device_id", &self.device_id)
            .finish_non_exhaustive()
    }
}

const SELECT: &str = "SELECT k.user_id, u.username, k.device_id, k.sender_key_public, k.chain_key, \
    k.message_number FROM sender_keys k JOIN users u ON u.id = k.user_id";

fn rows(tx: &ReadTx<'_>, sql: &str, channel: ChannelId) -> Result<Vec<SenderKeyRow>, StoreError> {
    let rows = tx.query(sql, &values![channel])?;
    rows.iter()
        .map(|row| {
            Ok(SenderKeyRow {
                user_id: row.get(0)?,
                username: row.get(1)?,
                device_id: row.get(2)?,
                sender_key_public: row.get(3)?,
                chain_key: row.get(4)?,
                message_number: row.get(5)?,
            })
        })
        .collect()
}

/// All keys of a channel, in a fixed order.
pub fn of_channel(tx: &ReadTx<'_>, channel: ChannelId) -> Result<Vec<SenderKeyRow>, StoreError> {
    rows(
        tx,
        &format!("{SELECT} WHERE k.channel_id = ?1 ORDER BY k.device_id"),
        channel,
    )
}

/// The keys that this server speaks for: those of a channel's local members.
pub fn of_local_members(tx: &ReadTx<'_>, channel: ChannelId) -> Result<Vec<SenderKeyRow>, StoreError> {
    let sql = format!(
        "{SELECT} JOIN members m ON m.channel_id = k.channel_id AND m.user_id = k.user_id \
         WHERE k.channel_id = ?1 AND m.remote_server IS NULL ORDER BY k.device_id"
    );
    rows(tx, &sql, channel)
}

/// Whose device this is according to the keys kept for it; `None` when there are none.
pub fn owner_of_device(tx: &ReadTx<'_>, device: DeviceId) -> Result<Option<UserId>, StoreError> {
    tx.query_one(
        "SELECT user_id FROM sender_keys WHERE device_id = ?1 LIMIT 1",
        &values![device],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Sets a device's key in a channel and starts its chain anew. `false`, and nothing changed, when the channel
/// has a key of this device for somebody else.
pub fn upsert(
    tx: &WriteTx<'_>,
    channel: ChannelId,
    device: DeviceId,
    user: UserId,
    sender_key_public: &str,
    chain_key: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "INSERT INTO sender_keys (channel_id, device_id, user_id, sender_key_public, chain_key, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (channel_id, device_id) DO UPDATE SET \
         sender_key_public = excluded.sender_key_public, chain_key = excluded.chain_key, \
         message_number = 0, updated_at = excluded.updated_at \
         WHERE sender_keys.user_id = excluded.user_id",
        &values![channel, device, user, sender_key_public, chain_key, now],
    )?;
    Ok(changed == 1)
}

/// Removes a person's longest unchanged keys in a channel until at most `keep` are left, that of `newest` among
/// them. Returns how many went.
pub fn keep_latest(
    tx: &WriteTx<'_>,
    channel: ChannelId,
    user: UserId,
    newest: DeviceId,
    keep: u64,
) -> Result<u64, StoreError> {
    let kept: u64 = tx
        .query_one(
            "SELECT COUNT(*) FROM sender_keys WHERE channel_id = ?1 AND user_id = ?2",
            &values![channel, user],
        )?
        .map_or(Ok(0), |row| row.get(0))?;
    let excess = i64::try_from(kept.saturating_sub(keep)).unwrap_or(i64::MAX);
    if excess == 0 {
        return Ok(0);
    }
    tx.execute(
        "DELETE FROM sender_keys WHERE channel_id = ?1 AND device_id IN ( \
             SELECT device_id FROM sender_keys WHERE channel_id = ?1 AND user_id = ?2 AND device_id <> ?3 \
             ORDER BY updated_at, device_id LIMIT ?4)",
        &values![channel, user, newest, excess],
    )
}
