//! Queues: in order, patient with the absent, final with the refused, quick when somebody is back.

use std::time::Duration;

use hearth_federation::PeerState;
use hearth_store::StoreError;
use hearth_store::tables::dead_letters::Reason;
use hearth_store::tables::peers::DeliveryState;
use serde_json::json;

use crate::support::eventually;
use crate::support::house::{House, Running};
use crate::support::net::{Net, answer, answer_later};
use crate::support::stranger::Stranger;

struct Scene {
    net: Net,
    house: House,
    bobs: Running,
    alices: Stranger,
}

async fn scene() -> Scene {
    let (net, alices) = (Net::default(), Stranger::new("a.example"));
    net.put(&alices);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    Scene {
        net,
        house,
        bobs,
        alices,
    }
}

impl Scene {
    /// Delivery to alice's server stands like this.
    async fn is(&self, state: DeliveryState) -> bool {
        let peer = self.bobs.peer(&self.alices.name).await;
        peer.is_some_and(|peer| peer.delivery.state == state)
    }

    async fn is_drained(&self) -> bool {
        self.bobs.waiting(&self.alices.name).await.is_empty()
    }

    async fn failures(&self) -> u32 {
        let peer = self.bobs.peer(&self.alices.name).await;
        peer.map_or(0, |peer| peer.delivery.failures)
    }

    fn arrived(&self) -> Vec<String> {
        self.net.event_ids(&self.alices.name)
    }

    /// A proven request of alice's server arrives.
    async fn hears_from_alices(&self, id: &str) {
        let request = self.alices.event(&self.alices.hello(id));
        assert_eq!(self.bobs.takes(request).await, (200, "ok"));
    }
}

#[tokio::test]
async fn events_arrive_in_the_order_they_were_queued() {
    let scene = scene().await;
    scene.bobs.queues(&scene.alices.name, &["3", "1", "2"]).await;
    eventually("the queue drains", || scene.is_drained()).await;
    scene.bobs.queues(&scene.alices.name, &["0"]).await;
    eventually("the queue drains again", || scene.is_drained()).await;
    assert_eq!(scene.arrived(), ["3", "1", "2", "0"]);
    let requests = scene.net.requests(&scene.alices.name);
    assert!(
        requests
            .iter()
            .all(|request| request.url == "https://a.example/federation/inbox")
    );
}

#[tokio::test]
async fn an_absent_destination_is_waited_for_and_keeps_nobody_else_waiting() {
    let scene = scene().await;
    let carols = Stranger::new("c.example");
    scene.net.put(&carols);
    scene.net.set_up(&scene.alices.name, false);
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    scene.bobs.queues(&carols.name, &["2"]).await;
    eventually("the other queue drains", || async {
        scene.bobs.waiting(&carols.name).await.is_empty()
    })
    .await;
    let summary = scene.bobs.summary(&scene.alices.name).await;
    assert_eq!((summary.state, summary.waiting), (PeerState::Waiting, 1));
    assert!(summary.last_error.is_some() && summary.oldest_waiting_at.is_some());
    let delivery = scene.bobs.peer(&scene.alices.name).await.unwrap().delivery;
    let wait = delivery.next_attempt_at.unwrap().since(scene.bobs.core.now());
    assert!((5..=15).contains(&wait.as_secs()), "{wait:?}");

    // Its time has come, and it is back.
    scene.net.set_up(&scene.alices.name, true);
    scene.house.clock.advance(Duration::from_mins(2));
    scene.bobs.wake(&scene.alices.name).await;
    eventually("the queue drains", || scene.is_drained()).await;
    assert!(scene.is(DeliveryState::Ready).await);
}

#[tokio::test]
async fn a_new_event_does_not_hurry_an_absent_destination() {
    let scene = scene().await;
    scene.net.put(&scene.alices);
    scene.bobs.queues(&scene.alices.name, &["0"]).await;
    eventually("they have met", || scene.is_drained()).await;
    scene
        .net
        .script(&scene.alices.name, (0..9).map(|_| answer(502, &json!({}))));
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    for id in ["2", "3", "4"] {
        scene.bobs.queues(&scene.alices.name, &[id]).await;
    }
    scene.bobs.settles().await;
    assert_eq!(scene.arrived(), ["0", "1"]);
    assert_eq!(scene.failures().await, 1);
}

