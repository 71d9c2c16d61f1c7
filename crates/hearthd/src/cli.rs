//! The command line.

#![expect(clippy::doc_markdown, reason = "this documentation is printed to a terminal")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// What the help says after everything else.
const EXIT_CODES: &str = "Exit codes:
  0  stopped in order
  1  could not start, or failed
  2  wrong usage or configuration
  3  the key store needs its owner: unlock it, give a passphrase, or choose another";

/// Hearth without a window: your own federated chat server.
#[derive(Debug, Parser)]
#[command(name = "hearthd", version, about, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the server until it is told to stop (SIGTERM or SIGINT). SIGHUP reads certificate files again.
    #[command(after_help = EXIT_CODES)]
    Run(RunArguments),
    /// Configuration.
    Config {
        /// What about it.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Accounts.
    User {
        /// What about them.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Prints the API as an OpenAPI document.
    Openapi,
}

/// What about the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Prints a documented configuration file with every setting and its default.
    Sample,
}

/// What about accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Prints a fresh link by which the owner's account is made, while there is none. An earlier link stops
    /// working. The server may be running or not.
    SetupLink(Settings),
}

/// Where settings come from, and those that have a flag of their own.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "HEARTH_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The folder that holds everything (HEARTH_SERVER_DATA).
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<String>,
    /// The name by which people and other servers know this one (HEARTH_SERVER_NAME).
    #[arg(long, value_name = "NAME[:PORT]")]
    pub(crate) name: Option<String>,
    /// Addresses to listen on; may be repeated (HEARTH_LISTEN_ADDRESSES).
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Vec<String>,
    /// Where the certificate comes from: self-signed, files or proxy (HEARTH_TLS_MODE).
    #[arg(long, value_name = "MODE")]
    pub(crate) tls: Option<String>,
    /// With --tls files: the certificate chain (HEARTH_TLS_CERTIFICATE).
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<String>,
    /// With --tls files: the private key (HEARTH_TLS_KEY).
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate_key: Option<String>,
    /// Where the server's keys are kept: keyring, file or sealed (HEARTH_KEYS_STORE).
    #[arg(long, value_name = "STORE")]
    pub(crate) key_store: Option<String>,
    /// What happens when an unknown server is met: ask-self-signed, trust or ask-all
    /// (HEARTH_FEDERATION_FIRST_CONTACT).
    #[arg(long, value_name = "RULE")]
    pub(crate) first_contact: Option<String>,
    /// Connect to servers on this machine; for tests (HEARTH_FEDERATION_ALLOW_LOOPBACK_PEERS).
    #[arg(long)]
    pub(crate) allow_loopback_peers: bool,
    /// Who may make an account: open, invite_only or closed (HEARTH_REGISTRATION_MODE).
    #[arg(long, value_name = "MODE")]
    pub(crate) registration: Option<String>,
    /// Any setting by its name in the configuration file; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

/// `hearthd run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The settings.
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Prints the settings that are in effect, and does nothing else.
    #[arg(long)]
    pub(crate) print_config: bool,
    /// When the server answers, prints one line of JSON to the standard output: addresses, name, fingerprint,
    /// setup_link_file, key_store.
    #[arg(long)]
    pub(crate) ready_json: bool,
}
