//! A store for other crates' tests: temporary, with all migrations, gone with the value that holds it.

use std::fs;
use std::io::ErrorKind;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hearth_protocol::env::ManualClock;
use hearth_protocol::time::Timestamp;

use crate::Store;
use crate::sqlite::{self, Durability, SqliteOptions};

/// An empty store in its own temporary folder, which goes when this does. Syncs nothing, so it is fast.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use hearth_store::tables::meta;
/// use hearth_store::{StoreError, testing::TempStore};
///
/// let store = TempStore::open();
/// store.write(|tx| meta::set(tx, meta::SERVER_NAME, "chat.example")).await?;
/// let name = store.read(|tx| meta::value(tx, meta::SERVER_NAME)).await?;
/// assert_eq!(name.as_deref(), Some("chat.example"));
/// # Ok::<(), StoreError>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct TempStore {
    store: Store,
    // After the store: the folder outlives the threads that write to it.
    dir: TempFolder,
}

impl TempStore {
    /// Opens one.
    pub fn open() -> Self {
        let dir = TempFolder::create();
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_750_000_000)));
        let options = SqliteOptions {
            durability: Durability::DangerousNone,
            ..SqliteOptions::new(clock)
        };
        let (store, _) = sqlite::open(dir.path(), options).expect("a new folder opens");
        Self { store, dir }
    }

    /// A handle to give away.
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}

impl Deref for TempStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// A folder of its own under the system's temporary one, removed with this value.
#[derive(Debug)]
pub struct TempFolder(PathBuf);

impl TempFolder {
    /// Creates one.
    pub fn create() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("hearth-store-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match fs::create_dir(&path) {
                Ok(()) => return Self(path),
                // Left behind by an earlier process of the same number.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => panic!("no temporary folder at {}: {error}", path.display()),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // What cannot be removed is only litter.
        let _ = fs::remove_dir_all(&self.0);
    }
}
