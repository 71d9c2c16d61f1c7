//! What holds for every request (d3chat.md section 1, cryptid.md 2.0, ui.md section 2).

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::TestApp;

const ORIGIN: &str = "https://app.example.org";

#[tokio::test]
async fn unknown_places_and_methods_answer_in_the_shape_of_their_protocol() {
    let app = TestApp::start().await;
    let nowhere = app.get("/api/v1/nowhere").send().await;
    assert_eq!(nowhere.expect(404)["detail"], "Not Found");

    let wrong = app.request(Method::DELETE, "/api/v1/channels").send().await;
    assert_eq!(wrong.expect(405)["detail"], "Method Not Allowed");
    let allowed = wrong.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");

    let cryptid = app.get("/v1/nowhere").send().await.expect(404);
    assert_eq!(cryptid["error"], "ENDPOINT_NOT_FOUND");
    let cryptid = app.post("/v1/health").send().await.expect(405);
    assert_eq!(
        (&cryptid["error"], &cryptid["code"]),
        (&json!("METHOD_NOT_ALLOWED"), &json!(4109))
    );
}

#[tokio::test]
async fn a_missing_or_wrong_token_is_401_with_a_challenge() {
    let app = TestApp::start().await;
    let missing = app.get("/api/v1/users/me").send().await;
    assert_eq!(missing.expect(401)["detail"], "Not authenticated");
    assert_eq!(missing.header("www-authenticate"), "Bearer");

    let basic = app
        .get("/api/v1/users/me")
        .header("authorization", "Basic YTpi")
        .send()
        .await;
    assert_eq!(basic.expect(401)["detail"], "Not authenticated");

    let wrong = app.get("/api/v1/users/me").bearer("nonsense").send().await;
    assert_eq!(wrong.expect(401)["detail"], "Invalid token");
}

#[tokio::test]
async fn faults_come_as_a_list_and_never_repeat_the_input() {
    let app = TestApp::start().await;
    let body = json!({ "username": "a b", "password": "hunter2", "email": 7, "surplus": true });
    let answer = app.post("/api/v1/auth/register").json(&body).send().await;
    let faults = answer.expect(422)["detail"].clone();
    let kinds: Vec<(&Value, &Value)> = faults
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (&fault["loc"], &fault["type"]))
        .collect();
    assert_eq!(
        kinds,
        [
            (&json!(["body", "username"]), &json!("string_pattern_mismatch")),
            (&json!(["body", "password"]), &json!("string_too_short")),
            (&json!(["body", "email"]), &json!("string_type")),
        ]
    );
    assert_eq!(faults[1]["ctx"], json!({ "min_length": 8 }));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(!text.contains("\"input\"") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn bodies_that_are_no_forms_say_so() {
    let app = TestApp::start().await;
    let post = || app.post("/api/v1/auth/login");
    let cases: [(&str, &str, Value); 4] = [
        ("", "missing", json!(["body"])),
        ("{\"username\": ", "json_invalid", Value::Null),
        ("[1]", "model_attributes_type", json!(["body"])),
        ("{}", "missing", json!(["body", "username"])),
    ];
    for (body, kind, loc) in cases {
        let fault = post().json_text(body).send().await.expect(422)["detail"][0].clone();
        assert_eq!(fault["type"], kind, "{body}");
        if !loc.is_null() {
            assert_eq!(fault["loc"], loc, "{body}");
        }
    }
    let offset = post().json_text("{\"username\": }").send().await.expect(422);
    assert_eq!(offset["detail"][0]["loc"][0], "body");
    assert!(offset["detail"][0]["loc"][1].is_u64(), "{offset}");

    post()
        .header("content-type", "text/plain")
        .body("{}")
        .send()
        .await
        .expect(415);
}

#[tokio::test]
async fn posts_without_a_body_may_say_json() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let answer = app
        .post_as(&alice, "/api/v1/auth/ws-ticket")
        .json_text("")
        .send()
        .await
        .expect(200);
    assert_eq!(answer["ticket"].as_str().unwrap().len(), 43);
}

