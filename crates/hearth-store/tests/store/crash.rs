//! Killed at any point, the store has every write that was acknowledged, and no write by halves.
//!
//! The test runs itself as a child process that writes numbered rows and prints each number once its write is
//! acknowledged, and kills it after a random number of lines.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use hearth_protocol::env::{ManualClock, Random, SeededRandom};
use hearth_protocol::time::Timestamp;
use hearth_store::sqlite::{self, SqliteOptions};
use hearth_store::testing::TempFolder;

use crate::support::{create_numbers, open, put, stored};

const FOLDER: &str = "HEARTH_STORE_CRASH_FOLDER";
const ROUNDS: usize = 8;
/// Far more than a round needs; ends a child whose parent is gone.
const MOST: i64 = 100_000;

#[tokio::test]
async fn a_killed_process_loses_no_acknowledged_write() {
    let folder = TempFolder::create();
    let random = SeededRandom::new(20_251_122);
    let mut acknowledged = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut byte = [0];
        random.fill(&mut byte);
        acknowledged.extend(killed_after(folder.path(), usize::from(byte[0])));

        let (store, report) = open(folder.path());
        assert!(!report.was_clean || report.created, "round {round}");
        create_numbers(&store).await;
        let stored = stored(&store).await.into_iter().collect::<BTreeSet<_>>();
        let lost = acknowledged.difference(&stored).collect::<Vec<_>>();
        assert!(lost.is_empty(), "round {round} lost {lost:?}");
    }
    assert!(acknowledged.len() > ROUNDS, "the rounds wrote something");
}

/// Runs a child, kills it after so many acknowledged writes, and tells all of those it managed to print.
fn killed_after(folder: &Path, lines: usize) -> Vec<i64> {
    let mut child = Command::new(std::env::current_exe().expect("this test has a file"))
        .args(["--exact", "crash::child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts");
    let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut acknowledged = Vec::new();
    for line in stdout.lines() {
        let line = line.expect("text");
        // The harness writes of its own, even into the same line.
        let number = line
            .split_once("acknowledged ")
            .map(|(_, number)| number.parse::<i64>());
        acknowledged.extend(number.map(|number| number.expect("a number")));
        if acknowledged.len() == lines {
            // Once is enough; further lines were on their way already.
            child.kill().expect("killed");
        }
    }
    let status = child.wait().expect("it has ended");
    assert!(!status.success(), "the child was killed");
    acknowledged
}

/// Not a test by itself: what the child does. Does nothing unless told the folder.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    // Really synced, as for people.
    let clock = ManualClock::new(Timestamp::from_seconds(1_750_000_000));
    let (store, _) = sqlite::open(Path::new(&folder), SqliteOptions::new(Arc::new(clock))).expect("opens");
    create_numbers(&store).await;
    let next = Arc::new(AtomicI64::new(
        stored(&store).await.last().map_or(0, |last| last + 1),
    ));
    let writers = (0..8).map(|_| {
        let (store, next) = (store.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number > MOST {
                    break;
                }
                store.write(move |tx| put(tx, number)).await.expect("written");
                let mut stdout = std::io::stdout().lock();
                writeln!(stdout, "acknowledged {number}")
                    .and_then(|()| stdout.flush())
                    .expect("printed");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("the writer ends");
    }
}

/// A power cut may tear the log anywhere. What remains is the beginning of history, never a part of its middle.
#[tokio::test]
async fn a_log_torn_anywhere_leaves_the_beginning_of_history() {
    let folder = TempFolder::create();
    let whole = folder.path().join("whole");
    let (store, _) = open(&whole);
    create_numbers(&store).await;
    store.close().await.expect("closed");
    let (store, _) = open(&whole);
    for number in 0..40 {
        store.write(move |tx| put(tx, number)).await.expect("written");
    }
    let log = fs::read(whole.join("hearth.db-wal")).expect("readable");
    let random = SeededRandom::new(7);
    let mut at_most = None;
    let mut cuts = (0..12).map(|_| position(&random, log.len())).collect::<Vec<_>>();
    cuts.push(log.len());
    cuts.sort_unstable();
    for cut in cuts {
        let torn = folder.path().join(format!("torn-{cut}"));
        fs::create_dir_all(&torn).expect("created");
        fs::copy(whole.join("hearth.db"), torn.join("hearth.db")).expect("copied");
        fs::write(torn.join("hearth.db-wal"), &log[..cut]).expect("written");
        let (store, _) = open(&torn);
        let found = stored(&store).await;
        assert_eq!(
            found,
            (0..40).take(found.len()).collect::<Vec<_>>(),
            "cut at {cut}"
        );
        assert!(
            at_most.is_none_or(|least| found.len() >= least),
            "a longer log holds no less"
        );
        at_most = Some(found.len());
    }
    assert_eq!(at_most, Some(40));
}

fn position(random: &SeededRandom, below: usize) -> usize {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    usize::try_from(u32::from_le_bytes(bytes)).expect("it fits") % below
}
