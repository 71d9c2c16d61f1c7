//! Whom we believe to be who: the trust table in memory, how evidence is judged, and how trust changes.
//!
//! The rows of `peers` are the truth. [`TrustTable`] is a snapshot of what connections and requests need from
//! them, replaced as a whole so that reading it never waits; [`keeper`] is the only writer and keeps both, and
//! the connections made under an older belief, in step.

pub(crate) mod judge;
pub mod keeper;
mod rows;
mod table;

pub use table::{PeerTrust, Standing, TrustTable};
