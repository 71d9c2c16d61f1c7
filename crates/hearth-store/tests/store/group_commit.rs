//! Which writes share a commit. Nothing here measures time: the clock is moved by the writes themselves.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hearth_protocol::env::ManualClock;
use hearth_protocol::time::Timestamp;
use hearth_store::sqlite::{self, SqliteOptions};
use hearth_store::testing::TempFolder;
use hearth_store::{Store, StoreError};
use tokio::runtime::Handle;

use crate::support::{self, create_numbers, gate, is_ready, numbers, put, read, write};

/// Submits writes 0, 1, 2, … before the first has run, each taking `work` on the clock, and tells for each how
/// many rows were committed when it ran, as a reader sees it from outside.
async fn committed_before_each(
    store: &Store,
    clock: &ManualClock,
    work: Duration,
    writes: i64,
) -> Vec<usize> {
    let (open, wait) = gate();
    let mut gates = std::iter::once(wait);
    let mut pending = Vec::new();
    for number in 0..writes {
        let (reader, clock, runtime) = (store.clone(), clock.clone(), Handle::current());
        let wait = gates.next();
        let mut write = Box::pin(store.write(move |tx| {
            if let Some(wait) = &wait {
                wait();
            }
            // This is the writer's thread, not a worker of the runtime, so it may wait for a read.
            let seen = runtime.block_on(reader.read(numbers))?.len();
            clock.advance(work);
            put(tx, number)?;
            Ok::<_, StoreError>(seen)
        }));
        assert!(!is_ready(&mut write).await);
        pending.push(write);
    }
    open.send(()).expect("the first write waits");
    let mut seen = Vec::new();
    for write in pending {
        seen.push(write.await.expect("written"));
    }
    seen
}

async fn opened(change: impl FnOnce(&mut SqliteOptions)) -> (Store, ManualClock, TempFolder) {
    let folder = TempFolder::create();
    let clock = ManualClock::new(Timestamp::from_seconds(1_750_000_000));
    let mut options = SqliteOptions {
        clock: Arc::new(clock.clone()),
        ..support::options()
    };
    change(&mut options);
    let (store, _) = sqlite::open(folder.path(), options).expect("opens");
    create_numbers(&store).await;
    (store, clock, folder)
}

#[tokio::test]
async fn waiting_writes_share_a_commit() {
    let (store, clock, _folder) = opened(|_| ()).await;
    let seen = committed_before_each(&store, &clock, Duration::ZERO, 6).await;
    assert_eq!(seen, [0, 0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_batch_ends_when_it_has_enough_writes() {
    let (store, clock, _folder) = opened(|options| options.batch_writes = 4).await;
    let seen = committed_before_each(&store, &clock, Duration::ZERO, 6).await;
    assert_eq!(seen, [0, 0, 0, 0, 4, 4]);
}

#[tokio::test]
async fn a_batch_ends_when_it_has_worked_long_enough() {
    let (store, clock, _folder) = opened(|_| ()).await;
    let seen = committed_before_each(&store, &clock, Duration::from_millis(7), 7).await;
    assert_eq!(
        seen,
        [0, 0, 0, 3, 3, 3, 6],
        "7, 14 and 21 ms: the third write is the last of its batch"
    );
}

#[tokio::test]
async fn a_commit_that_fails_fails_everyone() {
    let (store, _, _folder) = opened(|_| ()).await;
    let deferred =
        "CREATE TABLE late (number BIGINT REFERENCES numbers (number) DEFERRABLE INITIALLY DEFERRED)";
    write(&store, move |tx| tx.execute(deferred, &[]))
        .await
        .expect("made");
    let (open, wait) = gate();
    let mut innocent = pin!(write(&store, move |tx| {
        wait();
        put(tx, 1)
    }));
    let mut guilty = pin!(write(&store, |tx| tx
        .execute("INSERT INTO late (number) VALUES (404)", &[])));
    assert!(!is_ready(&mut innocent).await);
    assert!(!is_ready(&mut guilty).await);
    open.send(()).expect("the first write waits");
    let (innocent, guilty) = (innocent.await, guilty.await);

    assert!(matches!(guilty, Err(StoreError::Constraint { .. })), "{guilty:?}");
    assert_eq!(innocent, guilty.map(drop));
    assert_eq!(read(&store, numbers).await, Ok(vec![]));
    assert_eq!(
        write(&store, |tx| put(tx, 1)).await,
        Ok(()),
        "the next batch is a new one"
    );
}
