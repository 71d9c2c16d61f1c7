//! Federation as one thing: everything wired together, started, asked, stopped.

mod assembly;

use std::collections::BTreeMap;
use std::sync::Arc;

use hearth_bus::Bus;
use hearth_core::Core;
use hearth_core::accounts::User;
use hearth_identity::Identity;
use hearth_identity::tls::TlsIdentity;
use hearth_protocol::cryptid::capabilities::Capabilities;
use hearth_protocol::d3chat::descriptor::ServerDescriptor;
use hearth_protocol::d3chat::key_history::KeysDocument;
use hearth_protocol::d3chat::lookup::LookupAnswer;
use hearth_protocol::env::{Clock, Random};
use hearth_protocol::names::{ServerName, UserAddress};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::{meta, peers};
use hearth_store::{Store, StoreError};
use thiserror::Error;

use crate::config::FederationConfig;
use crate::counters::Counters;
use crate::delivery::Delivery;
use crate::discovery::{Discovery, DiscoveryError};
use crate::inbound::{Inbound, InboundAnswer, InboundError, InboundRequest};
use crate::lookup::{Asking, LookupError};
use crate::outbound::{HttpTransport, Transport};
use crate::peers::{PeerSummary, summaries};
use crate::published::{CryptidOff, Published};
use crate::signed::Signer;
use crate::tasks::Tasks;
use crate::trust::keeper::{Asker, TrustError, TrustKeeper};
use crate::trust::{PeerTrust, TrustTable};

/// What federation is made of.
#[derive(Debug)]
pub struct FederationParts {
    /// The rules of the house.
    pub core: Core,
    /// The durable data.
    pub store: Store,
    /// The short-lived plane.
    pub bus: Arc<dyn Bus>,
    /// Who this server is.
    pub identity: Arc<Identity>,
    /// The certificate it serves; `None` when it cannot know it.
    pub tls: Option<Arc<TlsIdentity>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Bytes that nobody can guess.
    pub random: Arc<dyn Random>,
    /// What the owner set.
    pub config: FederationConfig,
}

/// How other servers are reached, trusted and answered. Its tasks end when it is shut down or dropped.
#[derive(Debug)]
pub struct Federation {
    core: Core,
    transport: Arc<dyn Transport>,
    table: Arc<TrustTable>,
    keeper: Arc<TrustKeeper>,
    discovery: Arc<Discovery>,
    delivery: Arc<Delivery>,
    inbound: Arc<Inbound>,
    published: Published,
    signer: Signer,
    counters: Arc<Counters>,
    tasks: Tasks,
}

/// The owner's decision about a server could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecisionError {
    /// A new server could not be looked at.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// Trust could not be changed.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// It is this server itself.
    #[error("this server needs no trust in itself")]
    Ourselves,
}

impl Federation {
    /// Starts federation over the real network.
    ///
    /// Call it when listeners are bound: the first thing it does is to greet others, who may answer at once.
    pub async fn start(parts: FederationParts) -> Result<Arc<Self>, StoreError> {
        let (config, clock) = (parts.config.clone(), Arc::clone(&parts.clock));
        Self::start_over(parts, |table| Arc::new(HttpTransport::new(&config, table, clock))).await
    }

    /// Starts federation over a network made by `network`, which judges pins by the table it is given.
    pub async fn start_over<N>(parts: FederationParts, network: N) -> Result<Arc<Self>, StoreError>
    where
        N: FnOnce(Arc<TrustTable>) -> Arc<dyn Transport>,
    {
        // Taken before the store is read, so that nothing that happens between is missed.
        let wakes = parts.bus.wakes();
        let table = Arc::new(TrustTable::new(parts.store.read(peers::all).await?));
        let key_since = key_since(&parts).await?;
        let transport = network(Arc::clone(&table));
        let federation = Arc::new(assembly::assemble(parts, transport, table, key_since));
        federation.delivery.start(wakes).await;
        Ok(federation)
    }

    /// Stops everything and waits for it. What is queued stays queued.
    pub async fn shutdown(&self) {
        self.tasks.end().await;
    }

    /// Takes an event of another server: `POST /federation/inbox`.
    pub async fn receive(&self, request: InboundRequest) -> Result<InboundAnswer, InboundError> {
        self.inbound.receive(request).await
    }