#[tokio::test]
async fn ids_in_paths_that_are_none_are_422() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    for path in [
        "/api/v1/users/x",
        "/api/v1/channels/x",
        "/api/v1/channels/x/messages",
    ] {
        let fault = app.get_as(&alice, path).send().await.expect(422)["detail"][0].clone();
        assert_eq!(
            (&fault["type"], &fault["loc"][0]),
            (&json!("uuid_parsing"), &json!("path")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_answer_has_a_number_and_the_headers() {
    let app = TestApp::builder()
        .config(|config| config.limits.requests_per_minute = 3)
        .start()
        .await;
    let answers = [
        app.get("/health").send().await,
        app.get("/api/v1/config").send().await,
        app.get("/api/v1/nowhere").send().await,
        app.get("/health").header("host", "evil.test").send().await,
        app.request(Method::PATCH, "/health").send().await,
        app.get("/somewhere").header("accept", "text/html").send().await,
        app.get("/api/v1/config").send().await,
        app.get("/api/v1/config").send().await,
    ];
    assert_eq!(answers.last().unwrap().status, StatusCode::TOO_MANY_REQUESTS);
    let mut numbers = std::collections::BTreeSet::new();
    for answer in &answers {
        assert!(
            numbers.insert(answer.header("x-request-id").to_owned()),
            "numbers differ"
        );
        assert_eq!(answer.header("x-request-id").len(), 16);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=(self)"));
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'; script-src 'self'")
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("require-trusted-types-for 'script'")
        );
    }
    assert_eq!(answers[1].header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_budget_of_an_address_ends_and_some_paths_do_not_count() {
    let app = TestApp::builder()
        .config(|config| config.limits.requests_per_minute = 2)
        .start()
        .await;
    for path in [
        "/health",
        "/ws",
        "/.well-known/d3chat-server",
        "/federation/user-lookup",
    ] {
        for _ in 0..3 {
            assert_ne!(app.get(path).send().await.status, 429, "{path}");
        }
    }
    app.get("/api/v1/config").send().await.expect(200);
    app.get("/v1/health").send().await.expect(200);
    let refused = app.get("/api/v1/config").send().await;
    assert_eq!(refused.expect(429)["detail"], "Rate limit exceeded");
    assert_eq!(refused.header("retry-after"), "10");
    let refused = app.get("/v1/health").send().await.expect(429);
    assert_eq!(
        (&refused["error"], &refused["retry_after"]),
        (&json!("RATE_LIMIT_EXCEEDED"), &json!(10))
    );
}

#[tokio::test]
async fn listed_origins_may_read_every_answer_and_others_none() {
    let app = TestApp::builder()
        .config(|config| {
            config.web.cors_origins = vec![format!("{ORIGIN}/")];
            config.limits.requests_per_minute = 3;
        })
        .start()
        .await;
    for path in [
        "/api/v1/config",
        "/api/v1/users/me",
        "/api/v1/nowhere",
        "/api/v1/config",
    ] {
        let answer = app.get(path).header("origin", ORIGIN).send().await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            ORIGIN,
            "{path} {}",
            answer.status
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "Origin"));
    }
    let foreign = app
        .get("/health")
        .header("origin", "https://evil.test")
        .send()
        .await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    let misdirected = app
        .get("/health")
        .header("origin", ORIGIN)
        .header("host", "evil.test")
        .send()
        .await;
    misdirected.expect(421);
    assert_eq!(misdirected.header("access-control-allow-origin"), ORIGIN);
}

#[tokio::test]
async fn preflights_are_answered_for_listed_origins() {
    let app = TestApp::builder()
        .config(|config| config.web.cors_origins = vec![ORIGIN.to_owned()])
        .start()
        .await;
    let preflight = |origin: &str| {
        app.request(Method::OPTIONS, "/api/v1/channels")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
    };
    let listed = preflight(ORIGIN).send().await;
    assert_eq!((listed.status, &listed.body[..]), (StatusCode::OK, &b"OK"[..]));
    assert_eq!(
        listed.header("access-control-allow-methods"),
        "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    );
    assert_eq!(
        listed.header("access-control-allow-headers"),
        "authorization,content-type"
    );
    assert_eq!(listed.header("access-control-max-age"), "600");
    let foreign = preflight("https://evil.test").send().await;
    assert_eq!(
        (foreign.status, &foreign.body[..]),
        (StatusCode::BAD_REQUEST, &b"Disallowed CORS origin"[..])
    );
}

#[tokio::test]
async fn browsers_are_told_to_insist_on_https_where_that_is_sensible() {
    let usual = TestApp::start().await;
    assert_eq!(
        usual
            .get("/health")
            .send()
            .await
            .header("strict-transport-security"),
        ""
    );
    let app = TestApp::builder()
        .config(|config| config.tls.hsts = true)
        .start()
        .await;
    let header = app
        .get("/health")
        .send()
        .await
        .header("strict-transport-security")
        .to_owned();
    assert_eq!(header, "max-age=63072000");
}
