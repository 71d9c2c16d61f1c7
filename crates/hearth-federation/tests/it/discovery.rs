//! Who strangers are: where they may live, what they must answer, and how seldom they are asked.

use std::sync::Arc;
use std::time::Duration;

use hearth_federation::outbound::{Document, Evidence, HttpTransport};
use hearth_federation::{DiscoveryError, LookupError, PeerState};
use hearth_protocol::fingerprint::Fingerprint;
use hearth_protocol::names::UserAddress;
use hearth_store::tables::alerts::Severity;
use serde_json::{Value, json};

use crate::support::house::{House, Running};
use crate::support::net::Net;
use crate::support::puppet::{Certificate, Puppet, Reply, hosts};
use crate::support::server;
use crate::support::stranger::Stranger;

async fn hello_from(bobs: &Running, stranger: &Stranger, id: &str) -> (u16, &'static str) {
    bobs.takes(stranger.event(&stranger.hello(id))).await
}

#[tokio::test]
async fn private_loopback_and_mapped_addresses_as_origin() {
    let puppet = Puppet::start(&Certificate::self_signed("x"), |_| Reply::answer(200, "", "{}")).await;
    let port = puppet.address.port();
    let house = House::new("b.example").with(|config| {
        config.hosts = hosts(&[
            ("loop.example", puppet.address),
            ("private.example", format!("10.0.0.1:{port}").parse().unwrap()),
            ("cgnat.example", format!("100.64.0.1:{port}").parse().unwrap()),
            (
                "mapped.example",
                format!("[::ffff:127.0.0.2]:{port}").parse().unwrap(),
            ),
            (
                "nat64.example",
                format!("[64:ff9b::7f00:2]:{port}").parse().unwrap(),
            ),
            (
                "6to4.example",
                format!("[2002:7f00:2::1]:{port}").parse().unwrap(),
            ),
            ("link.example", format!("169.254.169.254:{port}").parse().unwrap()),
        ]);
    });
    let (config, clock) = (house.config.clone(), Arc::new(house.clock.clone()));
    let bobs = house
        .start_over(|table| Arc::new(HttpTransport::new(&config, table, clock)))
        .await;
    for name in ["loop", "private", "cgnat", "mapped", "nat64", "6to4", "link"] {
        let stranger = Stranger::new(&format!("{name}.example"));
        let outcome = hello_from(&bobs, &stranger, "1").await;
        assert!(
            matches!(outcome, (503, "origin_unreachable") | (429, "fetch_budget")),
            "{name}: {outcome:?}"
        );
    }
    // Literals are not even origins here.
    for name in [
        "127.0.0.2",
        "10.0.0.1:8448",
        "[::1]",
        "[::ffff:127.0.0.2]:443",
        "9.9.9.9",
    ] {
        let stranger = Stranger::new(name);
        assert_eq!(
            hello_from(&bobs, &stranger, "1").await,
            (401, "origin_invalid"),
            "{name}"
        );
    }
    assert_eq!(puppet.connections(), 0);
}

#[tokio::test]
async fn a_descriptor_must_be_about_the_name_that_was_asked() {
    let good = Stranger::new("a.example").descriptor();
    let with = |member: &str, value: Value| {
        let mut descriptor = good.clone();
        descriptor[member] = value;
        descriptor
    };
    for (what, status, descriptor) in [
        ("another name", 401, with("domain", json!("c.example"))),
        ("another version", 401, with("protocol_version", json!(2))),
        (
            "another host",
            401,
            with("api_base_url", json!("https://c.example")),
        ),
        ("plain http", 401, with("api_base_url", json!("http://a.example"))),
        (
            "user information",
            401,
            with("api_base_url", json!("https://u@a.example")),
        ),
        // These say nothing that could contradict: something else may have answered.
        ("no key", 503, with("signing_key_public", json!("AAAA"))),
        ("no object", 503, json!("a.example")),
        ("an empty one", 503, json!({})),
    ] {
        let (net, stranger) = (Net::default(), Stranger::new("a.example"));
        net.put_evidence(&stranger.name, vec![stranger.evidence_with(&descriptor)]);
        let house = House::new("b.example");
        let bobs = house.start(&net).await;
        let (got, _) = hello_from(&bobs, &stranger, "1").await;
        assert_eq!(got, status, "{what}");
        assert!(
            bobs.peer(&stranger.name).await.is_none(),
            "{what} leaves no trace"
        );
    }
}

