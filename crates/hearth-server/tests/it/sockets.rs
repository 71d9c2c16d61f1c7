//! Sockets on the wire (d3chat.md section 4).

use std::time::Duration;

use hearth_bus::{Signal, Topic};
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{self, TestApp};

fn typing(kind: &str, channel: &str) -> Value {
    json!({ "type": kind, "channel_id": channel })
}

#[tokio::test]
async fn a_bad_ticket_is_told_on_the_socket() {
    let clock = support::clock();
    let app = TestApp::builder().clock(&clock).start().await;
    let alice = app.register("alice").await;
    let used = app.ticket(&alice).await;
    app.open(&used).await.settle().await;
    let expired = app.ticket(&alice).await;
    clock.advance(Duration::from_secs(30));
    for query in [
        "",
        "?ticket=",
        "?ticket=nonsense",
        &format!("?ticket={used}"),
        &format!("?ticket={expired}"),
    ] {
        let mut socket = app.try_open(query, None).await.expect("the upgrade is accepted");
        match socket.message().await {
            Message::Close(Some(frame)) => {
                assert_eq!(u16::from(frame.code), 4001, "{query}");
                assert_eq!(frame.reason.as_str(), "Invalid or expired ticket");
            }
            other => panic!("{query}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn bad_tickets_are_refused_before_the_upgrade_when_they_keep_coming() {
    let app = TestApp::builder()
        .config(|config| config.limits.bad_tickets_per_minute = 2)
        .start()
        .await;
    let alice = app.register("alice").await;
    for _ in 0..2 {
        app.try_open("?ticket=x", None)
            .await
            .expect("the upgrade is accepted");
    }
    match app.try_open("?ticket=x", None).await {
        Err(Error::Http(answer)) => assert_eq!(answer.status(), 429),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("refused"),
    }
    // Whoever has a good ticket at the same address does not suffer.
    app.socket(&alice).await;
}

#[tokio::test]
async fn of_many_takers_of_one_ticket_exactly_one_gets_in() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let ticket = app.ticket(&alice).await;
    let sockets = futures_util::future::join_all((0..8).map(|_| app.open(&ticket))).await;
    let entered = futures_util::future::join_all(sockets.into_iter().map(async |mut socket| {
        socket.try_send("hello").await;
        matches!(socket.message().await, Message::Text(_))
    }))
    .await;
    assert_eq!(
        entered.iter().filter(|entered| **entered).count(),
        1,
        "{entered:?}"
    );
}

#[tokio::test]
async fn a_session_that_has_ended_has_no_use_for_its_ticket() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let ticket = app.ticket(&alice).await;
    let body = json!({ "refresh_token": alice.refresh });
    app.post("/api/v1/auth/logout")
        .json(&body)
        .send()
        .await
        .expect(204);
    assert_eq!(app.open(&ticket).await.close_code().await, 4001);
}

#[tokio::test]
async fn a_message_reaches_every_socket_of_every_member_once() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let channel = app.channel(&alice, "garden").await;
    app.add(&alice, &channel, &bob).await.expect(201);
    let (mut desk, mut phone) = (app.socket(&bob).await, app.socket(&bob).await);
    let mut own = app.socket(&alice).await;

    let said = app.say(&alice, &channel, "hello bob").await.expect(201);
    for socket in [&mut desk, &mut phone, &mut own] {
        let events = socket.drain().await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0]["type"], "message.new");
        assert_eq!(
            events[0]["message"], said,
            "the event carries what the answer said"
        );
    }
}

#[tokio::test]
async fn an_open_socket_hears_from_its_first_moment() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let channel = app.channel(&alice, "garden").await;
    let topic = Topic::Channel(channel.parse().unwrap());
    for _ in 0..8 {
        let ticket = app.ticket(&alice).await;
        let mut socket = app.open(&ticket).await;
        // Nothing is awaited between the answer that opens the socket and this.
        app.server
            .bus()
            .publish(&topic, Signal::Event(r#"{"type":"first"}"#.into()))
            .await;
        assert_eq!(socket.event().await["type"], "first");
        socket.leave().await;
    }
}

#[tokio::test]
async fn membership_changes_are_live() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let mut alices = app.socket(&alice).await;
    let mut bobs = app.socket(&bob).await;
    let channel = app.channel(&alice, "garden").await;
    app.say(&alice, &channel, "to myself").await.expect(201);
    assert_eq!(
        alices.event().await["message"]["content"],
        "to myself",
        "makers hear without asking"
    );

    app.add(&alice, &channel, &bob).await.expect(201);
    let new = bobs.event().await;
    assert_eq!(
        (&new["type"], &new["channel"]["id"]),
        (&json!("channel.new"), &json!(channel))
    );
    app.say(&alice, &channel, "hello bob").await.expect(201);
    let events = bobs.drain().await;
    assert!(
        events
            .iter()
            .any(|event| event["message"]["content"] == "hello bob"),
        "{events:?}"
    );
    assert!(
        events
            .iter()
            .all(|event| event["message"]["content"] != "to myself"),
        "{events:?}"
    );
}

