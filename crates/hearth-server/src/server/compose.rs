//! Putting a server together, in the order in which the parts need each other. What can fail early, because
//! somebody mistyped something, is tried first.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use hearth_bus::{Bus, InProcessBus};
use hearth_core::{Core, CoreParts};
use hearth_federation::{Federation, FederationParts};
use hearth_identity::Identity;
use hearth_identity::tls::TlsIdentity;
use hearth_protocol::names::ServerName;
use hearth_store::Store;
use hearth_store::sqlite::{self, SqliteOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Environment, RunningServer, StartError, StartOptions, names, routers, translate, upkeep};
use crate::app::{App, Budgets, Parts, Started};
use crate::config::{Config, TlsMode};
use crate::conventions::cors::Cors;
use crate::conventions::hosts::Hosts;
use crate::data_folder::DataFolder;
use crate::door::ConsoleDoor;
use crate::health::{self, HealthBoard};
use crate::keys::{self, Passphrase};
use crate::listener::{ConnectionLimits, Listeners, Proxies, Security, Slots};
use crate::owner_socket::OwnerSocket;
use crate::setup::SetupLinks;
use crate::socket::table::SocketTable;

/// See [`super::Server::start`].
pub(super) async fn start(options: StartOptions) -> Result<RunningServer, StartError> {
    let StartOptions {
        config,
        passphrase,
        environment,
    } = options;
    let sockets = bind(&config).await?;
    let listening = sockets
        .iter()
        .filter_map(|socket| socket.local_addr().ok())
        .collect();
    let (folder, store) = open_folder(&config, &environment).await?;
    let ground = Ground {
        config,
        environment,
        folder,
        store: store.clone(),
        listening,
    };
    let built = ground.build(passphrase, sockets).await;
    if built.is_err() {
        // The store is open since then; a start that fails closes it in order.
        let _ = store.close().await;
    }
    built
}

async fn bind(config: &Config) -> Result<Vec<TcpListener>, StartError> {
    if config.listen.addresses.is_empty() {
        return Err(StartError::NoAddress);
    }
    let proxies = Proxies::new(config.proxy.trusted.clone());
    let mut sockets = Vec::new();
    for address in &config.listen.addresses {
        if config.tls.mode == TlsMode::Proxy && proxies.are_local() && !address.ip().is_loopback() {
            return Err(StartError::ExposedPlainHttp { address: *address });
        }
        let bound = TcpListener::bind(address).await;
        sockets.push(bound.map_err(|source| StartError::Listen {
            address: *address,
            source,
        })?);
    }
    Ok(sockets)
}

async fn open_folder(config: &Config, environment: &Environment) -> Result<(DataFolder, Store), StartError> {
    let (path, clock) = (config.server.data.clone(), Arc::clone(&environment.clock));
    blocking(move || {
        let folder = DataFolder::open(&path)?;
        let (store, report) = sqlite::open(folder.root(), SqliteOptions::new(clock))?;
        if !report.was_clean {
            tracing::warn!("the last stop was not an orderly one; the database was checked and is sound");
        }
        Ok((folder, store))
    })
    .await
}

/// What is there before anything runs.
struct Ground {
    config: Config,
    environment: Environment,
    folder: DataFolder,
    store: Store,
    listening: Vec<SocketAddr>,
}

impl Ground {
    async fn build(
        self,
        passphrase: Option<Passphrase>,
        sockets: Vec<TcpListener>,
    ) -> Result<RunningServer, StartError> {
        let name = names::settle(&self.store, self.config.server.name.as_ref()).await?;
        let identity = self.open_identity(passphrase).await?;
        let tls = self.open_tls(&name).await?;
        let (store, folder) = (self.store.clone(), self.folder.clone());
        let app = self.furnish(&name, identity, tls).await?;
        let link = app.setup.prepare().await?;
        Ok(serve(app, store, &folder, sockets, link.is_some()))
    }

    async fn open_identity(&self, passphrase: Option<Passphrase>) -> Result<Arc<Identity>, StartError> {
        let random = Arc::clone(&self.environment.random);
        let identity = keys::open(&self.store, &self.folder, &self.config.keys, passphrase, random).await?;
        if let Some(note) = identity.key_store().note() {
            tracing::warn!(key_store = identity.key_store().as_str(), "{note}");
        }
        Ok(Arc::new(identity))
    }