#[tokio::test]
async fn whatever_answers_in_the_place_of_a_descriptor_is_no_reason_to_refuse_its_server() {
    let documents = [200, 302, 403, 404, 408, 425, 429, 500].map(|status| match status {
        200 => Document::Body("<html>Please sign in</html>".into()),
        _ => Document::Absent { status: Some(status) },
    });
    for document in documents {
        let (net, stranger) = (Net::default(), Stranger::new("a.example"));
        let evidence = Evidence {
            descriptor: document.clone(),
            ..stranger.evidence()
        };
        net.put_evidence(&stranger.name, vec![evidence]);
        let house = House::new("b.example");
        let bobs = house.start(&net).await;
        let error = bobs.refuses(stranger.event(&stranger.hello("1"))).await;
        assert_eq!(error.status(), 503, "{document:?}");
        assert!(error.retry_after().is_some(), "{document:?}");
    }
}

#[tokio::test]
async fn unknown_members_of_a_descriptor_are_ignored() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    let mut descriptor = stranger.descriptor();
    descriptor["motto"] = json!({ "la": "ignis" });
    net.put_evidence(&stranger.name, vec![stranger.evidence_with(&descriptor)]);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    assert_eq!(hello_from(&bobs, &stranger, "1").await, (200, "ok"));
}

#[tokio::test]
async fn many_requests_of_a_new_server_share_one_look() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    net.put(&stranger);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    let requests = (0..5).map(|number| stranger.event(&stranger.hello(&number.to_string())));
    let outcomes = futures_util::future::join_all(requests.map(|request| bobs.takes(request))).await;
    assert_eq!(outcomes, [(200, "ok"); 5]);
    assert_eq!(net.looks(&stranger.name), 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_asked_to_wait_and_looked_at_once_a_minute() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    net.put(&stranger);
    net.set_up(&stranger.name, false);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    let error = bobs.refuses(stranger.event(&stranger.hello("1"))).await;
    assert_eq!((error.status(), error.code()), (503, "origin_unreachable"));
    assert!(
        error.retry_after().is_some(),
        "a wait must never look like a refusal"
    );

    net.set_up(&stranger.name, true);
    assert_eq!(
        hello_from(&bobs, &stranger, "1").await,
        (503, "origin_unreachable")
    );
    assert_eq!(net.looks(&stranger.name), 0);
    house.clock.advance(Duration::from_mins(1));
    assert_eq!(hello_from(&bobs, &stranger, "1").await, (200, "ok"));
}

#[tokio::test]
async fn a_published_fingerprint_that_contradicts_the_handshake_twice_is_held() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    let mut descriptor = stranger.descriptor();
    descriptor["certificate_fingerprint"] = json!(Fingerprint::of_der(b"another"));
    net.put_evidence(&stranger.name, vec![stranger.evidence_with(&descriptor)]);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    assert_eq!(hello_from(&bobs, &stranger, "1").await, (503, "pending"));
    assert_eq!(net.looks(&stranger.name), 2);
    assert_eq!(bobs.summary(&stranger.name).await.state, PeerState::Held);
    assert_eq!(bobs.alerts().await[0].kind, "inconsistent");
    // There is nothing consistent that could be accepted.
    assert!(bobs.federation.accept_peer(&stranger.name).await.is_err());
    assert_eq!(bobs.summary(&stranger.name).await.state, PeerState::Held);
}

/// A Hearth that holds a server which contradicted itself when they met.
async fn holding(net: &Net, stranger: &Stranger) -> (House, Running) {
    let mut descriptor = stranger.descriptor();
    descriptor["certificate_fingerprint"] = json!(Fingerprint::of_der(b"another"));
    net.put_evidence(&stranger.name, vec![stranger.evidence_with(&descriptor)]);
    let house = House::new("b.example");
    let bobs = house.start(net).await;
    assert_eq!(hello_from(&bobs, stranger, "1").await, (503, "pending"));
    assert_eq!(bobs.summary(&stranger.name).await.state, PeerState::Held);
    (house, bobs)
}

#[tokio::test]
async fn a_server_that_makes_sense_later_is_met_then() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    let (house, bobs) = holding(&net, &stranger).await;
    net.put(&stranger);
    house.clock.advance(Duration::from_mins(1));
    assert_eq!(hello_from(&bobs, &stranger, "1").await, (200, "ok"));
    assert_eq!(bobs.summary(&stranger.name).await.state, PeerState::Well);
    assert_eq!(bobs.alerts().await, []);
}

