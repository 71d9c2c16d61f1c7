//! Whatever is sent to whatever route: an answer in the protocol's shape, never a 5xx, and nothing changed.

use http::Method;
use serde_json::{Map, Value, json};

use crate::support::people::Person;
use crate::support::{Reply, TestApp};

/// Routes that the API document does not list.
const OTHERS: [(&str, &str); 11] = [
    ("GET", "/"),
    ("GET", "/branding.css"),
    ("GET", "/ws"),
    ("GET", "/v1/health"),
    ("GET", "/.well-known/cryptid"),
    ("GET", "/.well-known/d3chat-server"),
    ("GET", "/.well-known/d3chat-server/keys"),
    ("GET", "/federation/user-lookup"),
    ("POST", "/federation/inbox"),
    ("POST", "/nowhere"),
    ("GET", "/api/v1/nowhere"),
];

/// Every method and path pattern there is.
fn routes() -> Vec<(Method, String)> {
    let document: Value = serde_json::from_str(&hearth_server::openapi::document_json()).unwrap();
    let listed = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods
                .map(|method| (method.to_uppercase().parse().unwrap(), path.clone()))
                .collect::<Vec<_>>()
        });
    let others = OTHERS
        .iter()
        .map(|(method, path)| (method.parse().unwrap(), (*path).to_owned()));
    listed.chain(others).collect()
}

/// Bodies that no route can want.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let fields = [
        "username",
        "password",
        "name",
        "content",
        "user_id",
        "device_id",
        "refresh_token",
        "enabled",
        "mode",
    ];
    let every_field = |value: Value| -> Vec<u8> {
        let object: Map<String, Value> = fields
            .iter()
            .map(|name| ((*name).to_owned(), value.clone()))
            .collect();
        Value::Object(object).to_string().into_bytes()
    };
    vec![
        ("nothing", Vec::new()),
        ("no JSON", b"{\"a\": ".to_vec()),
        ("no UTF-8", b"{\"content\": \"\xff\xfe\"}".to_vec()),
        ("deep", [vec![b'['; 100_000], vec![b']'; 100_000]].concat()),
        ("deep objects", "{\"a\":".repeat(5_000).into_bytes()),
        ("a list", b"[1, 2, 3]".to_vec()),
        (
            "huge numbers",
            every_field(serde_json::from_str("1e400").unwrap_or(json!(u64::MAX))),
        ),
        ("numbers", every_field(json!(-1))),
        ("nulls", every_field(Value::Null)),
        ("objects", every_field(json!({ "a": { "b": [] } }))),
        ("long strings", every_field(json!("x".repeat(100_000)))),
        (
            "control characters",
            every_field(json!("\u{0}\u{1}\u{7f}\u{202e}")),
        ),
        (
            "twice",
            b"{\"content\":\"a\",\"content\":\"b\",\"name\":\"a\",\"name\":\"b\"}".to_vec(),
        ),
        ("large", vec![b' '; 2 * 1024 * 1024]),
    ]
}

fn fill(path: &str, id: &str) -> String {
    path.replace("{channel_id}", id)
        .replace("{user_id}", id)
        .replace("{domain}", id)
}

/// What must hold for every refusal: JSON in the shape of the path's protocol.
fn assert_shape(reply: &Reply, what: &str) {
    assert!(
        !reply.status.is_server_error() || reply.header("content-type").starts_with("text/html"),
        "{what}: {reply:?}"
    );
    if reply.status.is_client_error() && reply.header("content-type") == "application/json" {
        let body = reply.value();
        let cryptid = body["error"].is_string() && body["message"].is_string();
        assert!(
            cryptid || body["detail"].is_string() || body["detail"].is_array(),
            "{what}: {body}"
        );
    }
}

async fn counts(app: &TestApp, who: &Person, channel: &str) -> (usize, usize) {
    let channels = app.get_as(who, "/api/v1/channels").send().await.expect(200);
    let messages = app
        .get_as(who, &format!("/api/v1/channels/{channel}/messages"))
        .send()
        .await
        .expect(200);
    (
        channels.as_array().unwrap().len(),
        messages["messages"].as_array().unwrap().len(),
    )
}

#[tokio::test]
async fn no_route_breaks_and_nothing_changes() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let channel = app.channel(&alice, "garden").await;
    let before = counts(&app, &alice, &channel).await;
    let mut taken = 0;
    for (method, pattern) in routes() {
        // Signing out is what it is for, and would end the test.
        if pattern.ends_with("/logout") {
            continue;
        }
        for id in [channel.as_str(), "x", "%00", "..%2f..%2fetc", &"9".repeat(300)] {
            for (kind, body) in bodies() {
                let path = fill(&pattern, id);
                let what = format!("{method} {path:.80} with {kind}");
                let request = app.request(method.clone(), &path).bearer(&alice.token);
                let reply = request.json_text(body).send().await;
                assert_shape(&reply, &what);
                taken += usize::from(reply.status == 201);
            }
            if !pattern.contains('{') {
                break;
            }
        }
    }
    // Strange names and strange words are names and words all the same; what was refused has left nothing.
    let after = counts(&app, &alice, &channel).await;
    assert_eq!((after.0 - before.0) + (after.1 - before.1), taken);
    assert!(taken < 8, "{taken} bodies were taken");
}

#[tokio::test]
async fn bodies_are_bounded_before_they_are_read() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let channel = app.channel(&alice, "garden").await;
    let messages = format!("/api/v1/channels/{channel}/messages");
    for (path, size) in [("/api/v1/auth/login", 17 * 1024), (messages.as_str(), 129 * 1024)] {
        let announced = app.post_as(&alice, path).json_text(vec![b' '; size]).send().await;
        assert_eq!(
            announced.expect(413)["detail"],
            "Request body too large",
            "{path}"
        );
        let pieces = (0..size / 1024).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024]));
        let streamed = axum::body::Body::from_stream(futures_util::stream::iter(pieces));
        app.post_as(&alice, path)
            .json_text(streamed)
            .send()
            .await
            .expect(413);
    }
}

#[tokio::test]
async fn every_limit_in_the_document_is_kept() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let channel = app.channel(&alice, "garden").await;
    let document: Value = serde_json::from_str(&hearth_server::openapi::document_json()).unwrap();
    let mut checked = 0;
    for (pattern, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let Some(name) = schema.as_str().and_then(|path| path.rsplit('/').next()) else {
                continue;
            };
            let fields = document["components"]["schemas"][name]["properties"]
                .as_object()
                .unwrap();
            for (field, rule) in fields {
                let Some(max) = rule["maxLength"].as_u64() else {
                    continue;
                };
                let mut body: Map<String, Value> =
                    fields.keys().map(|name| (name.clone(), Value::Null)).collect();
                body.insert(
                    field.clone(),
                    json!("x".repeat(usize::try_from(max).unwrap() + 1)),
                );
                let path = fill(pattern, &channel);
                let request = app
                    .request(method.to_uppercase().parse().unwrap(), &path)
                    .bearer(&alice.token);
                let faults = request.json(&Value::Object(body)).send().await.expect(422)["detail"].clone();
                let is_told = faults.as_array().unwrap().iter().any(|fault| {
                    fault["loc"] == json!(["body", field]) && fault["type"] == "string_too_long"
                });
                assert!(is_told, "{name}.{field}: {faults}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 15, "only {checked} limits were found");
}
