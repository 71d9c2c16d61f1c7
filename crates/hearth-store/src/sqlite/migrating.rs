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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use hearth_protocol::env::ManualClock;
    use hearth_protocol::time::Timestamp;

    use super::super::opening::{self, OpenReport};
    use super::super::session::Session;
    use super::super::{OpenError, SqliteOptions};
    use crate::schema::{MIGRATIONS, Migration};
    use crate::tables::meta;
    use crate::testing::TempFolder;
    use crate::{Sql, StoreError, Value, values};

    const PEOPLE: Migration = Migration {
        name: "people",
        parts: &[
            meta::SCHEMA,
            "CREATE TABLE people (id {autoid}, name TEXT NOT NULL) {strict};
             CREATE TABLE pets (owner {i64} NOT NULL REFERENCES people (id) ON DELETE CASCADE) {strict};",
        ],
    };
    const NAMES_IN_TWO: Migration = Migration {
        name: "names in two",
        // Rebuilding a table that others refer to is what foreign keys would stand in the way of.
        parts: &["CREATE TABLE named (id {autoid}, first TEXT NOT NULL, last TEXT NOT NULL) {strict};
             INSERT INTO named (id, first, last)
                SELECT id, substr(name, 1, instr(name, ' ') - 1), substr(name, instr(name, ' ') + 1) FROM people;
             DROP TABLE people;
             ALTER TABLE named RENAME TO people;"],
    };
    const NO_PEOPLE: Migration = Migration {
        name: "no people",
        parts: &["CREATE TABLE half (done TEXT NOT NULL)", "DELETE FROM people"],
    };
    const NO_SQL: Migration = Migration {
        name: "no SQL",
        parts: &["CREATE TABLE half (done TEXT NOT NULL)", "MAKE IT SO"],
    };

    /// Opens, and leaves again at once without the mark of an orderly stop.
    fn open(dir: &Path, migrations: &[Migration]) -> Result<(Session, OpenReport), OpenError> {
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_750_000_000)));
        let (parts, report) = opening::open(dir, &SqliteOptions::new(clock), migrations)?;
        Ok((parts.writer, report))
    }

    fn rows(session: &Session, sql: &str) -> Vec<Vec<Value>> {
        session.control("BEGIN").expect("begun");
        let rows = session.query(sql, &[]).expect("the query runs");
        session.abandon();
        rows.iter().map(|row| row.values().to_vec()).collect()
    }

    fn change(session: &Session, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        session.control("BEGIN IMMEDIATE")?;
        let changed = session.execute(sql, values);
        session.control("COMMIT")?;
        changed
    }

    /// A file as the first version left it.
    fn old_file(dir: &Path) {
        let (session, report) = open(dir, &[PEOPLE]).expect("a new folder opens");
        assert!(report.created);
        let insert = "INSERT INTO people (name) VALUES (?1), (?2)";
        change(&session, insert, &values!["Ada Lovelace", "Mary Shelley"]).expect("inserted");
        change(&session, "INSERT INTO pets (owner) VALUES (2)", &[]).expect("inserted");
    }

    #[test]
    fn an_old_file_is_brought_up_to_date_with_its_data() {
        let folder = TempFolder::create();
        old_file(folder.path());
        let (session, report) = open(folder.path(), &[PEOPLE, NAMES_IN_TWO]).expect("it is migrated");
        assert_eq!((report.migrated_from, report.schema_version), (Some(1), 2));
        let names = rows(&session, "SELECT last, first FROM people ORDER BY id");
        assert_eq!(
            names,
            [
                values!["Lovelace", "Ada"].to_vec(),
                values!["Shelley", "Mary"].to_vec()
            ]
        );
        assert_eq!(
            rows(&session, "SELECT owner FROM pets"),
            [values![2].to_vec()],
            "nothing cascaded"
        );
        let orphan = change(&session, "INSERT INTO pets (owner) VALUES (404)", &[]);
        assert!(
            matches!(orphan, Err(StoreError::Constraint { .. })),
            "foreign keys hold again: {orphan:?}"
        );
        drop(session);

        let (_, report) = open(folder.path(), &[PEOPLE, NAMES_IN_TWO]).expect("it opens");
        assert_eq!(report.migrated_from, None, "each migration runs once");
        let error = open(folder.path(), &[PEOPLE]).expect_err("the older program refuses it");
        assert!(
            matches!(error, OpenError::NewerSchema { found: 2, known: 1 }),
            "{error:?}"
        );
    }

    #[test]
    fn a_failed_migration_leaves_the_version_before_it() {
        for (bad, cause) in [
            (NO_SQL, "syntax error"),
            (NO_PEOPLE, "a row of pets refers to nothing"),
        ] {
            let folder = TempFolder::create();
            old_file(folder.path());
            let error = open(folder.path(), &[PEOPLE, bad]).expect_err("it fails");
            let OpenError::Migration {
                version: 2,
                name,
                source,
            } = error
            else {
                panic!("{error:?}")
            };
            assert_eq!(name, bad.name);
            assert!(source.to_string().contains(cause), "{source}");

            let (session, report) =
                open(folder.path(), &[PEOPLE]).expect("the program before still opens it");
            assert_eq!(report.migrated_from, None);
            assert_eq!(
                rows(&session, "SELECT count(*) FROM people"),
                [values![2].to_vec()]
            );
            assert_eq!(
                rows(&session, "SELECT name FROM sqlite_schema WHERE name = 'half'").len(),
                0
            );
        }
    }

    /// A stop between two migrations, as a power cut would make it.
    #[test]
    fn an_interrupted_migration_goes_on_where_it_stopped() {
        let folder = TempFolder::create();
        let error = open(folder.path(), &[PEOPLE, NO_SQL]).expect_err("it fails at the second");
        assert!(
            matches!(error, OpenError::Migration { version: 2, .. }),
            "{error:?}"
        );
        let (_, report) = open(folder.path(), &[PEOPLE, NAMES_IN_TWO]).expect("it goes on");
        assert_eq!((report.created, report.migrated_from), (false, Some(1)));
    }

    /// Every file that an earlier migration may have left reaches the schema of a new file.
    #[test]
    fn every_version_leads_to_the_schema_of_a_new_file() {
        let schema =
            "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
        let new = TempFolder::create();
        let (session, _) = open(new.path(), MIGRATIONS).expect("a new folder opens");
        let expected = rows(&session, schema);
        for version in 1..=MIGRATIONS.len() {
            let old = TempFolder::create();
            let (session, _) = open(old.path(), &MIGRATIONS[..version]).expect("a new folder opens");
            let insert = "INSERT INTO meta (key, value) VALUES (?1, ?2)";
            change(&session, insert, &values![meta::SERVER_NAME, "chat.example"]).expect("inserted");
            drop(session);
            let (session, report) = open(old.path(), MIGRATIONS).expect("it is migrated");
            assert_eq!(report.schema_version, MIGRATIONS.len());
            assert_eq!(rows(&session, schema), expected, "from version {version}");
            assert_eq!(
                rows(&session, "SELECT value FROM meta"),
                [values!["chat.example"].to_vec()]
            );
        }
    }
}
