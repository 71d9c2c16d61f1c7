//! `hearthd run` and `hearthd user setup-link`, and what their failures mean to whoever called them.

use std::error::Error;
use std::process::ExitCode;

use hearth_server::config::{Config, KeyStoreChoice, effective};
use hearth_server::{Environment, Server, StartError, StartOptions};

use crate::cli::{RunArguments, Settings};
use crate::ready;
use crate::signals::Signals;

/// Why a command failed, with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    error: anyhow::Error,
    hint: Option<&'static str>,
}

/// Could not start, or failed.
const FAILED: u8 = 1;
/// Wrong usage or configuration; the same as clap's.
const USAGE: u8 = 2;
/// The key store needs its owner.
const KEY_STORE: u8 = 3;

const KEY_STORE_CHOICES: &str = "A machine without a keyring has two other choices. They are never taken by \
    themselves:
  --key-store sealed   a file in the data folder, sealed with a passphrase; keys.passphrase_file names a file
                       that holds it
  --key-store file     a file in the data folder that only this user can read, not encrypted: whoever can
                       read the folder or a backup of it can pretend to be this server";

impl Failure {
    pub(crate) fn other(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: FAILED,
            error: error.into(),
            hint: None,
        }
    }

    fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: USAGE,
            error: error.into(),
            hint: None,
        }
    }

    fn start(error: StartError, store: KeyStoreChoice) -> Self {
        let code = match &error {
            error if error.needs_key_store() => KEY_STORE,
            StartError::NameNeeded
            | StartError::NoAddress
            | StartError::NameChanged { .. }
            | StartError::ExposedPlainHttp { .. }
            | StartError::TlsFilesMissing => USAGE,
            _ => FAILED,
        };
        let hint = (code == KEY_STORE && store == KeyStoreChoice::Keyring).then_some(KEY_STORE_CHOICES);
        Self {
            code,
            error: error.into(),
            hint,
        }
    }

    /// Tells the person at the terminal, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("hearthd: {}", self.error);
        let mut source: Option<&(dyn Error + 'static)> = self.error.source();
        while let Some(cause) = source {
            eprintln!("  because: {cause}");
            source = cause.source();
        }
        if let Some(hint) = self.hint {
            eprintln!("{hint}");
        }
        ExitCode::from(self.code)
    }
}

/// `hearthd run`.
pub(crate) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let config = arguments.settings.load().map_err(Failure::usage)?;
    if arguments.print_config {
        return crate::print(&effective(&config));
    }
    hearth_server::logging::start(&config.log).map_err(Failure::usage)?;
    runtime()?.block_on(serve(config, arguments.ready_json))
}

async fn serve(config: Config, ready_json: bool) -> Result<(), Failure> {
    let store = config.keys.store;
    let signals = Signals::listen().map_err(Failure::other)?;
    let started = Server::start(StartOptions::new(config)).await;
    let server = started.map_err(|error| Failure::start(error, store))?;
    let announced = if ready_json {
        ready::announce_to_programs(&server)
    } else {
        ready::announce_to_people(&server)
    };
    let told = match announced {
        Ok(()) => signals.serve(&server).await,
        failed => failed,
    };
    // Whatever went wrong meanwhile, the server is stopped in order.
    server.stop().await.map_err(Failure::other)?;
    told.map_err(Failure::other)
}

/// `hearthd user setup-link`.
pub(crate) fn setup_link(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load().map_err(Failure::usage)?;
    let made = runtime()?.block_on(hearth_server::setup_link(&config, Environment::default()));
    let link = made.map_err(Failure::other)?;
    crate::print(&format!("{}\n", link.as_str()))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::other)
}