#[tokio::test]
async fn a_verified_contact_ends_a_wait_at_once() {
    let scene = scene().await;
    scene.bobs.queues(&scene.alices.name, &["0"]).await;
    eventually("they have met", || scene.is_drained()).await;
    scene.net.script(&scene.alices.name, [answer_later(503, 3_600)]);
    scene.bobs.queues(&scene.alices.name, &["1", "2"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    let delivery = scene.bobs.peer(&scene.alices.name).await.unwrap().delivery;
    let wait = delivery.next_attempt_at.unwrap().since(scene.bobs.core.now());
    assert_eq!(wait.as_secs(), 3_600, "what it asked for");

    scene.hears_from_alices("back").await;
    eventually("the queue drains", || scene.is_drained()).await;
    assert_eq!(scene.arrived(), ["0", "1", "1", "2"]);
}

#[tokio::test]
async fn a_forged_contact_ends_nothing() {
    let scene = scene().await;
    scene.bobs.queues(&scene.alices.name, &["0"]).await;
    eventually("they have met", || scene.is_drained()).await;
    scene.net.script(&scene.alices.name, [answer_later(503, 3_600)]);
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    let forger = scene.alices.with_another_key();
    let (status, _) = scene.bobs.takes(forger.event(&forger.hello("back"))).await;
    assert_eq!(status, 401);
    scene.bobs.wake(&scene.alices.name).await;
    scene.bobs.settles().await;
    assert_eq!(scene.arrived(), ["0", "1"]);
}

#[tokio::test]
async fn probes_that_fail_move_apart() {
    let scene = scene().await;
    scene.bobs.queues(&scene.alices.name, &["0"]).await;
    eventually("they have met", || scene.is_drained()).await;
    scene
        .net
        .script(&scene.alices.name, (0..99).map(|_| answer_later(503, 3_600)));
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("the wait begins", || async { scene.failures().await == 1 }).await;

    // The first sign of life is answered at once, the second after a gap that the failed probe doubled.
    scene.hears_from_alices("s1").await;
    eventually("the first probe fails", || async { scene.failures().await == 2 }).await;
    scene.hears_from_alices("s2").await;
    scene.house.clock.advance(Duration::from_secs(9));
    scene.bobs.wake(&scene.alices.name).await;
    scene.bobs.settles().await;
    assert_eq!(scene.failures().await, 2);
    scene.house.clock.advance(Duration::from_secs(1));
    scene.bobs.wake(&scene.alices.name).await;
    eventually("the second probe fails", || async { scene.failures().await == 3 }).await;
    assert_eq!(scene.arrived(), ["0", "1", "1", "1"]);
}

#[tokio::test]
async fn a_refused_event_is_put_aside_with_the_others_words_and_the_rest_goes_on() {
    let scene = scene().await;
    scene.net.script(
        &scene.alices.name,
        [answer(
            400,
            &json!({ "detail": "Malformed event: content is too long" }),
        )],
    );
    scene.bobs.queues(&scene.alices.name, &["bad", "good"]).await;
    eventually("the queue drains", || scene.is_drained()).await;
    assert_eq!(scene.arrived(), ["bad", "good"]);
    let letters = scene.bobs.letters(&scene.alices.name).await;
    assert_eq!(
        (letters[0].event_id.as_str(), letters[0].reason),
        ("bad", Reason::Refused)
    );
    assert_eq!(letters[0].detail, "400: Malformed event: content is too long");
    assert_eq!(scene.bobs.alerts().await[0].kind, "event_refused");
}

#[tokio::test]
async fn a_server_that_refuses_us_is_paused_until_it_is_heard_from() {
    let scene = scene().await;
    scene.net.script(
        &scene.alices.name,
        [answer(401, &json!({ "detail": "Invalid signature" }))],
    );
    scene.bobs.queues(&scene.alices.name, &["1", "2"]).await;
    eventually("delivery is paused", || scene.is(DeliveryState::Paused)).await;
    assert_eq!(
        scene.bobs.summary(&scene.alices.name).await.state,
        PeerState::Paused
    );
    assert_eq!(scene.bobs.alerts().await[0].kind, "peer_refuses");
    // No ordinary deadline ends a pause.
    scene.house.clock.advance(Duration::from_mins(59));
    scene.bobs.wake(&scene.alices.name).await;
    scene.bobs.settles().await;
    assert_eq!(scene.arrived(), ["1"]);

    scene.house.clock.set(crate::support::stranger::NOW);
    scene.hears_from_alices("forgiven").await;
    eventually("the queue drains", || scene.is_drained()).await;
    assert_eq!(scene.arrived(), ["1", "1", "2"]);
    assert_eq!(scene.bobs.alerts().await, []);
}

#[tokio::test]
async fn a_server_that_refuses_us_is_asked_again_once_an_hour() {
    let scene = scene().await;
    scene.net.script(
        &scene.alices.name,
        [answer(401, &json!({})), answer(401, &json!({}))],
    );
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("delivery is paused", || async { scene.failures().await == 1 }).await;
    scene.house.clock.advance(Duration::from_hours(1));
    scene.bobs.wake(&scene.alices.name).await;
    eventually("it still refuses", || async { scene.failures().await == 2 }).await;
    scene.bobs.wake(&scene.alices.name).await;
    scene.bobs.settles().await;
    assert_eq!(scene.arrived(), ["1", "1"]);
    scene.house.clock.advance(Duration::from_hours(1));
    scene.bobs.wake(&scene.alices.name).await;
    eventually("the queue drains", || scene.is_drained()).await;
    assert_eq!(scene.bobs.alerts().await, []);
}

#[tokio::test]
async fn a_contact_while_nothing_waits_ends_a_pause_for_what_comes_next() {
    let (net, alices) = (Net::default(), Stranger::new("a.example"));
    net.put(&alices);
    let house = House::new("b.example").with(|config| config.queue_max_age = Duration::from_mins(2));
    let bobs = house.start(&net).await;
    net.script(&alices.name, [answer(401, &json!({}))]);
    bobs.queues(&alices.name, &["1"]).await;
    eventually("delivery is paused", || async {
        bobs.summary(&alices.name).await.state == PeerState::Paused
    })
    .await;
    house.clock.advance(Duration::from_mins(3));
    bobs.wake(&alices.name).await;
    eventually("the event is too old", || async {
        bobs.waiting(&alices.name).await.is_empty()
    })
    .await;
    bobs.settles().await;
    let hello = alices.event(&alices.hello("forgiven"));
    assert_eq!(bobs.takes(hello).await, (200, "ok"));
    bobs.queues(&alices.name, &["2"]).await;
    eventually("the queue drains", || async {
        bobs.waiting(&alices.name).await.is_empty()
    })
    .await;
    assert_eq!(net.event_ids(&alices.name), ["1", "2"]);
}

#[tokio::test]
async fn the_alert_about_a_refusal_ends_with_a_delivery_whatever_came_between() {
    for last in [json!({ "status": "ok" }), json!({ "detail": "too long" })] {
        let scene = scene().await;
        let status = if last.get("status").is_some() { 200 } else { 400 };
        scene.net.script(
            &scene.alices.name,
            [
                answer(401, &json!({})),
                answer(503, &json!({})),
                answer(status, &last),
            ],
        );
        scene.bobs.queues(&scene.alices.name, &["1"]).await;
        eventually("delivery is paused", || scene.is(DeliveryState::Paused)).await;
        scene.bobs.federation.retry_now(&scene.alices.name);
        eventually("a wait follows", || scene.is(DeliveryState::Waiting)).await;
        scene.house.clock.advance(Duration::from_hours(1));
        scene.bobs.wake(&scene.alices.name).await;
        eventually("the queue drains", || scene.is_drained()).await;
        let alerts = scene.bobs.alerts().await;
        assert!(
            alerts.iter().all(|alert| alert.kind != "peer_refuses"),
            "{alerts:?}"
        );
    }
}

#[tokio::test]
async fn retry_now_lifts_a_pause_for_one_probe() {
    let scene = scene().await;
    scene.net.script(
        &scene.alices.name,
        [answer(403, &json!({})), answer(403, &json!({}))],
    );
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("delivery is paused", || async { scene.failures().await == 1 }).await;
    scene.bobs.federation.retry_now(&scene.alices.name);
    eventually("the probe is refused too", || async {
        scene.failures().await == 2
    })
    .await;
    assert!(scene.is(DeliveryState::Paused).await);
    assert_eq!(scene.arrived(), ["1", "1"]);
}

#[tokio::test]
async fn an_id_that_upstream_burnt_is_replaced_and_the_order_kept() {
    let scene = scene().await;
    scene.net.script(
        &scene.alices.name,
        [answer(500, &json!({ "detail": "Error processing event" }))],
    );
    scene.bobs.queues(&scene.alices.name, &["burnt", "next"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    let waiting = scene.bobs.waiting(&scene.alices.name).await;
    assert_ne!(waiting[0], "burnt");
    scene.bobs.federation.retry_now(&scene.alices.name);
    eventually("the queue drains", || scene.is_drained()).await;
    assert_eq!(scene.arrived(), ["burnt", waiting[0].as_str(), "next"]);
}

#[tokio::test]
async fn an_event_that_burns_ten_ids_is_put_aside_and_the_rest_goes_on() {
    let scene = scene().await;
    let burnt = answer(500, &json!({ "detail": "Error processing event" }));
    scene
        .net
        .script(&scene.alices.name, (0..10).map(|_| burnt.clone()));
    scene.bobs.queues(&scene.alices.name, &["poison", "next"]).await;
    for failures in 1..10 {
        eventually("one more id is burnt", || async {
            scene.failures().await == failures
        })
        .await;
        scene.house.clock.advance(Duration::from_hours(1));
        scene.bobs.wake(&scene.alices.name).await;
    }
    eventually("the queue drains", || scene.is_drained()).await;
    let arrived = scene.arrived();
    assert_eq!((arrived.len(), arrived[10].as_str()), (11, "next"), "{arrived:?}");
    let letters = scene.bobs.letters(&scene.alices.name).await;
    assert_eq!((letters.len(), letters[0].reason), (1, Reason::Refused));
    assert_eq!(letters[0].detail, "500: Error processing event");
    assert_eq!(scene.bobs.alerts().await[0].kind, "event_refused");
}

#[tokio::test]
async fn a_timeout_keeps_the_id() {
    let scene = scene().await;
    scene.net.script(&scene.alices.name, [answer(504, &json!({}))]);
    scene.bobs.queues(&scene.alices.name, &["same"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    scene.bobs.federation.retry_now(&scene.alices.name);
    eventually("the queue drains", || scene.is_drained()).await;
    assert_eq!(scene.arrived(), ["same", "same"]);
}

#[tokio::test]
async fn only_age_ends_what_cannot_be_delivered_and_never_silently() {
    let scene = scene().await;
    scene.net.set_up(&scene.alices.name, false);
    scene.bobs.queues(&scene.alices.name, &["old"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    scene.house.clock.advance(Duration::from_hours(29 * 24));
    scene.bobs.queues(&scene.alices.name, &["young"]).await;
    eventually("one more try fails", || async { scene.failures().await == 2 }).await;
    assert_eq!(scene.bobs.waiting(&scene.alices.name).await, ["old", "young"]);

    scene.house.clock.advance(Duration::from_hours(25));
    scene.bobs.wake(&scene.alices.name).await;
    eventually("the old one is given up", || async {
        scene.bobs.waiting(&scene.alices.name).await == ["young"]
    })
    .await;
    let letters = scene.bobs.letters(&scene.alices.name).await;
    assert_eq!(
        (letters[0].event_id.as_str(), letters[0].reason),
        ("old", Reason::Expired)
    );
    let alerts = scene.bobs.alerts().await;
    assert!(
        alerts.iter().any(|alert| alert.kind == "events_expired"),
        "{alerts:?}"
    );
}

#[tokio::test]
async fn the_pace_stays_below_what_a_server_takes() {
    let (net, alices) = (Net::default(), Stranger::new("a.example"));
    let mut descriptor = alices.descriptor();
    descriptor["limits"] = json!({ "inbox_requests_per_minute": 10, "max_batch": 1, "max_batch_bytes": 1 });
    net.put_evidence(&alices.name, vec![alices.evidence_with(&descriptor)]);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    let ids: Vec<String> = (0..15).map(|number| number.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    bobs.queues(&alices.name, &ids).await;
    eventually("nine of ten have gone out", || async {
        net.requests(&alices.name).len() == 9
    })
    .await;
    bobs.wake(&alices.name).await;
    house.clock.advance(Duration::from_secs(59));
    bobs.wake(&alices.name).await;
    bobs.settles().await;
    assert_eq!(net.requests(&alices.name).len(), 9);
    house.clock.advance(Duration::from_secs(1));
    bobs.wake(&alices.name).await;
    eventually("the rest follows", || async {
        bobs.waiting(&alices.name).await.is_empty()
    })
    .await;
    assert_eq!(net.event_ids(&alices.name), ids);
}

#[tokio::test]
async fn every_attempt_is_signed_anew() {
    let scene = scene().await;
    scene.net.script(&scene.alices.name, [answer(503, &json!({}))]);
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("the wait begins", || scene.is(DeliveryState::Waiting)).await;
    scene.house.clock.advance(Duration::from_hours(3));
    scene.bobs.wake(&scene.alices.name).await;
    eventually("the queue drains", || scene.is_drained()).await;
    let headers: Vec<_> = scene
        .net
        .requests(&scene.alices.name)
        .into_iter()
        .map(|request| request.headers)
        .collect();
    let value = |attempt: usize, name: &str| {
        let found = headers[attempt].iter().find(|(known, _)| *known == name);
        found.unwrap().1.clone()
    };
    assert_eq!(value(0, "x-d3chat-timestamp"), "1760000000.000");
    assert_eq!(value(1, "x-d3chat-timestamp"), "1760010800.000");
    assert_ne!(value(0, "x-d3chat-signature"), value(1, "x-d3chat-signature"));
}

#[tokio::test]
async fn greetings_and_events_do_not_wait_for_each_others_places() {
    let (net, alices) = (Net::default(), Stranger::new("a.example"));
    net.put(&alices);
    let house = House::new("b.example").with(|config| config.budgets.deliveries_in_flight = 0);
    let bobs = house.start(&net).await;
    // All places for events are taken, in this story for ever.
    bobs.federation.accept_peer(&alices.name).await.unwrap();
    eventually("the new friend is greeted", || async {
        net.requests(&alices.name).len() == 1
    })
    .await;
}

#[tokio::test]
async fn a_wait_that_cannot_be_written_down_is_kept_all_the_same() {
    let scene = scene().await;
    scene.bobs.queues(&scene.alices.name, &["0"]).await;
    eventually("they have met", || scene.is_drained()).await;
    let run = async |sql: &'static str| {
        let done = scene.bobs.core.store().write(move |tx| tx.execute(sql, &[]));
        let done: Result<u64, StoreError> = done.await;
        done.unwrap();
    };
    run("CREATE TRIGGER full BEFORE UPDATE OF failures ON peers BEGIN SELECT RAISE(ABORT, 'full'); END")
        .await;
    scene.net.script(&scene.alices.name, [answer_later(503, 3_600)]);
    scene.bobs.queues(&scene.alices.name, &["1"]).await;
    eventually("it is tried", || async { scene.arrived().len() == 2 }).await;
    for _ in 0..3 {
        scene.bobs.settles().await;
        scene.bobs.wake(&scene.alices.name).await;
    }
    scene.bobs.settles().await;
    assert_eq!(scene.arrived(), ["0", "1"]);

    run("DROP TRIGGER full").await;
    scene.house.clock.advance(Duration::from_hours(1));
    scene.bobs.wake(&scene.alices.name).await;
    eventually("the queue drains", || scene.is_drained()).await;
    assert_eq!(scene.arrived(), ["0", "1", "1"]);
}
