//! What delivery remembers about one destination while the process lives.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hearth_protocol::names::ServerName;
use tokio::sync::Notify;

use super::pace::{Pace, questions};
use super::probe::ProbeGate;

/// One destination: its gate, its pace, and whether a worker is busy with it.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) name: ServerName,
    state: Mutex<State>,
    signal: Notify,
}

#[derive(Debug, Default)]
struct State {
    is_working: bool,
    is_roused: bool,
    has_backlog: bool,
    gate: ProbeGate,
    pace: Pace,
    questions: Pace,
    unwritten: Unwritten,
}

/// Outcomes that could not be noted in the store, which is where deadlines are kept otherwise.
#[derive(Debug, Default)]
struct Unwritten {
    /// How many in a row.
    count: u32,
    /// Until when nothing is sent, by the monotonic clock.
    until: Duration,
}

impl Destination {
    pub(super) fn new(name: ServerName) -> Self {
        Self {
            name,
            state: Mutex::default(),
            signal: Notify::new(),
        }
    }

    /// Notes that there may be something to do, and whether a probe may go out. `true` when the caller must
    /// start a worker, which then counts as working.
    pub(super) fn rouse(&self, is_sign_of_life: bool) -> bool {
        let mut state = self.state();
        state.is_roused = true;
        if is_sign_of_life {
            state.gate.ask();
        }
        if state.is_working {
            self.signal.notify_one();
            return false;
        }
        state.is_working = true;
        true
    }

    /// A sign of life while nothing waits: the next event goes out ahead of its time.
    pub(super) fn expect_probe(&self) {
        self.state().gate.ask();
    }

    /// The worker looks at everything afresh: what roused it until now is answered by that.
    pub(super) fn look(&self) {
        self.state().is_roused = false;
    }

    /// The worker has nothing to do. `false` when it was roused meanwhile and must look again.
    pub(super) fn rest(&self) -> bool {
        let mut state = self.state();
        state.is_working = state.is_roused;
        !state.is_roused
    }

    /// The worker is gone, however it ended.
    pub(super) fn is_left(&self) {
        self.state().is_working = false;
    }

    /// Waits until the destination is roused.
    pub(super) async fn roused(&self) {
        self.signal.notified().await;
    }

    /// Notes whether anything waits for this destination.
    pub(super) fn set_backlog(&self, has_backlog: bool) {
        self.state().has_backlog = has_backlog;
    }

    /// Whether anything waited for this destination when its worker last looked.
    pub(super) fn has_backlog(&self) -> bool {
        self.state().has_backlog
    }

    /// How long until a probe may go out, and how long the pace makes the next request wait.
    pub(super) fn waits(&self, allowance: usize, now: Duration) -> (Option<Duration>, Duration) {
        let mut state = self.state();
        (state.gate.wait(now), state.pace.wait(allowance, now))
    }

    /// A request goes out beside the queue.
    pub(super) fn note_request(&self, now: Duration) {
        self.state().pace.note(now);
    }

    /// Whether a question may go out beside the queue; if so, it counts as sent.
    pub(super) fn may_ask(&self, allowance: usize, now: Duration) -> bool {
        let mut state = self.state();
        let may = state.questions.wait(questions(allowance), now).is_zero();
        if may {
            state.questions.note(now);
            state.pace.note(now);
        }
        may
    }

    /// The first event of the queue goes out.
    pub(super) fn note_attempt(&self, is_probe: bool, now: Duration) {
        let mut state = self.state();
        state.pace.note(now);
        state.gate.start(is_probe, now);
    }

    /// A probe failed.
    pub(super) fn note_failed_probe(&self) {
        self.state().gate.fail();
    }

    /// A request succeeded.
    pub(super) fn note_success(&self) {
        self.state().gate.succeed();
    }

    /// An outcome could not be noted. Nothing is sent for as long as `wait` says of how many in a row that is.
    pub(super) fn note_unwritten(&self, now: Duration, wait: impl FnOnce(u32) -> Duration) {
        let mut state = self.state();
        state.unwritten.count = state.unwritten.count.saturating_add(1);
        state.unwritten.until = now.saturating_add(wait(state.unwritten.count));
    }

    /// An outcome is noted; deadlines are the store's again.
    pub(super) fn note_written(&self) {
        self.state().unwritten = Unwritten::default();
    }

    /// How long nothing is sent because the store could not note what was sent before.
    pub(super) fn unwritten_wait(&self, now: Duration) -> Duration {
        self.state().unwritten.until.saturating_sub(now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_at_a_time_and_no_rousing_is_missed() {
        let destination = Destination::new(ServerName::parse("a.example").unwrap());
        assert!(destination.rouse(false));
        assert!(!destination.rouse(false));
        destination.look();
        assert!(destination.rest());

        assert!(destination.rouse(false));
        destination.look();
        // Between looking and resting something happened: the worker must look again.
        assert!(!destination.rouse(false));
        assert!(!destination.rest());
        destination.look();
        assert!(destination.rest());
    }

    #[test]
    fn what_could_not_be_written_is_waited_for_until_something_is() {
        let destination = Destination::new(ServerName::parse("a.example").unwrap());
        let at = Duration::from_secs;
        assert_eq!(destination.unwritten_wait(at(0)), Duration::ZERO);
        for (now, wait) in [(100, 10), (110, 20)] {
            destination.note_unwritten(at(now), |count| at(u64::from(count) * 10));
            assert_eq!(destination.unwritten_wait(at(now)), at(wait));
        }
        assert_eq!(destination.unwritten_wait(at(130)), Duration::ZERO);
        destination.note_written();
        assert_eq!(destination.unwritten_wait(at(110)), Duration::ZERO);
    }

    #[test]
    fn a_worker_that_broke_off_can_be_replaced() {
        let destination = Destination::new(ServerName::parse("a.example").unwrap());
        assert!(destination.rouse(false));
        destination.is_left();
        assert!(destination.rouse(false));
    }
}
