//! A server in a folder of its own, and the people who use it.

pub(crate) mod app;
pub(crate) mod http;
pub(crate) mod people;
pub(crate) mod socket;
pub(crate) mod tls;

pub(crate) use app::TestApp;
pub(crate) use http::{Reply, Request};

use hearth_protocol::env::ManualClock;
use hearth_protocol::time::Timestamp;

/// A clock that stands until the test moves it.
pub(crate) fn clock() -> ManualClock {
    ManualClock::new(Timestamp::from_seconds(1_800_000_000))
}
