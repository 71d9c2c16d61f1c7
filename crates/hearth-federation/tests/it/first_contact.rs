//! Meeting for the first time: what pins by itself, and what the owner is asked.

use std::time::Duration;

use hearth_federation::{FirstContact, LookupError, PeerState};
use hearth_protocol::names::UserAddress;

use crate::support::house::{House, Running};
use crate::support::net::Net;
use crate::support::stranger::Stranger;
use crate::support::{eventually, server};

async fn meets(setting: FirstContact, is_publicly_trusted: bool) -> (u16, &'static str) {
    let net = Net::default();
    let stranger = Stranger {
        is_publicly_trusted,
        ..Stranger::new("a.example")
    };
    net.put(&stranger);
    let house = House::new("b.example").with(|config| config.first_contact = setting);
    let bobs = house.start(&net).await;
    bobs.takes(stranger.event(&stranger.hello("1"))).await
}

#[tokio::test]
async fn the_setting_decides_who_pins_by_itself() {
    for (setting, is_publicly_trusted, expected) in [
        (FirstContact::Trust, false, (200, "ok")),
        (FirstContact::Trust, true, (200, "ok")),
        (FirstContact::AskSelfSigned, false, (503, "pending")),
        (FirstContact::AskSelfSigned, true, (200, "ok")),
        (FirstContact::AskAll, false, (503, "pending")),
        (FirstContact::AskAll, true, (503, "pending")),
    ] {
        let outcome = meets(setting, is_publicly_trusted).await;
        assert_eq!(
            outcome, expected,
            "{setting:?}, publicly trusted: {is_publicly_trusted}"
        );
    }
}

async fn asking_house(net: &Net, name: &str) -> (House, Running) {
    let house = House::new(name).with(|config| config.first_contact = FirstContact::AskSelfSigned);
    let running = house.start(net).await;
    (house, running)
}

#[tokio::test]
async fn a_self_signed_server_is_asked_to_wait_until_the_owner_accepts_it() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    net.put(&stranger);
    let (_house, bobs) = asking_house(&net, "b.example").await;
    let error = bobs.refuses(stranger.event(&stranger.hello("1"))).await;
    assert_eq!(error.status(), 503);
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(3_600));
    let summary = bobs.summary(&stranger.name).await;
    assert_eq!(summary.state, PeerState::Request);
    assert_eq!(summary.fingerprint, Some(stranger.observed().fingerprint));
    assert_eq!(bobs.alerts().await[0].kind, "peer_request");
    // Asking again neither looks again nor asks the owner again.
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (503, "pending")
    );
    assert_eq!(net.looks(&stranger.name), 1);
    assert_eq!(bobs.alerts().await[0].times, 1);

    bobs.federation.accept_peer(&stranger.name).await.unwrap();
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (200, "ok")
    );
    assert_eq!(bobs.alerts().await, []);
    // The new friend is told, so that it need not wait out the hour.
    eventually("the new friend is greeted", || async {
        net.requests(&stranger.name).len() == 1
    })
    .await;
}

#[tokio::test]
async fn a_blocked_server_is_refused_and_can_be_let_in_again() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    net.put(&stranger);
    let (_house, bobs) = asking_house(&net, "b.example").await;
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (503, "pending")
    );
    bobs.federation.block_peer(&stranger.name).await.unwrap();
    let error = bobs.refuses(stranger.event(&stranger.hello("1"))).await;
    assert_eq!((error.status(), error.retry_after()), (403, None));
    assert_eq!(bobs.summary(&stranger.name).await.state, PeerState::Blocked);
    assert_eq!(bobs.alerts().await, []);

    bobs.federation.accept_peer(&stranger.name).await.unwrap();
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (200, "ok")
    );
}

#[tokio::test]
async fn a_server_can_be_blocked_before_it_is_ever_met() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    net.put(&stranger);
    let (_house, bobs) = asking_house(&net, "b.example").await;
    bobs.federation.block_peer(&stranger.name).await.unwrap();
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (403, "blocked")
    );
    assert_eq!(net.looks(&stranger.name), 0);

    bobs.federation.accept_peer(&stranger.name).await.unwrap();
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (200, "ok")
    );
}

#[tokio::test]
async fn a_server_named_by_the_owner_may_live_at_a_private_address() {
    let (net, stranger) = (Net::default(), Stranger::new("192.168.1.20:8448"));
    net.put(&stranger);
    let (_house, bobs) = asking_house(&net, "b.example").await;
    let alice = UserAddress::parse("alice@192.168.1.20:8448").unwrap();
    let outcome = bobs.federation.lookup_user(&alice).await;
    assert!(matches!(outcome, Err(LookupError::Discovery(_))), "{outcome:?}");
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (401, "origin_invalid")
    );

    bobs.federation.accept_peer(&stranger.name).await.unwrap();
    assert_eq!(bobs.summary(&stranger.name).await.state, PeerState::Well);
    assert_eq!(
        bobs.takes(stranger.event(&stranger.hello("1"))).await,
        (200, "ok")
    );
    assert!(bobs.peer(&stranger.name).await.unwrap().added_by_owner);
}

#[tokio::test]
async fn two_owners_who_both_ask_come_together() {
    let net = Net::default();
    let (house_a, a) = asking_house(&net, "a.example").await;
    let (_house_b, b) = asking_house(&net, "b.example").await;
    net.put_hearth(&a.face(), &a.federation);
    net.put_hearth(&b.face(), &b.federation);
    a.queues(&b.name(), &["knock"]).await;
    eventually("a's owner is asked", || async {
        a.peer(&b.name()).await.is_some_and(|peer| peer.seen.is_some())
    })
    .await;
    a.federation.accept_peer(&b.name()).await.unwrap();
    eventually("b's owner is asked", || async {
        b.peer(&a.name()).await.is_some_and(|peer| peer.seen.is_some())
    })
    .await;
    assert_eq!(a.waiting(&b.name()).await, ["knock"]);
    // B's greeting after accepting is the sign of life that ends A's polite hour. A may have probed in vain a
    // moment ago, which keeps its gate closed for ten seconds.
    b.federation.accept_peer(&a.name()).await.unwrap();
    house_a.clock.advance(Duration::from_secs(10));
    eventually("the knock arrives", || async {
        a.wake(&b.name()).await;
        a.waiting(&b.name()).await.is_empty()
    })
    .await;
}

#[tokio::test]
async fn the_owners_decisions_are_audited() {
    let (net, stranger) = (Net::default(), Stranger::new("a.example"));
    net.put(&stranger);
    let (_house, bobs) = asking_house(&net, "b.example").await;
    bobs.federation.accept_peer(&stranger.name).await.unwrap();
    bobs.federation.block_peer(&stranger.name).await.unwrap();
    let acts = bobs
        .core
        .store()
        .read(|tx| hearth_store::tables::audit::newest(tx, 10))
        .await
        .unwrap();
    let mut acts: Vec<_> = acts
        .iter()
        .filter(|act| act.target_type == "server")
        .map(|act| (act.action.as_str(), act.target_id.as_str()))
        .collect();
    acts.sort_unstable();
    assert_eq!(
        acts,
        [
            ("accept_peer", "a.example"),
            ("add_peer", "a.example"),
            ("block_peer", "a.example")
        ]
    );
    assert!(
        bobs.federation.accept_peer(&server("b.example")).await.is_err(),
        "not ourselves"
    );
}
