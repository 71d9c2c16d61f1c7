//! A full disk: writes are refused and say why, reads go on, and room is all it takes to recover.
//!
//! The limit on the number of pages makes `SQLite` meet a real `SQLITE_FULL`, with all it undoes by itself.

use std::pin::pin;
use std::sync::mpsc::channel;

use hearth_store::sqlite::{self, SqliteOptions};
use hearth_store::testing::TempFolder;
use hearth_store::{Store, StoreError, WriteTx, values};

use crate::support::{self, create_numbers, gate, is_ready, put, stored, write};

const BIG: i64 = 100_000;

fn put_big(tx: &WriteTx<'_>) -> Result<u64, StoreError> {
    tx.execute("INSERT INTO big (bytes) VALUES (zeroblob(?1))", &values![BIG])
}

/// A store with room for a few more pages but not for one big row.
async fn nearly_full(folder: &TempFolder) -> Store {
    let (store, _) = support::open(folder.path());
    create_numbers(&store).await;
    let prepared = write(&store, |tx| {
        tx.execute("CREATE TABLE big (bytes BLOB NOT NULL)", &[])?;
        put(tx, 1)?;
        tx.query_one("PRAGMA page_count", &[])?
            .map(|row| row.get::<u32>(0))
            .transpose()
    });
    let pages = prepared.await.expect("prepared").expect("a count");
    store.close().await.expect("closed");
    drop(store);
    let options = SqliteOptions {
        max_pages: Some(pages + 4),
        ..support::options()
    };
    sqlite::open(folder.path(), options).expect("opens").0
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_nothing_else() {
    let folder = TempFolder::create();
    let store = nearly_full(&folder).await;
    for _ in 0..3 {
        assert_eq!(write(&store, put_big).await, Err(StoreError::DiskFull));
        assert_eq!(stored(&store).await, [1], "reads go on");
    }
    write(&store, |tx| put(tx, 2))
        .await
        .expect("a small write still fits");

    let more_room = write(&store, |tx| tx.query("PRAGMA max_page_count = 100000", &[]));
    more_room.await.expect("the limit is raised");
    assert_eq!(write(&store, put_big).await, Ok(1), "it recovers by itself");
    assert_eq!(stored(&store).await, [1, 2]);
    store.close().await.expect("closed in order");
    assert!(
        support::open(folder.path()).1.was_clean,
        "a full disk is no damage"
    );
}

#[tokio::test]
async fn everyone_in_the_batch_learns_that_it_was_undone() {
    let folder = TempFolder::create();
    let store = nearly_full(&folder).await;
    // The first holds the batch open until all three are submitted.
    let (open, wait) = gate();
    let mut first = pin!(write(&store, move |tx| {
        wait();
        put(tx, 2)
    }));
    let mut unlucky = pin!(write(&store, |tx| {
        // Even a closure that does not care about the error.
        let _ = put_big(tx);
        Ok(())
    }));
    let mut last = pin!(write(&store, |tx| put(tx, 3)));
    assert!(!is_ready(&mut first).await);
    assert!(!is_ready(&mut unlucky).await);
    assert!(!is_ready(&mut last).await);
    open.send(()).expect("the first waits");
    let (first, unlucky, last) = (first.await, unlucky.await, last.await);

    assert_eq!(
        first,
        Err(StoreError::DiskFull),
        "it was undone together with the big one"
    );
    assert_eq!(unlucky, Err(StoreError::DiskFull));
    assert_eq!(last, Ok(()), "it came after and starts a new batch");
    assert_eq!(stored(&store).await, [1, 3]);
}

#[tokio::test]
async fn a_closure_that_goes_on_after_it_leaves_nothing_behind() {
    let folder = TempFolder::create();
    let store = nearly_full(&folder).await;
    let (tell, told) = channel();
    let outcome = write(&store, move |tx| {
        let first = put_big(tx);
        let seen = tx.query("SELECT number FROM numbers", &[]).map(drop);
        tell.send((first.map(drop), put(tx, 2), seen))
            .expect("the test listens");
        Ok(())
    });
    assert_eq!(outcome.await, Err(StoreError::DiskFull));
    let full = || Err(StoreError::DiskFull);
    assert_eq!(told.recv(), Ok((full(), full(), full())));
    assert_eq!(
        stored(&store).await,
        [1],
        "nothing was written outside the transaction"
    );
    assert_eq!(
        write(&store, |tx| put(tx, 3)).await,
        Ok(()),
        "the next one is its own"
    );
    assert_eq!(stored(&store).await, [1, 3]);
}

#[tokio::test]
async fn a_statement_that_undoes_the_transaction_ends_its_closure() {
    let folder = TempFolder::create();
    let (store, _) = support::open(folder.path());
    create_numbers(&store).await;
    write(&store, |tx| put(tx, 1)).await.expect("written");
    let outcome = write(&store, |tx| {
        let _ = tx.execute("INSERT OR ROLLBACK INTO numbers (number) VALUES (1)", &[]);
        put(tx, 2)
    });
    let outcome = outcome.await;
    assert!(
        matches!(outcome, Err(StoreError::BatchLost { .. })),
        "{outcome:?}"
    );
    assert_eq!(stored(&store).await, [1]);
}
