//! Stories between servers, told at the crate's own seam.
//!
//! Most run over a network in memory ([`support::net`]), where a server is a few documents or a whole Hearth and
//! every byte is counted. Those about connections run over real sockets and TLS ([`support::puppet`]).

#![expect(clippy::unwrap_used, reason = "a story that cannot go on should stop loudly")]

mod support;

mod certificates;
mod discovery;
mod first_contact;
mod hostile_answers;
mod lookups;
mod published;
mod queues;
mod restarts;
mod stages;
mod switch;
mod two_hearths;
