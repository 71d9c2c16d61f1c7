//! One server of a story, its people and their sockets.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use hearth_bus::{Bus, InProcessBus, Signal, Subscriber, Topic};
use hearth_core::accounts::{self, Login, LoginError, RegisterError, Registration};
use hearth_core::channels::{self, Channel, NewChannel};
use hearth_core::messages::{self, Message, NewMessage, Range};
use hearth_core::remote::{self, ApplyError, Effects, Ignored, RemoteContext};
use hearth_core::settings::RegistrationMode;
use hearth_core::{Actor, Argon2Cost, Core, CoreConfig, CoreParts, SessionGrant, SessionKind, sessions};
use hearth_protocol::d3chat::event::{Event, InboundEvent};
use hearth_protocol::env::{ManualClock, SeededRandom};
use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::names::{ServerName, UserAddress, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::StoreError;
use hearth_store::tables::outbox;
use hearth_store::testing::TempStore;
use serde_json::Value;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const ALICES_DESK: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
pub(crate) const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

/// One server.
pub(crate) struct House {
    pub(crate) core: Core,
    pub(crate) clock: ManualClock,
    random: SeededRandom,
    store: TempStore,
}

impl House {
    /// A server where everybody may register.
    pub(crate) async fn open(name: &str) -> Self {
        Self::with(name, |config| config.registration = Some(RegistrationMode::Open)).await
    }

    /// A server that is set up differently.
    pub(crate) async fn with(name: &str, adjust: impl FnOnce(&mut CoreConfig)) -> Self {
        let store = TempStore::open();
        let clock = ManualClock::new(Timestamp::from_seconds(1_760_000_000));
        // Servers draw different ids, and the same one never draws an id again.
        let random = SeededRandom::new(name.bytes().map(u64::from).sum());
        let core = start(name, &store, &clock, &random, adjust).await;
        Self {
            core,
            clock,
            random,
            store,
        }
    }

    /// The same folder after a restart: what was only in memory is gone.
    pub(crate) async fn restarted(self, adjust: impl FnOnce(&mut CoreConfig)) -> Self {
        let Self {
            core,
            clock,
            random,
            store,
        } = self;
        let name = core.server_name().to_string();
        drop(core);
        let core = start(&name, &store, &clock, &random, adjust).await;
        Self {
            core,
            clock,
            random,
            store,
        }
    }

    pub(crate) fn name(&self) -> ServerName {
        self.core.server_name().clone()
    }

    pub(crate) async fn register(&self, name: &str) -> Result<SessionGrant, RegisterError> {
        accounts::register(&self.core, registration(name), SessionKind::Bearer).await
    }

    pub(crate) async fn login(&self, name: &str, password: &str) -> Result<SessionGrant, LoginError> {
        self.login_from(ELSEWHERE, name, password).await
    }

    pub(crate) async fn login_from(
        &self,
        address: IpAddr,
        name: &str,
        password: &str,
    ) -> Result<SessionGrant, LoginError> {
        let login = Login {
            username: name.to_owned(),
            password: password.into(),
            device_name: "laptop".to_owned(),
            address,
        };
        accounts::login(&self.core, login, SessionKind::Bearer).await
    }

    /// Registers somebody and lets them in.
    pub(crate) async fn person(&self, name: &str) -> Actor {
        let grant = self.register(name).await.unwrap();
        self.actor(&grant).await
    }

    pub(crate) async fn actor(&self, grant: &SessionGrant) -> Actor {
        sessions::authenticate(&self.core, grant.user_id, grant.session_id)
            .await
            .unwrap()
    }

    /// Our row for somebody of another server, as after a lookup.
    pub(crate) async fn met(&self, address: &str) -> UserId {
        let address = UserAddress::parse(address).unwrap();
        accounts::remember_remote(&self.core, &address).await.unwrap().id
    }

    /// The id under which this server knows somebody of another server.
    pub(crate) async fn known(&self, address: &str) -> Option<UserId> {
        let address = UserAddress::parse(address).unwrap();
        accounts::lookup_local(&self.core, &address)
            .await
            .unwrap()
            .map(|user| user.id)
    }

    pub(crate) async fn channel(&self, owner: &Actor, name: &str) -> Channel {
        channels::create(&self.core, owner, new_channel(name))
            .await
            .unwrap()
    }

    pub(crate) async fn say(&self, actor: &Actor, channel: ChannelId, text: &str) -> Message {
        messages::send(&self.core, actor, channel, NewMessage::text(text))
            .await
            .unwrap()
    }

    /// What somebody reads in a channel, oldest first.
    pub(crate) async fn reads(&self, actor: &Actor, channel: ChannelId) -> Vec<String> {
        let page = messages::list(&self.core, actor, channel, Range::Newest, 100)
            .await
            .unwrap();
        page.messages.into_iter().map(|message| message.content).collect()
    }

    /// Who somebody sees in a channel, as addresses.
    pub(crate) async fn sees(&self, actor: &Actor, channel: ChannelId) -> Vec<String> {
        let members = channels::members(&self.core, actor, channel).await.unwrap();
        let mut seen: Vec<_> = members
            .iter()
            .map(|member| format!("{}@{}", member.username, member.server))
            .collect();
        seen.sort();
        seen
    }

    /// Opens a socket as the hub does: for the person and for their channels.
    pub(crate) async fn socket(&self, actor: &Actor) -> Socket {
        let ears = self.core.bus().connect(1024);
        ears.join(Topic::User(actor.user_id));
        for channel in channels::ids_of(&self.core, actor.user_id).await.unwrap() {
            ears.join(Topic::Channel(channel));
        }
        Socket { ears }
    }

    /// What waits for another server, oldest first, as parsed events.
    pub(crate) async fn waiting_for(&self, other: &ServerName) -> Vec<InboundEvent> {
        let other = other.clone();
        let entries = self
            .core
            .store()
            .read(move |tx| outbox::first(tx, &other, 10_000))
            .await
            .unwrap();
        entries
            .iter()
            .map(|entry| InboundEvent::parse(entry.body.as_bytes()).unwrap())
            .collect()
    }

    /// The kinds of what waits for another server.
    pub(crate) async fn kinds_for(&self, other: &ServerName) -> Vec<String> {
        self.waiting_for(other)
            .await
            .iter()
            .map(|event| event.event.kind().to_owned())
            .collect()
    }

    /// Takes an event of another server in, as federation does once the signature is verified.
    pub(crate) async fn takes(&self, origin: &str, event: Event) -> Result<Option<Ignored>, ApplyError> {
        let effects = self.applies(origin, event).await?;
        let ignored = effects.ignored();
        remote::publish(&self.core, effects).await;
        Ok(ignored)
    }

    /// Takes an event in without publishing yet.
    pub(crate) async fn applies(&self, origin: &str, event: Event) -> Result<Effects, ApplyError> {
        let (ctx, origin) = (RemoteContext::new(&self.core), server(origin));
        self.core
            .store()
            .write(move |tx| remote::apply(tx, &ctx, &origin, &event))
            .await
    }

    /// Delivers everything that waits for `other`, in order; returns why some of it had no effect there.
    pub(crate) async fn deliver_to(&self, other: &House) -> Vec<(String, Ignored)> {
        let mut ignored = Vec::new();
        for event in self.waiting_for(&other.name()).await {
            assert_eq!(event.origin_server.as_ref(), Some(self.core.server_name()));
            assert_eq!(event.destination_server.as_ref(), Some(other.core.server_name()));
            let kind = event.event.kind().to_owned();
            let reason = other
                .takes(self.core.server_name().as_str(), event.event)
                .await
                .unwrap();
            ignored.extend(reason.map(|reason| (kind, reason)));
        }
        self.forget_queue(&other.name()).await;
        ignored
    }

    /// Throws away what waits for another server.
    pub(crate) async fn forget_queue(&self, other: &ServerName) {
        let other = other.clone();
        let cleared = self.core.store().write(move |tx| {
            for entry in outbox::first(tx, &other, 10_000)? {
                outbox::remove(tx, &entry)?;
            }
            Ok::<_, StoreError>(())
        });
        cleared.await.unwrap();
    }
}

async fn start(
    name: &str,
    store: &TempStore,
    clock: &ManualClock,
    random: &SeededRandom,
    adjust: impl FnOnce(&mut CoreConfig),
) -> Core {
    let mut config = CoreConfig::new(server(name));
    config.argon2 = Argon2Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };
    config.limits.registrations_per_address = 1_000;
    adjust(&mut config);
    let clock = Arc::new(clock.clone());
    let bus: Arc<dyn Bus> = Arc::new(InProcessBus::new(Arc::clone(&clock) as _));
    let random = Arc::new(random.clone());
    Core::open(CoreParts {
        store: store.store(),
        bus,
        clock,
        random,
        config,
    })
    .await
    .unwrap()
}