#[tokio::test]
async fn who_has_left_hears_no_more() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let channel = app.channel(&alice, "garden").await;
    app.add(&alice, &channel, &bob).await.expect(201);
    let mut bobs = app.socket(&bob).await;
    // What the house says when a membership ends, here or on another server.
    let left = Signal::Left(channel.parse().unwrap());
    app.server
        .bus()
        .publish(&Topic::User(bob.id.parse().unwrap()), left)
        .await;
    app.say(&alice, &channel, "without bob").await.expect(201);
    assert_eq!(bobs.drain().await, Vec::<Value>::new());
}

#[tokio::test]
async fn typing_is_for_members() {
    let app = TestApp::start().await;
    let (alice, bob, eve) = (
        app.register("alice").await,
        app.register("bob").await,
        app.register("eve").await,
    );
    let channel = app.channel(&alice, "garden").await;
    app.add(&alice, &channel, &bob).await.expect(201);
    let (mut bobs, mut eves) = (app.socket(&bob).await, app.socket(&eve).await);
    let mut alices = app.socket(&alice).await;

    eves.send(&typing("typing.start", &channel)).await;
    assert_eq!(eves.event().await["error"], "Not a member of this channel");
    alices.send(&typing("typing.start", &channel)).await;
    alices.send(&typing("typing.stop", &channel)).await;
    assert_eq!(alices.drain().await.len(), 2, "typists hear themselves");
    let heard = bobs.drain().await;
    assert_eq!(
        heard[0],
        json!({ "type": "typing.start", "user_id": alice.id, "channel_id": channel })
    );
    assert_eq!(heard[1]["type"], "typing.stop");
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn listening_in_is_for_members() {
    let app = TestApp::start().await;
    let (alice, eve) = (app.register("alice").await, app.register("eve").await);
    let channel = app.channel(&alice, "garden").await;
    let (mut alices, mut eves) = (app.socket(&alice).await, app.socket(&eve).await);
    alices.send(&typing("subscribe", &channel)).await;
    assert_eq!(alices.drain().await, Vec::<Value>::new());
    eves.send(&typing("subscribe", &channel)).await;
    assert_eq!(eves.event().await["error"], "Not a member of this channel");
    app.say(&alice, &channel, "in private").await.expect(201);
    assert_eq!(eves.drain().await, Vec::<Value>::new());
}

#[tokio::test]
async fn whoever_may_not_listen_hears_nothing_while_the_question_is_asked() {
    let app = TestApp::builder()
        .config(|config| config.limits.socket_frames_per_minute = 10_000)
        .start()
        .await;
    let (alice, eve) = (app.register("alice").await, app.register("eve").await);
    let channel = app.channel(&alice, "garden").await;
    let mut eves = app.socket(&eve).await;
    let topic = Topic::Channel(channel.parse().unwrap());
    let saying = async {
        loop {
            let secret = Signal::Event(r#"{"type":"message.new"}"#.into());
            app.server.bus().publish(&topic, secret).await;
            tokio::task::yield_now().await;
        }
    };
    let asking = async {
        for _ in 0..50 {
            eves.send(&typing("subscribe", &channel)).await;
            assert_eq!(eves.event().await["error"], "Not a member of this channel");
        }
    };
    tokio::select! {
        never = saying => never,
        () = asking => {}
    }
}

#[tokio::test]
async fn frames_that_make_no_sense_are_told_and_the_socket_stays() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let mut socket = app.socket(&alice).await;
    for (frame, error) in [
        ("{", Some("Invalid JSON")),
        ("[]", Some("A frame is a JSON object")),
        ("7", Some("A frame is a JSON object")),
        (
            r#"{"type":"subscribe","channel_id":"x"}"#,
            Some("channel_id is not an id"),
        ),
        (r#"{"type":"typing.start"}"#, None),
        (r#"{"type":"dance"}"#, None),
        ("{}", None),
    ] {
        socket.send_text(frame).await;
        match error {
            Some(error) => assert_eq!(socket.event().await, json!({ "error": error }), "{frame}"),
            None => assert_eq!(socket.drain().await, Vec::<Value>::new(), "{frame}"),
        }
    }
    socket.send_message(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.event().await["error"], "Invalid JSON");
    for status in ["online", "away", "offline", "busy"] {
        socket
            .send(&json!({ "type": "presence.update", "status": status }))
            .await;
    }
    assert_eq!(socket.drain().await, Vec::<Value>::new());
}

#[tokio::test]
async fn large_frames_and_floods_end_the_socket() {
    let app = TestApp::builder()
        .config(|config| config.limits.socket_frames_per_minute = 5)
        .start()
        .await;
    let alice = app.register("alice").await;
    let mut large = app.socket(&alice).await;
    large.send_text(&"x".repeat(5000)).await;
    assert_eq!(large.close_code().await, 1009);

    let mut fast = app.socket(&alice).await;
    for _ in 0..6 {
        if !fast.try_send("{}").await {
            break;
        }
    }
    assert_eq!(fast.close_code().await, 4029);
}

#[tokio::test]
async fn an_account_has_so_many_sockets() {
    let app = TestApp::builder()
        .config(|config| config.limits.sockets_per_user = 1)
        .start()
        .await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let first = app.socket(&alice).await;
    let ticket = app.ticket(&alice).await;
    assert_eq!(app.open(&ticket).await.close_code().await, 4029);
    app.socket(&bob).await;
    first.leave().await;
    app.socket(&alice).await;
}

#[tokio::test]
async fn signing_out_closes_the_sockets_of_that_session_only() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let elsewhere = app.login("alice").await;
    let (mut here, mut there) = (app.socket(&alice).await, app.socket(&elsewhere).await);
    let body = json!({ "refresh_token": alice.refresh });
    app.post("/api/v1/auth/logout")
        .json(&body)
        .send()
        .await
        .expect(204);
    assert_eq!(here.close_code().await, 4003);
    assert_eq!(there.drain().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_quiet_socket_has_a_heartbeat_that_pages_can_see() {
    let app = TestApp::builder()
        .config(|config| config.limits.socket_heartbeat_interval = Duration::from_millis(20))
        .start()
        .await;
    let alice = app.register("alice").await;
    let ticket = app.ticket(&alice).await;
    let mut socket = app.open(&ticket).await;
    for _ in 0..3 {
        assert_eq!(socket.event().await, json!({ "type": "heartbeat" }));
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_nobody_waits_for_it() {
    let app = TestApp::builder()
        .config(|config| config.limits.socket_queue = 4)
        .start()
        .await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let channel = app.channel(&alice, "garden").await;
    app.add(&alice, &channel, &bob).await.expect(201);

    // A small window fills the slow client's side early.
    let slow = TcpSocket::new_v4().unwrap();
    slow.set_recv_buffer_size(4096).unwrap();
    let stream = app.connect_over(slow.connect(app.address()).await.unwrap()).await;
    let query = format!("?ticket={}", app.ticket(&bob).await);
    let mut slow = app.try_open_over(stream, &query, None).await.unwrap();
    slow.settle().await;
    let mut quick = app.socket(&alice).await;

    let long = "x".repeat(60_000);
    for number in 1..=150 {
        let said = app.say(&alice, &channel, &long).await.expect(201);
        assert_eq!(
            quick.event().await["message"]["id"],
            said["id"],
            "message {number}"
        );
    }
    assert_eq!(slow.close_code().await, 4008);
}

#[tokio::test]
async fn an_address_for_sockets_is_nothing_else() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/ws").send().await.expect(400)["code"], "not_a_websocket");
    app.post("/ws").send().await.expect(405);
}

#[tokio::test]
async fn stopping_says_goodbye_to_every_socket() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let mut socket = app.socket(&alice).await;
    let (_folder, code) = tokio::join!(app.stop(), socket.close_code());
    assert_eq!(code, 1001);
}
