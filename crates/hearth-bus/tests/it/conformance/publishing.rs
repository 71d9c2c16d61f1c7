//! Publish and subscribe: bounded queues that never make each other wait.

use std::sync::Arc;

use bytes::Bytes;
use hearth_bus::{Bus, Lagged, Signal, Subscriber, Topic};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{Rig, channel, is_waiting, rig, user};

const ROOMY: usize = 1_000;

fn event(text: &str) -> Signal {
    Signal::Event(Bytes::copy_from_slice(text.as_bytes()))
}

fn topic(n: u128) -> Topic {
    Topic::Channel(channel(n))
}

async fn read_text(subscriber: &mut Subscriber) -> String {
    match subscriber.recv().await {
        Ok(Signal::Event(json)) => String::from_utf8(json.to_vec()).unwrap(),
        other => panic!("expected an event, got {other:?}"),
    }
}

pub(crate) async fn only_those_who_joined_hear<R: Rig>() {
    let bus = rig::<R>().bus();
    let (mut alice, mut bob, mut owner) = (bus.connect(ROOMY), bus.connect(ROOMY), bus.connect(ROOMY));
    alice.join(topic(1));
    bob.join(Topic::User(user(2)));
    owner.join(Topic::Owner);
    bus.publish(&topic(1), event("to the channel")).await;
    bus.publish(&Topic::User(user(2)), Signal::Joined(channel(1)))
        .await;
    bus.publish(&Topic::Owner, event("to the owner")).await;
    bus.publish(&topic(3), event("to nobody")).await;
    assert_eq!(read_text(&mut alice).await, "to the channel");
    assert_eq!(bob.recv().await, Ok(Signal::Joined(channel(1))));
    assert_eq!(read_text(&mut owner).await, "to the owner");
    assert!(is_waiting(alice.recv()) && is_waiting(bob.recv()) && is_waiting(owner.recv()));
}

pub(crate) async fn leaving_ends_it_but_keeps_what_was_queued<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut alice = bus.connect(ROOMY);
    alice.join(topic(1));
    bus.publish(&topic(1), event("before")).await;
    alice.leave(&topic(1));
    alice.leave(&topic(1));
    assert!(!alice.has_joined(&topic(1)));
    bus.publish(&topic(1), event("after")).await;
    assert_eq!(read_text(&mut alice).await, "before");
    assert!(is_waiting(alice.recv()));
    alice.join(topic(1));
    bus.publish(&topic(1), event("back")).await;
    assert_eq!(read_text(&mut alice).await, "back");
}

pub(crate) async fn a_topic_joined_twice_is_heard_once<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut alice = bus.connect(ROOMY);
    alice.join(topic(1));
    alice.join(topic(1));
    assert!(alice.has_joined(&topic(1)));
    bus.publish(&topic(1), event("once")).await;
    assert_eq!(read_text(&mut alice).await, "once");
    assert!(is_waiting(alice.recv()));
}

pub(crate) async fn one_queue_keeps_the_order_over_topics<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut alice = bus.connect(ROOMY);
    for n in 0..3 {
        alice.join(topic(n));
    }
    for round in 0..30 {
        bus.publish(&topic(round % 3), event(&round.to_string())).await;
    }
    for round in 0..30 {
        assert_eq!(read_text(&mut alice).await, round.to_string());
    }
}

pub(crate) async fn a_slow_subscriber_lags_alone<R: Rig>() {
    let bus = rig::<R>().bus();
    let (mut slow, mut fast) = (bus.connect(2), bus.connect(ROOMY));
    slow.join(topic(1));
    fast.join(topic(1));
    for n in 0..100 {
        bus.publish(&topic(1), event(&n.to_string())).await;
    }
    assert_eq!(slow.recv().await, Err(Lagged));
    for n in 0..100 {
        assert_eq!(read_text(&mut fast).await, n.to_string());
    }
    assert_eq!(bus.gauges().lagged, 1, "one subscriber lagged, once");
}

pub(crate) async fn lagging_is_final<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut slow = bus.connect(1);
    slow.join(Topic::User(user(1)));
    bus.publish(&Topic::User(user(1)), event("fits")).await;
    // The one that does not fit might be the order to leave: nothing may be read as if it had not happened.
    bus.publish(&Topic::User(user(1)), Signal::Left(channel(1))).await;
    assert_eq!(slow.recv().await, Err(Lagged));
    bus.publish(&Topic::User(user(1)), event("later")).await;
    assert_eq!(slow.recv().await, Err(Lagged));
}

pub(crate) async fn a_waiting_reader_is_woken<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut alice = bus.connect(ROOMY);
    alice.join(topic(1));
    let ready = Arc::new(Barrier::new(2));
    let reader = tokio::spawn({
        let ready = Arc::clone(&ready);
        async move {
            ready.wait().await;
            (read_text(&mut alice).await, read_text(&mut alice).await)
        }
    });
    ready.wait().await;
    bus.publish(&topic(1), event("one")).await;
    bus.publish(&topic(1), event("two")).await;
    assert_eq!(reader.await.unwrap(), ("one".to_owned(), "two".to_owned()));
}

pub(crate) async fn giving_up_a_wait_loses_nothing<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut alice = bus.connect(ROOMY);
    alice.join(topic(1));
    assert!(is_waiting(alice.recv()));
    bus.publish(&topic(1), event("one")).await;
    assert_eq!(read_text(&mut alice).await, "one");
    assert!(is_waiting(alice.recv()));
    assert!(is_waiting(alice.recv()));
    bus.publish(&topic(1), event("two")).await;
    assert_eq!(read_text(&mut alice).await, "two");
}

pub(crate) async fn dropping_leaves_every_topic<R: Rig>() {
    let bus = rig::<R>().bus();
    let stays = bus.connect(ROOMY);
    stays.join(topic(0));
    for _ in 0..50 {
        let subscriber = bus.connect(1);
        for n in 0..20 {
            subscriber.join(topic(n));
        }
        subscriber.join(Topic::Owner);
        assert_eq!((bus.subscriber_count(), bus.gauges().topics), (2, 21));
    }
    assert_eq!((bus.subscriber_count(), bus.gauges().topics), (1, 1));
    drop(stays);
    assert_eq!((bus.subscriber_count(), bus.gauges().topics), (0, 0));
}

pub(crate) async fn racing_publishers_reach_everyone_in_one_order<R: Rig>() {
    const PUBLISHERS: usize = 8;
    const EACH: usize = 50;
    let rig = rig::<R>();
    let mut listeners: Vec<Subscriber> = (0..3).map(|_| rig.bus().connect(ROOMY)).collect();
    for listener in &listeners {
        listener.join(topic(1));
    }
    let mut publishers = JoinSet::new();
    for publisher in 0..PUBLISHERS {
        let bus = rig.bus();
        publishers.spawn(async move {
            for n in 0..EACH {
                bus.publish(&topic(1), event(&format!("{publisher}/{n}"))).await;
                // Others come and go meanwhile without disturbing anyone.
                bus.connect(1).join(topic(1));
            }
        });
    }
    publishers.join_all().await;
    let mut heard = Vec::new();
    for listener in &mut listeners {
        let mut texts = Vec::new();
        for _ in 0..PUBLISHERS * EACH {
            texts.push(read_text(listener).await);
        }
        heard.push(texts);
    }
    assert!(heard.windows(2).all(|pair| pair[0] == pair[1]));
}
