//! What the server tells other servers, and what it takes from them before it knows them.

use std::convert::Infallible;
use std::task::Poll;

use axum::body::Body;
use bytes::Bytes;
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn the_descriptor_names_server_key_and_certificate() {
    let app = TestApp::start().await;
    let answer = app.get("/.well-known/d3chat-server").send().await;
    let document = answer.expect(200);
    assert_eq!(document["domain"], "a.hearth.test:8441");
    assert_eq!(document["api_base_url"], "https://a.hearth.test:8441");
    assert_eq!(document["protocol_version"], 1);
    assert_eq!(document["signing_key_public"].as_str().unwrap().len(), 44);
    assert_eq!(
        document["certificate_fingerprint"],
        app.server.fingerprint().unwrap().to_string()
    );
    assert!(answer.header("etag").starts_with('"'));

    let keys = app
        .get("/.well-known/d3chat-server/keys")
        .send()
        .await
        .expect(200);
    assert_eq!(keys["keys"][0]["public_key"], document["signing_key_public"]);
}

#[tokio::test]
async fn a_name_with_a_port_does_not_speak_cryptid_and_a_plain_one_does() {
    let app = TestApp::start().await;
    let off = app.get("/.well-known/cryptid").send().await.expect(404);
    let words =
        json!({ "error": "ENDPOINT_NOT_FOUND", "message": "Server does not support Cryptid protocol" });
    assert_eq!(off, words);

    let named = TestApp::builder().config(|config| {
        config.server.name = Some("a.hearth.test".parse().unwrap());
    });
    let app = named.start().await;
    let answer = app
        .get("/.well-known/cryptid")
        .header("host", "a.hearth.test")
        .send()
        .await;
    let document = answer.expect(200);
    assert_eq!(
        (&document["server_name"], &document["federation_enabled"]),
        (&json!("a.hearth.test"), &json!(true))
    );
    assert_eq!(
        document["certificate_fingerprint"],
        app.server.fingerprint().unwrap().to_string()
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    assert!(answer.header("etag").starts_with('"'));
}

#[tokio::test]
async fn unsigned_requests_of_servers_are_refused_unread() {
    let app = TestApp::start().await;
    let huge = vec![b'x'; 300 * 1024];
    let unsigned = app.post("/federation/inbox").body(huge.clone()).send().await;
    assert_eq!(unsigned.expect(401)["detail"], "Missing federation headers");
    let claimed = app
        .post("/federation/inbox")
        .header("x-d3chat-origin", "b.hearth.test")
        .header("x-d3chat-timestamp", "1700000000.0")
        .header("x-d3chat-signature", "x")
        .body(huge)
        .send()
        .await;
    claimed.expect(413);
    app.get("/federation/user-lookup").send().await.expect(422);
    let lookup = app.get("/federation/user-lookup?username=alice").send().await;
    assert_eq!(lookup.expect(401)["detail"], "Missing federation headers");
}

#[tokio::test]
async fn only_so_many_events_of_one_address_are_read_at_once() {
    let app = TestApp::builder()
        .config(|config| config.limits.federation_bodies_per_address = 1)
        .start()
        .await;
    let post = |body: Body| {
        app.post("/federation/inbox")
            .header("x-d3chat-origin", "b.hearth.test")
            .header("x-d3chat-timestamp", "1700000000.0")
            .header("x-d3chat-signature", "x")
            .body(body)
            .send()
    };
    // A body that never comes, and tells when it is waited for.
    let (asked, waited_for) = tokio::sync::oneshot::channel();
    let mut asked = Some(asked);
    let never = futures_util::stream::poll_fn(move |_| {
        if let Some(asked) = asked.take() {
            asked.send(()).unwrap();
        }
        Poll::<Option<Result<Bytes, Infallible>>>::Pending
    });
    let slow = post(Body::from_stream(never));
    let meanwhile = async {
        waited_for.await.unwrap();
        post(Body::from("{}")).await
    };
    let refused = tokio::select! {
        biased;
        _ = slow => panic!("the body never ends"),
        refused = meanwhile => refused,
    };
    assert_eq!(refused.expect(503)["code"], "inbox_busy");
    assert_eq!(refused.header("retry-after"), "5");
    // The slow one is gone now, and its room is free.
    let next = post(Body::from("{}")).await;
    assert_ne!(next.status, 503, "{next:?}");
}
