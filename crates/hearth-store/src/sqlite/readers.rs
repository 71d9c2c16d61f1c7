//! The reading connections, each with its own thread.
//!
//! Idle readers wait on a stack, so the most recently used one is taken first: its caches are warm, and under
//! little load the others stay asleep. When all are busy, reads wait in one queue, which is bounded by the
//! permits given out.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::engine::spawn;
use super::session::{Session, contained};
use crate::engine::ReadJob;
use crate::{ReadTx, StoreError};

/// A read and its place in the queue, given back when it is done.
struct Queued {
    job: Box<dyn ReadJob>,
    _place: OwnedSemaphorePermit,
}

/// All readers.
#[derive(Debug)]
pub(super) struct Readers {
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    desk: Mutex<Desk>,
    /// One per reader, rung when something is handed to it or all must stop.
    bells: Vec<Condvar>,
}

/// Who waits for what.
struct Desk {
    waiting: VecDeque<Queued>,
    /// Idle readers, the most recently used last.
    idle: Vec<usize>,
    /// What an idle reader has been given, before it wakes.
    handed: Vec<Option<Queued>>,
    stopping: bool,
}

impl Readers {
    /// Starts one thread per session. `queue` is how many reads may wait or run at once.
    pub(super) fn start(sessions: Vec<Session>, queue: usize) -> std::io::Result<Self> {
        let desk = Desk {
            waiting: VecDeque::new(),
            idle: (0..sessions.len()).rev().collect(),
            handed: sessions.iter().map(|_| None).collect(),
            stopping: false,
        };
        let bells = sessions.iter().map(|_| Condvar::new()).collect();
        let shared = Arc::new(Shared {
            desk: Mutex::new(desk),
            bells,
        });
        let readers = Self {
            shared,
            places: Arc::new(Semaphore::new(queue)),
            threads: Mutex::default(),
        };
        for (me, session) in sessions.into_iter().enumerate() {
            let shared = Arc::clone(&readers.shared);
            let thread = spawn(&format!("store-reader-{me}"), move || shared.serve(me, &session));
            match thread {
                Ok(thread) => readers.threads().push(thread),
                Err(error) => {
                    readers.stop();
                    return Err(error);
                }
            }
        }
        Ok(readers)
    }

    /// Waits for a place in the queue and takes it.
    pub(super) async fn submit(&self, job: Box<dyn ReadJob>) -> Result<(), StoreError> {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Closed)?;
        self.shared.hand_over(Queued { job, _place: place })
    }

    /// Finishes what is queued, refuses the rest, and returns when all threads have ended.
    pub(super) fn stop(&self) {
        self.places.close();
        self.shared.desk().stopping = true;
        for bell in &self.shared.bells {
            bell.notify_all();
        }
        let threads = std::mem::take(&mut *self.threads());
        for thread in threads {
            // Closures' panics are contained; there is nothing to learn from a reader's end.
            let _ = thread.join();
        }
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand_over(&self, queued: Queued) -> Result<(), StoreError> {
        let mut desk = self.desk();
        if desk.stopping {
            return Err(StoreError::Closed);
        }
        if let Some(reader) = desk.idle.pop() {
            desk.handed[reader] = Some(queued);
            self.bells[reader].notify_one();
        } else {
            desk.waiting.push_back(queued);
        }
        Ok(())
    }

    /// One reader's life. It counts as idle before its answer is out, so that whoever asks one thing after
    /// the other is served by one reader.
    fn serve(&self, me: usize, session: &Session) {
        let mut next = self.wait(me);
        while let Some(queued) = next {
            let done = Done::run(session, queued);
            let waiting = self.desk().waiting_or_idle(me);
            done.answer();
            next = waiting.or_else(|| self.wait(me));
        }
    }

    /// Waits to be handed something; `None` when there will be nothing more.
    fn wait(&self, me: usize) -> Option<Queued> {
        let mut desk = self.desk();
        loop {
            if let Some(queued) = desk.handed[me].take() {
                return Some(queued);
            }
            if desk.stopping {
                return None;
            }
            desk = self.bells[me].wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Desk {
    /// The read that has waited longest; without one, the reader joins the idle.
    fn waiting_or_idle(&mut self, reader: usize) -> Option<Queued> {
        let queued = self.waiting.pop_front();
        if queued.is_none() {
            self.idle.push(reader);
        }
        queued
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("waiting", &self.waiting.len())
            .field("idle", &self.idle)
            .field("stopping", &self.stopping)
            .finish_non_exhaustive()
    }
}

/// A read that has run, with what is to be answered.
struct Done {
    job: Box<dyn ReadJob>,
    outcome: Result<(), StoreError>,
}

impl Done {
    /// Runs a read on one unchanging moment of the data and gives its place free.
    fn run(session: &Session, queued: Queued) -> Self {
        let Queued { mut job, _place } = queued;
        session.forget();
        let begun = session.control("BEGIN");
        let outcome = begun.and_then(|()| contained(|| job.run(&ReadTx::new(session))));
        session.abandon();
        Self { job, outcome }
    }

    fn answer(self) {
        // The panic of a value that is dropped here is already logged, and there is nobody left to tell.
        let _ = contained(|| self.job.finish(self.outcome));
    }
}
