//! The one writer thread: takes waiting writes, batches them, and stops in an orderly way when told to.

use std::sync::Arc;
use std::time::Duration;

use hearth_protocol::env::Clock;
use tokio::sync::{mpsc, oneshot};

use super::batch::{Batch, finish};
use super::folder::Folder;
use super::readers::Readers;
use super::session::Session;
use super::{SqliteOptions, settings, translate};
use crate::engine::WriteJob;
use crate::tables::meta;
use crate::{StoreError, WriteTx};

/// What the writer is asked to do.
pub(super) enum Message {
    /// Run this.
    Write(Box<dyn WriteJob>),
    /// Finish what has been submitted, stop, and say how it went.
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// The writer thread's belongings. The folder's lock is among them: it is held until the last byte is written.
pub(super) struct Writer {
    session: Session,
    inbox: mpsc::Receiver<Message>,
    readers: Arc<Readers>,
    folder: Folder,
    clock: Arc<dyn Clock>,
    batch_writes: usize,
    batch_time: Duration,
    closing: Vec<oneshot::Sender<Result<(), StoreError>>>,
}

impl Writer {
    pub(super) fn new(
        session: Session,
        inbox: mpsc::Receiver<Message>,
        readers: Arc<Readers>,
        folder: Folder,
        options: &SqliteOptions,
    ) -> Self {
        Self {
            session,
            inbox,
            readers,
            folder,
            clock: Arc::clone(&options.clock),
            batch_writes: options.batch_writes,
            batch_time: options.batch_time,
            closing: Vec::new(),
        }
    }

    /// Serves until every handle is gone or one of them asked to close, and everything submitted is answered.
    pub(super) fn serve(mut self) {
        while let Some(message) = self.inbox.blocking_recv() {
            if let Some(job) = self.accept(message) {
                self.batch(job);
            }
        }
        self.stop();
    }

    /// Takes note of a wish to close; hands back a write.
    fn accept(&mut self, message: Message) -> Option<Box<dyn WriteJob>> {
        match message {
            Message::Write(job) => Some(job),
            Message::Close(reply) => {
                self.inbox.close();
                self.closing.push(reply);
                None
            }
        }
    }

    /// Runs `first` and whatever else is waiting, up to the limits, then commits.
    fn batch(&mut self, first: Box<dyn WriteJob>) {
        // A transaction borrows the session while further messages change the rest of `self`.
        let Self {
            session,
            inbox,
            closing,
            ..
        } = self;
        let mut batch = match Batch::begin(session) {
            Ok(batch) => batch,
            Err(error) => return finish(first, Err(error)),
        };
        let started = self.clock.monotonic();
        batch.run(first);
        while !batch.is_lost()
            && batch.len() < self.batch_writes
            && self.clock.monotonic().saturating_sub(started) < self.batch_time
        {
            match inbox.try_recv() {
                Ok(Message::Write(job)) => batch.run(job),
                Ok(Message::Close(reply)) => {
                    inbox.close();
                    closing.push(reply);
                }
                // Never wait for more: those that are here want their answer.
                Err(_) => break,
            }
        }
        batch.commit();
    }

    fn stop(self) {
        self.readers.stop();
        let Self {
            session,
            folder,
            closing,
            ..
        } = self;
        let settled = if session.health().is_suspect() {
            leave_as_found(&session);
            Ok(())
        } else if closing.is_empty() {
            Ok(())
        } else {
            settle(&session)
        };
        // The last connection to leave moves the log into the file. Then the lock may go, and only then the
        // answer: whoever gets it may open the folder again.
        drop(session);
        drop(folder);
        for (position, reply) in closing.into_iter().enumerate() {
            let answer = if position == 0 {
                settled.clone()
            } else {
                Err(StoreError::Closed)
            };
            // Nobody may be waiting any more.
            let _ = reply.send(answer);
        }
    }
}

/// Moves the log into the file and marks the stop as orderly.
fn settle(session: &Session) -> Result<(), StoreError> {
    const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
    let moved = session.connection().query_row(CHECKPOINT, [], |_| Ok(()));
    moved.map_err(|error| translate::error(&error, CHECKPOINT))?;
    session.control("BEGIN IMMEDIATE")?;
    let marked = meta::set(&WriteTx::new(session), meta::CLEAN_STOP, "1");
    let marked = marked.and_then(|()| session.control("COMMIT"));
    session.abandon();
    marked
}

/// Sets no mark and does not move the log into a file that may be damaged.
fn leave_as_found(session: &Session) {
    tracing::warn!("damage or a failing disk was seen; the next start checks the database");
    if let Err(error) = settings::move_log_at_end(session.connection(), false) {
        tracing::error!(%error, "the log may be moved all the same");
    }
}
