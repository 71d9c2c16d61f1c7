//! Connections themselves: slow ones, many of them, and how they end.

use std::net::SocketAddr;
use std::time::Duration;

use hearth_server::config::{Network, TlsMode};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::TestApp;

const HEALTH: &str = "GET /health HTTP/1.1\r\nhost: a.hearth.test:8441\r\n\r\n";
const HEALTH_AND_CLOSE: &str =
    "GET /health HTTP/1.1\r\nhost: a.hearth.test:8441\r\nconnection: close\r\n\r\n";

/// Sends a request over a plain connection and reads until it closes.
pub(crate) async fn plain_exchange(address: SocketAddr, request: &str) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    exchange(stream, request).await
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is cut instead of closed has said what it had to say.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// Reads one answer and leaves the connection open.
async fn one_answer(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        let mut piece = [0; 1024];
        let length = stream.read(&mut piece).await.unwrap();
        assert_ne!(length, 0, "the connection closed early");
        answer.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn requests_are_answered_over_tls() {
    let app = TestApp::start().await;
    let answer = exchange(app.connect().await, HEALTH_AND_CLOSE).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("{\"status\":\"ok\"}"),
        "{answer}"
    );
    assert!(app.server.status().uptime < Duration::from_hours(1));
}

#[tokio::test]
async fn silent_clients_keep_nobody_waiting_and_are_let_go() {
    let app = TestApp::builder()
        .config(|config| config.limits.handshake_timeout = Duration::from_millis(200))
        .start()
        .await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(app.address()).await.unwrap());
    }
    let answer = exchange(app.connect().await, HEALTH_AND_CLOSE).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for mut stream in silent {
        let mut nothing = [0; 1];
        // Closed by the server, in one way or the other.
        assert!(matches!(stream.read(&mut nothing).await, Ok(0) | Err(_)));
    }
}

#[tokio::test]
async fn a_head_that_dribbles_in_is_not_waited_for() {
    let app = TestApp::builder()
        .config(|config| config.limits.header_timeout = Duration::from_millis(200))
        .start()
        .await;
    let answer = exchange(app.connect().await, "GET /health HTTP/1.1\r\nhost: a.hea").await;
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = TestApp::builder()
        .config(|config| config.limits.body_timeout = Duration::from_millis(200))
        .start()
        .await;
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nhost: a.hearth.test:8441\r\n\
                content-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{";
    let answer = exchange(app.connect().await, head).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_connection_without_requests_is_let_go() {
    let app = TestApp::builder()
        .config(|config| config.limits.idle_timeout = Duration::from_millis(100))
        .start()
        .await;
    let mut stream = app.connect().await;
    stream.write_all(HEALTH.as_bytes()).await.unwrap();
    one_answer(&mut stream).await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let app = TestApp::builder()
        .config(|config| config.limits.connections_per_address = 1)
        .start()
        .await;
    let mut first = app.connect().await;
    first.write_all(HEALTH.as_bytes()).await.unwrap();
    one_answer(&mut first).await;
    let mut second = TcpStream::connect(app.address()).await.unwrap();
    let mut nothing = [0; 1];
    assert!(
        matches!(second.read(&mut nothing).await, Ok(0) | Err(_)),
        "closed before it could say anything"
    );
    // The first one still works.
    first.write_all(HEALTH.as_bytes()).await.unwrap();
    one_answer(&mut first).await;
}

#[tokio::test]
async fn a_socket_keeps_its_connections_place() {
    let app = TestApp::builder()
        .config(|config| config.limits.connections_per_address = 1)
        .start()
        .await;
    let alice = app.register("alice").await;
    let socket = app.socket(&alice).await;
    let mut second = TcpStream::connect(app.address()).await.unwrap();
    assert!(matches!(second.read(&mut [0; 1]).await, Ok(0) | Err(_)));
    assert_eq!(app.server.status().sockets, 1);
    socket.leave().await;
}

#[tokio::test]
async fn stopping_finishes_what_has_begun() {
    let app = TestApp::start().await;
    let address = app.address();
    let mut stream = app.connect().await;
    let body = r#"{"username":"alice","password":"x"}"#;
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: a.hearth.test:8441\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut continues = [0; 25];
    stream.read_exact(&mut continues).await.unwrap();
    assert!(
        continues.starts_with(b"HTTP/1.1 100"),
        "the handler waits for the body"
    );

    let stopping = tokio::spawn(app.stop());
    // Nobody new is let in once the listener is closed.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let answer = exchange(stream, body).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    stopping.await.unwrap();
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let app = TestApp::builder()
        .config(|config| config.limits.shutdown_timeout = Duration::from_millis(100))
        .start()
        .await;
    let mut stream = app.connect().await;
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nhost: a.hearth.test:8441\r\n\
                content-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.read_exact(&mut [0; 25]).await.unwrap();
    app.stop().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.is_empty(), "cut off");
}

#[tokio::test]
async fn behind_a_proxy_its_word_about_clients_counts() {
    let app = TestApp::builder()
        .config(|config| {
            config.tls.mode = TlsMode::Proxy;
            config.limits.requests_per_minute = 1;
        })
        .start()
        .await;
    let request = |client: &str| {
        format!(
            "GET /api/v1/config HTTP/1.1\r\nhost: a.hearth.test:8441\r\nx-forwarded-for: {client}\r\n\
             connection: close\r\n\r\n"
        )
    };
    let ask = async |client: &str| plain_exchange(app.address(), &request(client)).await[..12].to_owned();
    assert_eq!(ask("192.0.2.1").await, "HTTP/1.1 200");
    assert_eq!(ask("192.0.2.1").await, "HTTP/1.1 429");
    assert_eq!(
        ask("6.6.6.6, 192.0.2.1").await,
        "HTTP/1.1 429",
        "what the client wrote itself does not count"
    );
    assert_eq!(ask("192.0.2.2").await, "HTTP/1.1 200");
    assert_eq!(app.server.fingerprint(), None);
}

#[tokio::test]
async fn behind_a_proxy_nobody_else_may_connect() {
    let app = TestApp::builder()
        .config(|config| {
            config.tls.mode = TlsMode::Proxy;
            config.proxy.trusted = vec![Network::parse("10.0.0.1").unwrap()];
        })
        .start()
        .await;
    assert_eq!(plain_exchange(app.address(), HEALTH).await, "");
}

#[tokio::test]
async fn without_a_proxy_forwarding_headers_are_nobodys_word() {
    let app = TestApp::builder()
        .config(|config| config.limits.requests_per_minute = 1)
        .start()
        .await;
    let ask = async |client: &str| {
        let request = format!(
            "GET /api/v1/config HTTP/1.1\r\nhost: a.hearth.test:8441\r\nx-forwarded-for: {client}\r\n\
             connection: close\r\n\r\n"
        );
        exchange(app.connect().await, &request).await[..12].to_owned()
    };
    assert_eq!(ask("192.0.2.1").await, "HTTP/1.1 200");
    assert_eq!(ask("192.0.2.2").await, "HTTP/1.1 429");
}
