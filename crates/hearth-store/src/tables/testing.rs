//! An empty store for the tests of tables.

use std::sync::Arc;

use hearth_protocol::env::ManualClock;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::sqlite::{self, Durability, SqliteOptions};
use crate::{Store, StoreError, WriteTx};

/// A store in a folder that goes with it.
pub(crate) struct TestStore {
    store: Store,
    _folder: tempfile::TempDir,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::EPOCH));
        let options = SqliteOptions {
            durability: Durability::DangerousNone,
            ..SqliteOptions::new(clock)
        };
        let (store, _) = sqlite::open(folder.path(), options).unwrap();
        Self {
            store,
            _folder: folder,
        }
    }

    /// Runs one write.
    pub(crate) async fn write<T, F>(&self, work: F) -> T
    where
        F: Fn(&WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.store.write(work).await.unwrap()
    }
}

/// A server's name.
pub(crate) fn server(name: &str) -> ServerName {
    ServerName::parse(name).unwrap()
}

/// So many seconds after the epoch.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}
