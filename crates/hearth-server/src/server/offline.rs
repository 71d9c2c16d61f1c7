//! A setup link from the command line: asked of the running server over its owner's socket, or made in the data
//! folder when no server has it open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hearth_bus::{Bus, InProcessBus};
use hearth_core::{Core, CoreConfig, CoreParts};
use hearth_protocol::names::ServerName;
use hearth_store::Store;
use hearth_store::sqlite::{self, OpenError, SqliteOptions};
use thiserror::Error;
use zeroize::Zeroizing;

use super::compose::blocking;
use super::{Environment, StartError, names};
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::owner_socket::{self, AskError};
use crate::setup::{SetupError, SetupLinks};

/// Why there is no setup link.
#[derive(Debug, Error)]
pub enum SetupLinkError {
    /// The folder has never been used by a server.
    #[error("there is no server in {}; start it once, and it makes its own setup link", folder.display())]
    NoServer {
        /// The folder.
        folder: PathBuf,
    },
    /// A server has the folder open and could not be asked.
    #[error("the server that runs in this folder could not be asked")]
    Ask(#[from] AskError),
    /// The running server said no.
    #[error("{0}")]
    Refused(String),
    /// The folder cannot be opened.
    #[error(transparent)]
    Open(#[from] StartError),
    /// The link cannot be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// Makes a fresh setup link for the server in the configured data folder, running or not.
pub async fn setup_link(
    config: &Config,
    environment: Environment,
) -> Result<Zeroizing<String>, SetupLinkError> {
    let root = config.server.data.clone();
    if !DataFolder::has_database(&root) {
        return Err(SetupLinkError::NoServer { folder: root });
    }
    let clock = Arc::clone(&environment.clock);
    let opened = blocking(move || {
        let folder = DataFolder::open(&root)?;
        let (store, _) = sqlite::open(folder.root(), SqliteOptions::new(clock))?;
        Ok((folder, store))
    })
    .await;
    match opened {
        Ok((folder, store)) => {
            let made = make(config, &folder, &store, environment).await;
            // The link is in the file already; an unclean mark only costs the next start a check.
            let _ = store.close().await;
            made
        }
        Err(StartError::Database(OpenError::InUse { .. })) => ask(&config.server.data).await,
        Err(error) => Err(error.into()),
    }
}

async fn make(
    config: &Config,
    folder: &DataFolder,
    store: &Store,
    environment: Environment,
) -> Result<Zeroizing<String>, SetupLinkError> {
    let name = names::kept(store).await?.ok_or(StartError::NameNeeded)?;
    let core = open_core(&name, store, environment).await?;
    let url = names::browser_url(&name, config, &config.listen.addresses);
    let link = SetupLinks::new(core, folder.setup_link(), url).issue().await?;
    Ok(link.url)
}

async fn open_core(name: &ServerName, store: &Store, environment: Environment) -> Result<Core, StartError> {
    let Environment { clock, random } = environment;
    let bus: Arc<dyn Bus> = Arc::new(InProcessBus::new(Arc::clone(&clock)));
    let config = CoreConfig::new(name.clone());
    Ok(Core::open(CoreParts {
        store: store.clone(),
        bus,
        clock,
        random,
        config,
    })
    .await?)
}

async fn ask(data: &Path) -> Result<Zeroizing<String>, SetupLinkError> {
    let answer = owner_socket::post(data, "/api/v1/owner/setup-link").await?;
    let text = |name: &str| {
        answer
            .body
            .get(name)
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    };
    match (answer.status, text("url")) {
        (201, Some(url)) => Ok(Zeroizing::new(url)),
        _ => Err(SetupLinkError::Refused(
            text("detail").unwrap_or_else(|| "the server refused".to_owned()),
        )),
    }
}
