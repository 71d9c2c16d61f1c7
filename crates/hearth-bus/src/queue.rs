//! One subscriber's queue: bounded, filled by any number of publishers, emptied by one reader.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::{Lagged, Signal};

/// Locks even if a holder panicked. All critical sections of this crate leave consistent state behind
/// wherever they could unwind, so poisoning would only turn one panic into many.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What became of a pushed signal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Pushed {
    /// It waits to be read.
    Queued,
    /// It did not fit: the subscriber lags from now on.
    Overflowed,
    /// The subscriber lagged before and gets nothing more.
    Ignored,
}

/// A queue of at most `capacity` signals. An overflow drops all of it: a reader that has missed one signal
/// must start over anyway, and what it missed may have been the order to leave.
#[derive(Debug)]
pub(crate) struct Queue {
    capacity: usize,
    state: Mutex<State>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct State {
    signals: VecDeque<Signal>,
    has_lagged: bool,
}

impl Queue {
    /// A queue with room for `capacity` signals, at least one.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            state: Mutex::default(),
            filled: Notify::new(),
        }
    }

    /// Queues a signal without ever waiting.
    pub(crate) fn push(&self, signal: Signal) -> Pushed {
        let (pushed, must_notify) = self.push_quietly(signal);
        // The reader drains until empty before it waits, so only the first signal has to wake it.
        if must_notify {
            self.filled.notify_one();
        }
        pushed
    }

    fn push_quietly(&self, signal: Signal) -> (Pushed, bool) {
        let mut state = lock(&self.state);
        if state.has_lagged {
            return (Pushed::Ignored, false);
        }
        if state.signals.len() >= self.capacity {
            state.has_lagged = true;
            state.signals = VecDeque::new();
            return (Pushed::Overflowed, true);
        }
        let was_empty = state.signals.is_empty();
        state.signals.push_back(signal);
        (Pushed::Queued, was_empty)
    }

    /// The next signal. Safe to cancel; must not be called by two readers at once.
    pub(crate) async fn pop(&self) -> Result<Signal, Lagged> {
        loop {
            if let Some(outcome) = self.try_pop() {
                return outcome;
            }
            // A push between the look above and this wait leaves a permit behind, so it is not missed.
            self.filled.notified().await;
        }
    }

    fn try_pop(&self) -> Option<Result<Signal, Lagged>> {
        let mut state = lock(&self.state);
        if state.has_lagged {
            return Some(Err(Lagged));
        }
        state.signals.pop_front().map(Ok)
    }
}