#[tokio::test]
async fn a_server_that_makes_no_sense_is_looked_at_once_a_minute() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    let (house, bobs) = holding(&net, &stranger).await;
    house.clock.advance(Duration::from_mins(1));
    for id in ["2", "3", "4"] {
        assert_eq!(hello_from(&bobs, &stranger, id).await, (503, "pending"));
    }
    assert_eq!(
        net.looks(&stranger.name),
        4,
        "two looks when they met and two now"
    );
}

#[tokio::test]
async fn the_owner_can_accept_a_server_that_makes_sense_by_now() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    let (_house, bobs) = holding(&net, &stranger).await;
    net.put(&stranger);
    bobs.federation.accept_peer(&stranger.name).await.unwrap();
    assert_eq!(bobs.summary(&stranger.name).await.state, PeerState::Well);
    assert_eq!(hello_from(&bobs, &stranger, "1").await, (200, "ok"));
}

#[tokio::test]
async fn a_contradiction_that_is_gone_at_the_second_look_was_a_renewal() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    let mut stale = stranger.descriptor();
    stale["certificate_fingerprint"] = json!(Fingerprint::of_der(b"yesterday's"));
    let mut fresh = stranger.descriptor();
    fresh["certificate_fingerprint"] = json!(stranger.observed().fingerprint);
    net.put_evidence(
        &stranger.name,
        vec![stranger.evidence_with(&stale), stranger.evidence_with(&fresh)],
    );
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    assert_eq!(hello_from(&bobs, &stranger, "1").await, (200, "ok"));
}

#[tokio::test]
async fn strangers_cannot_fill_the_trust_table() {
    let net = Net::default();
    let house = House::new("b.example").with(|config| config.budgets.max_peers = 1);
    let bobs = house.start(&net).await;
    let (first, second) = (Stranger::new("a.example"), Stranger::new("c.example"));
    net.put(&first);
    net.put(&second);
    assert_eq!(hello_from(&bobs, &first, "1").await, (200, "ok"));
    assert_eq!(hello_from(&bobs, &second, "1").await, (503, "origin_unreachable"));
    assert!(bobs.peer(&second.name).await.is_none());
}

#[tokio::test]
async fn strangers_that_make_no_sense_cannot_fill_the_trust_table_either_nor_alarm_anybody() {
    let net = Net::default();
    let house = House::new("b.example").with(|config| config.budgets.max_peers = 1);
    let bobs = house.start(&net).await;
    for (name, code) in [("a.example", "pending"), ("c.example", "origin_unreachable")] {
        let stranger = Stranger::new(name);
        let mut descriptor = stranger.descriptor();
        descriptor["certificate_fingerprint"] = json!(Fingerprint::of_der(b"another"));
        net.put_evidence(&stranger.name, vec![stranger.evidence_with(&descriptor)]);
        assert_eq!(hello_from(&bobs, &stranger, "1").await, (503, code), "{name}");
    }
    assert!(bobs.peer(&server("c.example")).await.is_none());
    let alerts = bobs.alerts().await;
    assert_eq!(
        (alerts.len(), alerts[0].severity),
        (1, Severity::Notice),
        "{alerts:?}"
    );
}

#[tokio::test]
async fn what_users_look_up_is_bounded_too_and_only_the_owner_is_not() {
    let net = Net::default();
    let house = House::new("b.example").with(|config| config.budgets.max_peers = 1);
    let bobs = house.start(&net).await;
    let mut known = Vec::new();
    for name in ["a.example", "c.example", "d.example"] {
        net.put(&Stranger::new(name));
        let address = UserAddress::parse(&format!("alice@{name}")).unwrap();
        let _ = bobs.federation.lookup_user(&address).await;
        known.push(bobs.peer(&server(name)).await.is_some());
    }
    assert_eq!(known, [true, true, false]);
    bobs.federation.accept_peer(&server("d.example")).await.unwrap();
    assert_eq!(bobs.summary(&server("d.example")).await.state, PeerState::Well);
}

#[tokio::test]
async fn people_may_not_be_looked_up_at_addresses() {
    let house = House::new("b.example");
    let bobs = house.start(&Net::default()).await;
    for name in ["127.0.0.1:8448", "9.9.9.9", "[2620:fe::fe]"] {
        let address = UserAddress::parse(&format!("alice@{name}")).unwrap();
        let outcome = bobs.federation.lookup_user(&address).await;
        assert!(
            matches!(outcome, Err(LookupError::Discovery(DiscoveryError::Literal))),
            "{name}: {outcome:?}"
        );
        assert!(bobs.peer(&server(name)).await.is_none());
    }
}
