//! Sessions of our own browser client: a cookie, and pages of ours only.

use http::Method;
use serde_json::{Value, json};

use crate::support::people::PASSWORD;
use crate::support::{Reply, Request, TestApp};

const COOKIE: &str = "__Host-hearth-8441";
const OURS: &str = "https://a.hearth.test:8441";

/// Marks a request as one of our own page's.
fn from_our_page(request: Request<'_>) -> Request<'_> {
    request
        .header("x-hearth", "1")
        .header("sec-fetch-site", "same-origin")
        .header("origin", OURS)
}

fn form() -> Value {
    json!({ "username": "alice", "password": PASSWORD })
}

/// The cookie's value in an answer that sets it.
fn cookie_of(answer: &Reply) -> String {
    let header = answer.header("set-cookie");
    let (pair, attributes) = header.split_once(';').unwrap();
    assert!(
        ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"]
            .iter()
            .all(|one| attributes.contains(one)),
        "{attributes}"
    );
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, COOKIE);
    value.to_owned()
}

async fn registered(app: &TestApp) -> String {
    let answer = from_our_page(app.post("/api/v1/auth/register"))
        .json(&form())
        .send()
        .await;
    let body = answer.expect(201);
    assert_eq!(body["token_type"], "cookie");
    assert!(
        body.get("access_token").is_none() && body.get("refresh_token").is_none(),
        "{body}"
    );
    assert!(body["user_id"].is_string() && body["device_id"].is_string());
    cookie_of(&answer)
}

fn with(cookie: &str) -> String {
    format!("{COOKIE}={cookie}")
}

#[tokio::test]
async fn our_client_gets_a_cookie_and_no_tokens() {
    let app = TestApp::start().await;
    let cookie = registered(&app).await;
    let me = app
        .get("/api/v1/users/me")
        .header("cookie", &with(&cookie))
        .send()
        .await
        .expect(200);
    assert_eq!(me["username"], "alice");

    let login = from_our_page(app.post("/api/v1/auth/login"))
        .json(&form())
        .send()
        .await;
    login.expect(200);
    assert_ne!(cookie_of(&login), cookie);
}

#[tokio::test]
async fn signing_in_with_a_cookie_needs_a_page_of_ours() {
    let app = TestApp::start().await;
    registered(&app).await;
    let login = || {
        app.post("/api/v1/auth/login")
            .header("x-hearth", "1")
            .json(&form())
    };
    login().send().await.expect(403);
    login()
        .header("origin", "https://evil.test")
        .send()
        .await
        .expect(403);
    login()
        .header("sec-fetch-site", "cross-site")
        .header("origin", OURS)
        .send()
        .await
        .expect(403);
    let fine = login().header("origin", OURS).send().await;
    fine.expect(200);
    cookie_of(&fine);
}

#[tokio::test]
async fn changing_something_with_a_cookie_needs_a_page_of_ours() {
    let app = TestApp::start().await;
    let cookie = with(&registered(&app).await);
    let create = || app.post("/api/v1/channels").header("cookie", &cookie);
    let channel = json!({ "name": "general" });
    from_our_page(create()).json(&channel).send().await.expect(201);

    create().json(&channel).send().await.expect(403);
    create()
        .header("x-hearth", "1")
        .json(&channel)
        .send()
        .await
        .expect(403);
    let unmarked = create()
        .header("sec-fetch-site", "same-origin")
        .json(&channel)
        .send()
        .await;
    assert_eq!(unmarked.expect(403)["code"], "cross_site");
    let form = from_our_page(create())
        .header("content-type", "text/plain")
        .body(channel.to_string());
    form.send().await.expect(403);
}

#[tokio::test]
async fn cookies_do_not_count_for_foreign_pages_or_beside_a_token() {
    let app = TestApp::start().await;
    let cookie = with(&registered(&app).await);
    let me = || app.get("/api/v1/users/me").header("cookie", &cookie);
    me().header("origin", "https://evil.test")
        .send()
        .await
        .expect(401);
    me().bearer("nonsense").send().await.expect(401);
    me().header("authorization", "Basic YTpi")
        .send()
        .await
        .expect(401);
    me().header("host", "a.hearth.test").send().await.expect(401);
    me().send().await.expect(200);
    let twice = app
        .get("/api/v1/users/me")
        .header("cookie", &format!("{cookie}; {COOKIE}=planted"));
    twice.send().await.expect(401);
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away() {
    let app = TestApp::start().await;
    let cookie = with(&registered(&app).await);
    let logout = || app.post("/api/v1/auth/logout").header("cookie", &cookie);
    logout().header("x-hearth", "1").send().await.expect(403);
    let done = from_our_page(logout()).send().await;
    done.expect(204);
    assert!(
        done.header("set-cookie").starts_with(&format!("{COOKIE}=; ")),
        "{}",
        done.header("set-cookie")
    );
    assert!(done.header("set-cookie").contains("Max-Age=0"));
    app.get("/api/v1/users/me")
        .header("cookie", &cookie)
        .send()
        .await
        .expect(401);
    // Once more does no harm.
    from_our_page(logout()).send().await.expect(204);
}

#[tokio::test]
async fn a_browsers_ticket_works_on_our_pages_only() {
    let app = TestApp::start().await;
    let cookie = with(&registered(&app).await);
    let ticket = async || {
        let post = app.post("/api/v1/auth/ws-ticket").header("cookie", &cookie);
        let answer = from_our_page(post).json_text("").send().await.expect(200);
        format!("?ticket={}", answer["ticket"].as_str().unwrap())
    };
    for origin in [
        None,
        Some("https://evil.test"),
        Some("null"),
        Some("https://a.hearth.test"),
    ] {
        let mut socket = app.try_open(&ticket().await, origin).await.unwrap();
        assert_eq!(socket.close_code().await, 4001, "{origin:?}");
    }
    app.try_open(&ticket().await, Some(OURS))
        .await
        .unwrap()
        .settle()
        .await;
}

#[tokio::test]
async fn a_tokens_ticket_works_without_a_page_or_on_listed_ones() {
    let listed = "https://app.example.org";
    let app = TestApp::builder()
        .config(|config| config.web.cors_origins = vec![listed.to_owned()])
        .start()
        .await;
    let alice = app.register("alice").await;
    for origin in [None, Some(listed), Some(OURS)] {
        let query = format!("?ticket={}", app.ticket(&alice).await);
        app.try_open(&query, origin).await.unwrap().settle().await;
    }
    let query = format!("?ticket={}", app.ticket(&alice).await);
    let mut refused = app.try_open(&query, Some("https://evil.test")).await.unwrap();
    assert_eq!(refused.close_code().await, 4001);
}

#[tokio::test]
async fn nothing_is_signed_in_over_an_unencrypted_connection() {
    let app = TestApp::builder()
        .config(|config| {
            config.tls.mode = hearth_server::config::TlsMode::Proxy;
        })
        .start()
        .await;
    let body = form().to_string();
    let request = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: a.hearth.test:8441\r\nx-forwarded-proto: http\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = crate::listener::plain_exchange(app.address(), &request).await;
    assert!(
        answer.starts_with("HTTP/1.1 403") && answer.contains("https_required"),
        "{answer}"
    );
    // In process, without the proxy's word, the same request is only wrong.
    app.request(Method::POST, "/api/v1/auth/login")
        .json(&form())
        .send()
        .await
        .expect(401);
}
