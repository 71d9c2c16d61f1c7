//! What the wire looks like: types and rules of the d3chat and Cryptid protocols, without I/O.
//!
//! Everything that arrives as text becomes a type here exactly once, at the edge, and is trusted inside the
//! house from then on. There is no I/O, no clock, no randomness and no async in this crate: [`mod@env`] holds the
//! seams through which time and randomness are handed in, and nothing here ever looks for them itself.
//!
//! - Shared by both protocols: [`ids`], [`names`], [`time`], [`fingerprint`], [`keys`], [`version`].
//! - [`json`] reads everything that comes from strangers, within bounds.
//! - [`d3chat`] holds what its servers say to each other, [`cryptid`] what its servers publish.

pub mod cryptid;
pub mod d3chat;
pub mod env;
pub mod fingerprint;
pub mod ids;
pub mod json;
pub mod keys;
pub mod names;
pub mod time;
pub mod version;

mod text;
