//! Finding out who a server is: one evidence connection at a time per name, read strictly, remembered briefly.
//!
//! A discovery runs in a task of its own, so that it ends the same way whoever stops waiting for it: what it
//! learns is written once, and everybody who asked meanwhile gets the one result. Names come from strangers,
//! so everything here is bounded: names in flight, connections at once, failures remembered.

mod outcomes;
mod reading;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hearth_protocol::d3chat::descriptor::DescriptorError;
use hearth_protocol::env::Clock;
use hearth_protocol::names::ServerName;
use thiserror::Error;
use tokio::sync::{Semaphore, watch};

pub(crate) use outcomes::Outcomes;
pub use reading::DocumentError;

use crate::outbound::guard::AddressPolicy;
use crate::outbound::{Target, Transport, TransportError};
use crate::tasks::Tasks;
use crate::trust::keeper::{Asker, TrustError, TrustKeeper};
use crate::trust::{PeerTrust, Standing, TrustTable};

/// Names being discovered at once; one more is told to come back.
const MAX_FLIGHTS: usize = 256;

/// How long a failed discovery answers for itself, and how soon a known server may be looked at again.
const REST: Duration = Duration::from_mins(1);

/// Why it could not be found out who a server is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DiscoveryError {
    /// It could not be reached, or broke off.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// It answered, but not with what a server of that name says.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// What was learnt could not be kept.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Its name is an address, and the owner has not added it.
    #[error("servers are known by names here, not by addresses")]
    Literal,
    /// Too many discoveries are under way.
    #[error("too many servers are being looked up")]
    Busy,
    /// This server is shutting down.
    #[error("this server is shutting down")]
    Stopping,
}

impl DiscoveryError {
    /// Whether trying again later may end differently.
    ///
    /// Only a descriptor that was read and contradicts the name or the protocol speaks for its server. A page in
    /// its place, a refusal, a redirect or a strange address may be the work of a proxy or of a resolver, for as
    /// long as they are wrong.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Document(DocumentError::Descriptor(error)) => matches!(error, DescriptorError::Json(_)),
            Self::Literal => false,
            Self::Document(DocumentError::Status { .. })
            | Self::Transport(_)
            | Self::Trust(_)
            | Self::Busy
            | Self::Stopping => true,
        }
    }
}

type Outcome = Result<Arc<PeerTrust>, DiscoveryError>;
type Flight = watch::Receiver<Option<Outcome>>;

/// Discoveries of all servers.
#[derive(Debug)]
pub(crate) struct Discovery {
    transport: Arc<dyn Transport>,
    keeper: Arc<TrustKeeper>,
    table: Arc<TrustTable>,
    clock: Arc<dyn Clock>,
    allow_loopback: bool,
    slots: Arc<Semaphore>,
    flights: Mutex<HashMap<ServerName, Flight>>,
    outcomes: Mutex<Outcomes<DiscoveryError>>,
    looked_again: Mutex<Outcomes<()>>,
    tasks: Tasks,
}

impl Discovery {
    pub(crate) fn new(
        keeper: Arc<TrustKeeper>,
        allow_loopback: bool,
        at_once: usize,
        tasks: Tasks,
    ) -> Arc<Self> {
        Arc::new(Self {
            transport: Arc::clone(&keeper.transport),
            table: Arc::clone(&keeper.table),
            clock: Arc::clone(&keeper.clock),
            keeper,
            allow_loopback,
            slots: Arc::new(Semaphore::new(at_once)),
            flights: Mutex::new(HashMap::new()),
            outcomes: Mutex::new(Outcomes::new(REST)),
            looked_again: Mutex::new(Outcomes::new(REST)),
            tasks,
        })
    }

    /// Where a server is reached, and how far the guard opens for it.
    pub(crate) fn target(&self, name: &ServerName) -> Target {
        let allow_private = self.table.peer(name).is_some_and(|peer| peer.added_by_owner);
        Target {
            name: name.clone(),
            addresses: AddressPolicy {
                allow_loopback: self.allow_loopback,
                allow_private,
            },
        }
    }

    /// What is believed about a server without asking anybody; `None` when its name never came up.
    pub(crate) fn known(&self, name: &ServerName) -> Option<Arc<PeerTrust>> {
        self.table.peer(name)
    }

    /// Whether asking for this server now would open a connection to it.
    pub(crate) fn would_fetch(&self, name: &ServerName) -> bool {
        self.settled(name).is_none() && self.in_flight(name).is_none() && self.remembered(name).is_none()
    }

    /// Whether a known server was looked at again so recently that it may not be now.
    pub(crate) fn may_look_again(&self, name: &ServerName) -> bool {
        let now = self.clock.monotonic();
        let looked_again = self.looked_again.lock().unwrap_or_else(PoisonError::into_inner);
        looked_again.recall(name, now).is_none()
    }

