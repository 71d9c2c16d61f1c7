//! Switching federation off is a wait, never a loss and never a refusal.

use hearth_core::audit::By;
use hearth_core::settings;

use crate::support::eventually;
use crate::support::house::{CHANNEL, House, channel};
use crate::support::net::Net;
use crate::support::stranger::Stranger;

#[tokio::test]
async fn inbound_is_asked_to_wait_and_nothing_is_lost() {
    let (net, alices) = (Net::default(), Stranger::new("a.example"));
    net.put(&alices);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    let bob = bobs.person("bob").await;
    assert_eq!(
        bobs.takes(alices.event(&alices.invite("0", CHANNEL))).await,
        (200, "ok")
    );

    settings::set_federation_enabled(&bobs.core, false, By::Console)
        .await
        .unwrap();
    let request = alices.event(&alices.says("1", CHANNEL, "hi"));
    let error = bobs.refuses(request.clone()).await;
    assert_eq!((error.status(), error.code()), (503, "switched_off"));
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(3_600));
    let lookup = bobs
        .federation
        .answer_lookup(alices.lookup("/federation/user-lookup?username=bob"));
    assert_eq!(lookup.await.unwrap_err().status(), 503);

    settings::set_federation_enabled(&bobs.core, true, By::Console)
        .await
        .unwrap();
    assert_eq!(bobs.takes(request).await, (200, "ok"));
    assert_eq!(bobs.reads(&bob, channel()).await, ["hi"]);
}

#[tokio::test]
async fn outbound_pauses_with_its_queue_and_drains_when_it_is_back() {
    let (net, alices) = (Net::default(), Stranger::new("a.example"));
    net.put(&alices);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    settings::set_federation_enabled(&bobs.core, false, By::Console)
        .await
        .unwrap();
    bobs.queues(&alices.name, &["1", "2"]).await;
    bobs.federation.retry_now(&alices.name);
    bobs.wake(&alices.name).await;
    bobs.settles().await;
    assert_eq!(bobs.waiting(&alices.name).await, ["1", "2"]);
    assert_eq!(
        (net.looks(&alices.name), net.requests(&alices.name).len()),
        (0, 0)
    );

    settings::set_federation_enabled(&bobs.core, true, By::Console)
        .await
        .unwrap();
    eventually("the queue drains", || async {
        bobs.waiting(&alices.name).await.is_empty()
    })
    .await;
    assert_eq!(net.event_ids(&alices.name)[..2], ["1", "2"]);
}

#[tokio::test]
async fn cryptid_discovery_says_so() {
    let house = House::new("b.example");
    let mut house = house;
    let folder = tempfile::tempdir().unwrap();
    let tls = hearth_identity::tls::TlsIdentity::self_signed(
        folder.path(),
        &["b.example".to_owned()],
        crate::support::stranger::NOW,
    );
    house.tls = Some(std::sync::Arc::new(tls.unwrap()));
    let bobs = house.start(&Net::default()).await;
    assert!(bobs.federation.capabilities().unwrap().federation_enabled);
    settings::set_federation_enabled(&bobs.core, false, By::Console)
        .await
        .unwrap();
    assert!(!bobs.federation.capabilities().unwrap().federation_enabled);
}
