//! Servers that answer with malice, over real sockets: each is an error of bounded cost.

use std::sync::Arc;
use std::time::Duration;

use hearth_federation::outbound::{Document, HttpTransport, Transport, TransportError};
use hearth_federation::trust::TrustTable;
use hearth_federation::{FederationConfig, Timeouts};
use hearth_protocol::env::ManualClock;

use crate::support::puppet::{Authority, Certificate, Puppet, Reply, hosts, target};
use crate::support::server;
use crate::support::stranger::NOW;

const NAME: &str = "a.hearth.test";

/// A transport that finds the puppet under [`NAME`].
fn transport(puppet: &Puppet, adjust: impl FnOnce(&mut FederationConfig)) -> HttpTransport {
    let mut config = FederationConfig::new(server("b.hearth.test"));
    config.hosts = hosts(&[(NAME, puppet.address), ("a.hearth.test:8448", puppet.address)]);
    adjust(&mut config);
    HttpTransport::new(
        &config,
        Arc::new(TrustTable::default()),
        Arc::new(ManualClock::new(NOW)),
    )
}

async fn evidence_of(reply: Reply) -> (Result<Document, TransportError>, Puppet) {
    let puppet = Puppet::start(&Certificate::self_signed(NAME), move |_| reply.clone()).await;
    let transport = transport(&puppet, |_| {});
    let evidence = transport.evidence(&target(NAME)).await;
    (evidence.map(|evidence| evidence.descriptor), puppet)
}

#[tokio::test]
async fn an_honest_answer_is_read_with_its_certificate() {
    let certificate = Certificate::self_signed(NAME);
    let puppet = Puppet::start(&certificate, |line| match line {
        "GET /.well-known/d3chat-server HTTP/1.1" => Reply::answer(200, "", "{}"),
        _ => Reply::answer(404, "", ""),
    })
    .await;
    let evidence = transport(&puppet, |_| {}).evidence(&target(NAME)).await.unwrap();
    assert_eq!(evidence.leaf, certificate.observed());
    assert_eq!(evidence.descriptor, Document::Body("{}".into()));
    assert_eq!(evidence.keys, Document::Absent { status: Some(404) });
    // One connection carried all three questions, and nothing else.
    assert_eq!(puppet.connections(), 1);
    assert_eq!(
        puppet.requests(),
        [
            "GET /.well-known/d3chat-server HTTP/1.1",
            "GET /.well-known/d3chat-server/keys HTTP/1.1",
            "GET /.well-known/cryptid HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn a_chain_is_trusted_only_for_its_name_and_authority() {
    let authority = Authority::new();
    for (name, is_root_known, is_trusted) in [
        (NAME, true, true),
        (NAME, false, false),
        ("other.hearth.test", true, false),
    ] {
        let puppet = Puppet::start(&authority.certify(name), |_| Reply::answer(404, "", "")).await;
        let transport = transport(&puppet, |config| {
            if is_root_known {
                config.extra_roots = vec![authority.root()];
            }
        });
        let evidence = transport.evidence(&target(NAME)).await.unwrap();
        assert_eq!(evidence.leaf.is_publicly_trusted, is_trusted, "{name}");
    }
}

#[tokio::test]
async fn a_huge_body_that_says_so_is_not_read() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n".to_vec();
    let (outcome, _puppet) = evidence_of(Reply::SayForEver(head, vec![b' '; 1024])).await;
    assert_eq!(outcome, Err(TransportError::TooLong));
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"400\r\n".to_vec(), vec![b' '; 1024], b"\r\n".to_vec()].concat();
    let (outcome, _puppet) = evidence_of(Reply::SayForEver(head, chunk)).await;
    assert_eq!(outcome, Err(TransportError::TooLong));
}

#[tokio::test]
async fn headers_without_end_are_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let line = [b"x-filler: ".to_vec(), vec![b'x'; 1024], b"\r\n".to_vec()].concat();
    let (outcome, _puppet) = evidence_of(Reply::SayForEver(head, line)).await;
    assert!(
        matches!(outcome, Err(TransportError::Broken { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_slow_body_ends_with_the_time_allowed() {
    for sent in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{",
    ] {
        let reply = Reply::SayAndStall(sent.to_vec());
        let puppet = Puppet::start(&Certificate::self_signed(NAME), move |_| reply.clone()).await;
        let transport = transport(&puppet, |config| {
            config.timeouts = Timeouts {
                discovery: Duration::from_millis(150),
                event: Duration::from_millis(150),
            };
        });
        let outcome = transport.evidence(&target(NAME)).await;
        assert_eq!(outcome, Err(TransportError::Timeout));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Puppet::start(&Certificate::self_signed(NAME), |_| Reply::answer(200, "", "{}")).await;
    let location = format!("location: https://{}/\r\n", elsewhere.address);
    let (outcome, puppet) = evidence_of(Reply::answer(302, &location, "")).await;
    assert_eq!(outcome, Ok(Document::Absent { status: Some(302) }));
    assert_eq!(puppet.requests().len(), 3);
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn what_is_not_http_is_an_error() {
    let (outcome, _puppet) = evidence_of(Reply::Say(b"220 mail.example ESMTP\r\n".to_vec())).await;
    assert!(
        matches!(outcome, Err(TransportError::Broken { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_an_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let puppet = Puppet::start(&Certificate::self_signed(NAME), |_| Reply::answer(200, "", "{}")).await;
    let transport = transport(&puppet, |config| {
        config.hosts = hosts(&[(NAME, listener.local_addr().unwrap())]);
    });
    let hang_up = tokio::spawn(async move { drop(listener.accept().await) });
    let outcome = transport.evidence(&target(NAME)).await;
    assert!(
        matches!(outcome, Err(TransportError::Connect { .. })),
        "{outcome:?}"
    );
    hang_up.await.unwrap();
}

#[tokio::test]
async fn loopback_is_out_of_reach_without_the_switch() {
    let puppet = Puppet::start(&Certificate::self_signed(NAME), |_| Reply::answer(200, "", "{}")).await;
    let transport = transport(&puppet, |_| {});
    for name in [
        NAME,
        &puppet.address.to_string(),
        "[::ffff:127.0.0.2]:443",
        "localhost",
    ] {
        let mut target = target(name);
        target.addresses.allow_loopback = false;
        let outcome = transport.evidence(&target).await;
        assert!(
            matches!(outcome, Err(TransportError::Address(_))),
            "{name}: {outcome:?}"
        );
    }
    assert_eq!(puppet.connections(), 0);
}

#[tokio::test]
async fn a_configured_address_also_decides_the_port_of_a_name_that_has_one() {
    let puppet = Puppet::start(&Certificate::self_signed(NAME), |_| Reply::answer(200, "", "{}")).await;
    let evidence = transport(&puppet, |_| {})
        .evidence(&target("a.hearth.test:8448"))
        .await;
    assert!(evidence.is_ok(), "{evidence:?}");
}
