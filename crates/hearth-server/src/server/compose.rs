//! Putting a server together, in the order in which the parts need each other. What can fail early, because
//! somebody mistyped something, is tried first.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use hearth_bus::{Bus, InProcessBus};
use hearth_core::{Argon2Cost, Core, CoreConfig, CoreLimits, CoreParts, settings::RegistrationMode};
use hearth_federation::{Federation, FederationBudgets, FederationConfig, FederationParts, FirstContact};
use hearth_identity::Identity;
use hearth_identity::tls::TlsIdentity;
use hearth_protocol::names::ServerName;
use hearth_store::Store;
use hearth_store::sqlite::{self, SqliteOptions};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Environment, RunningServer, StartError, StartOptions, names, routers, upkeep};
use crate::app::{App, Budgets, Parts, Started};
use crate::config::{Config, FirstContactMode, RegistrationChoice, TlsMode};
use crate::conventions::cors::Cors;
use crate::conventions::hosts::Hosts;
use crate::data_folder::DataFolder;
use crate::door::ConsoleDoor;
use crate::health::{self, HealthBoard};
use crate::keys;
use crate::listener::{ConnectionLimits, Listeners, Proxies, Security};
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
    let listening: Vec<SocketAddr> = sockets
        .iter()
        .filter_map(|socket| socket.local_addr().ok())
        .collect();
    let (folder, store) = open_folder(&config, &environment).await?;

    // From here on the store is open; a start that fails closes it in order.
    let started = assemble(
        config,
        passphrase,
        environment,
        folder,
        store.clone(),
        sockets,
        listening,
    )
    .await;
    if started.is_err() {
        let _ = store.close().await;
    }
    started
}

async fn assemble(
    config: Config,
    passphrase: Option<keys::Passphrase>,
    environment: Environment,
    folder: DataFolder,
    store: Store,
    sockets: Vec<TcpListener>,
    listening: Vec<SocketAddr>,
) -> Result<RunningServer, StartError> {
    let name = names::settle(&store, config.server.name.as_ref()).await?;
    let random = Arc::clone(&environment.random);
    let identity = Arc::new(keys::open(&store, &folder, &config.keys, passphrase, random).await?);
    let tls = open_tls(&name, &config, &folder, &environment, &listening).await?;
    let app = build(
        &name,
        config,
        environment,
        &folder,
        &store,
        identity,
        tls,
        &listening,
    )
    .await?;
    let link = app.setup.prepare().await?;
    Ok(serve(app, store, folder, sockets, link.is_some()))
}

