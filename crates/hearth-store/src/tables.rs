//! One file per table: its shape, its row, its queries.
//!
//! Conventions: columns are named in every statement and `NOT NULL` unless absence means something; times are
//! milliseconds UTC (`{i64}`), booleans are 0 or 1, ids are text; conflicts are decided by `ON CONFLICT` and the
//! row count, never by catching an error. Functions take `&ReadTx` or `&WriteTx` first.

pub mod alerts;
pub mod audit;
pub mod channels;
pub mod dead_letters;
pub mod devices;
pub mod members;
pub mod messages;
pub mod meta;
pub mod outbox;
pub mod peers;
pub mod seen_events;
pub mod sender_keys;
pub mod sessions;
pub mod settings;
pub mod setup_links;
pub mod users;

#[cfg(test)]
mod plans;
#[cfg(test)]
mod testing;
mod words;
