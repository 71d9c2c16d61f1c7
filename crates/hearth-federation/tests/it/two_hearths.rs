//! Two whole Hearths over TLS on two loopback addresses, with the certificates they make themselves.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hearth_federation::outbound::HttpTransport;
use hearth_federation::{Federation, InboundRequest};
use hearth_identity::tls::TlsIdentity;
use hearth_protocol::names::UserAddress;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::support::eventually;
use crate::support::house::{House, Running};
use crate::support::puppet::hosts;
use crate::support::stranger::NOW;

/// A Hearth with a door to the street.
struct Street {
    running: Running,
    /// Ends with this value, as if the process were killed.
    _door: JoinSet<()>,
}

async fn open(house: &House, listener: TcpListener) -> Street {
    let (config, clock) = (house.config.clone(), Arc::new(house.clock.clone()));
    let running = house
        .start_over(|table| Arc::new(HttpTransport::new(&config, table, clock)))
        .await;
    let tls = house.tls.as_ref().unwrap().server_config();
    let mut door = JoinSet::new();
    door.spawn(accept(
        listener,
        TlsAcceptor::from(tls),
        Arc::clone(&running.federation),
    ));
    Street { running, _door: door }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, federation: Arc<Federation>) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, from) = listener.accept().await.unwrap();
        let (acceptor, federation) = (acceptor.clone(), Arc::clone(&federation));
        connections.spawn(async move {
            let Ok(stream) = acceptor.accept(socket).await else {
                return;
            };
            let service = service_fn(move |request| answer(Arc::clone(&federation), request, from));
            let builder = Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    federation: Arc<Federation>,
    request: Request<Incoming>,
    from: SocketAddr,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let request = read(request, from).await;
    let (status, body) = match path.as_str() {
        "/.well-known/d3chat-server" => (200, json!(federation.descriptor())),
        "/.well-known/d3chat-server/keys" => (200, json!(federation.keys_document())),
        "/federation/inbox" => match federation.receive(request).await {
            Ok(answer) => (200, json!({ "status": answer.status })),
            Err(error) => (error.status(), json!({ "detail": error.detail() })),
        },
        "/federation/user-lookup" => match federation.answer_lookup(request).await {
            Ok(answer) => (200, json!(answer)),
            Err(error) => (error.status(), json!({ "detail": error.detail() })),
        },
        _ => (404, Value::Null),
    };
    let body = Full::new(Bytes::from(body.to_string()));
    Ok(Response::builder().status(status).body(body).unwrap())
}

async fn read(request: Request<Incoming>, from: SocketAddr) -> InboundRequest {
    let (head, body) = request.into_parts();
    let header = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
    InboundRequest {
        path_and_query: head.uri.path_and_query().unwrap().to_string(),
        origin: header("x-d3chat-origin"),
        timestamp: header("x-d3chat-timestamp"),
        signature: header("x-d3chat-signature"),
        method: head.method,
        body: body.collect().await.unwrap().to_bytes(),
        source: from.ip(),
    }
}

fn house(name: &str, hosts_map: &[(&str, SocketAddr)], folder: &std::path::Path) -> House {
    let mut house = House::new(name).with(|config| {
        config.allow_loopback_peers = true;
        config.hosts = hosts(hosts_map);
    });
    let tls = TlsIdentity::self_signed(folder, &[name.to_owned()], NOW).unwrap();
    house.tls = Some(Arc::new(tls));
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alice_and_bob_chat_and_a_kill_loses_nothing() {
    let door_a = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let door_b = TcpListener::bind("127.0.0.3:0").await.unwrap();
    let address_b = door_b.local_addr().unwrap();
    let map = [
        ("a.hearth.test", door_a.local_addr().unwrap()),
        ("b.hearth.test", address_b),
    ];
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let house_a = house("a.hearth.test", &map, &folder.path().join("a"));
    let house_b = house("b.hearth.test", &map, &folder.path().join("b"));
    let (a, b) = (open(&house_a, door_a).await, open(&house_b, door_b).await);

    let (alice, bob) = (a.running.person("alice").await, b.running.person("bob").await);
    let channel = a.running.channel(&alice).await;
    let address = UserAddress::parse("bob@b.hearth.test").unwrap();
    let bob_there = a.running.federation.lookup_user(&address).await.unwrap().unwrap();
    hearth_core::channels::add_member(&a.running.core, &alice, channel, bob_there.id)
        .await
        .unwrap();
    a.running.says(&alice, channel, "welcome").await;
    eventually("bob is welcomed", || async {
        b.running.reads(&bob, channel).await == ["welcome"]
    })
    .await;
    b.running.says(&bob, channel, "thank you").await;
    eventually("alice is thanked", || async {
        a.running.reads(&alice, channel).await.len() == 2
    })
    .await;

    // B is killed: its sockets are closed by nobody but the system.
    drop(b);
    let texts: Vec<String> = (1..=50).map(|number| format!("message {number}")).collect();
    for text in &texts {
        a.running.says(&alice, channel, text).await;
    }
    let b_name = hearth_protocol::names::ServerName::parse("b.hearth.test").unwrap();
    eventually("A waits", || async {
        a.running.peer(&b_name).await.unwrap().delivery.failures > 0
    })
    .await;

    let b = open(&house_b, TcpListener::bind(address_b).await.unwrap()).await;
    eventually("all fifty are there", || async {
        b.running.reads(&bob, channel).await.len() == 52
    })
    .await;
    let read = b.running.reads(&bob, channel).await;
    assert_eq!(read[2..], texts);
}