async fn bind(config: &Config) -> Result<Vec<TcpListener>, StartError> {
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

async fn open_tls(
    name: &ServerName,
    config: &Config,
    folder: &DataFolder,
    environment: &Environment,
    listening: &[SocketAddr],
) -> Result<Option<Arc<TlsIdentity>>, StartError> {
    let source = match config.tls.mode {
        TlsMode::Proxy => return Ok(None),
        TlsMode::Files => match (&config.tls.certificate, &config.tls.key) {
            (Some(certificate), Some(key)) => TlsSource::Files(certificate.clone(), key.clone()),
            _ => return Err(StartError::TlsFilesMissing),
        },
        TlsMode::SelfSigned => {
            TlsSource::SelfSigned(folder.tls(), names::for_certificate(name, config, listening))
        }
    };
    let now = environment.clock.now();
    let opened = blocking(move || match source {
        TlsSource::Files(certificate, key) => Ok(TlsIdentity::from_files(&certificate, &key)?),
        TlsSource::SelfSigned(folder, names) => Ok(TlsIdentity::self_signed(&folder, &names, now)?),
    });
    Ok(Some(Arc::new(opened.await?)))
}

enum TlsSource {
    Files(PathBuf, PathBuf),
    SelfSigned(PathBuf, Vec<String>),
}

#[expect(clippy::too_many_arguments, reason = "the one place where all parts meet")]
async fn build(
    name: &ServerName,
    config: Config,
    environment: Environment,
    folder: &DataFolder,
    store: &Store,
    identity: Arc<Identity>,
    tls: Option<Arc<TlsIdentity>>,
    listening: &[SocketAddr],
) -> Result<App, StartError> {
    let Environment { clock, random } = environment;
    let bus: Arc<dyn Bus> = Arc::new(InProcessBus::new(Arc::clone(&clock)));
    let core = Core::open(CoreParts {
        store: store.clone(),
        bus: Arc::clone(&bus),
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        config: core_config(name, &config),
    })
    .await?;
    let federation = Federation::start(FederationParts {
        core: core.clone(),
        store: store.clone(),
        bus: Arc::clone(&bus),
        identity: Arc::clone(&identity),
        tls: tls.clone(),
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        config: federation_config(name, &config)?,
    })
    .await?;
    let browser_url = names::browser_url(name, &config, listening);
    Ok(App::new(Parts {
        setup: SetupLinks::new(core.clone(), folder.setup_link(), browser_url.clone()),
        hosts: Arc::new(Hosts::new(name, &config)),
        cors: Arc::new(Cors::new(&config.web.cors_origins)),
        budgets: Budgets::from(&config.limits),
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

fn core_config(name: &ServerName, config: &Config) -> CoreConfig {
    let limits = &config.limits;
    CoreConfig {
        server_name: name.clone(),
        argon2: Argon2Cost {
            memory_kib: limits.password_memory_kib,
            passes: limits.password_passes,
            lanes: limits.password_lanes,
        },
        registration: config.registration.mode.map(registration_mode),
        limits: CoreLimits {
            logins_per_address: limits.logins_per_minute,
            registrations_per_address: limits.registrations_per_hour,
            wrong_passwords_per_account_and_address: limits.wrong_passwords_per_account_and_address,
            wrong_passwords_per_account: limits.wrong_passwords_per_account,
            hashes_at_once: limits.password_hashes_at_once,
            hashes_waiting_per_address: limits.password_hashes_waiting_per_address,
            hashes_waiting: limits.password_hashes_waiting,
            typing_per_user: limits.typing_per_minute,
            ..CoreLimits::default()
        },
    }
}

fn registration_mode(choice: RegistrationChoice) -> RegistrationMode {
    match choice {
        RegistrationChoice::Open => RegistrationMode::Open,
        RegistrationChoice::InviteOnly => RegistrationMode::InviteOnly,
        RegistrationChoice::Closed => RegistrationMode::Closed,
    }
}

fn federation_config(name: &ServerName, config: &Config) -> Result<FederationConfig, StartError> {
    let limits = &config.limits;
    let mut extra_roots = Vec::new();
    for path in &config.federation.extra_roots {
        extra_roots.extend(read_certificates(path)?);
    }
    Ok(FederationConfig {
        first_contact: match config.federation.first_contact {
            FirstContactMode::AskSelfSigned => FirstContact::AskSelfSigned,
            FirstContactMode::Trust => FirstContact::Trust,
            FirstContactMode::AskAll => FirstContact::AskAll,
        },
        allow_loopback_peers: config.federation.allow_loopback_peers,
        hosts: config.hosts.clone(),
        extra_roots,
        budgets: FederationBudgets {
            origin_per_minute: limits.federation_requests_per_minute,
            source_per_minute: limits.federation_source_requests_per_minute,
            fetch_per_source_per_minute: limits.federation_fetches_per_source_per_minute,
            fetch_per_minute: limits.federation_fetches_per_minute,
            assumed_peer_per_minute: limits.federation_sends_per_minute,
            ..FederationBudgets::default()
        },
        queue_max_age: config.federation.queue_max_age,
        software: ("hearth".to_owned(), crate::VERSION.to_owned()),
        ..FederationConfig::new(name.clone())
    })
}

fn read_certificates(path: &std::path::Path) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let unreadable = |reason: String| StartError::Authorities {
        path: path.to_owned(),
        reason,
    };
    let found = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
    let certificates: Vec<_> = found
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable("there is none in it".to_owned()));
    }
    Ok(certificates)
}

fn serve(
    app: App,
    store: Store,
    folder: DataFolder,
    sockets: Vec<TcpListener>,
    has_setup_link: bool,
) -> RunningServer {
    let security = match &app.tls {
        Some(tls) => {
            let tls = Arc::clone(tls);
            Security::Tls(Arc::new(move || tls.server_config()))
        }
        None => Security::Proxy(Arc::new(Proxies::new(app.config.proxy.trusted.clone()))),
    };
    let limits = ConnectionLimits::from(&app.config.limits);
    let listeners = Listeners::start(sockets, security, routers::for_the_network(&app), limits);
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

/// Runs what waits for disks on a thread where waiting is fine.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StartError> + Send + 'static,
) -> Result<T, StartError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failure) => Err(StartError::Internal(failure.to_string())),
    }
}
