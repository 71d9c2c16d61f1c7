//! Our own accept loop: from a TCP connection to requests in the router.
//!
//! Every connection is one task from its first byte on, so that a client that dawdles in its TLS handshake
//! keeps nobody else waiting. Everything a connection may take has a bound: its handshake, the head of its
//! requests, the time without progress, how many its address may have. Stopping is a path of its own: the
//! listeners close, connections finish what they have begun, and after a while they are cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::Connection;
use crate::config::LimitSettings;

mod connection;
mod forwarded;
mod progress;
mod slots;

pub(crate) use self::forwarded::Proxies;
pub(crate) use self::slots::{Slot, Slots};

/// Asks for the TLS configuration of this moment; a reload shows with the next connection.
pub(crate) type TlsSource = Arc<dyn Fn() -> Arc<ServerConfig> + Send + Sync>;

/// How connections are secured.
#[derive(Clone)]
pub(crate) enum Security {
    /// By TLS, here.
    Tls(TlsSource),
    /// By a proxy in front; only it may connect.
    Proxy(Arc<Proxies>),
}

/// The bounds of one connection and of all of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    pub(crate) connections: usize,
    pub(crate) connections_per_address: usize,
    pub(crate) handshake_timeout: Duration,
    pub(crate) header_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) shutdown_timeout: Duration,
}

impl From<&LimitSettings> for ConnectionLimits {
    fn from(limits: &LimitSettings) -> Self {
        Self {
            connections: limits.connections,
            connections_per_address: limits.connections_per_address,
            handshake_timeout: limits.handshake_timeout,
            header_timeout: limits.header_timeout,
            idle_timeout: limits.idle_timeout,
            shutdown_timeout: limits.shutdown_timeout,
        }
    }
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) security: Security,
    pub(crate) router: Router,
    pub(crate) limits: ConnectionLimits,
    slots: Slots,
    /// Finish what has begun, then close.
    stopping: CancellationToken,
    /// Close now.
    cut: CancellationToken,
}

/// The running listeners. Dropping them closes the listeners and cuts every connection.
pub(crate) struct Listeners {
    addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

impl Listeners {
    /// Starts to accept on sockets that are already bound.
    pub(crate) fn start(
        sockets: Vec<TcpListener>,
        security: Security,
        router: Router,
        limits: ConnectionLimits,
    ) -> Self {
        let addresses = sockets
            .iter()
            .filter_map(|socket| socket.local_addr().ok())
            .collect();
        let shared = Arc::new(Shared {
            security,
            router,
            limits,
            slots: Slots::new(limits.connections, limits.connections_per_address),
            stopping: CancellationToken::new(),
            cut: CancellationToken::new(),
        });
        let tasks = TaskTracker::new();
        for socket in sockets {
            tasks.spawn(accept_all(socket, Arc::clone(&shared), tasks.clone()));
        }
        Self {
            addresses,
            shared,
            tasks,
        }
    }

    /// The addresses that are really listened on; port 0 has become a real one.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Open connections.
    pub(crate) fn connections(&self) -> usize {
        self.shared.slots.total()
    }

    /// Stops accepting, lets connections finish their requests, and cuts those that take too long.
    pub(crate) async fn stop(&self) {
        self.shared.stopping.cancel();
        self.tasks.close();
        let drained = tokio::time::timeout(self.shared.limits.shutdown_timeout, self.tasks.wait()).await;
        if drained.is_err() {
            tracing::warn!(
                connections = self.connections(),
                "cutting connections that did not finish in time"
            );
        }
        self.shared.cut.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.shared.stopping.cancel();
        self.shared.cut.cancel();
    }
}

/// How long to wait after a failed accept: out of file handles, the next attempt would fail at once again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

async fn accept_all(socket: TcpListener, shared: Arc<Shared>, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.stopping.cancelled() => return,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(connection) = Connection::admit(&shared, stream, peer) {
                    tasks.spawn(connection.run());
                }
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
