//! Channels and messages (d3chat.md 3.4, 3.5).

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn alice_makes_a_channel_brings_bob_in_and_both_read() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let channel = app.channel(&alice, "garden").await;
    let path = format!("/api/v1/channels/{channel}");

    assert_eq!(
        app.get_as(&bob, &path).send().await.expect(403)["detail"],
        "Not a member of this channel"
    );
    let added = app.add(&alice, &channel, &bob).await.expect(201);
    assert_eq!(
        (&added["user_id"], &added["role"]),
        (&json!(bob.id), &json!("member"))
    );
    assert_eq!(
        app.add(&alice, &channel, &bob).await.expect(409)["detail"],
        "User is already a member"
    );

    app.say(&alice, &channel, "hello bob").await.expect(201);
    let read = app
        .get_as(&bob, &format!("{path}/messages"))
        .send()
        .await
        .expect(200);
    assert_eq!(read["messages"][0]["content"], "hello bob");
    assert_eq!(read["messages"][0]["sender_id"], alice.id);
    assert_eq!(read["has_more"], false);

    let seen = app.get_as(&bob, "/api/v1/channels").send().await.expect(200);
    assert_eq!(
        (&seen[0]["name"], &seen[0]["last_seq"]),
        (&json!("garden"), &json!(1))
    );
    let members = app
        .get_as(&bob, &format!("{path}/members"))
        .send()
        .await
        .expect(200);
    assert_eq!(members.as_array().unwrap().len(), 2);
    assert_eq!(members[0]["role"], "owner");
}

#[tokio::test]
async fn existence_is_told_before_membership() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let nowhere = "/api/v1/channels/00000000-0000-4000-8000-000000000000";
    assert_eq!(
        app.get_as(&alice, nowhere).send().await.expect(404)["detail"],
        "Channel not found"
    );
    let members = format!("{nowhere}/members");
    app.get_as(&alice, &members).send().await.expect(404);
    let add = json!({ "user_id": alice.id });
    app.post_as(&alice, &members).json(&add).send().await.expect(404);
    // For messages the wire has one answer.
    let messages = app.get_as(&alice, &format!("{nowhere}/messages")).send().await;
    assert_eq!(messages.expect(403)["detail"], "Not a member of this channel");
}

#[tokio::test]
async fn history_is_read_backwards_by_time_and_forwards_by_number() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let channel = app.channel(&alice, "garden").await;
    for number in 1..=5 {
        let said = app
            .say(&alice, &channel, &format!("message {number}"))
            .await
            .expect(201);
        assert_eq!(said["seq"], number);
    }
    let read = async |query: &str| {
        app.get_as(&alice, &format!("/api/v1/channels/{channel}/messages?{query}"))
            .send()
            .await
            .expect(200)
    };
    let numbers = |page: &serde_json::Value| -> Vec<i64> {
        page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["seq"].as_i64().unwrap())
            .collect()
    };
    let newest = read("limit=2").await;
    assert_eq!(
        (numbers(&newest), &newest["has_more"]),
        (vec![4, 5], &json!(true))
    );
    // As upstream's client sends it: the time unencoded, `+00:00` for `Z`.
    let before = newest["messages"][0]["created_at"]
        .as_str()
        .unwrap()
        .replace('Z', "+00:00");
    let older = read(&format!("before={before}&limit=2")).await;
    assert_eq!((numbers(&older), &older["has_more"]), (vec![2, 3], &json!(true)));
    let missed = read("after=3").await;
    assert_eq!(
        (numbers(&missed), &missed["has_more"]),
        (vec![4, 5], &json!(false))
    );
    for (query, kind) in [
        ("limit=0", "greater_than_equal"),
        ("limit=101", "less_than_equal"),
        ("limit=many", "int_parsing"),
        ("before=yesterday", "datetime_from_date_parsing"),
    ] {
        let path = format!("/api/v1/channels/{channel}/messages?{query}");
        let fault = app.get_as(&alice, &path).send().await.expect(422);
        assert_eq!(fault["detail"][0]["type"], kind, "{query}");
    }
}

