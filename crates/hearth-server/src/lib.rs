//! How requests get in and events get out: HTTP routes, WebSocket hub, TLS listener, composition.
//!
//! [`Server::start`] puts the house together from a [`config::Config`] and returns a [`RunningServer`]. Requests
//! come in through three doors, all into one router:
//!
//! - the network, through the listener, the conventions and the gate;
//! - the console in this process, through [`ConsoleDoor`], with the owner's authority;
//! - the owner's socket in the data folder, the same door for a machine without a window.
//!
//! Nothing below this crate knows axum. Handlers decide nothing: they read a request, call one function of the
//! rooms below, and put the answer into the wire's shape.

pub mod config;
pub mod env;
pub mod logging;
pub mod openapi;

mod app;
mod conventions;
mod data_folder;
mod door;
mod health;
mod keys;
mod listener;
mod live;
mod owner_socket;
mod routes;
mod server;
mod session;
mod setup;
mod socket;
mod web;

pub use hearth_bus::{Lagged, Signal, Subscriber};

pub use hearth_protocol::fingerprint::Fingerprint;
pub use hearth_protocol::names::ServerName;

pub use self::data_folder::FolderError;
pub use self::door::{ConsoleDoor, MAX_BODY as MAX_DOOR_BODY};
pub use self::keys::{KeysError, Passphrase};
pub use self::owner_socket::AskError;
pub use self::server::{
    Environment, RunningServer, Server, SetupLinkError, StartError, StartOptions, Status, setup_link,
};
pub use self::setup::SetupError;

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
