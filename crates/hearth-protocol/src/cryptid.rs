//! The Cryptid protocol's public documents: what a server can do, how it is, and how it says no.
//!
//! Delivery itself is a surface of its own and not here yet. Timestamps are Unix seconds throughout; objects
//! that name a member twice are refused (Cryptid reference, section 2.0).

pub mod capabilities;
pub mod error;
pub mod health;

/// The major protocol version that must match.
pub const PROTOCOL_MAJOR: u64 = 1;

/// Where a server publishes its [`capabilities`].
pub const CAPABILITIES_PATH: &str = "/.well-known/cryptid";

/// Where a server says how it is: [`health`].
pub const HEALTH_PATH: &str = "/v1/health";
