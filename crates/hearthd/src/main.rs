//! The headless Hearth server.
//!
//! Everything it does is in `hearth-server`; here are the command line, the signals and the exit codes.

mod cli;
mod ready;
mod run;
mod settings;
mod signals;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command, ConfigCommand, UserCommand};

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Config {
            command: ConfigCommand::Sample,
        } => print(&hearth_server::config::sample()),
        Command::Openapi => print(&hearth_server::openapi::document_json()),
        Command::User {
            command: UserCommand::SetupLink(arguments),
        } => run::setup_link(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Writes a text to the standard output. A reader that has gone away, such as `head`, is no failure.
fn print(text: &str) -> Result<(), run::Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(run::Failure::other(error)),
        _ => Ok(()),
    }
}
