//! Whole closures: what they see of each other, and what is left when one fails.

use std::collections::BTreeSet;
use std::pin::pin;

use hearth_store::StoreError;

use super::{Refusal, Subject, insert, names, opened};
use crate::support::{gate, is_ready, read, write};

pub(super) async fn an_error_undoes_its_own_closure_only<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let refused = store.write(|tx| {
        insert(tx, "refused")?;
        Err::<(), _>(Refusal::NotToday)
    });
    let fine = |name: &'static str| write(&store, move |tx| insert(tx, name));
    let (before, refused, after) = tokio::join!(fine("before"), refused, fine("after"));

    assert_eq!((before, after), (Ok(1), Ok(1)));
    assert_eq!(refused, Err(Refusal::NotToday));
    assert_eq!(names(&store).await, ["before", "after"]);
}

pub(super) async fn a_panic_undoes_its_own_closure_only<S: Subject>() {
    const WORDS: &str = "a test panics on purpose";
    let (store, _guard) = opened::<S>().await;
    let panicking = write(&store, |tx| match insert(tx, "half") {
        Ok(1) => panic!("{WORDS}"),
        other => other,
    });
    let fine = |name: &'static str| write(&store, move |tx| insert(tx, name));
    let (before, panicked, after) = tokio::join!(fine("before"), panicking, fine("after"));

    assert_eq!((before, after), (Ok(1), Ok(1)));
    assert_eq!(
        panicked,
        Err(StoreError::Panicked {
            message: WORDS.to_owned()
        })
    );
    assert_eq!(names(&store).await, ["before", "after"]);

    let panicked = read(&store, |_| -> Result<(), StoreError> { panic!("{WORDS}") }).await;
    assert_eq!(
        panicked,
        Err(StoreError::Panicked {
            message: WORDS.to_owned()
        })
    );
    assert_eq!(names(&store).await, ["before", "after"], "the reader lives on");
}

pub(super) async fn writes_happen_in_the_order_of_submission<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let mut pending = Vec::new();
    for number in 0..100 {
        let mut write = Box::pin(write(&store, move |tx| insert(tx, &format!("{number:03}"))));
        let done = is_ready(&mut write).await;
        pending.push((!done).then_some(write));
    }
    for write in pending.into_iter().flatten() {
        assert_eq!(write.await, Ok(1));
    }
    let expected = (0..100).map(|number| format!("{number:03}")).collect::<Vec<_>>();
    assert_eq!(names(&store).await, expected);
}

pub(super) async fn an_acknowledged_write_is_read<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    for number in 0..50 {
        write(&store, move |tx| insert(tx, &number.to_string()))
            .await
            .expect("written");
        assert_eq!(names(&store).await.len(), number + 1);
    }
}

pub(super) async fn concurrent_writers_lose_nothing<S: Subject>() {
    const WRITERS: i64 = 16;
    const EACH: i64 = 40;
    let (store, _guard) = opened::<S>().await;
    write(&store, |tx| {
        tx.execute("INSERT INTO counters (id, last_seq) VALUES ('lounge', 0)", &[])
    })
    .await
    .expect("written");
    let writers = (0..WRITERS).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            for _ in 0..EACH {
                let next = "UPDATE counters SET last_seq = last_seq + 1 RETURNING last_seq";
                let row = write(&store, move |tx| tx.query_one(next, &[])).await;
                let row = row.expect("written").expect("a row");
                mine.push(row.get::<i64>(0).expect("a number"));
            }
            assert!(mine.is_sorted(), "one writer's numbers grow");
            mine
        })
    });
    let mut all = BTreeSet::new();
    for writer in writers.collect::<Vec<_>>() {
        all.extend(writer.await.expect("the writer ends"));
    }
    assert_eq!(all, (1..=WRITERS * EACH).collect(), "every number was given once");
}

pub(super) async fn a_read_sees_one_moment<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (open, wait) = gate();
    let mut comparing = pin!(read(&store, move |tx| {
        let count = "SELECT count(*) FROM things";
        let first = tx.query(count, &[])?;
        begun.send(()).expect("the test listens");
        wait();
        Ok(first == tx.query(count, &[])?)
    }));
    assert!(!is_ready(&mut comparing).await);
    has_begun.await.expect("the read begins");
    let written = write(&store, |tx| insert(tx, "meanwhile")).await;
    assert_eq!(written, Ok(1), "a reader does not stop a writer");
    open.send(()).expect("the read waits");
    assert_eq!(comparing.await, Ok(true));
    assert_eq!(names(&store).await, ["meanwhile"]);
}

pub(super) async fn readers_never_see_a_write_half_done<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let (halfway, mut is_halfway) = tokio::sync::mpsc::unbounded_channel();
    let (open, wait) = gate();
    let mut write = pin!(write(&store, move |tx| {
        insert(tx, "first half")?;
        halfway.send(()).expect("the test listens");
        wait();
        insert(tx, "second half")
    }));
    assert!(!is_ready(&mut write).await);
    is_halfway.recv().await.expect("it gets halfway");
    assert_eq!(names(&store).await, Vec::<String>::new());
    open.send(()).expect("the write waits");
    assert_eq!(write.await, Ok(1));
    assert_eq!(names(&store).await, ["first half", "second half"]);
}

pub(super) async fn a_closed_store_refuses<S: Subject>() {
    let (store, _guard) = opened::<S>().await;
    let other = store.clone();
    let pending = write(&store, |tx| insert(tx, "last"));
    let (written, closed) = tokio::join!(pending, other.close());
    assert_eq!(
        (written, closed),
        (Ok(1), Ok(())),
        "what was submitted is finished"
    );

    assert_eq!(
        write(&store, |tx| insert(tx, "late")).await,
        Err(StoreError::Closed)
    );
    assert_eq!(
        read(&store, |tx| tx.query("SELECT 1", &[])).await,
        Err(StoreError::Closed)
    );
    assert_eq!(store.close().await, Err(StoreError::Closed));
}
