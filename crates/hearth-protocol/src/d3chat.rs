//! The d3chat federation protocol, version 1, and what Hearth adds to it.
//!
//! A request between servers is *signed* ([`signing`]); it carries an [`event`] to the inbox or asks the
//! [`lookup`] for a user. A server says who it is in its [`descriptor`]. Hearth adds two signed statements that
//! others ignore: an [`attestation`] of its TLS certificate and the [`key_history`] of its signing keys. Each
//! signed form begins with a line of its own, so that no signature can be shown as another.

pub mod attestation;
pub mod descriptor;
pub mod event;
pub mod features;
pub mod key_history;
pub mod limits;
pub mod lookup;
pub mod signing;
pub mod text;

/// The federation protocol version that the descriptor names and that must match.
pub const PROTOCOL_VERSION: u64 = 1;

/// Where a server publishes its [`descriptor`].
pub const DESCRIPTOR_PATH: &str = "/.well-known/d3chat-server";

/// Where a Hearth publishes its [`key_history`].
pub const KEYS_PATH: &str = "/.well-known/d3chat-server/keys";

/// Where events are posted, whatever prefix the server's base URL has.
pub const INBOX_PATH: &str = "/federation/inbox";
