//! What group commit is worth: many concurrent writers sharing commits, against one commit per write, run
//! beside each other on the same disk.
//!
//! Disks differ by a factor of a hundred, so the number to compare is the ratio; the rates only show the scale.
//! Run with `cargo bench -p hearth-store --bench group_commit`, with `-- --quick` for a glance.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hearth_protocol::env::Clock;
use hearth_protocol::time::Timestamp;
use hearth_store::sqlite::{self, SqliteOptions};
use hearth_store::testing::TempFolder;
use hearth_store::{Store, StoreError, values};
use tokio::task::JoinSet;

/// As many people writing at the same moment as a busy server has.
const WRITERS: usize = 64;

/// A message's size, as it is stored.
const ROW_BYTES: usize = 400;

/// How long a run of the bench takes.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    writes_each: usize,
}

const FULL: Effort = Effort {
    rounds: 7,
    writes_each: 100,
};
const QUICK: Effort = Effort {
    rounds: 3,
    writes_each: 20,
};

#[derive(Debug)]
struct RealClock(Instant);

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_750_000_000)
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// One way of committing, with a store of its own that stays open for all rounds.
struct Contender {
    name: &'static str,
    store: Store,
}

impl Contender {
    async fn open(name: &'static str, dir: &Path, batch_writes: usize) -> Self {
        let clock = Arc::new(RealClock(now()));
        let options = SqliteOptions {
            batch_writes,
            ..SqliteOptions::new(clock)
        };
        let (store, _) = sqlite::open(&dir.join(name), options).expect("a new folder opens");
        let create = store.write(|tx| {
            tx.execute(
                "CREATE TABLE rows (id INTEGER PRIMARY KEY, author BIGINT NOT NULL, body BLOB NOT NULL)",
                &[],
            )?;
            tx.execute("CREATE INDEX rows_by_author ON rows (author)", &[])
        });
        create
            .await
            .map_err(|error: StoreError| error)
            .expect("the table is made");
        Self { name, store }
    }

    /// All writers write at once; each waits for its acknowledgement before its next write. Returns the seconds
    /// that one write took on average.
    async fn round(&self, writes_each: usize) -> f64 {
        let began = now();
        let mut writers = JoinSet::new();
        for author in 0..WRITERS {
            let store = self.store.clone();
            writers.spawn(async move {
                for _ in 0..writes_each {
                    write(&store, author).await.expect("written");
                }
            });
        }
        while let Some(ended) = writers.join_next().await {
            ended.expect("the writer ends");
        }
        began.elapsed().as_secs_f64() / rows(WRITERS * writes_each)
    }
}

async fn write(store: &Store, author: usize) -> Result<u64, StoreError> {
    let author = i64::try_from(author).unwrap_or(i64::MAX);
    let insert = "INSERT INTO rows (author, body) VALUES (?1, ?2)";
    store
        .write(move |tx| tx.execute(insert, &values![author, [7; ROW_BYTES]]))
        .await
}

fn rows(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Alternates round by round, so that whatever else the machine does meets both.
async fn compare(effort: Effort) {
    let folder = TempFolder::create();
    let usual = SqliteOptions::new(Arc::new(RealClock(now()))).batch_writes;
    let single = Contender::open("one commit per write", folder.path(), 1).await;
    let group = Contender::open("group commit", folder.path(), usual).await;
    // Unmeasured: warms the caches and lets both files find their size.
    single.round(effort.writes_each).await;
    group.round(effort.writes_each).await;
    let mut seconds = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        seconds.0.push(single.round(effort.writes_each).await);
        seconds.1.push(group.round(effort.writes_each).await);
    }
    let ratios = seconds
        .0
        .iter()
        .zip(&seconds.1)
        .map(|(single, group)| single / group)
        .collect();
    for (contender, seconds) in [(single, seconds.0), (group, seconds.1)] {
        println!(
            "{:>22}: {:>9.0} writes/s (median)",
            contender.name,
            1.0 / median(seconds)
        );
        contender.store.close().await.expect("closed");
    }
    println!(
        "{:>22}: {:.1} (median of {} rounds, {WRITERS} writers)",
        "ratio",
        median(ratios),
        effort.rounds
    );
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build();
    runtime
        .expect("the runtime starts")
        .block_on(compare(if quick { QUICK } else { FULL }));
}