    async fn open_tls(&self, name: &ServerName) -> Result<Option<Arc<TlsIdentity>>, StartError> {
        let settings = &self.config.tls;
        let source = match settings.mode {
            TlsMode::Proxy => return Ok(None),
            TlsMode::Files => match (&settings.certificate, &settings.key) {
                (Some(certificate), Some(key)) => Certificate::Files(certificate.clone(), key.clone()),
                _ => return Err(StartError::TlsFilesMissing),
            },
            TlsMode::SelfSigned => {
                let names = names::for_certificate(name, &self.config, &self.listening);
                Certificate::SelfSigned(self.folder.tls(), names)
            }
        };
        let now = self.environment.clock.now();
        let opened = blocking(move || match source {
            Certificate::Files(certificate, key) => Ok(TlsIdentity::from_files(&certificate, &key)?),
            Certificate::SelfSigned(folder, names) => Ok(TlsIdentity::self_signed(&folder, &names, now)?),
        });
        Ok(Some(Arc::new(opened.await?)))
    }

    /// Starts the rooms and gathers them for the handlers.
    async fn furnish(
        self,
        name: &ServerName,
        identity: Arc<Identity>,
        tls: Option<Arc<TlsIdentity>>,
    ) -> Result<App, StartError> {
        let Self {
            config,
            environment: Environment { clock, random },
            folder,
            store,
            listening,
        } = self;
        let bus: Arc<dyn Bus> = Arc::new(InProcessBus::new(Arc::clone(&clock)));
        let core = Core::open(CoreParts {
            store: store.clone(),
            bus: Arc::clone(&bus),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            config: translate::for_core(name, &config),
        })
        .await?;
        let federation = Federation::start(FederationParts {
            core: core.clone(),
            store,
            bus: Arc::clone(&bus),
            identity: Arc::clone(&identity),
            tls: tls.clone(),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            config: translate::for_federation(name, &config)?,
        })
        .await?;
        let browser_url = names::browser_url(name, &config, &listening);
        Ok(App::new(Parts {
            setup: SetupLinks::new(core.clone(), folder.setup_link(), browser_url.clone()),
            hosts: Arc::new(Hosts::new(name, &config)),
            cors: Arc::new(Cors::new(&config.web.cors_origins)),
            budgets: Budgets::from(&config.limits),
            inbox_room: Slots::new(
                config.limits.federation_bodies,
                config.limits.federation_bodies_per_address,
            ),
            sockets: SocketTable::new(config.limits.sockets_per_user),
            socket_tasks: TaskTracker::new(),
            health: HealthBoard::new(),
            stopping: CancellationToken::new(),
            started: Started {
                at: clock.now(),
                monotonic: clock.monotonic(),
            },
            addresses: listening.iter().map(ToString::to_string).collect(),
            browser_url,
            config,
            core,
            federation,
            identity,
            tls,
            bus,
            clock,
            random,
        }))
    }
}

/// Where a certificate comes from.
enum Certificate {
    Files(PathBuf, PathBuf),
    SelfSigned(PathBuf, Vec<String>),
}

/// Opens the doors and starts what the server does for itself.
fn serve(
    app: App,
    store: Store,
    folder: &DataFolder,
    sockets: Vec<TcpListener>,
    has_setup_link: bool,
) -> RunningServer {
    let limits = ConnectionLimits::from(&app.config.limits);
    let listeners = Listeners::start(sockets, security(&app), routers::for_the_network(&app), limits);
    let door = ConsoleDoor::new(app.clone(), routers::for_the_house(&app));
    let upkeep = TaskTracker::new();
    let stopping = app.stopping.clone();
    upkeep.spawn(health::watch(
        app.health.clone(),
        store.clone(),
        folder.probe(),
        stopping.clone(),
    ));
    if let Some(tls) = app.tls.clone() {
        upkeep.spawn(upkeep::renew_certificate(
            tls,
            Arc::clone(&app.clock),
            stopping.clone(),
        ));
    }
    if app.config.owner.socket
        && let Some(socket) = OwnerSocket::open(&folder.console_socket())
    {
        upkeep.spawn(socket.serve(door.clone(), stopping));
    }
    tracing::info!(name = %app.core.server_name(), addresses = ?app.addresses, "serving");
    let federation = Arc::clone(&app.federation);
    RunningServer {
        app,
        store,
        federation,
        listeners,
        door,
        has_setup_link,
        upkeep,
    }
}

fn security(app: &App) -> Security {
    match &app.tls {
        Some(tls) => {
            let tls = Arc::clone(tls);
            Security::Tls(Arc::new(move || tls.server_config()))
        }
        None => Security::Proxy(Arc::new(Proxies::new(app.config.proxy.trusted.clone()))),
    }
}

/// Runs what waits for disks on a thread where waiting is fine.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StartError> + Send + 'static,
) -> Result<T, StartError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failure) => Err(StartError::Internal(failure.to_string())),
    }
}
