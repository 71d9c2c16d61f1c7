//! Brings a file's schema to the newest version, one migration per transaction.
//!
//! `PRAGMA user_version` holds how many migrations a file has seen; it is part of the transaction, so a crash
//! leaves a file at one version or the next, never between.

use rusqlite::Connection;

use super::OpenError;
use super::translate;
use crate::StoreError;
use crate::dialect::Dialect;
use crate::schema::Migration;

/// "Hrth" in the file's header, so that no other program's database is taken for ours.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"Hrth");

/// Applies the migrations that `found` has not seen. Foreign keys must be off: rebuilding a table drops it for
/// a moment. They are checked before each commit instead.
pub(super) fn migrate(connection: &Connection, found: usize, all: &[Migration]) -> Result<(), OpenError> {
    for (position, migration) in all.iter().enumerate().skip(found) {
        apply(connection, position + 1, migration).map_err(|source| {
            if !connection.is_autocommit() {
                // Closing the connection would undo it as well.
                let _ = connection.execute_batch("ROLLBACK");
            }
            OpenError::Migration {
                version: position + 1,
                name: migration.name,
                source,
            }
        })?;
        tracing::info!(version = position + 1, name = migration.name, "database migrated");
    }
    Ok(())
}

fn apply(connection: &Connection, version: usize, migration: &Migration) -> Result<(), StoreError> {
    run(connection, "BEGIN IMMEDIATE")?;
    for part in migration.parts {
        run(connection, &Dialect::Sqlite.expand(part))?;
    }
    check_foreign_keys(connection)?;
    run(
        connection,
        &format!("PRAGMA user_version = {version}; PRAGMA application_id = {APPLICATION_ID}"),
    )?;
    run(connection, "COMMIT")
}

fn check_foreign_keys(connection: &Connection) -> Result<(), StoreError> {
    const CHECK: &str = "PRAGMA foreign_key_check";
    let fault = |error| translate::error(&error, CHECK);
    let mut statement = connection.prepare(CHECK).map_err(fault)?;
    let mut rows = statement.query([]).map_err(fault)?;
    match rows.next().map_err(fault)? {
        None => Ok(()),
        Some(row) => {
            let table: String = row.get(0).map_err(fault)?;
            let detail = format!("a row of {table} refers to nothing");
            Err(StoreError::Constraint {
                detail,
                statement: CHECK.to_owned(),
            })
        }
    }
}

fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection
        .execute_batch(sql)
        .map_err(|error| translate::error(&error, sql))
}
