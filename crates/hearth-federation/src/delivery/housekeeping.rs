//! What has to be forgotten: events that waited too long, marks that are older than any queue, old letters.

use std::sync::Arc;
use std::time::Duration;

use hearth_store::StoreError;
use hearth_store::tables::{dead_letters, outbox, seen_events};

use super::{Delivery, record};
use crate::config::SEEN_FOR;

/// How often the house is kept.
const EVERY: Duration = Duration::from_hours(1);

/// How long the owner can read what was not delivered.
const LETTERS_FOR: Duration = Duration::from_hours(90 * 24);

/// Rows per write: one write must not keep the others waiting.
const AT_ONCE: u32 = 200;

impl Delivery {
    pub(super) async fn keep_house(self: Arc<Self>) {
        loop {
            if let Err(error) = self.sweep().await {
                tracing::error!(%error, "old events could not be cleared away");
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Clears away everything that is too old by now.
    pub(crate) async fn sweep(&self) -> Result<(), StoreError> {
        while self.expire_some().await? > 0 {}
        let (now, store) = (self.parts.clock.now(), self.parts.core.store());
        // A queue may be configured to keep longer; a mark must outlive it.
        let seen_before = now.minus(SEEN_FOR.max(self.parts.max_age + Duration::from_hours(24)));
        while store
            .write(move |tx| seen_events::prune(tx, seen_before, AT_ONCE))
            .await?
            > 0
        {}
        let died_before = now.minus(LETTERS_FOR);
        while store
            .write(move |tx| dead_letters::prune(tx, died_before, AT_ONCE))
            .await?
            > 0
        {}
        Ok(())
    }

    async fn expire_some(&self) -> Result<usize, StoreError> {
        let now = self.parts.clock.now();
        let before = now.minus(self.parts.max_age);
        self.parts
            .core
            .store()
            .write(move |tx| {
                let entries = outbox::queued_before(tx, before, AT_ONCE)?;
                for entry in &entries {
                    record::expire_in(tx, entry, now)?;
                }
                Ok(entries.len())
            })
            .await
    }
}
