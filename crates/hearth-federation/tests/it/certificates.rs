//! A certificate that changes after it was pinned, over real sockets: nothing is sent until somebody decides.

use std::sync::Arc;

use hearth_federation::outbound::HttpTransport;
use hearth_federation::{FederationConfig, PeerState};
use hearth_store::tables::peers::Trust;

use crate::support::house::{House, Running};
use crate::support::puppet::{Certificate, Puppet, Reply, hosts};
use crate::support::stranger::Stranger;
use crate::support::{eventually, server};

const NAME: &str = "a.hearth.test";

/// A server that publishes itself and takes every event.
fn honest(face: &Stranger) -> impl Fn(&str) -> Reply + Send + Sync + 'static {
    let descriptor = face.descriptor().to_string();
    move |line| {
        if line.starts_with("GET /.well-known/d3chat-server ") {
            Reply::answer(200, "", &descriptor)
        } else if line.starts_with("POST /federation/inbox ") {
            Reply::answer(200, "", r#"{"status":"ok"}"#)
        } else {
            Reply::answer(404, "", "")
        }
    }
}

struct Scene {
    house: House,
    bobs: Running,
    puppet: Puppet,
    certificate: Certificate,
    face: Stranger,
}

/// Bob's Hearth has delivered one event to a server and so pinned it.
async fn scene() -> Scene {
    let (certificate, face) = (Certificate::self_signed(NAME), Stranger::new(NAME));
    let puppet = Puppet::start(&certificate, honest(&face)).await;
    let house = House::new("b.hearth.test").with(|config| {
        config.allow_loopback_peers = true;
        config.hosts = hosts(&[(NAME, puppet.address)]);
    });
    let bobs = start(&house).await;
    bobs.queues(&server(NAME), &["first"]).await;
    eventually("the first event is delivered", || async {
        bobs.waiting(&server(NAME)).await.is_empty()
    })
    .await;
    Scene {
        house,
        bobs,
        puppet,
        certificate,
        face,
    }
}

async fn start(house: &House) -> Running {
    let (config, clock): (FederationConfig, _) = (house.config.clone(), Arc::new(house.clock.clone()));
    house
        .start_over(|table| Arc::new(HttpTransport::new(&config, table, clock)))
        .await
}

fn inbox_posts(puppet: &Puppet) -> usize {
    let requests = puppet.requests();
    requests.iter().filter(|line| line.starts_with("POST ")).count()
}

/// Requests that are not unsigned questions for the well-known documents.
fn payloads(requests: &[String]) -> Vec<&String> {
    requests
        .iter()
        .filter(|line| !line.starts_with("GET /.well-known/"))
        .collect()
}

#[tokio::test]
async fn certificate_changed_after_pin_nothing_sent() {
    let scene = scene().await;
    let pinned = scene.bobs.peer(&server(NAME)).await.unwrap().pinned.unwrap();
    assert_eq!(pinned.fingerprint, scene.certificate.observed().fingerprint);

    // The open connection belongs to the old certificate; a restart has none.
    scene.bobs.federation.shutdown().await;
    let bobs = start(&scene.house).await;
    let impostor = Certificate::self_signed(NAME);
    // It takes connections but answers no question, so that every byte it gets is counted.
    let before = scene.puppet.application_bytes();
    scene.puppet.show(&impostor);
    scene.puppet.act(|_| Reply::SayAndStall(Vec::new()));
    let connections = scene.puppet.connections();
    let seen = scene.puppet.requests().len();
    bobs.queues(&server(NAME), &["secret"]).await;
    eventually("somebody asks the impostor who it is", || async {
        scene.puppet.requests().len() > seen
    })
    .await;

    // Delivery connections failed inside the handshake; the only application bytes are the evidence's GET.
    assert!(scene.puppet.connections() > connections + 1);
    let after = scene.puppet.requests();
    assert_eq!(payloads(&after[seen..]), [""; 0]);
    let get: usize = scene.puppet.application_bytes() - before;
    assert!(get < 400, "{get} bytes are more than a GET without signature");
    assert_eq!(bobs.waiting(&server(NAME)).await, ["secret"]);
}

