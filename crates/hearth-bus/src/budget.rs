//! Budgets: how much of something one key may do per window, and the answer to a charge.

use std::time::Duration;

/// A limit per key: a bucket that holds `limit` tokens and refills evenly, `limit` per `window`.
///
/// An untouched key may spend its whole bucket at once and then earns it back token by token, so over
/// any stretch of time `t` it spends at most `limit + limit * t / window`. Two budgets that differ in any
/// field do not share buckets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Budget {
    /// What is limited, as shown in metrics: `login-account`, `inbox-origin`.
    pub name: &'static str,
    /// Tokens in a full bucket. With 0 every charge is refused.
    pub limit: u32,
    /// How long an empty bucket takes to fill.
    pub window: Duration,
}

impl Budget {
    /// A budget of `limit` per `window`.
    pub const fn new(name: &'static str, limit: u32, window: Duration) -> Self {
        Self { name, limit, window }
    }

    /// A budget of `limit` per minute.
    pub const fn per_minute(name: &'static str, limit: u32) -> Self {
        Self::new(name, limit, Duration::from_mins(1))
    }
}

/// The answer to a charge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "a refused charge means that the act must not happen"]
pub enum Charge {
    /// The tokens were there (and are spent now, unless the budget was only peeked at).
    Allowed,
    /// The tokens were not there; nothing was spent.
    Refused {
        /// When the same charge can succeed, if nobody else spends meanwhile. A cost above the budget's
        /// limit never succeeds; then this is the whole window.
        retry_after: Duration,
    },
}

impl Charge {
    /// Whether the act may happen.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }

    /// How long to wait, if the act was refused.
    pub const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Allowed => None,
            Self::Refused { retry_after } => Some(retry_after),
        }
    }
}
