//! How the server is, from checks that really read and write, made now and then and remembered between: asking
//! for health must not be a way to load the server (cryptid.md 2.2).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use hearth_store::tables::meta;
use hearth_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::data_folder;

/// Time between two checks.
const INTERVAL: Duration = Duration::from_secs(15);
/// A check that takes longer has failed: whoever waits for the store would wait as long.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the disk must take: one page, so that a full disk shows.
const PROBE: [u8; 4096] = [0x68; 4096];

/// What a check found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Condition {
    /// Everything works.
    Healthy,
    /// Works with trouble; the phrase says which.
    Degraded(&'static str),
    /// Answers, but cannot do its work; the phrase says why.
    Unhealthy(&'static str),
}

/// The result of the last check.
#[derive(Clone, Debug)]
pub(crate) struct HealthBoard {
    condition: Arc<ArcSwap<Condition>>,
}

impl HealthBoard {
    /// A server that has just opened its store is healthy until a check says otherwise.
    pub(crate) fn new() -> Self {
        Self {
            condition: Arc::new(ArcSwap::from_pointee(Condition::Healthy)),
        }
    }

    /// What the last check found.
    pub(crate) fn condition(&self) -> Condition {
        **self.condition.load()
    }

    fn post(&self, found: Condition) {
        let before = self.condition.swap(Arc::new(found));
        if *before != found {
            tracing::warn!(?found, "the server's health has changed");
        }
    }
}

/// Checks until the server stops.
pub(crate) async fn watch(board: HealthBoard, store: Store, probe: PathBuf, stopping: CancellationToken) {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            _ = interval.tick() => board.post(check(&store, probe.clone()).await),
        }
    }
}

async fn check(store: &Store, probe: PathBuf) -> Condition {
    match tokio::time::timeout(PATIENCE, read(store)).await {
        Err(_) => return Condition::Unhealthy("The database does not answer"),
        Ok(Err(_)) => return Condition::Unhealthy("The database cannot be read"),
        Ok(Ok(())) => {}
    }
    let written = tokio::task::spawn_blocking(move || data_folder::write_private(&probe, &PROBE));
    match tokio::time::timeout(PATIENCE, written).await {
        Ok(Ok(Ok(()))) => Condition::Healthy,
        Ok(Ok(Err(error))) if error.kind() == std::io::ErrorKind::StorageFull => {
            Condition::Degraded("The disk is full; nothing new can be saved")
        }
        _ => Condition::Degraded("The data folder cannot be written"),
    }
}

async fn read(store: &Store) -> Result<(), StoreError> {
    store
        .read(|tx| meta::value(tx, meta::INSTANCE_ID).map(|_| ()))
        .await
}

#[cfg(test)]
mod tests {
    use hearth_protocol::env::ManualClock;
    use hearth_protocol::time::Timestamp;
    use hearth_store::sqlite::{self, SqliteOptions};

    use super::*;

    #[tokio::test]
    async fn checks_are_real() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions::new(Arc::new(ManualClock::new(Timestamp::from_seconds(1_800_000_000))));
        let (store, _) = sqlite::open(folder.path(), options).unwrap();
        let probe = folder.path().join("health-probe");
        assert_eq!(check(&store, probe.clone()).await, Condition::Healthy);

        let nowhere = folder.path().join("missing/health-probe");
        assert!(matches!(check(&store, nowhere).await, Condition::Degraded(_)));

        store.close().await.unwrap();
        assert!(matches!(check(&store, probe).await, Condition::Unhealthy(_)));
    }
}
