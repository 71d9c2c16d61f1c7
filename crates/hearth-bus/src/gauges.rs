//! Gauges: how full the short-lived plane is, for metrics and the owner's console.

/// A snapshot of what this node's part of the bus holds. Expired entries that nobody has touched since may
/// still be counted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Gauges {
    /// Keys with a bucket that is not full, over all budgets.
    pub budget_keys: usize,
    /// Subscribers that lagged since the start (a count that only grows).
    pub lagged: u64,
    /// People with a presence.
    pub presences: usize,
    /// Connected subscribers.
    pub subscribers: usize,
    /// Tickets that are neither taken nor expired.
    pub tickets: usize,
    /// Topics with at least one subscriber.
    pub topics: usize,
}
