//! Who may do what, and what follows from it: accounts, sessions, channels, messages, settings.
//!
//! Every rule of the house is here and nowhere else. The crate knows neither HTTP nor SQL nor keys: requests
//! arrive as typed arguments with an [`Actor`], rows come from the store's table modules, and what another
//! server has to be told is an outbox row in the same write (ARCHITECTURE.md, decision 4). Live events are
//! published after the commit, encoded once ([`events`]).
//!
//! Each operation has one error enum. Where d3chat names the text of a refusal, that text is the variant's
//! `Display`; the server only adds the status.

pub mod accounts;
pub mod audit;
pub mod channels;
pub mod events;
pub mod live;
pub mod messages;
pub mod remote;
pub mod sender_keys;
pub mod sessions;
pub mod settings;
pub mod setup;

mod config;
mod gate;
mod input;
mod lanes;
mod passwords;
mod relay;
mod secrets;
mod task;
mod throttle;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hearth_bus::{Bus, Signal, Topic, Wake};
use hearth_protocol::env::{Clock, Random};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::{Store, StoreError};
use thiserror::Error;

pub use config::{Argon2Cost, CoreConfig, CoreLimits, CoreParts};
pub use input::{FieldError, FieldFault, Password};
pub use sessions::{Actor, SessionGrant, SessionKind};

use lanes::Lanes;
use passwords::{HashError, Passwords};

/// The rules of one server, over its store and its bus. Cheap to clone; every clone is the same server.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

struct Inner {
    store: Store,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    config: CoreConfig,
    passwords: Passwords,
    lanes: Lanes,
    is_federating: AtomicBool,
    /// Held while a changed setting takes effect, so that the last one to do so knows the last change.
    settling: tokio::sync::Mutex<()>,
}

/// Why a server's rules could not be set up.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The cost of password hashing is out of Argon2's bounds.
    #[error("the cost of password hashing is not usable: {0}")]
    Hashing(#[from] HashError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Core {
    /// Sets up the rules: adds missing settings, applies the start-up registration mode and measures out the
    /// work that a log-in costs.
    pub async fn open(parts: CoreParts) -> Result<Self, OpenError> {
        let CoreParts {
            store,
            bus,
            clock,
            random,
            config,
        } = parts;
        let passwords = Passwords::new(config.argon2, &config.limits, random.as_ref()).await?;
        let is_federating = settings::prepare(&store, &config, clock.as_ref(), random.as_ref()).await?;
        Ok(Self(Arc::new(Inner {
            store,
            bus,
            clock,
            random,
            config,
            passwords,
            lanes: Lanes::default(),
            is_federating: AtomicBool::new(is_federating),
            settling: tokio::sync::Mutex::new(()),
        })))
    }

    /// The durable data.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The short-lived plane.
    pub fn bus(&self) -> &dyn Bus {
        self.0.bus.as_ref()
    }

    /// The name under which other servers know this one.
    pub fn server_name(&self) -> &ServerName {
        &self.0.config.server_name
    }

    /// The limits in force.
    pub fn limits(&self) -> &CoreLimits {
        &self.0.config.limits
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn random(&self) -> &Arc<dyn Random> {
        &self.0.random
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.0.lanes
    }

    pub(crate) fn is_federating(&self) -> bool {
        self.0.is_federating.load(Ordering::Relaxed)
    }

    pub(crate) fn set_federating(&self, is_federating: bool) {
        self.0.is_federating.store(is_federating, Ordering::Relaxed);
    }

    pub(crate) fn settling(&self) -> &tokio::sync::Mutex<()> {
        &self.0.settling
    }

    pub(crate) async fn publish(&self, topic: Topic, signal: Signal) {
        self.bus().publish(&topic, signal).await;
    }

    /// Tells delivery that these servers have something waiting.
    pub(crate) async fn wake_deliveries(&self, servers: &[ServerName]) {
        for server in servers {
            self.bus().wake(Wake::Delivery(server.clone())).await;
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("server_name", self.server_name())
            .finish_non_exhaustive()
    }
}
