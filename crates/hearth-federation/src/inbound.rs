//! Requests of other servers: seven stages in the seed's order, each a named step with its own error.
//!
//! 1. [`headers`]: the three headers are there and mean something.
//! 2. [`window`]: the request was signed about now.
//! 3. [`admission`]: the source's budgets, the owner's decisions.
//! 4. [`key`]: the pinned key of the claimed origin, or discovery.
//! 5. [`signature`]: strict Ed25519. Only now the origin is who it says, and is charged for what is new and
//!    meant for us: anybody it wrote to could have passed the rest on.
//! 6. [`effect`]: the mark that the event was seen, in one transaction with
//! 7. [`event`]: what it does.

pub mod admission;
pub mod effect;
pub mod error;
pub mod event;
pub mod headers;
pub mod key;
pub mod lookup;
pub mod signature;
pub mod window;

mod contacts;
mod under_way;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use hearth_bus::Bus;
use hearth_core::{Core, settings};
use hearth_protocol::d3chat::lookup::LookupAnswer;
use hearth_protocol::env::Clock;
use hearth_protocol::ids::EventId;
use hearth_protocol::names::ServerName;
use hearth_store::StoreError;
use hearth_store::tables::{peers, seen_events};

pub use error::InboundError;
pub use headers::MAX_BODY;

use crate::config::FederationConfig;
use crate::counters::Counters;
use crate::delivery::Delivery;
use crate::discovery::Discovery;
use crate::tasks::Tasks;
use crate::trust::TrustTable;
use admission::{Asked, Budgets, check_policy};
use contacts::Contacts;
use effect::EffectError;
use headers::{Claims, OriginRule};
use under_way::UnderWay;

/// A request of another server as it arrived.
#[derive(Clone, Debug)]
pub struct InboundRequest {
    /// `GET` or `POST`.
    pub method: http::Method,
    /// Path and query exactly as in the request line.
    pub path_and_query: String,
    /// The header `X-D3Chat-Origin`; `None` when it is not there or not text.
    pub origin: Option<String>,
    /// The header `X-D3Chat-Timestamp`.
    pub timestamp: Option<String>,
    /// The header `X-D3Chat-Signature`.
    pub signature: Option<String>,
    /// The body, byte for byte. Its reader stops at [`MAX_BODY`].
    pub body: Bytes,
    /// Where the connection came from.
    pub source: IpAddr,
}

/// What the inbox answers with status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundAnswer {
    /// `ok`, or `duplicate` for an event that was taken before.
    pub status: &'static str,
    /// The event's id.
    pub event_id: EventId,
}

/// What the stages need.
#[derive(Debug)]
pub(crate) struct Inbound {
    core: Core,
    own_name: ServerName,
    allow_literals: bool,
    seen_per_origin: u64,
    budgets: Budgets,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    table: Arc<TrustTable>,
    discovery: Arc<Discovery>,
    delivery: Arc<Delivery>,
    contacts: Contacts,
    under_way: UnderWay,
    counters: Arc<Counters>,
    tasks: Tasks,
}

/// The other parts of federation that the stages use.
#[derive(Debug)]
pub(crate) struct InboundParts {
    pub(crate) core: Core,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) table: Arc<TrustTable>,
    pub(crate) discovery: Arc<Discovery>,
    pub(crate) delivery: Arc<Delivery>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) tasks: Tasks,
}

impl Inbound {
    pub(crate) fn new(parts: InboundParts, config: &FederationConfig) -> Arc<Self> {
        Arc::new(Self {
            own_name: config.server_name.clone(),
            allow_literals: config.allow_loopback_peers,
            seen_per_origin: config.budgets.events_remembered(),
            budgets: Budgets::new(&config.budgets),
            contacts: Contacts::default(),
            under_way: UnderWay::default(),
            core: parts.core,
            bus: parts.bus,
            clock: parts.clock,
            table: parts.table,
            discovery: parts.discovery,
            delivery: parts.delivery,
            counters: parts.counters,
            tasks: parts.tasks,
        })
    }

