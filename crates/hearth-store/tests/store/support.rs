//! What these tests share: opening a folder, and a table of numbers.

use std::path::Path;
use std::pin::Pin;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use hearth_protocol::env::ManualClock;
use hearth_protocol::time::Timestamp;
use hearth_store::sqlite::{self, Durability, OpenError, OpenReport, SqliteOptions};
use hearth_store::{ReadTx, Store, StoreError, WriteTx, values};

/// Options for tests: a clock that stands still and no syncing.
pub(crate) fn options() -> SqliteOptions {
    let clock = ManualClock::new(Timestamp::from_seconds(1_750_000_000));
    SqliteOptions {
        durability: Durability::DangerousNone,
        ..SqliteOptions::new(Arc::new(clock))
    }
}

pub(crate) fn try_open(dir: &Path) -> Result<(Store, OpenReport), OpenError> {
    sqlite::open(dir, options())
}

pub(crate) fn open(dir: &Path) -> (Store, OpenReport) {
    try_open(dir).expect("the folder opens")
}

/// A table of numbers and one of their doubles, always written together.
pub(crate) async fn create_numbers(store: &Store) {
    store
        .write(|tx| {
            tx.execute(
                "CREATE TABLE IF NOT EXISTS numbers (number BIGINT NOT NULL PRIMARY KEY)",
                &[],
            )?;
            tx.execute(
                "CREATE TABLE IF NOT EXISTS doubles (number BIGINT NOT NULL PRIMARY KEY)",
                &[],
            )
        })
        .await
        .expect("tables are made");
}

pub(crate) fn put(tx: &WriteTx<'_>, number: i64) -> Result<(), StoreError> {
    tx.execute("INSERT INTO numbers (number) VALUES (?1)", &values![number])?;
    tx.execute("INSERT INTO doubles (number) VALUES (?1)", &values![number * 2])?;
    Ok(())
}

pub(crate) fn numbers(tx: &ReadTx<'_>) -> Result<Vec<i64>, StoreError> {
    tx.query("SELECT number FROM numbers ORDER BY number", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// All numbers, having checked that each has its double: no write is ever half there.
pub(crate) async fn stored(store: &Store) -> Vec<i64> {
    let (numbers, doubles) = store
        .read(|tx| {
            let doubles = tx.query("SELECT number / 2 FROM doubles ORDER BY number", &[])?;
            let doubles = doubles
                .iter()
                .map(|row| row.get(0))
                .collect::<Result<Vec<i64>, _>>()?;
            Ok::<_, StoreError>((numbers(tx)?, doubles))
        })
        .await
        .expect("numbers are read");
    assert_eq!(numbers, doubles);
    numbers
}

/// A read that fails with nothing but the store's own errors.
pub(crate) async fn read<T, F>(store: &Store, work: F) -> Result<T, StoreError>
where
    F: FnOnce(&ReadTx<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    store.read(work).await
}

/// A write that fails with nothing but the store's own errors.
pub(crate) async fn write<T, F>(store: &Store, work: F) -> Result<T, StoreError>
where
    F: Fn(&WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    store.write(work).await
}

/// A closure that stops until told to go on. It is `Fn`, as writes are, hence the lock.
pub(crate) fn gate() -> (Sender<()>, impl Fn() + Send + 'static) {
    let (open, wait) = channel();
    let wait = Mutex::new(wait);
    let wait = move || {
        let gate = wait.lock().expect("unpoisoned");
        gate.recv().expect("the gate is opened");
    };
    (open, wait)
}

/// Asks a future once whether it is ready. A read or write is submitted by being asked.
pub(crate) async fn is_ready<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| Poll::Ready(Pin::new(&mut *future).poll(context).is_ready())).await
}
