//! Threads and their queues: who runs what, and what happens when all are busy. Whoever comes when a queue is
//! full waits; nothing is refused or lost.

use std::pin::pin;

use hearth_store::StoreError;
use hearth_store::sqlite::{self, SqliteOptions};
use hearth_store::testing::TempFolder;

use crate::support::{self, create_numbers, gate, is_ready, numbers, put, read, stored, write};

#[tokio::test]
async fn writes_beyond_the_queue_wait_their_turn() {
    let folder = TempFolder::create();
    let options = SqliteOptions {
        write_queue: 2,
        ..support::options()
    };
    let (store, _) = sqlite::open(folder.path(), options).expect("opens");
    create_numbers(&store).await;

    let (open, wait) = gate();
    let (entered, has_entered) = tokio::sync::mpsc::unbounded_channel();
    let mut has_entered = has_entered;
    let mut blocking = pin!(store.write(move |tx| {
        entered.send(()).expect("the test listens");
        wait();
        put(tx, 0)
    }));
    assert!(!is_ready(&mut blocking).await);
    has_entered.recv().await.expect("the writer is busy now");

    // Two find a place in the queue, the third has none.
    let mut waiting = [1, 2, 3].map(|number| Box::pin(store.write(move |tx| put(tx, number))));
    for write in &mut waiting {
        assert!(!is_ready(write).await);
    }
    // Giving up while waiting for a place withdraws the write; giving up later does not.
    let [first, second, third] = waiting;
    drop(third);
    drop(second);
    open.send(()).expect("the writer waits");
    blocking.await.expect("written");
    first.await.expect("written");
    store.write(|tx| put(tx, 4)).await.expect("written");
    assert_eq!(stored(&store).await, [0, 1, 2, 4]);
}

#[tokio::test]
async fn reads_beyond_the_queue_wait_their_turn() {
    let folder = TempFolder::create();
    let options = SqliteOptions {
        readers: 1,
        read_queue: 1,
        ..support::options()
    };
    let (store, _) = sqlite::open(folder.path(), options).expect("opens");
    create_numbers(&store).await;

    let (open, wait) = gate();
    let (entered, has_entered) = tokio::sync::oneshot::channel();
    let mut blocking = pin!(store.read(move |tx| {
        entered.send(()).expect("the test listens");
        wait();
        numbers(tx)
    }));
    assert!(!is_ready(&mut blocking).await);
    has_entered.await.expect("the reader is busy now");
    let mut waiting = pin!(store.read(numbers));
    assert!(!is_ready(&mut waiting).await);
    open.send(()).expect("the reader waits");
    assert_eq!(blocking.await, Ok(Vec::new()));
    assert_eq!(waiting.await, Ok(Vec::new()));
}

#[tokio::test]
async fn closing_finishes_reads_that_were_submitted() {
    let folder = TempFolder::create();
    let (store, _) = sqlite::open(
        folder.path(),
        SqliteOptions {
            readers: 1,
            ..support::options()
        },
    )
    .expect("opens");
    create_numbers(&store).await;
    let (open, wait) = gate();
    let mut first = pin!(store.read(move |tx| {
        wait();
        numbers(tx)
    }));
    let mut second = pin!(store.read(numbers));
    assert!(!is_ready(&mut first).await);
    assert!(!is_ready(&mut second).await);
    let mut closing = pin!(store.close());
    assert!(!is_ready(&mut closing).await);
    open.send(()).expect("the reader waits");
    assert_eq!(
        (first.await, second.await, closing.await),
        (Ok(vec![]), Ok(vec![]), Ok(()))
    );
    assert_eq!(store.read(numbers).await, Err(StoreError::Closed));
}

/// Tells when it is dropped.
struct Farewell(Option<tokio::sync::oneshot::Sender<()>>);

impl Drop for Farewell {
    fn drop(&mut self) {
        let farewell = self.0.take().expect("it is dropped once");
        farewell.send(()).expect("the test listens");
    }
}

#[tokio::test]
async fn the_last_handle_may_end_on_an_engine_thread() {
    for is_write in [false, true] {
        let folder = TempFolder::create();
        let (store, _) = support::open(folder.path());
        create_numbers(&store).await;
        let (open, wait) = gate();
        let (farewell, ended) = tokio::sync::oneshot::channel();
        // Fields go in order: after the handle, the farewell.
        let carried = (store.clone(), Farewell(Some(farewell)));
        if is_write {
            let mut write = Box::pin(store.write(move |tx| {
                wait();
                let _carried = &carried;
                put(tx, 1)
            }));
            assert!(!is_ready(&mut write).await);
        } else {
            let mut read = Box::pin(store.read(move |tx| {
                wait();
                let _carried = &carried;
                numbers(tx)
            }));
            assert!(!is_ready(&mut read).await);
        }
        drop(store);
        open.send(()).expect("the closure waits");
        ended.await.expect("the engine does not wait for itself");
    }
}

#[tokio::test]
async fn dropping_the_last_handle_finishes_what_was_submitted() {
    let folder = TempFolder::create();
    let (store, _) = support::open(folder.path());
    create_numbers(&store).await;
    let (open, wait) = gate();
    let mut held = Box::pin(store.write(move |tx| {
        wait();
        put(tx, 1)
    }));
    let mut behind = Box::pin(store.write(|tx| put(tx, 2)));
    assert!(!is_ready(&mut held).await);
    assert!(!is_ready(&mut behind).await);
    drop((held, behind));
    open.send(()).expect("the write waits");
    drop(store);

    let (store, report) = support::open(folder.path());
    assert_eq!(stored(&store).await, [1, 2]);
    assert!(!report.was_clean, "but it was no orderly stop");
}

fn thread_name() -> Option<String> {
    std::thread::current().name().map(str::to_owned)
}

#[tokio::test]
async fn the_most_recently_used_reader_is_taken_first() {
    let folder = TempFolder::create();
    let (store, _) = support::open(folder.path());
    let reader = || read(&store, |_| Ok(thread_name()));
    let first = reader().await;
    for _ in 0..20 {
        assert_eq!(reader().await, first, "one after the other needs one reader");
    }
    let (open, wait) = gate();
    let mut busy = pin!(read(&store, move |_| {
        wait();
        Ok(thread_name())
    }));
    assert!(!is_ready(&mut busy).await);
    let second = reader().await;
    assert_ne!(second, first);
    assert_eq!(reader().await, second);
    open.send(()).expect("the reader waits");
    assert_eq!(busy.await, first);
    assert_eq!(
        reader().await,
        first,
        "the last to be done is the first to be taken"
    );

    let writer = write(&store, |_| Ok(thread_name())).await;
    assert_eq!(
        writer,
        Ok(Some("store-writer".to_owned())),
        "never a worker of the runtime"
    );
}