    /// Takes an event.
    pub(crate) async fn receive(
        self: &Arc<Self>,
        request: InboundRequest,
    ) -> Result<InboundAnswer, InboundError> {
        let outcome = self.take(&request).await;
        self.count(outcome.as_ref().map(|answer| answer.status));
        outcome
    }

    /// Answers who of ours has a name.
    pub(crate) async fn answer_lookup(&self, request: InboundRequest) -> Result<LookupAnswer, InboundError> {
        let outcome = lookup::answer(self, &request).await;
        self.count(outcome.as_ref().map(|_| "lookup"));
        outcome
    }

    async fn take(self: &Arc<Self>, request: &InboundRequest) -> Result<InboundAnswer, InboundError> {
        let paths = [request.path_and_query.clone()];
        let origin = self.verified_origin(request, &paths, Asked::Event).await?;
        let event = event::read(&request.body, &origin, &self.own_name)?;
        let event_id = event.event_id.clone();
        // First the place, then the question whether it was seen: a copy finds the one or the other.
        let place = self.under_way.enter(&origin, &event_id);
        if place.is_some() && !self.was_seen(&origin, &event_id).await? {
            let charge = self.budgets.charge_verified(&*self.bus, &origin, Asked::Event);
            charge.await?;
        }
        let is_new = effect::apply(self, origin.clone(), event, place).await?;
        if is_new {
            self.note_contact(&origin);
        }
        Ok(InboundAnswer {
            status: if is_new { "ok" } else { "duplicate" },
            event_id,
        })
    }

    /// Whether an event was taken before.
    async fn was_seen(&self, origin: &ServerName, event_id: &EventId) -> Result<bool, EffectError> {
        let (origin, event_id) = (origin.clone(), event_id.clone());
        let seen = self
            .core
            .store()
            .read(move |tx| seen_events::is_known(tx, &origin, &event_id));
        Ok(seen.await?)
    }

    /// Stages 1 to 5: who truly signed this. Whether they also sent it here is another question.
    async fn verified_origin(
        &self,
        request: &InboundRequest,
        paths: &[String],
        asked: Asked,
    ) -> Result<ServerName, InboundError> {
        let claims = self.read_headers(request)?;
        window::check(&claims.timestamp, self.clock.now())?;
        self.admit(request, &claims, asked).await?;
        let key = key::find(self, request, &claims).await?;
        signature::verify(self, request, &claims, paths, key).await?;
        Ok(claims.origin)
    }

    fn read_headers(&self, request: &InboundRequest) -> Result<Claims, headers::HeaderError> {
        let rule = OriginRule {
            own: &self.own_name,
            allows_literal: &|name| {
                self.allow_literals || self.table.peer(name).is_some_and(|peer| peer.added_by_owner)
            },
        };
        headers::read(request, rule)
    }

    async fn admit(
        &self,
        request: &InboundRequest,
        claims: &Claims,
        asked: Asked,
    ) -> Result<(), InboundError> {
        let charge = self
            .budgets
            .charge_unproven(&*self.bus, request.source, &claims.origin, asked);
        charge.await?;
        let peer = self.table.peer(&claims.origin);
        check_policy(
            settings::federation_enabled(&self.core),
            peer.map(|peer| peer.standing),
        )?;
        Ok(())
    }

    /// A proven sign of life: what waits for this server may be tried, and it is greeted after a restart.
    fn note_contact(&self, origin: &ServerName) {
        self.delivery.contact(origin);
        if !self.contacts.is_due(origin, self.clock.monotonic()) {
            return;
        }
        let (store, name, now) = (self.core.store().clone(), origin.clone(), self.clock.now());
        self.tasks.spawn_to_the_end(async move {
            let noted: Result<(), StoreError> =
                store.write(move |tx| peers::note_contact(tx, &name, now)).await;
            if let Err(error) = noted {
                tracing::warn!(%error, "a contact could not be noted");
            }
        });
    }

    fn count(&self, outcome: Result<&'static str, &InboundError>) {
        match outcome {
            Ok(word) => self.counters.count_inbound(word),
            Err(error) => {
                self.counters.count_inbound(error.code());
                tracing::debug!(code = error.code(), %error, "a request of another server was refused");
            }
        }
    }
}
