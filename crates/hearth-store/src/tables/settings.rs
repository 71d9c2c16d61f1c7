//! The owner's settings: one JSON object `{"value": …}` per key (d3chat.md section 2.5).

use hearth_protocol::time::Timestamp;

use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT,
    category TEXT NOT NULL,
    description TEXT,
    updated_at {i64} NOT NULL
) {strict};
";

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingRow {
    /// Its name.
    pub key: String,
    /// A JSON object with the member `value`; `None` when an admin has emptied it.
    pub value: Option<String>,
    /// The page it is shown on.
    pub category: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was set last.
    pub updated_at: Timestamp,
}

fn from_row(row: &Row) -> Result<SettingRow, StoreError> {
    Ok(SettingRow {
        key: row.get(0)?,
        value: row.get(1)?,
        category: row.get(2)?,
        description: row.get(3)?,
        updated_at: row.get(4)?,
    })
}

/// The JSON under a key; `None` when there is no such setting or it was emptied.
pub fn value(tx: &ReadTx<'_>, key: &str) -> Result<Option<String>, StoreError> {
    tx.query_one("SELECT value FROM settings WHERE key = ?1", &values![key])?
        .map_or(Ok(None), |row| row.get(0))
}

/// All settings, by category and key. There are a dozen of them.
pub fn all(tx: &ReadTx<'_>) -> Result<Vec<SettingRow>, StoreError> {
    tx.query(
        "SELECT key, value, category, description, updated_at FROM settings ORDER BY category, key",
        &values![],
    )?
    .iter()
    .map(from_row)
    .collect()
}

/// Adds a setting unless it exists.
pub fn seed(
    tx: &WriteTx<'_>,
    key: &str,
    value: &str,
    category: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO settings (key, value, category, updated_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (key) DO NOTHING",
        &values![key, value, category, now],
    )?;
    Ok(())
}

/// Changes a setting; `false` when there is none of that name.
pub fn set(tx: &WriteTx<'_>, key: &str, value: &str, now: Timestamp) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE settings SET value = ?2, updated_at = ?3 WHERE key = ?1",
        &values![key, value, now],
    )?;
    Ok(changed == 1)
}