/// Somebody's open browser.
pub(crate) struct Socket {
    ears: Subscriber,
}

impl Socket {
    /// What has arrived since the last time, as the client gets it. Like the hub, it follows the person into
    /// channels and out of them; a close is shown as `{"close": code}`.
    pub(crate) fn heard(&mut self) -> Vec<Value> {
        let mut heard = Vec::new();
        while let Some(signal) = now(self.ears.recv()) {
            match signal.expect("no story is longer than the queue") {
                Signal::Event(json) => heard.push(serde_json::from_slice(&json).unwrap()),
                Signal::Joined(channel) => self.ears.join(Topic::Channel(channel)),
                Signal::Left(channel) => self.ears.leave(&Topic::Channel(channel)),
                Signal::CloseSession { code, .. } => heard.push(serde_json::json!({ "close": code })),
            }
        }
        heard
    }

    /// The types of what has arrived since the last time.
    pub(crate) fn heard_types(&mut self) -> Vec<String> {
        self.heard()
            .iter()
            .map(|event| event["type"].as_str().unwrap_or("close").to_owned())
            .collect()
    }

    /// The texts of the messages that have arrived since the last time.
    pub(crate) fn heard_texts(&mut self) -> Vec<String> {
        let texts = self.heard();
        let texts = texts
            .iter()
            .filter_map(|event| event["message"]["content"].as_str());
        texts.map(str::to_owned).collect()
    }
}

/// The future's output if it is there without waiting.
pub(crate) fn now<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

pub(crate) fn registration(name: &str) -> Registration {
    Registration {
        username: username(name),
        password: PASSWORD.into(),
        email: None,
        display_name: None,
        device_name: "web".to_owned(),
        setup_token: None,
        address: ALICES_DESK,
    }
}

pub(crate) fn new_channel(name: &str) -> NewChannel {
    NewChannel {
        name: name.to_owned(),
        encryption_type: "sender_keys".to_owned(),
    }
}

pub(crate) fn username(name: &str) -> Username {
    Username::parse(name).unwrap()
}

pub(crate) fn server(name: &str) -> ServerName {
    ServerName::parse(name).unwrap()
}
