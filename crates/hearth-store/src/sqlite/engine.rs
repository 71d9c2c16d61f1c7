//! The engine: puts the opened connections on their threads and passes closures to them.

use std::cell::Cell;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::SqliteOptions;
use super::opening::{OpenError, Parts};
use super::readers::Readers;
use super::session::Health;
use super::writer::{Message, Writer};
use crate::engine::{Engine, Pending, ReadJob, Task, WriteJob};
use crate::store::opened;
use crate::{ReadTx, StoreError};

thread_local! {
    /// Set on the writer's and the readers' threads, which must not wait for each other's end.
    static IS_ENGINE_THREAD: Cell<bool> = const { Cell::new(false) };
}

/// The running engine. Dropping it ends its threads without the mark of an orderly stop.
#[derive(Debug)]
pub(super) struct SqliteEngine {
    /// `None` only while dropping.
    inbox: Option<mpsc::Sender<Message>>,
    readers: Arc<Readers>,
    health: Arc<Health>,
    writer: Option<JoinHandle<()>>,
}

impl SqliteEngine {
    /// Starts the threads.
    pub(super) fn start(parts: Parts, options: &SqliteOptions) -> Result<Self, OpenError> {
        let readers = Readers::start(parts.readers, options.read_queue.max(1)).map_err(OpenError::Threads)?;
        let readers = Arc::new(readers);
        let health = parts.writer.health();
        let (sender, inbox) = mpsc::channel(options.write_queue.max(1));
        let writer = Writer::new(parts.writer, inbox, Arc::clone(&readers), parts.folder, options);
        match spawn("store-writer", move || writer.serve()) {
            Ok(thread) => Ok(Self {
                inbox: Some(sender),
                readers,
                health,
                writer: Some(thread),
            }),
            Err(error) => {
                readers.stop();
                Err(OpenError::Threads(error))
            }
        }
    }

    async fn send(&self, message: Message) -> Result<(), StoreError> {
        let inbox = self.inbox.as_ref().ok_or(StoreError::Closed)?;
        inbox.send(message).await.map_err(|_| StoreError::Closed)
    }
}

impl Engine for SqliteEngine {
    fn read(&self, job: Box<dyn ReadJob>) -> Pending<'_> {
        Box::pin(self.readers.submit(job))
    }

    fn write(&self, job: Box<dyn WriteJob>) -> Pending<'_> {
        Box::pin(self.send(Message::Write(job)))
    }

    fn full_check(&self) -> Pending<'_> {
        Box::pin(async {
            let (job, answer) = Task::new(|tx: &ReadTx<'_>| {
                let rows = tx.query("PRAGMA integrity_check(5)", &[])?;
                rows.iter()
                    .map(|row| row.get(0))
                    .collect::<Result<Vec<String>, StoreError>>()
            });
            self.readers.submit(job).await?;
            self.health.judge(&opened(answer.await)?)
        })
    }

    fn close(&self) -> Pending<'_> {
        Box::pin(async {
            let (reply, closed) = oneshot::channel();
            self.send(Message::Close(reply)).await?;
            closed.await.unwrap_or(Err(StoreError::Closed))
        })
    }
}

impl Drop for SqliteEngine {
    fn drop(&mut self) {
        // Without a sender the writer finishes what it was given, stops the readers and ends.
        self.inbox = None;
        let on_engine_thread = IS_ENGINE_THREAD.with(Cell::get);
        if let Some(writer) = self.writer.take()
            && !on_engine_thread
        {
            // Waited for so that the folder is free again when the last handle is gone. A writer that
            // panicked has said so on its way out.
            let _ = writer.join();
        }
    }
}

/// Starts a named thread of the engine.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        IS_ENGINE_THREAD.with(|flag| flag.set(true));
        work();
    })
}