#[tokio::test]
async fn a_changed_certificate_is_held_until_the_owner_accepts_it() {
    let scene = scene().await;
    scene.bobs.federation.shutdown().await;
    let bobs = start(&scene.house).await;
    let other = Certificate::self_signed(NAME);
    scene.puppet.show(&other);
    let posts = inbox_posts(&scene.puppet);
    bobs.queues(&server(NAME), &["waits"]).await;
    eventually("the server is held", || async {
        bobs.peer(&server(NAME)).await.unwrap().trust == Trust::Held
    })
    .await;

    assert_eq!(inbox_posts(&scene.puppet), posts);
    assert_eq!(bobs.summary(&server(NAME)).await.state, PeerState::Held);
    let alerts = bobs.alerts().await;
    assert_eq!(
        (alerts[0].kind.as_str(), alerts[0].subject.as_str()),
        ("certificate_changed", NAME)
    );
    for fingerprint in [scene.certificate.observed(), other.observed()].map(|leaf| leaf.fingerprint) {
        assert!(
            alerts[0].details.contains(&fingerprint.to_string()),
            "old and new side by side"
        );
    }

    bobs.federation.accept_peer(&server(NAME)).await.unwrap();
    eventually("what waited is delivered", || async {
        bobs.waiting(&server(NAME)).await.is_empty()
    })
    .await;
    assert_eq!(bobs.alerts().await, []);
    let pinned = bobs.peer(&server(NAME)).await.unwrap().pinned.unwrap();
    assert_eq!(pinned.fingerprint, other.observed().fingerprint);
}

#[tokio::test]
async fn a_renewal_around_the_same_key_goes_through_with_a_note() {
    let scene = scene().await;
    scene.bobs.federation.shutdown().await;
    let bobs = start(&scene.house).await;
    let renewed = scene.certificate.renewed(NAME);
    assert_ne!(
        renewed.observed().fingerprint,
        scene.certificate.observed().fingerprint
    );
    scene.puppet.show(&renewed);
    bobs.queues(&server(NAME), &["goes on"]).await;
    eventually("it is delivered", || async {
        bobs.waiting(&server(NAME)).await.is_empty()
    })
    .await;
    assert_eq!(bobs.alerts().await[0].kind, "certificate_renewed");
    assert_eq!(bobs.summary(&server(NAME)).await.state, PeerState::Well);
}

#[tokio::test]
async fn another_key_behind_the_pinned_certificate_is_held_and_answered_401() {
    let scene = scene().await;
    let other = scene.face.with_another_key();
    scene.puppet.act(honest(&other));
    let (status, word) = scene.bobs.takes(other.event(&other.hello("1"))).await;
    assert_eq!((status, word), (401, "key_changed"));
    let peer = scene.bobs.peer(&server(NAME)).await.unwrap();
    assert_eq!(
        (peer.trust, peer.held_reason.as_deref()),
        (Trust::Held, Some("signing_key_changed"))
    );
    assert_eq!(peer.pinned.unwrap().key, scene.face.key());

    // The old key still speaks for it; nothing goes to it.
    assert_eq!(
        scene.bobs.takes(scene.face.event(&scene.face.hello("2"))).await,
        (200, "ok")
    );
    let posts = inbox_posts(&scene.puppet);
    scene.bobs.queues(&server(NAME), &["waits"]).await;
    scene.bobs.federation.retry_now(&server(NAME));
    scene.bobs.settles().await;
    assert_eq!(scene.bobs.summary(&server(NAME)).await.state, PeerState::Held);
    assert_eq!(inbox_posts(&scene.puppet), posts);
}

#[tokio::test]
async fn a_block_ends_what_is_in_flight() {
    let scene = scene().await;
    scene.puppet.act(|_| Reply::SayAndStall(Vec::new()));
    let posts = inbox_posts(&scene.puppet);
    scene.bobs.queues(&server(NAME), &["stuck"]).await;
    eventually("the event is under way", || async {
        inbox_posts(&scene.puppet) > posts
    })
    .await;
    scene.bobs.federation.block_peer(&server(NAME)).await.unwrap();
    eventually("the request is given up", || async {
        scene
            .bobs
            .federation
            .counters()
            .contains_key("delivery.trust_changed")
    })
    .await;
    assert_eq!(scene.bobs.waiting(&server(NAME)).await, ["stuck"]);
    assert_eq!(scene.bobs.summary(&server(NAME)).await.state, PeerState::Blocked);
}
