//! The store as the rest of the house sees it.

use std::sync::Arc;

use crate::engine::{Answer, Engine, Task, WriteTask};
use crate::{ReadTx, StoreError, WriteTx};

/// A handle on all durable data. Cheap to clone; every clone is the same store.
///
/// [`close`](Store::close) is the orderly way to stop. Without it, dropping the last clone finishes what was
/// submitted, waits for that by blocking its thread (unless that is one of the engine's own), and then sets the
/// folder free; but no orderly stop is recorded, so the next start checks the whole file before serving it.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Arc<dyn Engine>,
}

impl Store {
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Self {
        Self { engine }
    }

    /// Runs `work` on one unchanging moment of the data, on a thread of the engine.
    ///
    /// The moment is at least as late as every write acknowledged before this call.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, answer) = Task::new(work);
        self.engine.read(job).await?;
        opened(answer.await)
    }

    /// Runs `work` in a transaction and answers once its changes would survive a power cut.
    ///
    /// `Err` from the closure undoes its changes and nobody else's. The closure is `Fn` and must have no effect
    /// but through the transaction: an engine may run it again after undoing it. Once this future has been
    /// polled the write may happen even if the future is dropped, so whatever must follow a commit belongs
    /// into the transaction or into a task that is not cancelled.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, answer) = WriteTask::new(work);
        self.engine.write(job).await?;
        opened(answer.await)
    }

    /// Searches the whole database for damage, indexes included, while it is being served.
    ///
    /// Fails with [`StoreError::Damaged`] when there is some; then the next start checks before serving. Takes
    /// one reader for as long as it takes to read everything: a task for the background, after an unclean stop.
    pub async fn full_check(&self) -> Result<(), StoreError> {
        self.engine.full_check().await
    }

    /// Finishes what was submitted, refuses what comes later, and records an orderly stop.
    ///
    /// Fails with [`StoreError::Closed`] when the store was closed before.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.engine.close().await
    }
}

/// Flattens an answer; a reply that never came means that the engine is gone.
pub(crate) fn opened<T, E: From<StoreError>, R>(answer: Result<Answer<T, E>, R>) -> Result<T, E> {
    answer.unwrap_or(Err(StoreError::Closed))?
}
