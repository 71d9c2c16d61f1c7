//! From a folder to checked, migrated connections. Nothing is served before every step has passed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use super::folder::Folder;
use super::migrating::{APPLICATION_ID, migrate};
use super::session::{Health, Session};
use super::{SqliteOptions, settings, translate};
use crate::StoreError;
use crate::schema::Migration;
use crate::tables::meta;

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
        let detail = "found at an earlier start".to_owned();
        return Err(OpenError::Damaged { detail, kept_at });
    }
    folder.create_database()?;
    let made_ready = make_ready(&folder, options, migrations);
    let (connection, report) = made_ready.map_err(|error| set_aside_if_damaged(error, &folder, options))?;
    let health = Arc::new(Health::default());
    let readers = (0..options.readers.max(1)).map(|_| reader(&folder, &health));
    let readers = readers.collect::<Result<_, OpenError>>()?;
    let writer = Session::new(connection, health);
    Ok((
        Parts {
            folder,
            writer,
            readers,
        },
        report,
    ))
}

/// Everything between a file and a connection that may be served.
fn make_ready(
    folder: &Folder,
    options: &SqliteOptions,
    migrations: &[Migration],
) -> Result<(Connection, OpenReport), OpenError> {
    let connection = settings::connect(&folder.database())?;
    settings::move_log_at_end(&connection, false)?;
    let finding = examine(&connection, folder, migrations.len())?;
    prepare(&connection, options, &finding, migrations)?;
    Ok((connection, finding.report(migrations.len())))
}

fn reader(folder: &Folder, health: &Arc<Health>) -> Result<Session, OpenError> {
    let connection = settings::connect(&folder.database())?;
    settings::set(&connection, "query_only", "ON")?;
    Ok(Session::new(connection, Arc::clone(health)))
}

/// Damage may be met by the check or by any later step; either way the file is not tried again.
fn set_aside_if_damaged(error: OpenError, folder: &Folder, options: &SqliteOptions) -> OpenError {
    let (OpenError::Store(StoreError::Damaged { detail })
    | OpenError::Migration {
        source: StoreError::Damaged { detail },
        ..
    }) = error
    else {
        return error;
    };
    match folder.set_aside(options.clock.now()) {
        Ok(kept_at) => {
            tracing::error!(detail, kept_at = %kept_at.display(), "the database is damaged and was set aside");
            OpenError::Damaged { detail, kept_at }
        }
        Err(error) => error,
    }
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
    settings::use_log(connection, options.durability)?;
    settings::set(connection, "foreign_keys", "OFF")?;
    migrate(connection, finding.version, migrations)?;
    settings::set(connection, "foreign_keys", "ON")?;
    connection
        .execute("DELETE FROM meta WHERE key = ?1", [meta::CLEAN_STOP])
        .map_err(fault)?;
    if let Some(pages) = options.max_pages {
        settings::set(connection, "max_page_count", pages)?;
    }
    settings::move_log_at_end(connection, true)
}

fn fault(error: rusqlite::Error) -> OpenError {
    OpenError::Store(translate::error(&error, "opening"))
}
