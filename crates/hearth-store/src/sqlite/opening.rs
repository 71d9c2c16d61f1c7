//! From a folder to checked, migrated connections. Nothing is served before every step has passed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::folder::Folder;
use super::migrating::{APPLICATION_ID, migrate};
use super::session::{Health, Session};
use super::{Durability, SqliteOptions, translate};
use crate::StoreError;
use crate::schema::Migration;
use crate::tables::meta;

/// Only another program can hold a lock, such as a database browser; long enough for its write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a folder could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The database contradicts itself, now or at an earlier start since when nothing was restored. It is kept
    /// as it was found and never served.
    #[error("the database is damaged ({detail}); it is kept in {}; restore a backup", kept_at.display())]
    Damaged {
        /// What the check found.
        detail: String,
        /// The folder that holds the damaged file and its log.
        kept_at: PathBuf,
    },

    /// The folder cannot be created, locked, read or changed.
    #[error("the folder {} cannot be used", dir.display())]
    Folder {
        /// The data folder.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Another process has this folder open.
    #[error("{} is in use by another Hearth", dir.display())]
    InUse {
        /// The data folder.
        dir: PathBuf,
    },

    /// A migration failed; the file is at the version before it.
    #[error("migration {version} ({name}) failed")]
    Migration {
        /// The migration's number.
        version: usize,
        /// The migration's name.
        name: &'static str,
        /// What went wrong.
        source: StoreError,
    },

    /// A newer Hearth has written this file. It was left untouched.
    #[error(
        "the database has schema version {found}, and this program knows only {known}; install a newer one"
    )]
    NewerSchema {
        /// The file's version.
        found: i64,
        /// The newest version known here.
        known: usize,
    },

    /// The file is another program's database. It was left untouched.
    #[error("{} is not a Hearth database", file.display())]
    NotOurs {
        /// The file.
        file: PathBuf,
    },

    /// The engine failed on the way, for example because the disk is full.
    #[error("the database cannot be opened")]
    Store(#[from] StoreError),

    /// The engine's threads could not be started.
    #[error("the database's threads cannot be started")]
    Threads(#[source] io::Error),
}

/// What opening found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// There was no database before.
    pub created: bool,
    /// The last stop was an orderly one (or there was none yet). If not, the file was checked.
    pub was_clean: bool,
    /// The schema version found when it was an older one; `None` when it was current or new.
    pub migrated_from: Option<usize>,
    /// The schema version now.
    pub schema_version: usize,
}

/// The connections and the folder they are in.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) folder: Folder,
    pub(super) writer: Session,
    pub(super) readers: Vec<Session>,
}

/// Opens the folder with these migrations.
pub(super) fn open(
    dir: &Path,
    options: &SqliteOptions,
    migrations: &[Migration],
) -> Result<(Parts, OpenReport), OpenError> {
    let folder = Folder::take(dir)?;
    if let Some(kept_at) = folder.awaits_restore()? {
        return Err(OpenError::Damaged {
            detail: "found at an earlier start".to_owned(),
            kept_at,
        });
    }
    folder.create_database()?;
    let examined = connect(&folder).and_then(|connection| {
        let finding = examine(&connection, &folder, migrations.len())?;
        Ok((connection, finding))
    });
    let (connection, finding) = match examined {
        Err(OpenError::Store(StoreError::Damaged { detail })) => {
            let kept_at = folder.set_aside(options.clock.now())?;
            tracing::error!(detail, kept_at = %kept_at.display(), "the database is damaged and was set aside");
            return Err(OpenError::Damaged { detail, kept_at });
        }
        other => other?,
    };
    prepare(&connection, options, &finding, migrations)?;
    let health = Arc::new(Health::default());
    let readers = (0..options.readers.max(1))
        .map(|_| reader(&folder, &health))
        .collect::<Result<_, _>>()?;
    let report = finding.report(migrations.len());
    Ok((
        Parts {
            folder,
            writer: Session::new(connection, health),
            readers,
        },
        report,
    ))
}

/// What an unchanged file says about itself.
struct Finding {
    version: usize,
    is_new: bool,
    was_clean: bool,
}

