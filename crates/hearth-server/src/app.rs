//! What handlers and sockets share.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use hearth_bus::{Budget, Bus};
use hearth_core::Core;
use hearth_federation::Federation;
use hearth_identity::Identity;
use hearth_identity::tls::TlsIdentity;
use hearth_protocol::env::{Clock, Random};
use hearth_protocol::json;
use hearth_protocol::time::Timestamp;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, LimitSettings};
use crate::conventions::body::BodyLimits;
use crate::conventions::cors::Cors;
use crate::conventions::hosts::Hosts;
use crate::health::HealthBoard;
use crate::listener::Slots;
use crate::setup::SetupLinks;
use crate::socket::table::SocketTable;

/// The running server as its handlers see it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

/// The parts of [`App`].
pub(crate) struct Parts {
    /// What was configured.
    pub(crate) config: Config,
    /// Who may do what.
    pub(crate) core: Core,
    /// Other servers.
    pub(crate) federation: Arc<Federation>,
    /// Our keys.
    pub(crate) identity: Arc<Identity>,
    /// Our certificate; none behind a proxy.
    pub(crate) tls: Option<Arc<TlsIdentity>>,
    /// What is shared but short-lived.
    pub(crate) bus: Arc<dyn Bus>,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Randomness.
    pub(crate) random: Arc<dyn Random>,
    /// The names that are ours.
    pub(crate) hosts: Arc<Hosts>,
    /// The origins that may read answers.
    pub(crate) cors: Arc<Cors>,
    /// Setup links and the file that holds one.
    pub(crate) setup: SetupLinks,
    /// What the last health check found.
    pub(crate) health: HealthBoard,
    /// Budgets that are the server's own.
    pub(crate) budgets: Budgets,
    /// Room for the bodies of other servers' requests.
    pub(crate) inbox_room: Slots,
    /// Who has sockets open.
    pub(crate) sockets: SocketTable,
    /// Every socket, for the end.
    pub(crate) socket_tasks: TaskTracker,
    /// The server is stopping.
    pub(crate) stopping: CancellationToken,
    /// When the server started, by the wall and by the monotonic clock.
    pub(crate) started: Started,
    /// Where browsers and peers reach the server.
    pub(crate) addresses: Vec<String>,
    /// The address that the owner's browser opens.
    pub(crate) browser_url: String,
}

/// The moment of the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started {
    /// For people.
    pub(crate) at: Timestamp,
    /// For measuring.
    pub(crate) monotonic: std::time::Duration,
}

/// The server's own budgets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budgets {
    /// Requests per address.
    pub(crate) requests: Budget,
    /// Look-ups of people on other servers per account.
    pub(crate) lookups: Budget,
    /// Tickets per account.
    pub(crate) tickets: Budget,
    /// Bad tickets per address.
    pub(crate) bad_tickets: Budget,
}

impl From<&LimitSettings> for Budgets {
    fn from(limits: &LimitSettings) -> Self {
        Self {
            requests: Budget::per_minute("requests-address", limits.requests_per_minute),
            lookups: Budget::per_minute("lookups-user", limits.lookups_per_minute),
            tickets: Budget::per_minute("tickets-user", limits.tickets_per_minute),
            bad_tickets: Budget::per_minute("bad-tickets-address", limits.bad_tickets_per_minute),
        }
    }
}

impl App {
    /// Gathers the parts.
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// How long the server has been running.
    pub(crate) fn uptime(&self) -> std::time::Duration {
        self.clock.monotonic().saturating_sub(self.started.monotonic)
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<App> for BodyLimits {
    fn from_ref(app: &App) -> Self {
        let limits = &app.config.limits;
        Self {
            json: json::Limits {
                max_depth: limits.json_depth,
                max_string: limits.json_string_bytes,
            },
            timeout: limits.body_timeout,
        }
    }
}
