//! Bringing the server up: where its data is, what it is configured to, and what to say when it does not start.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use hearth_server::config::{self, Config, ConfigError, Sources};
use hearth_server::{Passphrase, RunningServer, Server, ServerName, StartError, StartOptions, logging};
use tauri::{AppHandle, Manager};

use crate::naming;
use crate::state::StartState;

/// The configuration file in the data folder. There need not be one.
const FILE: &str = "hearth.toml";

/// Why the server inside the app did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BootError {
    /// The file in the data folder or a `HEARTH_*` variable is not right.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The file in the data folder is there and cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The server itself refused.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// The folder that holds everything: the one that `HEARTH_DATA` or the setting `server.data` in the environment
/// names, or the usual place for the data of this person's programs. `hearthd` finds the same server there.
pub(crate) fn data_folder(app: &AppHandle) -> tauri::Result<PathBuf> {
    let chosen = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    match chosen("HEARTH_DATA").or_else(|| chosen("HEARTH_SERVER_DATA")) {
        Some(folder) => Ok(folder),
        None => Ok(app.path().data_dir()?.join("hearth")),
    }
}

/// Sends log lines where the configuration says. A configuration that cannot be read is told of by the start.
pub(crate) fn start_logging(folder: &Path) -> anyhow::Result<()> {
    let settings = configuration(folder).unwrap_or_default().log;
    Ok(logging::start(&settings)?)
}

/// Starts the server whose data is in `folder`. A new one that was not named takes this machine's name.
pub(crate) async fn start(folder: &Path, passphrase: Option<Passphrase>) -> Result<RunningServer, BootError> {
    let mut config = configuration(folder)?;
    let options = |config: &Config| StartOptions {
        passphrase: passphrase.clone(),
        ..StartOptions::new(config.clone())
    };
    match Server::start(options(&config)).await {
        Err(StartError::NameNeeded) => {
            config.server.name = ServerName::parse(&naming::suggested()).ok();
            Ok(Server::start(options(&config)).await?)
        }
        outcome => Ok(outcome?),
    }
}

fn configuration(folder: &Path) -> Result<Config, BootError> {
    let environment = std::env::vars_os().filter_map(both_text).collect();
    let mut config = config::load(&Sources {
        file: file(folder)?,
        environment,
        flags: Vec::new(),
    })?;
    folder.clone_into(&mut config.server.data);
    Ok(config)
}

fn file(folder: &Path) -> Result<Option<(String, String)>, BootError> {
    let path = folder.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path.display().to_string(), text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(BootError::File { path, source }),
    }
}

/// Variables that are not text are not for us.
fn both_text((name, value): (OsString, OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

impl From<BootError> for StartState {
    fn from(error: BootError) -> Self {
        let (code, asks) = match &error {
            BootError::Config(_) => ("config_invalid", false),
            BootError::File { .. } => ("config_unreadable", false),
            BootError::Start(error) => (error.code(), error.needs_key_store()),
        };
        let reason = format!("{:#}", anyhow::Error::from(error));
        if asks {
            Self::NeedsKeyStore { code, reason }
        } else {
            Self::Failed { code, reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_decides_about_the_data_and_its_file_about_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "[server]\ndata = '/elsewhere'\n[listen]\naddresses = ['127.0.0.1:1']";
        std::fs::write(folder.path().join(FILE), text).expect("a file");
        let config = configuration(folder.path()).expect("a good file");
        assert_eq!(config.server.data, folder.path());
        assert_eq!(
            config.listen.addresses,
            ["127.0.0.1:1".parse().expect("an address")]
        );
    }

    #[test]
    fn without_a_file_everything_is_as_documented() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = configuration(folder.path()).expect("the defaults");
        assert_eq!(config.listen, Config::default().listen);
    }

    #[test]
    fn a_wrong_file_is_a_failure_that_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), "[tls]\nmode = 'ssl'").expect("a file");
        let error = configuration(folder.path()).expect_err("no such mode");
        let StartState::Failed { code, reason } = error.into() else {
            panic!("a failure")
        };
        assert_eq!(code, "config_invalid");
        assert!(reason.contains("hearth.toml: tls.mode: expected"), "{reason}");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(FILE)).expect("a folder in place of the file");
        let error = configuration(folder.path()).expect_err("not a file");
        assert!(matches!(error, BootError::File { .. }), "{error}");
    }

    #[test]
    fn only_questions_about_keys_ask_the_owner() {
        let asks = BootError::from(StartError::Keys(hearth_server::KeysError::PassphraseNeeded));
        assert!(matches!(
            asks.into(),
            StartState::NeedsKeyStore {
                code: "passphrase_needed",
                ..
            }
        ));
        let fails = BootError::from(StartError::NameNeeded);
        assert!(matches!(
            fails.into(),
            StartState::Failed {
                code: "name_needed",
                ..
            }
        ));
    }

    #[tokio::test]
    async fn a_taken_address_is_said_with_the_systems_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = taken.local_addr().expect("its address");
        let text = format!("[server]\nname = 'localhost'\n[listen]\naddresses = ['{address}']");
        std::fs::write(folder.path().join(FILE), text).expect("a file");
        let error = start(folder.path(), None).await.expect_err("the port is taken");
        let StartState::Failed { code, reason } = error.into() else {
            panic!("a failure")
        };
        assert_eq!(code, "address_in_use");
        assert!(
            reason.starts_with(&format!("cannot listen on {address}: ")),
            "{reason}"
        );
    }
}
