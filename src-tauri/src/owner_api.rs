//! The little of the owner's API that the shell itself uses, through the same door as the console.

use anyhow::{Context, ensure};
use bytes::Bytes;
use hearth_server::ConsoleDoor;
use http::{Method, Request, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// What the shell reads of the server's status; the console reads all of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Status {
    pub(crate) server_name: String,
    /// The address that a browser on this machine opens.
    pub(crate) browser_url: String,
    pub(crate) federation_enabled: bool,
    /// Whether somebody has made the owner's account.
    pub(crate) has_owner: bool,
    pub(crate) peers: Peers,
}

/// How the other servers stand, as counts.
#[derive(Debug, Deserialize)]
pub(crate) struct Peers {
    /// Servers with an open question of trust, to which nothing is sent.
    pub(crate) held: u64,
    /// Servers that ask to be let in.
    pub(crate) requests: u64,
}

impl Peers {
    /// Servers about which only the owner can decide.
    pub(crate) fn undecided(&self) -> u64 {
        self.held + self.requests
    }
}

#[derive(Deserialize)]
struct SetupLink {
    url: String,
}

/// How the server is.
pub(crate) async fn status(door: &ConsoleDoor) -> anyhow::Result<Status> {
    ask(door, Method::GET, "/api/v1/owner/status", Bytes::new()).await
}

/// Opens or closes this Hearth to other servers.
pub(crate) async fn set_federation(door: &ConsoleDoor, enabled: bool) -> anyhow::Result<()> {
    let body = json!({ "enabled": enabled }).to_string().into();
    let _changed: serde_json::Value = ask(door, Method::PUT, "/api/v1/owner/federation", body).await?;
    Ok(())
}

/// A fresh link by which the owner's account is made. A secret: whoever opens it first is the owner.
pub(crate) async fn setup_link(door: &ConsoleDoor) -> anyhow::Result<String> {
    let link: SetupLink = ask(door, Method::POST, "/api/v1/owner/setup-link", Bytes::new()).await?;
    Ok(link.url)
}

async fn ask<T: DeserializeOwned>(
    door: &ConsoleDoor,
    method: Method,
    path: &str,
    body: Bytes,
) -> anyhow::Result<T> {
    let what = format!("{method} {path}");
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    let response = door.request(request.body(body)?).await;
    let status = response.status();
    ensure!(
        status.is_success(),
        "{what} was answered {status}: {}",
        String::from_utf8_lossy(response.body())
    );
    serde_json::from_slice(response.body()).with_context(|| format!("the answer to {what} is not understood"))
}
