//! Accounts and sessions of clients that use tokens (d3chat.md 2.2, 3.1).

use std::time::Duration;

use hearth_server::config::RegistrationChoice;
use serde_json::json;

use crate::support::people::{PASSWORD, Person};
use crate::support::{self, TestApp};

#[tokio::test]
async fn alice_registers_signs_in_and_is_herself() {
    let app = TestApp::start().await;
    let body = json!({ "username": "alice", "password": PASSWORD, "display_name": "Alice" });
    let answer = app.post("/api/v1/auth/register").json(&body).send().await;
    let tokens = answer.expect(201);
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(answer.header("set-cookie"), "", "tokens and no cookie");

    let again = app.login("alice").await;
    assert_ne!(tokens["device_id"], again.device, "every sign-in is a device");
    let me = app.get_as(&again, "/api/v1/users/me").send().await.expect(200);
    assert_eq!(me["username"], "alice");
    assert_eq!(me["display_name"], "Alice");
    assert_eq!(me["server_domain"], "a.hearth.test:8441");
    assert_eq!((&me["is_local"], &me["role"]), (&json!(true), &json!("user")));
    assert_eq!(
        (&me["email"], &me["avatar_url"]),
        (&json!(null), &json!(null)),
        "null, never left out"
    );
    assert_eq!(me["preferences"], json!({}));

    let profile = app
        .get_as(&again, &format!("/api/v1/users/{}", again.id))
        .send()
        .await
        .expect(200);
    assert!(profile.get("preferences").is_none());
    let looked_up = app
        .get_as(&again, "/api/v1/users/lookup?identity=alice@a.hearth.test:8441")
        .send()
        .await;
    assert_eq!(looked_up.expect(200)["id"], again.id);
}

#[tokio::test]
async fn look_ups_tell_why_nobody_is_found() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let lookup = async |identity: &str| {
        app.get_as(&alice, &format!("/api/v1/users/lookup?identity={identity}"))
            .send()
            .await
    };
    assert_eq!(
        lookup("alice").await.expect(400)["detail"],
        "Invalid identity format, use user@server"
    );
    assert_eq!(
        lookup("bob@a.hearth.test:8441").await.expect(404)["detail"],
        "User not found"
    );
    // A loopback address is no server unless the owner says so.
    let unreachable = lookup("bob@127.0.0.1:1").await.expect(404);
    assert!(
        unreachable["code"].as_str().unwrap().starts_with("server_"),
        "{unreachable}"
    );
    let unknown = app
        .get_as(&alice, "/api/v1/users/00000000-0000-4000-8000-000000000000")
        .send()
        .await;
    assert_eq!(unknown.expect(404)["detail"], "User not found");
}

#[tokio::test]
async fn names_are_taken_once_whatever_their_case() {
    let app = TestApp::start().await;
    app.register("alice").await;
    let body = json!({ "username": "Alice", "password": PASSWORD });
    let taken = app
        .post("/api/v1/auth/register")
        .json(&body)
        .send()
        .await
        .expect(409);
    assert_eq!(taken["detail"], "Username already taken");
}

#[tokio::test]
async fn wrong_names_and_passwords_sound_the_same() {
    let app = TestApp::start().await;
    app.register("alice").await;
    for (username, password) in [
        ("alice", "wrong password"),
        ("nobody", PASSWORD),
        ("no body", PASSWORD),
    ] {
        let body = json!({ "username": username, "password": password });
        let refused = app
            .post("/api/v1/auth/login")
            .json(&body)
            .send()
            .await
            .expect(401);
        assert_eq!(refused["detail"], "Invalid credentials");
    }
}

#[tokio::test]
async fn registration_can_be_closed_or_for_the_invited() {
    for (mode, words) in [
        (RegistrationChoice::Closed, "Registration is currently closed"),
        (RegistrationChoice::InviteOnly, "Registration is invite-only"),
    ] {
        let app = TestApp::builder()
            .config(|config| config.registration.mode = Some(mode))
            .start()
            .await;
        let body = json!({ "username": "alice", "password": PASSWORD });
        let refused = app
            .post("/api/v1/auth/register")
            .json(&body)
            .send()
            .await
            .expect(403);
        assert_eq!(refused["detail"], words);
    }
}

#[tokio::test]
async fn an_access_token_lives_a_quarter_of_an_hour_and_a_refresh_token_renews_it() {
    let clock = support::clock();
    let app = TestApp::builder().clock(&clock).start().await;
    let alice = app.register("alice").await;
    clock.advance(Duration::from_mins(15));
    app.get_as(&alice, "/api/v1/users/me").send().await.expect(401);

    let refresh = async |token: &str| {
        app.post("/api/v1/auth/refresh")
            .json(&json!({ "refresh_token": token }))
            .send()
            .await
    };
    let renewed = Person::from_tokens(&refresh(&alice.refresh).await.expect(200));
    assert_eq!(renewed.device, alice.device);
    app.get_as(&renewed, "/api/v1/users/me").send().await.expect(200);

    // Another tab may still hold the old token for a minute.
    refresh(&alice.refresh).await.expect(200);
    clock.advance(Duration::from_secs(61));
    assert_eq!(
        refresh(&alice.refresh).await.expect(401)["detail"],
        "Invalid refresh token"
    );
    refresh(&renewed.refresh).await.expect(200);
}

#[tokio::test]
async fn signing_out_ends_the_access_token_too() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let logout = async |token: &str| {
        app.post("/api/v1/auth/logout")
            .json(&json!({ "refresh_token": token }))
            .send()
            .await
    };
    let done = logout(&alice.refresh).await;
    assert_eq!((done.status.as_u16(), done.body.len()), (204, 0));
    let refused = app.get_as(&alice, "/api/v1/users/me").send().await.expect(401);
    assert_eq!(refused["detail"], "Invalid token");
    logout("nobody knows this one").await.expect(204);
}

#[tokio::test]
async fn tickets_have_a_budget() {
    let app = TestApp::builder()
        .config(|config| config.limits.tickets_per_minute = 1)
        .start()
        .await;
    let alice = app.register("alice").await;
    app.ticket(&alice).await;
    let refused = app.post_as(&alice, "/api/v1/auth/ws-ticket").send().await;
    assert_eq!(refused.expect(429)["detail"], "Rate limit exceeded");
    assert_ne!(refused.header("retry-after"), "");
}
