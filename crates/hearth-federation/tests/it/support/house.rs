//! One Hearth of a story: real rules and real tables, on a network in memory or on real sockets.

use std::sync::Arc;

use hearth_bus::{Bus, InProcessBus, Wake};
use hearth_core::accounts::{self, Registration};
use hearth_core::channels::{self, NewChannel};
use hearth_core::messages::{self, NewMessage, Range};
use hearth_core::settings::RegistrationMode;
use hearth_core::{Actor, Argon2Cost, Core, CoreConfig, CoreParts, SessionKind, sessions};
use hearth_federation::outbound::Transport;
use hearth_federation::trust::TrustTable;
use hearth_federation::{Federation, FederationConfig, FederationParts, FirstContact, InboundError};
use hearth_federation::{InboundRequest, PeerSummary};
use hearth_identity::memory::MemoryStore;
use hearth_identity::tls::TlsIdentity;
use hearth_identity::{Identity, SecretStore};
use hearth_protocol::d3chat::event::{Event, OutboundEvent};
use hearth_protocol::env::{ManualClock, SeededRandom};
use hearth_protocol::ids::{ChannelId, EventId};
use hearth_protocol::names::{ServerName, Username};
use hearth_store::StoreError;
use hearth_store::tables::alerts::{self, Alert};
use hearth_store::tables::dead_letters::{self, DeadLetter};
use hearth_store::tables::outbox;
use hearth_store::tables::peers::{self, Peer};
use hearth_store::testing::TempStore;

use super::net::Net;
use super::stranger::{NOW, Stranger};
use super::{server, source};

/// The channel of most stories.
pub(crate) const CHANNEL: &str = "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10";

/// A folder with a server in it, running or not.
pub(crate) struct House {
    pub(crate) store: TempStore,
    pub(crate) clock: ManualClock,
    pub(crate) random: SeededRandom,
    secrets: Arc<dyn SecretStore>,
    pub(crate) config: FederationConfig,
    pub(crate) tls: Option<Arc<TlsIdentity>>,
}

/// The running server of a house.
pub(crate) struct Running {
    pub(crate) federation: Arc<Federation>,
    pub(crate) core: Core,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) identity: Arc<Identity>,
}

impl House {
    /// A house that trusts whatever a server shows first.
    pub(crate) fn new(name: &str) -> Self {
        let seed = name.bytes().map(u64::from).sum::<u64>() + 1_000;
        let config = FederationConfig {
            first_contact: FirstContact::Trust,
            ..FederationConfig::new(server(name))
        };
        Self {
            store: TempStore::open(),
            clock: ManualClock::new(NOW),
            random: SeededRandom::new(seed),
            secrets: Arc::new(MemoryStore::new()),
            config,
            tls: None,
        }
    }

    /// The same with other settings.
    pub(crate) fn with(mut self, adjust: impl FnOnce(&mut FederationConfig)) -> Self {
        adjust(&mut self.config);
        self
    }

    /// Starts the server on a network in memory.
    pub(crate) async fn start(&self, net: &Net) -> Running {
        let net = net.clone();
        self.start_over(|table| net.transport(table, "192.0.2.7")).await
    }

    /// Starts the server on some network.
    pub(crate) async fn start_over<N>(&self, network: N) -> Running
    where
        N: FnOnce(Arc<TrustTable>) -> Arc<dyn Transport>,
    {
        let clock = Arc::new(self.clock.clone());
        let random = Arc::new(self.random.clone());
        let bus: Arc<dyn Bus> = Arc::new(InProcessBus::new(Arc::clone(&clock) as _));
        let core = Core::open(CoreParts {
            store: self.store.store(),
            bus: Arc::clone(&bus),
            clock: Arc::clone(&clock) as _,
            random: Arc::clone(&random) as _,
            config: core_config(&self.config.server_name),
        });
        let core = core.await.unwrap();
        let identity = Arc::new(Identity::open(&self.secrets, None, &*random).unwrap());
        let parts = FederationParts {
            core: core.clone(),
            store: self.store.store(),
            bus: Arc::clone(&bus),
            identity: Arc::clone(&identity),
            tls: self.tls.clone(),
            clock,
            random,
            config: self.config.clone(),
        };
        Running {
            federation: Federation::start_over(parts, network).await.unwrap(),
            core,
            bus,
            identity,
        }
    }
}

impl Running {
    /// Its own name.
    pub(crate) fn name(&self) -> ServerName {
        self.core.server_name().clone()
    }

    /// What it looks like to others on a network in memory.
    pub(crate) fn face(&self) -> Stranger {
        Stranger {
            identity: Arc::clone(&self.identity),
            ..Stranger::new(self.name().as_str())
        }
    }

    /// Takes a request in; the HTTP status it would be answered with, and `ok`, `duplicate` or the error's word.
    pub(crate) async fn takes(&self, request: InboundRequest) -> (u16, &'static str) {
        match self.federation.receive(request).await {
            Ok(answer) => (200, answer.status),
            Err(error) => (error.status(), error.code()),
        }
    }

