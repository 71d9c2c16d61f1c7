//! The data folder: who has it, where the file is, and where damaged files are kept.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use hearth_protocol::time::Timestamp;

use super::OpenError;

const DATABASE: &str = "hearth.db";
/// The log and its index, and the journal of a file that another program has written to. They belong to the
/// database: all move or none.
const COMPANIONS: [&str; 3] = ["hearth.db-wal", "hearth.db-shm", "hearth.db-journal"];
const LOCK: &str = "hearth.lock";
const DAMAGED: &str = "damaged-";

/// A data folder that this process has for itself, for as long as this value lives.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    /// The operating system frees the lock when the process ends, however it ends.
    lock: File,
}

impl Folder {
    /// Creates the folder as needed and takes it.
    pub(super) fn take(dir: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder {
            dir: dir.to_owned(),
            source,
        };
        create_private_dir(dir).map_err(failed)?;
        let lock = private_file().open(dir.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                dir: dir.to_owned(),
                lock,
            }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The database file.
    pub(super) fn database(&self) -> PathBuf {
        self.dir.join(DATABASE)
    }

    /// Creates an empty, private database file unless there is one. `true` when there was none.
    ///
    /// The log takes the file's permissions, so they are set before there is anything to read.
    pub(super) fn create_database(&self) -> Result<bool, OpenError> {
        let created = private_file().create_new(true).open(self.database());
        match created {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(source) => Err(self.failed(source)),
        }
    }

    /// Where the newest damaged database is kept, when it left no database behind.
    ///
    /// Then nothing was restored yet, and starting empty would look as if everything were lost.
    pub(super) fn awaits_restore(&self) -> Result<Option<PathBuf>, OpenError> {
        if self.database().exists() {
            return Ok(None);
        }
        let newest = self.damaged().map_err(|source| self.failed(source))?.pop();
        if let Some(kept) = &newest {
            // A move that was interrupted is completed: a stray log must not meet a restored file.
            self.move_into(kept).map_err(|source| self.failed(source))?;
        }
        Ok(newest)
    }

    /// Moves the database aside and says where to.
    pub(super) fn set_aside(&self, now: Timestamp) -> Result<PathBuf, OpenError> {
        self.move_aside(now).map_err(|source| self.failed(source))
    }

    fn move_aside(&self, now: Timestamp) -> io::Result<PathBuf> {
        // The newest sorts last even when the clock has been set back.
        let latest = self.damaged()?.pop().as_deref().and_then(number).unwrap_or(0);
        let number = now.as_millis().max(latest.saturating_add(1));
        let kept = self.dir.join(format!("{DAMAGED}{number:015}"));
        create_private_dir(&kept)?;
        self.move_into(&kept)?;
        Ok(kept)
    }

    fn move_into(&self, kept: &Path) -> io::Result<()> {
        for name in std::iter::once(DATABASE).chain(COMPANIONS) {
            match fs::rename(self.dir.join(name), kept.join(name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        sync_dir(kept)?;
        sync_dir(&self.dir)
    }

    /// Folders of damaged databases, the newest last.
    fn damaged(&self) -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.dir)?.collect::<io::Result<Vec<_>>>()?;
        let mut kept: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        kept.retain(|path| number(path).is_some());
        kept.sort();
        Ok(kept)
    }

    fn failed(&self, source: io::Error) -> OpenError {
        OpenError::Folder {
            dir: self.dir.clone(),
            source,
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing would not do: a child process that is just being started holds a copy of the file until it
        // runs its own program. A lock that cannot be freed ends with this process.
        let _ = self.lock.unlock();
    }
}

fn number(kept: &Path) -> Option<i64> {
    kept.file_name()?.to_str()?.strip_prefix(DAMAGED)?.parse().ok()
}

/// What is written here is for the server's user alone.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Makes renames durable, where the system lets a folder be opened.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()
    } else {
        Ok(())
    }
}
