//! The server under test.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use hearth_protocol::env::{ManualClock, SeededRandom};
use hearth_server::config::{Config, KeyStoreChoice, RegistrationChoice};
use hearth_server::{Environment, RunningServer, Server, StartError, StartOptions};
use tempfile::TempDir;

/// The name of the server under test.
pub(crate) const NAME: &str = "a.hearth.test:8441";

/// A running server. Its folder goes when it is dropped.
pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) server: RunningServer,
    pub(crate) folder: TempDir,
}

/// How the server under test differs from the usual one.
pub(crate) struct Builder {
    config: Config,
    environment: Environment,
    folder: TempDir,
}

impl TestApp {
    /// The usual server: open registration, cheap passwords, keys in a file, a real listener on some port.
    pub(crate) async fn start() -> Self {
        Self::builder().start().await
    }

    /// A server that differs from the usual one.
    pub(crate) fn builder() -> Builder {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.name = Some(NAME.parse().unwrap());
        folder.path().clone_into(&mut config.server.data);
        config.listen.addresses = vec!["127.0.0.1:0".parse().unwrap()];
        config.keys.store = KeyStoreChoice::File;
        config.registration.mode = Some(RegistrationChoice::Open);
        config.limits.password_memory_kib = 8;
        config.limits.password_passes = 1;
        config.limits.requests_per_minute = 100_000;
        config.limits.registrations_per_hour = 1_000;
        config.limits.logins_per_minute = 1_000;
        Builder {
            config,
            environment: Environment::default(),
            folder,
        }
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.addresses()[0]
    }

    /// Stops the server and keeps its folder.
    pub(crate) async fn stop(self) -> TempDir {
        self.server.stop().await.unwrap();
        self.folder
    }
}

impl Builder {
    /// Changes the configuration.
    pub(crate) fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Hands in a clock that the test moves.
    pub(crate) fn clock(mut self, clock: &ManualClock) -> Self {
        self.environment = Environment {
            clock: Arc::new(clock.clone()),
            random: Arc::new(SeededRandom::new(7)),
        };
        self
    }

    /// Goes on in the folder of an earlier server.
    pub(crate) fn folder(mut self, folder: TempDir) -> Self {
        folder.path().clone_into(&mut self.config.server.data);
        self.folder = folder;
        self
    }

    pub(crate) async fn start(self) -> TestApp {
        match self.try_start().await {
            Ok(app) => app,
            Err((error, _)) => panic!("the server does not start: {error}"),
        }
    }

    /// Starts, or gives back the folder with the reason.
    pub(crate) async fn try_start(self) -> Result<TestApp, (StartError, TempDir)> {
        let Self {
            config,
            environment,
            folder,
        } = self;
        let options = StartOptions {
            config,
            passphrase: None,
            environment,
        };
        match Server::start(options).await {
            Ok(server) => Ok(TestApp {
                router: server.router(),
                server,
                folder,
            }),
            Err(error) => Err((error, folder)),
        }
    }
}
