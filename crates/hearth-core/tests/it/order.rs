//! Numbers without gaps, and live messages in their order, whatever happens at once.

use std::time::Duration;

use hearth_core::messages::{self, NewMessage, Range};
use hearth_core::remote;

use crate::house::House;
use crate::relays::{relay, shared_channel};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_at_once_get_a_hundred_numbers_and_are_heard_in_order() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    let mut socket = home.socket(&alice).await;
    // The lane begins with a message that nobody races.
    home.say(&alice, garden.id, "first").await;
    let sends: Vec<_> = (0..100)
        .map(|number| {
            let (core, alice) = (home.core.clone(), alice.clone());
            let new = NewMessage::text(number.to_string());
            tokio::spawn(async move { messages::send(&core, &alice, garden.id, new).await.unwrap().seq })
        })
        .collect();
    let mut numbers = Vec::new();
    for send in sends {
        numbers.push(send.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (2..=101).collect::<Vec<i64>>());

    let page = messages::list(&home.core, &alice, garden.id, Range::After(1), 100)
        .await
        .unwrap();
    assert!(
        page.messages
            .is_sorted_by(|a, b| a.seq + 1 == b.seq && a.created_at < b.created_at)
    );
    let heard: Vec<i64> = socket
        .heard()
        .iter()
        .map(|event| event["message"]["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(heard, (1..=101).collect::<Vec<i64>>(), "each once, in order");
}

#[tokio::test]
async fn a_message_whose_publisher_is_slow_is_published_by_the_next_one() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let mut socket = home.socket(&alice).await;
    home.say(&alice, garden, "one").await;
    let slow = home
        .applies("b.hearth.test", relay(garden, "bob", "m2", "two"))
        .await
        .unwrap();
    home.say(&alice, garden, "three").await;
    assert_eq!(socket.heard_texts(), ["one", "two", "three"]);
    remote::publish(&home.core, slow).await;
    assert_eq!(
        socket.heard_texts(),
        Vec::<String>::new(),
        "it finds its work done"
    );
    home.say(&alice, garden, "four").await;
    assert_eq!(socket.heard_texts(), ["four"]);
}

#[tokio::test]
async fn a_message_whose_publisher_died_is_published_by_the_next_one() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let mut socket = home.socket(&alice).await;
    home.say(&alice, garden, "one").await;
    drop(
        home.applies("b.hearth.test", relay(garden, "bob", "m2", "two"))
            .await
            .unwrap(),
    );
    home.say(&alice, garden, "three").await;
    assert_eq!(socket.heard_texts(), ["one", "two", "three"]);
}

#[tokio::test]
async fn before_the_lane_begins_nothing_is_lost_either() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let mut socket = home.socket(&alice).await;
    let slow = home
        .applies("b.hearth.test", relay(garden, "bob", "m1", "one"))
        .await
        .unwrap();
    home.say(&alice, garden, "two").await;
    remote::publish(&home.core, slow).await;
    home.say(&alice, garden, "three").await;
    assert_eq!(socket.heard_texts(), ["two", "one", "three"]);
}

#[tokio::test]
async fn a_client_that_goes_away_while_sending_still_said_it() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    let mut socket = home.socket(&alice).await;
    home.say(&alice, garden.id, "hi").await;
    {
        let mut send = Box::pin(messages::send(
            &home.core,
            &alice,
            garden.id,
            NewMessage::text("bye"),
        ));
        assert!(crate::house::now(send.as_mut()).is_none());
    }
    // The next one is committed after it and published after it.
    home.say(&alice, garden.id, "still here").await;
    assert_eq!(socket.heard_texts(), ["hi", "bye", "still here"]);
    assert_eq!(home.reads(&alice, garden.id).await, ["hi", "bye", "still here"]);
}

#[tokio::test]
async fn a_session_ends_for_whoever_slept_through_it() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await;
    home.clock.advance(Duration::from_hours(24 * 8));
    let device = NewMessage {
        sender_device_id: Some(alice.device_id),
        ..NewMessage::text("1:AhAR")
    };
    assert!(
        messages::send(&home.core, &alice, garden.id, device)
            .await
            .is_err()
    );
}
