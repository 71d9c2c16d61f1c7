//! Helpers for the tests that run the whole of Hearth from outside.
//!
//! Every helper that starts a process owns it and ends it when dropped, so that a failing test leaves nothing behind.

pub mod desk;
pub mod driver;
pub mod neighbour;
pub mod notifications;
pub mod owned;
pub mod page;
pub mod screen;
pub mod session_bus;
pub mod tray;
