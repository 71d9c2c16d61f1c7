//! Inbox throughput: all seven stages on a real database, against the least that such an inbox could do.
//!
//! The bare loop verifies the same signatures just as strictly and commits one row per event through the same
//! store, with the same number of requests in flight. The ratio is what stages, budgets, dedup and effect cost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hearth_bus::{Bus, InProcessBus};
use hearth_core::accounts::{self, Registration};
use hearth_core::settings::RegistrationMode;
use hearth_core::{Argon2Cost, Core, CoreConfig, CoreParts, SessionKind};
use hearth_federation::{Federation, FederationConfig, FederationParts, InboundRequest};
use hearth_identity::memory::MemoryStore;
use hearth_identity::{Identity, SecretStore};
use hearth_protocol::d3chat::INBOX_PATH;
use hearth_protocol::d3chat::signing::{WireTimestamp, signed_bytes};
use hearth_protocol::env::{ManualClock, Random, SeededRandom, uuid_v4};
use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
use hearth_protocol::ids::EventId;
use hearth_protocol::keys::Signature;
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::sqlite::{self, SqliteOptions};
use hearth_store::tables::dead_letters::{self, NewDeadLetter, Reason};
use hearth_store::tables::peers::{self, Pins};

use hearth_store::{Store, StoreError};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_seconds(1_760_000_000);
const ORIGINS: usize = 8;
/// Enough that signatures are verified while a commit waits for the disk.
const IN_FLIGHT: usize = 1_024;

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let events = if is_quick { 4_000 } else { 40_000 };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    let (full, bare) = runtime.block_on(async {
        let full = measure_inbox(events).await;
        (full, measure_bare_loop(events).await)
    });
    let per_second = |time: Duration| f64::from(events) / time.as_secs_f64();
    println!(
        "inbox, all stages:              {:>8.0} events/s",
        per_second(full)
    );
    println!(
        "strict verify and group commit: {:>8.0} events/s",
        per_second(bare)
    );
    println!(
        "inbox / bare ratio:             {:>8.2}",
        per_second(full) / per_second(bare)
    );
}

/// One of the servers that send.
struct Origin {
    name: ServerName,
    identity: Identity,
    channel: String,
}

impl Origin {
    fn new(number: usize) -> Self {
        let random = SeededRandom::new(number as u64 + 1);
        let secrets: Arc<dyn SecretStore> = Arc::new(MemoryStore::new());
        Self {
            name: ServerName::parse(&format!("origin{number}.example")).expect("a name"),
            identity: Identity::open(&secrets, None, &random).expect("an identity"),
            channel: uuid_v4(&random).to_string(),
        }
    }

    fn pins(&self) -> Pins {
        Pins {
            key: self.identity.public_key(),
            fingerprint: Fingerprint::of_der(b"leaf"),
            spki: SpkiHash::of_spki_der(b"key"),
            is_publicly_trusted: false,
            since: NOW,
        }
    }

    fn request(&self, body: &Value) -> InboundRequest {
        let (timestamp, body) = (WireTimestamp::at(NOW), body.to_string());
        let bytes = signed_bytes("POST", INBOX_PATH, &timestamp, body.as_bytes());
        InboundRequest {
            method: http::Method::POST,
            path_and_query: INBOX_PATH.to_owned(),
            origin: Some(self.name.to_string()),
            timestamp: Some(timestamp.to_string()),
            signature: Some(self.identity.sign(&bytes).to_base64()),
            body: body.into(),
            source: [192, 0, 2, 1].into(),
        }
    }

    fn invite(&self) -> InboundRequest {
        self.request(&json!({
            "event_id": "invite", "type": "channel.invite", "channel_id": self.channel,
            "channel_name": "bench", "inviter_username": "alice", "invitee_username": "bob",
            "encryption_type": "sender_keys",
        }))
    }

    fn message(&self, number: u32) -> InboundRequest {
        self.request(&json!({
            "event_id": format!("msg-{number}"), "origin_server": self.name, "type": "message.relay",
            "channel_id": self.channel, "sender_username": "alice", "content": "x".repeat(200),
            "content_type": "text", "protocol_version": 1, "origin_message_id": number.to_string(),
        }))
    }
}

fn origins() -> Vec<Origin> {
    (0..ORIGINS).map(Origin::new).collect()
}

/// Signed messages, dealt to the origins in turn.
fn messages(origins: &[Origin], events: u32) -> Vec<InboundRequest> {
    let dealt = (0..events).zip(origins.iter().cycle());
    dealt.map(|(number, origin)| origin.message(number)).collect()
}

/// A database on a real disk, which survives power cuts as people's data does.
fn open_store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let options = SqliteOptions::new(Arc::new(ManualClock::new(NOW)));
    let (store, _) = sqlite::open(folder.path(), options).expect("a database");
    (store, folder)
}

