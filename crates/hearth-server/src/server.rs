//! The server as a whole: started from a configuration, reachable through the console's door, stopped in
//! order.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hearth_bus::Bus;
use hearth_federation::Federation;
use hearth_identity::KeyStoreKind;
use hearth_identity::tls::TlsError;
use hearth_protocol::env::{Clock, Random};
use hearth_protocol::fingerprint::Fingerprint;
use hearth_protocol::names::ServerName;
use hearth_store::{Store, StoreError};
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::config::Config;
use crate::door::ConsoleDoor;
use crate::env::{OsRandom, SystemClock};
use crate::keys::Passphrase;
use crate::listener::Listeners;

mod compose;
mod error;
mod names;
pub(crate) mod offline;
mod routers;
mod translate;
mod upkeep;

pub use self::error::StartError;
pub use self::offline::{SetupLinkError, setup_link};

/// What a server is started from.
#[derive(Clone, Debug)]
pub struct StartOptions {
    /// What was configured.
    pub config: Config,
    /// Opens the sealed key file, or makes one at the first start. With `None` the configuration says where
    /// the keys are.
    pub passphrase: Option<Passphrase>,
    /// Time and randomness.
    pub environment: Environment,
}

impl StartOptions {
    /// A server of this machine, with the configured key store.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            passphrase: None,
            environment: Environment::default(),
        }
    }
}

/// The clock and the random source that everything in the server uses.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Default for Environment {
    /// The machine's own.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(OsRandom),
        }
    }
}

/// Starts servers.
#[derive(Clone, Copy, Debug)]
pub struct Server;

impl Server {
    /// Starts a server and returns when it answers. Whatever fails, nothing is left running.
    pub async fn start(options: StartOptions) -> Result<RunningServer, StartError> {
        compose::start(options).await
    }
}

/// A server that answers. Dropping it cuts everything off; [`RunningServer::stop`] is the orderly way.
pub struct RunningServer {
    app: App,
    store: Store,
    federation: Arc<Federation>,
    listeners: Listeners,
    door: ConsoleDoor,
    has_setup_link: bool,
    upkeep: TaskTracker,
}

impl std::fmt::Debug for RunningServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RunningServer")
            .field("name", self.server_name())
            .finish_non_exhaustive()
    }
}

/// The running server in numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Status {
    /// Open connections.
    pub connections: usize,
    /// Open sockets for live events.
    pub sockets: usize,
    /// For how long the server has been running.
    pub uptime: Duration,
}

impl RunningServer {
    /// The addresses that are listened on; port 0 has become a real one.
    pub fn addresses(&self) -> &[SocketAddr] {
        self.listeners.addresses()
    }

    /// The name by which people and servers know this one.
    pub fn server_name(&self) -> &ServerName {
        self.app.core.server_name()
    }

    /// The address that a browser of the owner opens.
    pub fn browser_url(&self) -> &str {
        &self.app.browser_url
    }

    /// The fingerprint of the certificate that is served now; `None` behind a proxy.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.app.tls.as_ref().map(|tls| tls.served().fingerprint)
    }

    /// The file that held the setup link when the server started; `None` when it had an owner then.
    pub fn setup_link_file(&self) -> Option<&Path> {
        self.has_setup_link.then(|| self.app.setup.file())
    }

    /// Where the keys are.
    pub fn key_store(&self) -> KeyStoreKind {
        self.app.identity.key_store()
    }

    /// The way in for the owner's console.
    pub fn console(&self) -> ConsoleDoor {
        self.door.clone()
    }

    /// What answers requests from the network, without the network in between: for programs that bring their
    /// own listener, and for tests.
    pub fn router(&self) -> axum::Router {
        routers::for_the_network(&self.app)
    }

    /// What is shared but short-lived, for programs that watch it or feed it.
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.app.bus
    }

    /// The server in numbers.
    pub fn status(&self) -> Status {
        Status {
            connections: self.listeners.connections(),
            sockets: self.app.sockets.total(),
            uptime: self.app.uptime(),
        }
    }

    /// Reads certificate and key files again. If they are not good, what was served goes on being served.
    pub async fn reload_certificate(&self) -> Result<(), TlsError> {
        let Some(tls) = self.app.tls.clone() else {
            return Ok(());
        };
        match tokio::task::spawn_blocking(move || tls.reload()).await {
            Ok(reloaded) => reloaded,
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        }
    }

    /// Stops in order: no new connections, sockets closed with 1001, requests finished within the configured
    /// bound, deliveries paused, the store closed with the mark of an orderly stop.
    pub async fn stop(self) -> Result<(), StoreError> {
        tracing::info!("stopping");
        self.app.stopping.cancel();
        self.listeners.stop().await;
        self.app.socket_tasks.close();
        let patience = self.app.config.limits.shutdown_timeout;
        if tokio::time::timeout(patience, self.app.socket_tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some sockets did not end in time");
        }
        self.federation.shutdown().await;
        self.upkeep.close();
        self.upkeep.wait().await;
        self.store.close().await?;
        tracing::info!("stopped");
        Ok(())
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.app.stopping.cancel();
    }
}
