//! How other servers are reached, trusted and answered: discovery, pins, verification, delivery.
//!
//! | part | answers |
//! |---|---|
//! | [`outbound`] | How does a request get out, and to whom may it go? The only HTTP clients of the house |
//! | [`trust`] | Whom do we believe to be who? One table, its snapshot, its one writer |
//! | [`discovery`] | Who is a server nobody vouches for yet? |
//! | [`inbound`] | Seven stages between a request from outside and its effect |
//! | `delivery` | One durable queue per destination, its schedule and its workers |
//! | [`published`] | What does this server say about itself? |
//!
//! [`Federation`] wires them together. Time, randomness and the network ([`outbound::Transport`]) are handed in.

pub mod config;
pub mod discovery;
pub mod inbound;
pub mod lookup;
pub mod outbound;
pub mod peers;
pub mod published;
pub mod service;
pub mod trust;

mod counters;
mod delivery;
mod signed;
mod tasks;
#[cfg(test)]
mod testing;

pub use config::{FederationBudgets, FederationConfig, FirstContact, Timeouts};
pub use discovery::DiscoveryError;
pub use inbound::{InboundAnswer, InboundError, InboundRequest};
pub use lookup::LookupError;
pub use peers::{PeerState, PeerSummary};
pub use published::CryptidOff;
pub use service::{DecisionError, Federation, FederationParts};
pub use trust::keeper::TrustError;