    /// Takes a request in that must be refused.
    pub(crate) async fn refuses(&self, request: InboundRequest) -> InboundError {
        self.federation.receive(request).await.unwrap_err()
    }

    /// Registers somebody and lets them in.
    pub(crate) async fn person(&self, name: &str) -> Actor {
        let registration = Registration {
            username: Username::parse(name).unwrap(),
            password: "correct horse battery".into(),
            email: None,
            display_name: None,
            device_name: "web".to_owned(),
            setup_token: None,
            address: source("192.0.2.1"),
        };
        let grant = accounts::register(&self.core, registration, SessionKind::Bearer)
            .await
            .unwrap();
        sessions::authenticate(&self.core, grant.user_id, grant.session_id)
            .await
            .unwrap()
    }

    /// A channel of somebody.
    pub(crate) async fn channel(&self, owner: &Actor) -> ChannelId {
        let new = NewChannel {
            name: "hearthside".to_owned(),
            encryption_type: "sender_keys".to_owned(),
        };
        channels::create(&self.core, owner, new).await.unwrap().id
    }

    /// Says something in a channel.
    pub(crate) async fn says(&self, actor: &Actor, channel: ChannelId, text: &str) {
        messages::send(&self.core, actor, channel, NewMessage::text(text))
            .await
            .unwrap();
    }

    /// What somebody reads in a channel, oldest first; nothing while they are not in it.
    pub(crate) async fn reads(&self, actor: &Actor, channel: ChannelId) -> Vec<String> {
        let page = messages::list(&self.core, actor, channel, Range::Newest, 100).await;
        let messages = page.map(|page| page.messages).unwrap_or_default();
        messages.into_iter().map(|message| message.content).collect()
    }

    /// Queues events without content for a server and wakes delivery.
    pub(crate) async fn queues(&self, to: &ServerName, ids: &[&str]) {
        let events: Vec<OutboundEvent> = ids
            .iter()
            .map(|id| OutboundEvent {
                event_id: EventId::parse(id).unwrap(),
                origin_server: self.name(),
                destination_server: to.clone(),
                timestamp: self.core.now(),
                event: Event::Hello,
            })
            .collect();
        let (to_too, now) = (to.clone(), self.core.now());
        let queued = self.core.store().write(move |tx| {
            events
                .iter()
                .try_for_each(|event| outbox::enqueue(tx, &to_too, event, now))
        });
        let queued: Result<(), StoreError> = queued.await;
        queued.unwrap();
        self.wake(to).await;
    }

    /// Tells delivery to look at a server, without any sign of life of it.
    pub(crate) async fn wake(&self, to: &ServerName) {
        self.bus.wake(Wake::Delivery(to.clone())).await;
    }

    /// Lets everything that was set off come to rest. For stories in which something must *not* happen.
    pub(crate) async fn settles(&self) {
        for _ in 0..100 {
            self.core.store().read(peers::count).await.unwrap();
            tokio::task::yield_now().await;
        }
    }

    /// The ids of the events that wait for a server.
    pub(crate) async fn waiting(&self, to: &ServerName) -> Vec<String> {
        let to = to.clone();
        let entries = self.core.store().read(move |tx| outbox::first(tx, &to, 1_000));
        let entries = entries.await.unwrap();
        entries
            .into_iter()
            .map(|entry| entry.event_id.to_string())
            .collect()
    }

    /// The row of a server, if there is one.
    pub(crate) async fn peer(&self, name: &ServerName) -> Option<Peer> {
        let name = name.clone();
        let peer = self.core.store().read(move |tx| peers::by_domain(tx, &name));
        peer.await.unwrap()
    }

    /// How a server is shown to the owner.
    pub(crate) async fn summary(&self, name: &ServerName) -> PeerSummary {
        let peers = self.federation.peers().await.unwrap();
        peers
            .into_iter()
            .find(|peer| peer.domain == *name)
            .expect("a known server")
    }

    /// The open alerts.
    pub(crate) async fn alerts(&self) -> Vec<Alert> {
        self.core.store().read(|tx| alerts::open(tx, 100)).await.unwrap()
    }

    /// What was given up for a server.
    pub(crate) async fn letters(&self, to: &ServerName) -> Vec<DeadLetter> {
        let to = to.clone();
        let letters = self
            .core
            .store()
            .read(move |tx| dead_letters::of_destination(tx, &to, 100));
        letters.await.unwrap()
    }
}

/// The channel of most stories.
pub(crate) fn channel() -> ChannelId {
    ChannelId::parse(CHANNEL).unwrap()
}

fn core_config(name: &ServerName) -> CoreConfig {
    let mut config = CoreConfig::new(name.clone());
    config.argon2 = Argon2Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };
    config.limits.registrations_per_address = 1_000;
    config.registration = Some(RegistrationMode::Open);
    config
}