#[tokio::test]
async fn replies_and_devices_must_be_what_they_say() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let (here, there) = (
        app.channel(&alice, "here").await,
        app.channel(&alice, "there").await,
    );
    let first = app.say(&alice, &there, "elsewhere").await.expect(201)["id"].clone();
    let say = async |body: serde_json::Value| {
        app.post_as(&alice, &format!("/api/v1/channels/{here}/messages"))
            .json(&body)
            .send()
            .await
    };
    let elsewhere = say(json!({ "content": "x", "reply_to_id": first }))
        .await
        .expect(400);
    assert_eq!(
        elsewhere["detail"],
        "reply_to_id must reference a message in the same channel"
    );
    say(json!({ "content": "x", "sender_device_id": bob.device }))
        .await
        .expect(400);
    let own = say(json!({ "content": "x", "sender_device_id": alice.device, "protocol_version": 2 })).await;
    let own = own.expect(201);
    assert_eq!(
        (&own["sender_device_id"], &own["protocol_version"]),
        (&json!(alice.device), &json!(2))
    );
    let answer = say(json!({ "content": "y", "reply_to_id": own["id"] }))
        .await
        .expect(201);
    assert_eq!(answer["reply_to"]["content"], "x");
    assert_eq!(answer["attachments"], json!([]));
}

#[tokio::test]
async fn a_repeated_request_says_its_message_once() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let (garden, diary) = (
        app.channel(&alice, "garden").await,
        app.channel(&alice, "diary").await,
    );
    let mut socket = app.socket(&alice).await;
    let say = async |channel: &str, key: serde_json::Value| {
        app.post_as(&alice, &format!("/api/v1/channels/{channel}/messages"))
            .json(&json!({ "content": "once", "client_key": key }))
            .send()
            .await
    };
    let first = say(&garden, json!("0192-ab_Z")).await.expect(201);
    let again = say(&garden, json!("0192-ab_Z")).await.expect(201);
    assert_eq!(again, first);
    let events = socket.drain().await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        events[0]["message"], first,
        "the key is between client and server"
    );

    let elsewhere = say(&diary, json!("0192-ab_Z")).await.expect(409);
    assert_eq!(
        elsewhere["detail"],
        "client_key belongs to a message in another channel"
    );
    assert_eq!(elsewhere["code"], "client_key_elsewhere");
    for (key, kind) in [
        (json!(""), "string_too_short"),
        (json!("x".repeat(65)), "string_too_long"),
        (json!("a b"), "string_pattern_mismatch"),
        (json!(7), "string_type"),
    ] {
        let fault = say(&garden, key.clone()).await.expect(422);
        assert_eq!(fault["detail"][0]["type"], kind, "{key}");
        assert_eq!(fault["detail"][0]["loc"], json!(["body", "client_key"]));
    }
    // Without a key every request is a message of its own.
    let (one, two) = (say(&diary, json!(null)).await, say(&diary, json!(null)).await);
    assert_ne!(one.expect(201)["id"], two.expect(201)["id"]);
}

#[tokio::test]
async fn an_account_asks_other_servers_only_so_often() {
    let app = TestApp::builder()
        .config(|config| config.limits.lookups_per_minute = 2)
        .start()
        .await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let owner = app.server.console();
    let off = http::Request::put("/api/v1/owner/federation")
        .header("content-type", "application/json")
        .body(bytes::Bytes::from_static(br#"{"enabled":false}"#))
        .unwrap();
    // Nothing is asked of a network that is not there.
    assert_eq!(owner.request(off).await.status(), 200);
    let look_up = async |who, address: &str| {
        let path = format!("/api/v1/users/lookup?identity={address}");
        app.get_as(who, &path).send().await
    };
    for _ in 0..2 {
        look_up(&alice, "carol@c.hearth.test").await.expect(404);
    }
    let refused = look_up(&alice, "carol@c.hearth.test").await;
    assert_eq!(refused.expect(429)["code"], "rate_limited");
    assert_ne!(refused.header("retry-after"), "");
    look_up(&bob, "carol@c.hearth.test").await.expect(404);
    // Who is known here costs nothing.
    look_up(&alice, "bob@a.hearth.test:8441").await.expect(200);
}

#[tokio::test]
async fn sender_keys_are_for_members() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.register("alice").await, app.register("bob").await);
    let channel = app.channel(&alice, "garden").await;
    let path = format!("/api/v1/keys/channels/{channel}/sender-keys");
    let key = json!({ "device_id": alice.device, "sender_key_public": "cHVibGlj", "chain_key": "Y2hhaW4=" });
    let kept = app.post_as(&alice, &path).json(&key).send().await.expect(201);
    assert_eq!(kept["message_number"], 0);
    app.get_as(&bob, &path).send().await.expect(403);
    app.add(&alice, &channel, &bob).await.expect(201);
    let keys = app.get_as(&bob, &path).send().await.expect(200);
    assert_eq!(keys[0]["chain_key"], "Y2hhaW4=");
    let stolen = json!({ "device_id": alice.device, "sender_key_public": "eA==", "chain_key": "eA==" });
    assert_eq!(
        app.post_as(&bob, &path).json(&stolen).send().await.expect(404)["detail"],
        "Device not found"
    );
}
