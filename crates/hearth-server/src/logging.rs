//! Where log lines go: to the error stream, as text or JSON.
//!
//! No secret, token, ticket, query or body is ever given to a log line, so nothing has to be filtered here.

use std::io::{self, IsTerminal as _};

use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogFormat, LogSettings};

/// Logging could not be set up.
#[derive(Debug, Error)]
pub enum LoggingError {
    /// The filter cannot be read.
    #[error("log.filter is not a filter such as \"info\" or \"info,hearth_federation=debug\"")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Something else has set up logging in this process.
    #[error("logging is already set up in this process")]
    Taken(#[from] tracing_subscriber::util::TryInitError),
}

/// Sends the log lines of this process to its error stream. Once per process.
pub fn start(settings: &LogSettings) -> Result<(), LoggingError> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    match settings.format {
        LogFormat::Text => lines.finish().try_init()?,
        LogFormat::Json => lines.json().finish().try_init()?,
    }
    Ok(())
}
