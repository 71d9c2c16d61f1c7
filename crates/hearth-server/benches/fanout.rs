//! What fan-out costs: an event published once and shared as bytes by every socket of a real server, against a
//! bare tokio-tungstenite loop over a broadcast channel, run beside each other on the same machine.
//!
//! Machines differ, so the number to compare is the ratio; the rates only show the scale. Run with
//! `cargo bench -p hearth-server --bench fanout`, with `-- --quick` for a glance.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hearth_bus::{Signal, Topic};
use hearth_protocol::ids::ChannelId;
use hearth_server::config::{Config, KeyStoreChoice, RegistrationChoice, TlsMode};
use hearth_server::{RunningServer, Server, StartOptions};
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, broadcast};
use tokio_tungstenite::tungstenite::Message;
use tower::ServiceExt as _;

/// Events that are under way at once: fewer than a socket's queue holds, so that nobody is too slow.
const WINDOW: usize = 64;

/// How long a run of the bench takes.
#[derive(Clone, Copy)]
struct Effort {
    sockets: usize,
    rounds: usize,
    windows: usize,
}

const FULL: Effort = Effort {
    sockets: 200,
    rounds: 9,
    windows: 40,
};
const QUICK: Effort = Effort {
    sockets: 100,
    rounds: 3,
    windows: 10,
};

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

/// A message as it goes out, with a text of usual length.
fn event() -> Bytes {
    let id = "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10";
    let message = json!({
        "id": id, "channel_id": id, "seq": 1, "sender_id": id, "sender_device_id": null,
        "content": "Shall we meet in the garden at nine? I bring the lamp.", "content_type": "text",
        "protocol_version": 1, "reply_to_id": null, "reply_to": null, "attachments": [],
        "edited_at": null, "created_at": "2026-02-16T01:02:03.456000Z",
    });
    json!({ "type": "message.new", "message": message })
        .to_string()
        .into()
}

/// Everybody who listens, and how much they have heard.
#[derive(Clone, Default)]
struct Audience {
    heard: Arc<AtomicUsize>,
    expected: Arc<AtomicUsize>,
    complete: Arc<Notify>,
}

impl Audience {
    /// Opens a socket and counts what arrives there.
    async fn listen(&self, address: SocketAddr, path: &str) {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let url = format!("ws://a.hearth.test/ws{path}");
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream)
            .await
            .expect("the socket opens");
        let audience = self.clone();
        tokio::spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                if message.is_text() {
                    audience.count();
                }
            }
        });
    }

    fn count(&self) {
        let heard = self.heard.fetch_add(1, Ordering::Relaxed) + 1;
        if heard == self.expected.load(Ordering::Acquire) {
            self.complete.notify_one();
        }
    }

    fn expect(&self, more: usize) {
        self.expected.fetch_add(more, Ordering::Release);
    }
}

/// The server under test, over plain HTTP as behind a proxy: both contenders without encryption.
struct House {
    server: RunningServer,
    topic: Topic,
    audience: Audience,
    _folder: TempDir,
}

impl House {
    async fn start(sockets: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start(StartOptions::new(config(&folder, sockets)))
            .await
            .expect("it starts");
        let form = json!({ "username": "alice", "password": "correct horse battery" });
        let token = post(&server, "/api/v1/auth/register", "", &form).await["access_token"].clone();
        let token = token.as_str().expect("a token").to_owned();
        let made = post(&server, "/api/v1/channels", &token, &json!({ "name": "garden" })).await;
        let channel = ChannelId::parse(made["id"].as_str().expect("an id")).expect("an id");
        let audience = Audience::default();
        for _ in 0..sockets {
            let ticket = post(&server, "/api/v1/auth/ws-ticket", &token, &Value::Null).await;
            let query = format!("?ticket={}", ticket["ticket"].as_str().expect("a ticket"));
            audience.listen(server.addresses()[0], &query).await;
        }
        let house = Self {
            server,
            topic: Topic::Channel(channel),
            audience,
            _folder: folder,
        };
        house.wait_for_sockets(sockets).await;
        house
    }

