//! Small things for the tests of tables.

use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::testing::TempStore;
use crate::{StoreError, WriteTx};

/// Runs one write on an empty store.
pub(crate) async fn write<T, F>(work: F) -> T
where
    F: Fn(&WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    TempStore::open().write(work).await.unwrap()
}

/// A server's name.
pub(crate) fn server(name: &str) -> ServerName {
    ServerName::parse(name).unwrap()
}

/// So many seconds after the epoch.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}