    /// Answers another server who of ours has a name: `GET /federation/user-lookup`.
    pub async fn answer_lookup(&self, request: InboundRequest) -> Result<LookupAnswer, InboundError> {
        self.inbound.answer_lookup(request).await
    }

    /// Finds a person, here or on their own server; `None` when their server says that there is nobody.
    pub async fn lookup_user(&self, address: &UserAddress) -> Result<Option<User>, LookupError> {
        let asking = Asking {
            core: &self.core,
            discovery: &self.discovery,
            delivery: &self.delivery,
            transport: &*self.transport,
            signer: &self.signer,
        };
        asking.find(address).await
    }

    /// What this server publishes at `/.well-known/d3chat-server`.
    pub fn descriptor(&self) -> ServerDescriptor {
        self.published.descriptor()
    }

    /// What this server publishes at `/.well-known/d3chat-server/keys`.
    pub fn keys_document(&self) -> KeysDocument {
        self.published.keys()
    }

    /// What this server publishes at `/.well-known/cryptid`, or why it does not.
    pub fn capabilities(&self) -> Result<Capabilities, CryptidOff> {
        self.published.capabilities()
    }

    /// All servers this one knows.
    pub async fn peers(&self) -> Result<Vec<PeerSummary>, StoreError> {
        summaries(self.core.store()).await
    }

    /// The owner accepts what a server shows: a request, a held server, a blocked one, or one named by hand.
    ///
    /// A server that has shown nothing that could be pinned is looked at first, whatever was decided about it; its address may be private, since the owner named it.
    pub async fn accept_peer(&self, name: &ServerName) -> Result<(), DecisionError> {
        if name == self.core.server_name() {
            return Err(DecisionError::Ourselves);
        }
        if self.has_shown_nothing(name).await? {
            self.decide(name, Decision::Add).await?;
            self.discovery.look(name, Asker::Ours).await?;
        }
        self.decide(name, Decision::Accept).await?;
        // It may be waiting for exactly this.
        self.delivery.greet(name.clone());
        self.delivery.retry_now(name);
        Ok(())
    }

    /// The owner shuts a server out.
    pub async fn block_peer(&self, name: &ServerName) -> Result<(), DecisionError> {
        if name == self.core.server_name() {
            return Err(DecisionError::Ourselves);
        }
        self.decide(name, Decision::Block).await?;
        Ok(())
    }

    /// Tries at once to deliver what waits for a server.
    pub fn retry_now(&self, name: &ServerName) {
        self.delivery.retry_now(name);
    }

    /// How often what happened since the start, as `area.word`.
    pub fn counters(&self) -> BTreeMap<String, u64> {
        self.counters.read()
    }

    /// What is believed about other servers right now.
    pub fn trust(&self) -> &TrustTable {
        &self.table
    }

    async fn has_shown_nothing(&self, name: &ServerName) -> Result<bool, TrustError> {
        let name = name.clone();
        let peer = self.core.store().read(move |tx| peers::by_domain(tx, &name));
        Ok(peer
            .await?
            .is_none_or(|peer| peer.seen.is_none() && peer.pinned.is_none()))
    }

    /// Carries out a decision in a task of its own: row, snapshot and connections must change together even if
    /// whoever asked has gone.
    async fn decide(&self, name: &ServerName, decision: Decision) -> Result<Arc<PeerTrust>, TrustError> {
        let (keeper, name) = (Arc::clone(&self.keeper), name.clone());
        let step = self.tasks.spawn_to_the_end(async move {
            match decision {
                Decision::Accept => keeper.accept(&name).await,
                Decision::Add => keeper.add(&name).await,
                Decision::Block => keeper.block(&name).await,
            }
        });
        step.await.unwrap_or(Err(TrustError::Store(StoreError::Closed)))
    }
}

impl Drop for Federation {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

#[derive(Clone, Copy, Debug)]
enum Decision {
    Accept,
    Add,
    Block,
}

/// When the signing key came into use: noted the first time this server federates with it.
async fn key_since(parts: &FederationParts) -> Result<Timestamp, StoreError> {
    let key = format!("signing_key_since:{}", parts.identity.key_id());
    let now = parts.clock.now();
    let noted: Result<String, StoreError> = parts
        .store
        .write(move |tx| meta::value_or_set(tx, &key, &now.to_rest()))
        .await;
    Ok(Timestamp::parse_rfc3339(&noted?).unwrap_or(now))
}
