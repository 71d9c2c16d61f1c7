//! The link that makes the first owner: at most one at a time, its token kept as SHA-256.

use hearth_protocol::time::Timestamp;

use crate::{ReadTx, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE setup_links (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    tries_left {i64} NOT NULL,
    expires_at {i64} NOT NULL,
    created_at {i64} NOT NULL
) {strict};
";

/// Makes this the only link.
pub fn replace(
    tx: &WriteTx<'_>,
    token_hash: &[u8; 32],
    tries: u32,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    clear(tx)?;
    tx.execute(
        "INSERT INTO setup_links (token_hash, tries_left, expires_at, created_at) VALUES (?1, ?2, ?3, ?4)",
        &values![token_hash, tries, expires_at, now],
    )?;
    Ok(())
}

/// Whether this is the token of a link that works at `now`.
pub fn is_live(tx: &ReadTx<'_>, token_hash: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx
        .query_one(
            "SELECT 1 FROM setup_links WHERE token_hash = ?1 AND tries_left > 0 AND expires_at > ?2",
            &values![token_hash, now],
        )?
        .is_some())
}

/// Uses the link up. Of any number of takers one gets `true`.
pub fn take(tx: &WriteTx<'_>, token_hash: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let taken = tx.execute(
        "DELETE FROM setup_links WHERE token_hash = ?1 AND tries_left > 0 AND expires_at > ?2",
        &values![token_hash, now],
    )?;
    Ok(taken == 1)
}

/// Counts a wrong token against the link there is.
pub fn count_wrong_try(tx: &WriteTx<'_>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE setup_links SET tries_left = tries_left - 1 WHERE tries_left > 0",
        &values![],
    )?;
    Ok(())
}

/// Removes the link, if there is one.
pub fn clear(tx: &WriteTx<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM setup_links", &values![])?;
    Ok(())
}
