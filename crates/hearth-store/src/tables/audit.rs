//! What those in charge did: names are kept as text, so the record outlives the accounts.

use hearth_protocol::ids::UserId;
use hearth_protocol::time::Timestamp;
use uuid::Uuid;

use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    actor_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT NOT NULL,
    details TEXT,
    ip_address TEXT,
    created_at {i64} NOT NULL
) {strict};
CREATE INDEX audit_time ON audit (created_at, id);
CREATE INDEX audit_actor ON audit (actor_id) WHERE actor_id IS NOT NULL;
";

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Sorts by time (UUID version 7).
    pub id: Uuid,
    /// The account that acted; `None` for the console, the command line, and accounts that are gone.
    pub actor_id: Option<UserId>,
    /// The name it had then, or which door it was.
    pub actor_name: String,
    /// What was done, such as `update_setting`.
    pub action: String,
    /// The kind of thing it was done to: `user`, `channel`, `setting`, `server`.
    pub target_type: String,
    /// Which one.
    pub target_id: String,
    /// A JSON object with the particulars.
    pub details: Option<String>,
    /// The address it came from; `None` from the machine itself.
    pub ip_address: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

fn from_row(row: &Row) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        id: row.get(0)?,
        actor_id: row.get(1)?,
        actor_name: row.get(2)?,
        action: row.get(3)?,
        target_type: row.get(4)?,
        target_id: row.get(5)?,
        details: row.get(6)?,
        ip_address: row.get(7)?,
        created_at: row.get(8)?,
    })
}

/// Records an act.
pub fn insert(tx: &WriteTx<'_>, act: &AuditRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO audit (id, actor_id, actor_name, action, target_type, target_id, details, ip_address, \
         created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &values![
            act.id,
            act.actor_id,
            &act.actor_name,
            &act.action,
            &act.target_type,
            &act.target_id,
            act.details.as_ref(),
            act.ip_address.as_ref(),
            act.created_at
        ],
    )?;
    Ok(())
}

/// The newest `limit` acts, newest first.
pub fn newest(tx: &ReadTx<'_>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
    tx.query(
        "SELECT id, actor_id, actor_name, action, target_type, target_id, details, ip_address, created_at \
         FROM audit ORDER BY created_at DESC, id DESC LIMIT ?1",
        &values![limit],
    )?
    .iter()
    .map(from_row)
    .collect()
}
