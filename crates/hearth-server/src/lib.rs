//! How requests get in and events get out: HTTP routes, WebSocket hub, TLS listener, composition
pub mod config;
pub mod env;
pub(crate) mod conventions;