impl Finding {
    fn report(&self, schema_version: usize) -> OpenReport {
        let is_older = !self.is_new && self.version < schema_version;
        OpenReport {
            created: self.is_new,
            was_clean: self.was_clean,
            migrated_from: is_older.then_some(self.version),
            schema_version,
        }
    }
}

/// Opens a connection that leaves the log alone until the file is known to be sound: moving a log into a
/// damaged file would spoil what could still be rescued from both.
fn connect(folder: &Folder) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.database(), flags).map_err(fault)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(fault)?;
    // Pages are checked as they are read, so that damage is noticed where it is met.
    connection
        .pragma_update(None, "cell_size_check", true)
        .map_err(fault)?;
    Ok(connection)
}

/// Looks at the file without changing it.
fn examine(connection: &Connection, folder: &Folder, known: usize) -> Result<Finding, OpenError> {
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(fault)
    };
    let version = number("PRAGMA user_version")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let is_new = version == 0 && tables == 0;
    if !is_new && number("PRAGMA application_id")? != i64::from(APPLICATION_ID) {
        return Err(OpenError::NotOurs {
            file: folder.database(),
        });
    }
    let version = match usize::try_from(version) {
        Ok(version) if version <= known => version,
        _ => {
            return Err(OpenError::NewerSchema {
                found: version,
                known,
            });
        }
    };
    let was_clean = is_new || has_clean_mark(connection)?;
    if !was_clean {
        quick_check(connection)?;
    }
    Ok(Finding {
        version,
        is_new,
        was_clean,
    })
}

fn has_clean_mark(connection: &Connection) -> Result<bool, OpenError> {
    const SQL: &str = "SELECT count(*) FROM meta WHERE key = ?1";
    let marks: i64 = connection
        .query_row(SQL, [meta::CLEAN_STOP], |row| row.get(0))
        .map_err(fault)?;
    Ok(marks > 0)
}

/// Everything but the indexes' contents, in one pass over the file.
fn quick_check(connection: &Connection) -> Result<(), OpenError> {
    tracing::info!("the last stop was not an orderly one; checking the database");
    let mut statement = connection.prepare("PRAGMA quick_check(5)").map_err(fault)?;
    let lines = statement
        .query_map([], |row| row.get::<_, String>(0))
        .map_err(fault)?;
    let lines = lines.collect::<Result<Vec<_>, _>>().map_err(fault)?;
    Ok(Health::default().judge(&lines)?)
}

/// Makes the sound file ready to be written.
fn prepare(
    connection: &Connection,
    options: &SqliteOptions,
    finding: &Finding,
    migrations: &[Migration],
) -> Result<(), OpenError> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .map_err(fault)?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(fault)?;
    if mode != "wal" {
        let detail = format!("this disk cannot hold a write-ahead log (journal mode {mode})");
        return Err(StoreError::Io { detail }.into());
    }
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::DangerousNone => "OFF",
    };
    connection
        .pragma_update(None, "synchronous", synchronous)
        .map_err(fault)?;
    // After a burst the log shrinks back to this; without it, it would stay as large as it ever was.
    let settle = "PRAGMA journal_size_limit = 67108864";
    connection.query_row(settle, [], |_| Ok(())).map_err(fault)?;
    connection
        .pragma_update(None, "foreign_keys", false)
        .map_err(fault)?;
    migrate(connection, finding.version, migrations)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(fault)?;
    connection
        .execute("DELETE FROM meta WHERE key = ?1", [meta::CLEAN_STOP])
        .map_err(fault)?;
    if let Some(pages) = options.max_pages {
        let limit = format!("PRAGMA max_page_count = {pages}");
        connection.query_row(&limit, [], |_| Ok(())).map_err(fault)?;
    }
    Ok(())
}

fn reader(folder: &Folder, health: &Arc<Health>) -> Result<Session, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.database(), flags).map_err(fault)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
    connection
        .pragma_update(None, "cell_size_check", true)
        .map_err(fault)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(fault)?;
    Ok(Session::new(connection, Arc::clone(health)))
}

fn fault(error: rusqlite::Error) -> OpenError {
    OpenError::Store(translate::error(&error, "opening"))
}
