//! Servers that are killed and come back.

use hearth_protocol::names::UserAddress;

use crate::support::eventually;
use crate::support::house::{House, Running};
use crate::support::net::Net;

/// Alice on A has added bob on B to her channel, and both have said something.
async fn met(net: &Net, a: &Running, b: &Running) -> Story {
    net.put_hearth(&a.face(), &a.federation);
    net.put_hearth(&b.face(), &b.federation);
    let (alice, bob) = (a.person("alice").await, b.person("bob").await);
    let channel = a.channel(&alice).await;
    let address = UserAddress::parse("bob@b.example").unwrap();
    let bob_there = a.federation.lookup_user(&address).await.unwrap().unwrap();
    hearth_core::channels::add_member(&a.core, &alice, channel, bob_there.id)
        .await
        .unwrap();
    a.says(&alice, channel, "welcome").await;
    eventually("bob is welcomed", || async {
        b.reads(&bob, channel).await == ["welcome"]
    })
    .await;
    b.says(&bob, channel, "thank you").await;
    eventually("alice is thanked", || async {
        a.reads(&alice, channel).await == ["welcome", "thank you"]
    })
    .await;
    Story { alice, bob, channel }
}

struct Story {
    alice: hearth_core::Actor,
    bob: hearth_core::Actor,
    channel: hearth_protocol::ids::ChannelId,
}

#[tokio::test]
async fn fifty_messages_for_a_killed_server_arrive_in_order_as_soon_as_it_is_back() {
    let net = Net::default();
    let (house_a, house_b) = (House::new("a.example"), House::new("b.example"));
    let (a, b) = (house_a.start(&net).await, house_b.start(&net).await);
    let story = met(&net, &a, &b).await;

    // B is killed: no good-bye, nothing is written any more.
    let face = b.face();
    net.set_up(&face.name, false);
    drop(b);
    let texts: Vec<String> = (1..=50).map(|number| format!("message {number}")).collect();
    for text in &texts {
        a.says(&story.alice, story.channel, text).await;
    }
    eventually("A has noticed", || async {
        a.peer(&face.name)
            .await
            .unwrap()
            .delivery
            .next_attempt_at
            .is_some()
    })
    .await;
    assert_eq!(a.waiting(&face.name).await.len(), 50);

    // B comes back and says hello. No clock moves: A's deadline is still to come, and does not matter.
    net.set_up(&face.name, true);
    let b = house_b.start(&net).await;
    net.put_hearth(&face, &b.federation);
    eventually("all fifty are there", || async {
        b.reads(&story.bob, story.channel).await.len() == 52
    })
    .await;
    let expected = [vec!["welcome".to_owned(), "thank you".to_owned()], texts].concat();
    assert_eq!(b.reads(&story.bob, story.channel).await, expected);
    eventually("A's queue is empty", || async {
        a.waiting(&face.name).await.is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_hello_that_comes_while_a_probe_is_failing_is_not_forgotten() {
    let net = Net::default();
    let (house_a, house_b) = (House::new("a.example"), House::new("b.example"));
    let (a, b) = (house_a.start(&net).await, house_b.start(&net).await);
    let story = met(&net, &a, &b).await;
    let face = b.face();
    net.set_up(&face.name, false);
    a.says(&story.alice, story.channel, "are you there?").await;
    eventually("A waits", || async {
        a.peer(&face.name).await.unwrap().delivery.failures == 1
    })
    .await;

    // B can be heard before it can be reached: its hello comes, and A's probe at once fails.
    let hello = face.event(&face.hello("h1"));
    assert_eq!(a.takes(hello).await, (200, "ok"));
    eventually("the probe fails", || async {
        a.peer(&face.name).await.unwrap().delivery.failures == 2
    })
    .await;
    let hello = face.event(&face.hello("h2"));
    assert_eq!(a.takes(hello).await, (200, "ok"));

    net.set_up(&face.name, true);
    house_a.clock.advance(std::time::Duration::from_secs(10));
    a.wake(&face.name).await;
    eventually("it arrives", || async {
        b.reads(&story.bob, story.channel).await.len() == 3
    })
    .await;
}

#[tokio::test]
async fn what_was_queued_before_a_kill_goes_out_after_it() {
    let net = Net::default();
    let (house_a, house_b) = (House::new("a.example"), House::new("b.example"));
    let (a, b) = (house_a.start(&net).await, house_b.start(&net).await);
    let story = met(&net, &a, &b).await;
    net.set_up(&b.name(), false);
    a.says(&story.alice, story.channel, "before").await;
    eventually("A waits", || async {
        a.peer(&b.name()).await.unwrap().delivery.failures == 1
    })
    .await;
    let face = a.face();
    drop(a);

    net.set_up(&b.name(), true);
    let a = house_a.start(&net).await;
    net.put_hearth(&face, &a.federation);
    eventually("it arrives without any deadline passing", || async {
        b.reads(&story.bob, story.channel).await.len() == 3
    })
    .await;
}

#[tokio::test]
async fn only_servers_with_recent_traffic_are_greeted() {
    let net = Net::default();
    let house = House::new("b.example");
    let b = house.start(&net).await;
    let (alices, carols) = (
        crate::support::stranger::Stranger::new("a.example"),
        crate::support::stranger::Stranger::new("c.example"),
    );
    net.put(&alices);
    net.put(&carols);
    assert_eq!(b.takes(carols.event(&carols.hello("1"))).await, (200, "ok"));
    house.clock.advance(std::time::Duration::from_hours(8 * 24));
    let late = house.clock.clone();
    let now = hearth_protocol::d3chat::signing::WireTimestamp::at(hearth_protocol::env::Clock::now(&late));
    let hello = alices.event_at(&alices.hello("1"), now.as_str());
    assert_eq!(b.takes(hello).await, (200, "ok"));
    eventually("the contact is noted", || async {
        b.peer(&alices.name).await.unwrap().last_contact_at.is_some()
    })
    .await;
    b.federation.shutdown().await;

    let b = house.start(&net).await;
    eventually("the recent one is greeted", || async {
        net.requests(&alices.name).len() == 1
    })
    .await;
    assert!(net.event_ids(&alices.name)[0].starts_with("hello-"));
    b.federation.shutdown().await;
    assert_eq!(net.requests(&carols.name).len(), 0);
}

#[tokio::test]
async fn a_shutdown_ends_every_task() {
    let net = Net::default();
    let house = House::new("b.example");
    let b = house.start(&net).await;
    b.queues(&crate::support::server("a.example"), &["1"]).await;
    b.federation.shutdown().await;
    // Nobody holds on to it any more: tasks that still ran would.
    let weak = std::sync::Arc::downgrade(&b.federation);
    drop(b);
    assert!(weak.upgrade().is_none());
}