    /// What is believed about a server, found out first if nothing is.
    pub(crate) async fn meet(self: &Arc<Self>, name: &ServerName, asker: Asker) -> Outcome {
        if let Some(peer) = self.settled(name) {
            return Ok(peer);
        }
        if let Some(error) = self.remembered(name) {
            return Err(error);
        }
        self.look(name, asker).await
    }

    /// What is believed about a server, if it needs no look. One that made no sense is looked at now and then.
    fn settled(&self, name: &ServerName) -> Option<Arc<PeerTrust>> {
        let peer = self.table.peer(name)?;
        let is_open = match peer.standing {
            Standing::Unknown => true,
            Standing::Held => peer.is_held_unmet() && self.may_look_again(name),
            Standing::Blocked | Standing::Pinned | Standing::Request => false,
        };
        (!is_open).then_some(peer)
    }

    /// Looks at a known server again, because it did not show what is pinned; at most once in a while.
    ///
    /// Joins a look that is under way. `None` when the last one was too recent; what it found is in the table.
    pub(crate) async fn look_again(self: &Arc<Self>, name: &ServerName) -> Option<Outcome> {
        if self.in_flight(name).is_none() && !self.note_look_again(name) {
            return None;
        }
        Some(self.look(name, Asker::Ours).await)
    }

    /// Notes that a known server is looked at again; `false` when that is too soon.
    fn note_look_again(&self, name: &ServerName) -> bool {
        let now = self.clock.monotonic();
        let mut looked_again = self.looked_again.lock().unwrap_or_else(PoisonError::into_inner);
        if looked_again.recall(name, now).is_some() {
            return false;
        }
        looked_again.remember(name.clone(), (), now);
        true
    }

    /// Looks at a server whatever is remembered about earlier attempts, because the owner asks.
    pub(crate) async fn look(self: &Arc<Self>, name: &ServerName, asker: Asker) -> Outcome {
        let mut flight = self.join_or_start(name, asker)?;
        // The sender is dropped without an outcome only when the task was not run to its end.
        let outcome = flight
            .wait_for(Option::is_some)
            .await
            .map_err(|_| DiscoveryError::Stopping)?;
        outcome.clone().unwrap_or(Err(DiscoveryError::Stopping))
    }

    fn join_or_start(self: &Arc<Self>, name: &ServerName, asker: Asker) -> Result<Flight, DiscoveryError> {
        let addresses = self.target(name).addresses;
        if name.is_ip_literal() && !addresses.allow_loopback && !addresses.allow_private {
            return Err(DiscoveryError::Literal);
        }
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(name) {
            return Ok(flight.clone());
        }
        if flights.len() >= MAX_FLIGHTS {
            return Err(DiscoveryError::Busy);
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(name.clone(), receiver.clone());
        drop(flights);
        let (this, name) = (Arc::clone(self), name.clone());
        self.tasks.spawn_until_stopped(async move {
            let landing = Landing {
                discovery: &this,
                name: &name,
            };
            let outcome = this.fetch(&name, asker).await;
            this.remember(&name, &outcome);
            drop(landing);
            sender.send_replace(Some(outcome));
        });
        Ok(receiver)
    }

    async fn fetch(&self, name: &ServerName, asker: Asker) -> Outcome {
        let _slot = self.slots.acquire().await.map_err(|_| DiscoveryError::Stopping)?;
        let target = self.target(name);
        let now = self.clock.now();
        let first = reading::read(name, &self.transport.evidence(&target).await?, now)?;
        let Some(_) = first.contradiction else {
            return Ok(self.keeper.learn(name, first.found, asker).await?);
        };
        // A renewal under way shows the same picture for a moment; the second look tells them apart.
        let second = reading::read(name, &self.transport.evidence(&target).await?, now)?;
        match second.contradiction {
            None => Ok(self.keeper.learn(name, second.found, asker).await?),
            Some(published) => {
                self.note_look_again(name);
                Ok(self
                    .keeper
                    .hold_inconsistent(name, second.found, published, asker)
                    .await?)
            }
        }
    }

    fn in_flight(&self, name: &ServerName) -> Option<Flight> {
        let flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.get(name).cloned()
    }

    fn remembered(&self, name: &ServerName) -> Option<DiscoveryError> {
        let now = self.clock.monotonic();
        let outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.recall(name, now)
    }

    fn remember(&self, name: &ServerName, outcome: &Outcome) {
        let now = self.clock.monotonic();
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(_) => outcomes.forget(name),
            Err(error) => outcomes.remember(name.clone(), error.clone(), now),
        }
    }
}

/// Takes a flight off the list when it ends, also when its task is cut short.
struct Landing<'a> {
    discovery: &'a Discovery,
    name: &'a ServerName,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let mut flights = self
            .discovery
            .flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        flights.remove(self.name);
    }
}
