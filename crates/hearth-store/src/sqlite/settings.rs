//! The settings of a connection, and why they are as they are.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{Durability, OpenError, translate};
use crate::StoreError;

/// Only another program can hold a lock, such as a database browser; long enough for its write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// After a burst the log shrinks back to this size; without it, it would stay as large as it ever was.
const LOG_BYTES: u32 = 64 * 1024 * 1024;

/// Opens an existing file.
pub(super) fn connect(file: &Path) -> Result<Connection, OpenError> {
    // Each connection belongs to one thread, so it needs no lock of its own.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(fault)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
    // Pages are checked as they are read, so that damage is noticed where it is met.
    set(&connection, "cell_size_check", "ON")?;
    Ok(connection)
}

/// Whether the last connection to leave moves the log into the file. Not while either may be damaged: that
/// would spoil what could still be rescued from both.
pub(super) fn move_log_at_end(connection: &Connection, moves: bool) -> Result<(), OpenError> {
    let set = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !moves);
    set.map(drop).map_err(fault)
}

/// Turns on the write-ahead log, which lets readers and the writer go on beside each other.
pub(super) fn use_log(connection: &Connection, durability: Durability) -> Result<(), OpenError> {
    let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
    let mode = mode.map_err(fault)?;
    if mode != "wal" {
        let detail = format!("this disk cannot hold a write-ahead log (journal mode {mode})");
        return Err(StoreError::Io { detail }.into());
    }
    set(connection, "journal_size_limit", LOG_BYTES)?;
    match durability {
        // NORMAL would leave out the sync after a commit: a power cut might undo what was acknowledged.
        Durability::Full => set(connection, "synchronous", "FULL"),
        Durability::DangerousNone => set(connection, "synchronous", "OFF"),
    }
}

/// Sets a pragma.
pub(super) fn set(connection: &Connection, pragma: &str, value: impl Display) -> Result<(), OpenError> {
    connection
        .execute_batch(&format!("PRAGMA {pragma} = {value}"))
        .map_err(fault)
}

fn fault(error: rusqlite::Error) -> OpenError {
    OpenError::Store(translate::error(&error, "opening"))
}
