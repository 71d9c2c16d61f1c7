//! When a sign of life may cut a wait short: the probe gate.
//!
//! Something suggests that a server is back: it was heard from, this machine woke up, the owner said "retry
//! now". Then one attempt may go out before its time. The gate keeps such attempts apart, further with each
//! that fails, so that a server which talks but does not listen costs next to nothing. A request that comes
//! while the gate is closed is not forgotten: it opens with the gate.

use std::time::Duration;

/// Probes of one destination are at least this far apart.
const FIRST_GAP: Duration = Duration::from_secs(5);

/// However often probes fail, they are no further apart than ordinary retries.
const LONGEST_GAP: Duration = super::schedule::LONGEST_WAIT;

/// The gate of one destination. Times are monotonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProbeGate {
    is_asked: bool,
    last: Option<Duration>,
    gap: Duration,
}

impl Default for ProbeGate {
    fn default() -> Self {
        Self {
            is_asked: false,
            last: None,
            gap: FIRST_GAP,
        }
    }
}

impl ProbeGate {
    /// Something suggests that an attempt would succeed now.
    pub(super) fn ask(&mut self) {
        self.is_asked = true;
    }

    /// How long until a probe may go out; `None` when nobody asked for one.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        let opens_at = self.last.map_or(Duration::ZERO, |last| last + self.gap);
        self.is_asked.then(|| opens_at.saturating_sub(now))
    }

    /// An attempt goes out, which answers whoever asked until now. Only a probe makes the next one wait.
    pub(super) fn start(&mut self, is_probe: bool, now: Duration) {
        self.is_asked = false;
        if is_probe {
            self.last = Some(now);
        }
    }

    /// The probe failed.
    pub(super) fn fail(&mut self) {
        self.gap = (self.gap * 2).min(LONGEST_GAP);
    }

    /// An attempt, probe or not, succeeded.
    pub(super) fn succeed(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_first_probe_goes_out_at_once_and_only_when_asked_for() {
        let mut gate = ProbeGate::default();
        assert_eq!(gate.wait(at(100)), None);
        gate.ask();
        assert_eq!(gate.wait(at(100)), Some(Duration::ZERO));
        gate.start(true, at(100));
        assert_eq!(gate.wait(at(100)), None);
    }

    #[test]
    fn what_is_asked_while_the_gate_is_closed_waits_for_it() {
        let mut gate = ProbeGate::default();
        gate.ask();
        gate.start(true, at(100));
        gate.ask();
        assert_eq!(gate.wait(at(101)), Some(at(4)));
        assert_eq!(gate.wait(at(105)), Some(Duration::ZERO));
    }

    #[test]
    fn an_ordinary_attempt_answers_those_who_asked_before_it() {
        let mut gate = ProbeGate::default();
        gate.ask();
        gate.start(false, at(100));
        assert_eq!(gate.wait(at(100)), None);
        gate.ask();
        assert_eq!(gate.wait(at(100)), Some(Duration::ZERO));
    }

    #[test]
    fn failing_probes_move_apart_up_to_the_longest_wait() {
        let mut gate = ProbeGate::default();
        let mut gaps = Vec::new();
        for _ in 0..9 {
            gate.ask();
            gate.start(true, at(0));
            gate.fail();
            gate.ask();
            gaps.push(gate.wait(at(0)).unwrap().as_secs());
        }
        assert_eq!(gaps, [10, 20, 40, 80, 160, 320, 640, 900, 900]);
        gate.succeed();
        assert_eq!(gate, ProbeGate::default());
    }
}
