//! Sockets: live events out, a few small frames in (d3chat.md section 4).
//!
//! A socket is one task with one loop ([`session`]). It hears the bus through a bounded queue, so a client that
//! does not read delays nobody: it is closed with a code that says "reconnect and catch up". What is sent was
//! encoded once for everybody; the socket only wraps the shared bytes into a frame.

pub(crate) mod close;
pub(crate) mod entry;
mod frame;
mod pace;
mod session;
pub(crate) mod table;
pub(crate) mod ticket;
