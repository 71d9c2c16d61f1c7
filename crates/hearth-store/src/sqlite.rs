//! The `SQLite` engine: one folder, one writer, a few readers, group commit (ARCHITECTURE.md, decision 3).
//!
//! - WAL with `synchronous=FULL`: readers never wait for the writer, and an acknowledged write was fsynced.
//! - One writer thread gathers waiting closures into one transaction, so that a hundred concurrent writers
//!   share one fsync (`sqlite/writer.rs`). A second writer could only wait for the first one's lock.
//! - A few `query_only` readers, the most recently used first: its page and statement caches are the warmest
//!   (`sqlite/readers.rs`). A read that tries to write fails at once.
//! - A mark tells an orderly stop from any other. Without it the file is checked before it is served, and a
//!   damaged one is kept aside, never served and never deleted (`sqlite/opening.rs`).

mod batch;
mod control;
mod engine;
mod folder;
mod migrating;
mod opening;
mod readers;
mod session;
mod settings;
mod translate;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hearth_protocol::env::Clock;

pub use opening::{OpenError, OpenReport};

use crate::Store;

/// How a folder is opened. [`SqliteOptions::new`] gives what a server wants.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Measures the work of a batch (monotonic) and names folders of damaged files (wall time).
    pub clock: Arc<dyn Clock>,
    /// Reading connections, each with its thread. At least 1.
    pub readers: usize,
    /// Reads that may wait or run at once; more wait asynchronously. At least 1.
    pub read_queue: usize,
    /// Writes that may wait at once; more wait asynchronously. At least 1.
    pub write_queue: usize,
    /// Most writes that share one commit. At least 1.
    pub batch_writes: usize,
    /// A batch takes no further write once it has worked for this long.
    pub batch_time: Duration,
    /// The file may not grow beyond this many pages of 4096 bytes; `None` leaves it to the disk. A file that
    /// is larger already does not grow.
    pub max_pages: Option<u32>,
    /// What an acknowledged write survives.
    pub durability: Durability,
}

/// What an acknowledged write survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A power cut.
    Full,
    /// Only the end of the process: nothing is synced. For tests and simulations, never for people's data.
    DangerousNone,
}

impl SqliteOptions {
    /// What a server wants.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            readers: 3,
            read_queue: 1024,
            write_queue: 1024,
            batch_writes: 256,
            batch_time: Duration::from_millis(20),
            max_pages: None,
            durability: Durability::Full,
        }
    }
}

/// Opens the database in `dir`, creating both as needed, and starts its threads.
///
/// Blocks on the disk, for seconds when a large file must be checked: call it where blocking is allowed. One
/// process at a time may have the folder.
pub fn open(dir: &Path, options: SqliteOptions) -> Result<(Store, OpenReport), OpenError> {
    let (parts, report) = opening::open(dir, &options, crate::schema::MIGRATIONS)?;
    let engine = engine::SqliteEngine::start(parts, &options)?;
    Ok((Store::new(Arc::new(engine)), report))
}
