//! People with accounts.

use serde_json::{Value, json};

use super::{Reply, Request, TestApp};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who is signed in with tokens.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) token: String,
    pub(crate) refresh: String,
}

impl Person {
    pub(crate) fn from_tokens(tokens: &Value) -> Self {
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        Self {
            id: text("user_id"),
            device: text("device_id"),
            token: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}

impl TestApp {
    /// Makes an account and signs it in.
    pub(crate) async fn register(&self, username: &str) -> Person {
        let body = json!({ "username": username, "password": PASSWORD });
        let tokens = self
            .post("/api/v1/auth/register")
            .json(&body)
            .send()
            .await
            .expect(201);
        Person::from_tokens(&tokens)
    }

    /// Signs somebody in on another device.
    pub(crate) async fn login(&self, username: &str) -> Person {
        let body = json!({ "username": username, "password": PASSWORD });
        let tokens = self
            .post("/api/v1/auth/login")
            .json(&body)
            .send()
            .await
            .expect(200);
        Person::from_tokens(&tokens)
    }

    /// A request of somebody.
    pub(crate) fn get_as(&self, person: &Person, path: &str) -> Request<'_> {
        self.get(path).bearer(&person.token)
    }

    /// A request of somebody.
    pub(crate) fn post_as(&self, person: &Person, path: &str) -> Request<'_> {
        self.post(path).bearer(&person.token)
    }

    /// Makes a channel and returns its id.
    pub(crate) async fn channel(&self, owner: &Person, name: &str) -> String {
        let made = self
            .post_as(owner, "/api/v1/channels")
            .json(&json!({ "name": name }))
            .send()
            .await;
        made.expect(201)["id"].as_str().unwrap().to_owned()
    }

    /// Brings somebody into a channel.
    pub(crate) async fn add(&self, owner: &Person, channel: &str, who: &Person) -> Reply {
        let path = format!("/api/v1/channels/{channel}/members");
        self.post_as(owner, &path)
            .json(&json!({ "user_id": who.id }))
            .send()
            .await
    }

    /// Says something.
    pub(crate) async fn say(&self, who: &Person, channel: &str, words: &str) -> Reply {
        let path = format!("/api/v1/channels/{channel}/messages");
        self.post_as(who, &path)
            .json(&json!({ "content": words }))
            .send()
            .await
    }

    /// A ticket for a socket.
    pub(crate) async fn ticket(&self, who: &Person) -> String {
        let answer = self
            .post_as(who, "/api/v1/auth/ws-ticket")
            .send()
            .await
            .expect(200);
        answer["ticket"].as_str().unwrap().to_owned()
    }
}
