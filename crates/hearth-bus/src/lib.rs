//! What is shared but short-lived: tickets, budgets, presence, publish/subscribe, wake-ups.
//!
//! Everything behind [`Bus`] may vanish at any moment without anything being lost for good: durable
//! truth lives in the store, and whoever listens here looks there first. In one process the plane is
//! [`InProcessBus`]; several nodes of one Hearth share a network one behind the same trait, held to the
//! same conformance tests (`tests/it/conformance`).
//!
//! Every part is bounded and says what happens at its bound:
//!
//! | part | at the bound |
//! |---|---|
//! | tickets | a new one is refused ([`TicketError::Full`]); live ones stay |
//! | budgets | only idle, full buckets make room; else the new key is refused with a time to come back |
//! | presence | a new user looks offline |
//! | a subscriber's queue | that subscriber alone lags ([`Lagged`]) and has to connect again |
//! | wakes | single destinations collapse into "look at all of them" |

mod budget;
mod bus;
mod gauges;
mod in_process;
mod presence;
mod queue;
mod signal;
mod subscriber;
mod wake;

pub use budget::{Budget, Charge};
pub use bus::{Bus, TicketError};
pub use gauges::Gauges;
pub use in_process::{InProcessBus, InProcessLimits};
pub use presence::Presence;
pub use signal::{Signal, Topic};
pub use subscriber::{Lagged, Subscriber};
pub use wake::{Wake, WakeReceiver};
