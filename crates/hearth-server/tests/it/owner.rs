//! The owner's API: behind the console's door, and nowhere else.

use bytes::Bytes;
use hearth_server::{RunningServer, Signal};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use crate::support::TestApp;

async fn ask(server: &RunningServer, method: Method, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() {
        Bytes::new()
    } else {
        body.to_string().into()
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    let answer: Response<Bytes> = server.console().request(request.body(body).unwrap()).await;
    (
        answer.status().as_u16(),
        serde_json::from_slice(answer.body()).unwrap_or_default(),
    )
}

async fn get(app: &TestApp, path: &str) -> (u16, Value) {
    ask(&app.server, Method::GET, path, Value::Null).await
}

#[tokio::test]
async fn from_the_network_the_owners_api_does_not_exist() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    for (method, path) in [
        (Method::GET, "/api/v1/owner/status"),
        (Method::DELETE, "/api/v1/owner/status"),
        (Method::PUT, "/api/v1/owner/federation"),
        (Method::GET, "/api/v1/owner/peers"),
        (Method::POST, "/api/v1/owner/setup-link"),
        (Method::GET, "/api/v1/owner"),
    ] {
        let request = app.request(method.clone(), path).bearer(&alice.token);
        let answer = request
            .header("x-hearth-console", "1")
            .json(&json!({ "enabled": false }))
            .send()
            .await;
        assert_eq!(answer.expect(404)["detail"], "Not Found", "{method} {path}");
        assert_eq!(answer.header("allow"), "", "{method} {path}");
    }
    assert_eq!(
        get(&app, "/api/v1/owner/status").await.1["federation_enabled"],
        true
    );
}

#[tokio::test]
async fn the_console_sees_how_the_server_is() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let socket = app.socket(&alice).await;
    let (code, status) = get(&app, "/api/v1/owner/status").await;
    assert_eq!(code, 200);
    assert_eq!(status["server_name"], "a.hearth.test:8441");
    assert_eq!(status["browser_url"], "https://a.hearth.test:8441");
    assert_eq!(status["state"], "running");
    assert_eq!(status["addresses"], json!([app.address().to_string()]));
    assert_eq!(
        status["fingerprint"],
        app.server.fingerprint().unwrap().to_string()
    );
    assert_eq!((&status["sockets"], &status["users"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&status["has_owner"], &status["registration_mode"]),
        (&json!(false), &json!("open"))
    );
    assert_eq!(status["key_store"]["kind"], "plain-file");
    assert!(
        status["key_store"]["note"].is_string(),
        "a plain file is worth a word"
    );
    assert!(
        status["cryptid_note"].as_str().unwrap().contains("port"),
        "a name with a port has no Cryptid"
    );
    assert_eq!(status["tls"]["mode"], "self-signed");
    assert!(status["tls"]["not_after"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        status["peers"],
        json!({ "known": 0, "requests": 0, "held": 0, "waiting_events": 0 })
    );
    socket.leave().await;
}

#[tokio::test]
async fn switches_take_effect_and_the_console_hears_of_it() {
    let app = TestApp::start().await;
    let mut events = app.server.console().events();
    let off = json!({ "enabled": false });
    let answer = ask(&app.server, Method::PUT, "/api/v1/owner/federation", off.clone()).await;
    assert_eq!(answer, (200, off));
    match events.recv().await.unwrap() {
        Signal::Event(event) => {
            let event: Value = serde_json::from_slice(&event).unwrap();
            assert_eq!(event["type"], "settings.changed");
        }
        other => panic!("{other:?}"),
    }
    let refused = app
        .post("/federation/inbox")
        .header("x-d3chat-origin", "b.hearth.test")
        .header("x-d3chat-timestamp", "1700000000.0")
        .header("x-d3chat-signature", "x")
        .send()
        .await;
    assert_ne!(refused.status, 200);

    let closed = json!({ "mode": "closed" });
    let answer = ask(
        &app.server,
        Method::PUT,
        "/api/v1/owner/registration",
        closed.clone(),
    )
    .await;
    assert_eq!(answer, (200, closed));
    assert_eq!(
        app.get("/api/v1/config").send().await.expect(200)["registration_mode"],
        "closed"
    );
    let (code, fault) = ask(
        &app.server,
        Method::PUT,
        "/api/v1/owner/registration",
        json!({ "mode": "x" }),
    )
    .await;
    assert_eq!((code, &fault["detail"][0]["type"]), (422, &json!("enum")));
}

#[tokio::test]
async fn peers_are_listed_and_decided_about() {
    let app = TestApp::start().await;
    assert_eq!(get(&app, "/api/v1/owner/peers").await, (200, json!([])));
    let act = async |path: &str| ask(&app.server, Method::POST, path, Value::Null).await;
    assert_eq!(act("/api/v1/owner/peers/not%20a%20name/accept").await.0, 404);
    assert_eq!(
        act("/api/v1/owner/peers/a.hearth.test:8441/accept").await.0,
        409,
        "no trust in oneself"
    );
    // Nothing listens there, and loopback is not allowed.
    let (code, problem) = act("/api/v1/owner/peers/127.0.0.1:1/accept").await;
    assert!(
        (400..=502).contains(&code) && problem["code"].is_string(),
        "{code} {problem}"
    );
}

#[tokio::test]
async fn the_door_leads_to_the_api_only() {
    let app = TestApp::start().await;
    for path in [
        "/health",
        "/",
        "/federation/inbox",
        "/.well-known/d3chat-server",
        "/ws",
        "/api/v2/x",
    ] {
        assert_eq!(get(&app, path).await.0, 404, "{path}");
    }
    assert_eq!(get(&app, "/api/v1/config").await.0, 200);
    assert_eq!(
        get(&app, "/api/v1/users/me").await.0,
        401,
        "the console is nobody's account"
    );
    let request = Request::put("/api/v1/owner/federation")
        .header("content-type", "application/json")
        .body(Bytes::from(vec![b' '; hearth_server::MAX_DOOR_BODY + 1]))
        .unwrap();
    assert_eq!(app.server.console().request(request).await.status(), 413);
}
