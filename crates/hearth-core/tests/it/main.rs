//! Stories between people on named servers, told at the crate's own seam: real rules over a real (temporary)
//! store and bus, asserted from each one's view.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod house;

mod accounts;
mod channels;
mod client_keys;
mod invites;
mod live;
mod messages;
mod order;
mod relays;
mod sender_keys;
mod sessions;
mod settings;
mod setup;
mod throttling;