async fn measure_inbox(events: u32) -> Duration {
    let ((store, _folder), origins) = (open_store(), origins());
    pin(&store, &origins).await;
    let federation = start(&store).await;
    for origin in &origins {
        federation
            .receive(origin.invite())
            .await
            .expect("the invite is taken");
    }
    let requests = messages(&origins, events);
    let elapsed = in_flight(requests, |request| {
        let federation = Arc::clone(&federation);
        async move {
            let answer = federation.receive(request).await.expect("the message is taken");
            assert_eq!(answer.status, "ok");
        }
    })
    .await;
    federation.shutdown().await;
    store.close().await.expect("an orderly end");
    elapsed
}

async fn measure_bare_loop(events: u32) -> Duration {
    let ((store, _folder), origins) = (open_store(), origins());
    let key = |name: &Option<String>| {
        let origin = origins
            .iter()
            .find(|origin| Some(origin.name.as_str()) == name.as_deref());
        origin.expect("one of ours").pins().key
    };
    let requests: Vec<_> = messages(&origins, events)
        .into_iter()
        .map(|request| (key(&request.origin), request))
        .collect();
    let (timestamp, name) = (WireTimestamp::at(NOW), origins[0].name.clone());
    let numbered = requests.into_iter().zip(0_u32..).collect();
    let elapsed = in_flight(numbered, |((key, request), number)| {
        let (store, timestamp, name) = (store.clone(), timestamp.clone(), name.clone());
        async move {
            let signature = Signature::from_base64(request.signature.as_deref().unwrap_or_default());
            let bytes = signed_bytes("POST", INBOX_PATH, &timestamp, &request.body);
            assert!(key.verify_strict(&bytes, &signature.expect("a signature")));
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let id = EventId::parse(&number.to_string()).expect("an id");
            let written: Result<(), StoreError> = store
                .write(move |tx| {
                    let row = NewDeadLetter {
                        destination: &name,
                        event_id: &id,
                        body: &body,
                        queued_at: NOW,
                        reason: Reason::Refused,
                        detail: "",
                    };
                    dead_letters::insert(tx, &row, NOW)
                })
                .await;
            written.expect("it is written");
        }
    })
    .await;
    store.close().await.expect("an orderly end");
    elapsed
}

/// Works through the items with [`IN_FLIGHT`] at once, and says how long that took.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn in_flight<T, F, W>(items: Vec<T>, work: W) -> Duration
where
    T: Send + 'static,
    F: Future<Output = ()> + Send + 'static,
    W: Fn(T) -> F,
{
    let places = Arc::new(tokio::sync::Semaphore::new(IN_FLIGHT));
    let mut tasks = tokio::task::JoinSet::new();
    let start = Instant::now();
    for item in items {
        let place = Arc::clone(&places)
            .acquire_owned()
            .await
            .expect("it is never closed");
        let item = work(item);
        tasks.spawn(async move {
            item.await;
            drop(place);
        });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.expect("no request fails");
    }
    start.elapsed()
}

async fn pin(store: &Store, origins: &[Origin]) {
    let pins: Vec<_> = origins
        .iter()
        .map(|origin| (origin.name.clone(), origin.pins()))
        .collect();
    let pinned: Result<(), StoreError> = store
        .write(move |tx| {
            pins.iter().try_for_each(|(name, pins)| {
                peers::ensure(tx, name, NOW)?;
                peers::pin(tx, name, pins)
            })
        })
        .await;
    pinned.expect("the pins are written");
}

/// A Hearth with bob, whose budgets are no obstacle.
async fn start(store: &Store) -> Arc<Federation> {
    let clock = Arc::new(ManualClock::new(NOW));
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1_000));
    let bus: Arc<dyn Bus> = Arc::new(InProcessBus::new(Arc::clone(&clock) as _));
    let name = ServerName::parse("b.example").expect("a name");
    let mut config = CoreConfig::new(name.clone());
    config.registration = Some(RegistrationMode::Open);
    config.argon2 = Argon2Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };
    let core = Core::open(CoreParts {
        store: store.clone(),
        bus: Arc::clone(&bus),
        clock: Arc::clone(&clock) as _,
        random: Arc::clone(&random),
        config,
    });
    let core = core.await.expect("the rules are set up");
    accounts::register(&core, bob(), SessionKind::Bearer)
        .await
        .expect("bob registers");
    let secrets: Arc<dyn SecretStore> = Arc::new(MemoryStore::new());
    let mut config = FederationConfig::new(name);
    config.budgets.origin_per_minute = 10_000_000;
    config.budgets.source_per_minute = 100_000_000;
    let parts = FederationParts {
        core,
        store: store.clone(),
        bus,
        identity: Arc::new(Identity::open(&secrets, None, &*random).expect("an identity")),
        tls: None,
        clock,
        random,
        config,
    };
    Federation::start(parts).await.expect("federation starts")
}

fn bob() -> Registration {
    Registration {
        username: Username::parse("bob").expect("a name"),
        password: "correct horse battery".into(),
        email: None,
        display_name: None,
        device_name: "web".to_owned(),
        setup_token: None,
        address: [192, 0, 2, 2].into(),
    }
}
