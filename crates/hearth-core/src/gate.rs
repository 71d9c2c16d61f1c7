//! The gate before password hashing: a few at once, the rest in one line per address, served in turn.
//!
//! Hashing is expensive on purpose, so whoever sends the most requests would otherwise own the machine. With a
//! line per address everybody gets their turn no matter how long somebody else's line is.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Admits a bounded number at once, fairly between lines.
#[derive(Debug)]
pub(crate) struct Gate {
    per_line: usize,
    in_all: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    /// Lines with somebody in them, the next to be served first. Order is what makes it fair.
    lines: VecDeque<Line>,
}

#[derive(Debug)]
struct Line {
    name: String,
    waiting: VecDeque<oneshot::Sender<Permit>>,
}

/// The line, or the waiting room as a whole, is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// A place inside; leaving is dropping it.
pub(crate) struct Permit {
    /// `None` once the place has been handed back.
    gate: Option<Arc<Gate>>,
}

impl Gate {
    /// A gate for `at_once` (at least one), with `per_line` waiting in one line and `in_all` in all of them.
    pub(crate) fn new(at_once: usize, per_line: usize, in_all: usize) -> Arc<Self> {
        let state = State {
            free: at_once.max(1),
            lines: VecDeque::new(),
        };
        Arc::new(Self {
            per_line,
            in_all,
            state: Mutex::new(state),
        })
    }

    /// Waits in `line` for a place. Dropping the future leaves the line.
    pub(crate) async fn enter(self: &Arc<Self>, line: &str) -> Result<Permit, Full> {
        let turn = match self.queue(line)? {
            Entry::Inside(permit) => return Ok(permit),
            Entry::Line(turn) => turn,
        };
        // The sender is dropped unsent only together with the gate, which `self` keeps.
        turn.await.map_err(|_| Full)
    }

    fn queue(self: &Arc<Self>, name: &str) -> Result<Entry, Full> {
        let mut state = self.state();
        if state.free > 0 {
            state.free -= 1;
            return Ok(Entry::Inside(Permit {
                gate: Some(Arc::clone(self)),
            }));
        }
        if state.waiting() >= self.in_all {
            state.forget_the_gone();
        }
        if state.waiting() >= self.in_all {
            return Err(Full);
        }
        let line = state.line(name);
        line.waiting.retain(|turn| !turn.is_closed());
        if line.waiting.len() >= self.per_line {
            return Err(Full);
        }
        let (sender, turn) = oneshot::channel();
        line.waiting.push_back(sender);
        Ok(Entry::Line(turn))
    }

    /// Hands a free place to the next who still waits.
    fn release(self: Arc<Self>) {
        loop {
            let Some(next) = self.state().next_or_free() else {
                return;
            };
            let Err(mut unwanted) = next.send(Permit {
                gate: Some(Arc::clone(&self)),
            }) else {
                return;
            };
            // Whoever waited has gone: keep the place for the one behind.
            unwanted.gate = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while holding it, and a line is whole between any two steps.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Entry {
    Inside(Permit),
    Line(oneshot::Receiver<Permit>),
}

impl State {
    fn waiting(&self) -> usize {
        self.lines.iter().map(|line| line.waiting.len()).sum()
    }

    fn forget_the_gone(&mut self) {
        for line in &mut self.lines {
            line.waiting.retain(|turn| !turn.is_closed());
        }
        self.lines.retain(|line| !line.waiting.is_empty());
    }

    fn line(&mut self, name: &str) -> &mut Line {
        let index = self
            .lines
            .iter()
            .position(|line| line.name == name)
            .unwrap_or_else(|| {
                self.lines.push_back(Line {
                    name: name.to_owned(),
                    waiting: VecDeque::new(),
                });
                self.lines.len() - 1
            });
        &mut self.lines[index]
    }

    /// The next in turn; their line goes to the back. With nobody waiting the place becomes free.
    fn next_or_free(&mut self) -> Option<oneshot::Sender<Permit>> {
        while let Some(mut line) = self.lines.pop_front() {
            let next = line.waiting.pop_front();
            if !line.waiting.is_empty() {
                self.lines.push_back(line);
            }
            if next.is_some() {
                return next;
            }
        }
        self.free += 1;
        None
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(gate) = self.gate.take() {
            gate.release();
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Polls once: `None` while it waits.
    fn poll<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_long_line_does_not_hold_up_a_short_one() {
        let gate = Gate::new(1, 8, 64);
        let inside = poll(pin!(gate.enter("flood"))).unwrap().unwrap();
        let mut first = pin!(gate.enter("flood"));
        let mut second = pin!(gate.enter("flood"));
        let mut friend = pin!(gate.enter("friend"));
        assert!(poll(first.as_mut()).is_none());
        assert!(poll(second.as_mut()).is_none());
        assert!(poll(friend.as_mut()).is_none());

        drop(inside);
        let inside = poll(first.as_mut()).unwrap().unwrap();
        assert!(poll(second.as_mut()).is_none());
        drop(inside);
        assert!(
            poll(second.as_mut()).is_none(),
            "the friend came later but it is their turn"
        );
        let inside = poll(friend.as_mut()).unwrap().unwrap();
        drop(inside);
        assert!(poll(second.as_mut()).unwrap().is_ok());
    }

    #[test]
    fn a_full_line_refuses_its_own_address_only() {
        let gate = Gate::new(1, 1, 2);
        let _inside = poll(pin!(gate.enter("flood"))).unwrap().unwrap();
        let mut waits = pin!(gate.enter("flood"));
        assert!(poll(waits.as_mut()).is_none());
        assert_eq!(poll(pin!(gate.enter("flood"))).unwrap().unwrap_err(), Full);
        let mut friend = pin!(gate.enter("friend"));
        assert!(poll(friend.as_mut()).is_none());
        assert_eq!(
            poll(pin!(gate.enter("late"))).unwrap().unwrap_err(),
            Full,
            "two wait in all"
        );
    }

    #[test]
    fn who_leaves_the_line_keeps_no_place() {
        let gate = Gate::new(1, 1, 1);
        let inside = poll(pin!(gate.enter("a"))).unwrap().unwrap();
        {
            let mut gone = pin!(gate.enter("b"));
            assert!(poll(gone.as_mut()).is_none());
        }
        let mut waits = pin!(gate.enter("c"));
        assert!(
            poll(waits.as_mut()).is_none(),
            "the gone one's place in the waiting room is free"
        );
        drop(inside);
        assert!(poll(waits.as_mut()).unwrap().is_ok());
        assert!(
            poll(pin!(gate.enter("d"))).unwrap().is_ok(),
            "and so is the one inside"
        );
    }

    #[test]
    fn a_place_given_to_somebody_who_just_left_goes_on() {
        let gate = Gate::new(1, 8, 8);
        let inside = poll(pin!(gate.enter("a"))).unwrap().unwrap();
        let mut next = Box::pin(gate.enter("b"));
        assert!(poll(next.as_mut()).is_none());
        drop(inside);
        drop(next);
        assert!(poll(pin!(gate.enter("c"))).unwrap().is_ok());
    }
}