    /// Sockets subscribe after the upgrade was answered.
    async fn wait_for_sockets(&self, sockets: usize) {
        while self.server.status().sockets < sockets {
            tokio::task::yield_now().await;
        }
    }

    async fn send(&self, event: &Bytes) {
        self.server
            .bus()
            .publish(&self.topic, Signal::Event(event.clone()))
            .await;
    }
}

fn config(folder: &TempDir, sockets: usize) -> Config {
    let mut config = Config::default();
    folder.path().clone_into(&mut config.server.data);
    config.server.name = Some("a.hearth.test".parse().expect("a name"));
    config.listen.addresses = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
    config.tls.mode = TlsMode::Proxy;
    config.keys.store = KeyStoreChoice::File;
    config.registration.mode = Some(RegistrationChoice::Open);
    config.limits.password_memory_kib = 8;
    config.limits.sockets_per_user = sockets;
    config.limits.tickets_per_minute = 1_000_000;
    config.limits.requests_per_minute = 1_000_000;
    config
}

async fn post(server: &RunningServer, path: &str, token: &str, body: &Value) -> Value {
    let request = Request::post(path)
        .header("host", "a.hearth.test")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body.to_string()))
        .expect("a request");
    let answer = server.router().oneshot(request).await.expect("an answer");
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&body).expect("JSON")
}

/// The bare thing: one task per socket, each with its own receiver of one broadcast channel.
struct Bare {
    events: broadcast::Sender<Message>,
    audience: Audience,
}

impl Bare {
    async fn start(sockets: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (events, _) = broadcast::channel(4 * WINDOW);
        let sender = events.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve_bare(stream, sender.subscribe()));
            }
        });
        let bare = Self {
            events,
            audience: Audience::default(),
        };
        for _ in 0..sockets {
            bare.audience.listen(address, "").await;
        }
        bare
    }

    fn send(&self, event: &Bytes) {
        let text = std::str::from_utf8(event).expect("JSON is text");
        self.events.send(Message::text(text)).expect("somebody listens");
    }
}

async fn serve_bare(stream: TcpStream, mut events: broadcast::Receiver<Message>) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    while let Ok(event) = events.recv().await {
        if socket.send(event).await.is_err() {
            return;
        }
    }
}

/// Seconds that one delivery took on average.
struct Round {
    seconds: f64,
}

/// Publishes window by window, each when everybody has heard the one before.
async fn round(effort: Effort, audience: &Audience, mut send: impl AsyncFnMut()) -> Round {
    let began = now();
    for _ in 0..effort.windows {
        audience.expect(WINDOW * effort.sockets);
        for _ in 0..WINDOW {
            send().await;
        }
        audience.complete.notified().await;
    }
    let deliveries = effort.windows * WINDOW * effort.sockets;
    Round {
        seconds: began.elapsed().as_secs_f64() / number(deliveries),
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Alternates round by round, so that whatever else the machine does meets both.
async fn compare(effort: Effort) {
    let event = event();
    let (bare, house) = (
        Bare::start(effort.sockets).await,
        House::start(effort.sockets).await,
    );
    let mut seconds = (Vec::new(), Vec::new());
    for number in 0..=effort.rounds {
        let of_bare = round(effort, &bare.audience, async || bare.send(&event)).await;
        let of_house = round(effort, &house.audience, async || house.send(&event).await).await;
        // The first round warms up and is not measured.
        if number > 0 {
            seconds.0.push(of_bare.seconds);
            seconds.1.push(of_house.seconds);
        }
    }
    let ratios = seconds
        .0
        .iter()
        .zip(&seconds.1)
        .map(|(bare, house)| bare / house)
        .collect();
    for (name, seconds) in [("bare broadcast loop", seconds.0), ("Hearth", seconds.1)] {
        println!("{name:>22}: {:>9.0} deliveries/s (median)", 1.0 / median(seconds));
    }
    let (rounds, sockets) = (effort.rounds, effort.sockets);
    println!(
        "{:>22}: {:.2} (median of {rounds} rounds, {sockets} sockets)",
        "ratio",
        median(ratios)
    );
    house.server.stop().await.expect("it stops");
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime
        .expect("the runtime starts")
        .block_on(compare(if quick { QUICK } else { FULL }));
}
