//! `WebKitWebDriver`, which starts the real app and drives its real window.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::owned::Owned;

/// A driver that waits for orders. Ends the app with itself.
#[derive(Debug)]
pub struct Driver {
    port: u16,
    _process: Owned,
}

impl Driver {
    /// Starts a driver whose app will have `environment` on top of this process's own.
    pub fn start(environment: &[(String, String)]) -> Result<Self> {
        let port = free_port()?;
        let process = Owned::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                // Without this the app offers itself to nobody, and the request for a session waits for ever.
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                // Both keep the screenshot command from returning.
                .env_remove("WEBKIT_DISABLE_COMPOSITING_MODE")
                .env_remove("WEBKIT_DISABLE_DMABUF_RENDERER")
                .env("NO_AT_BRIDGE", "1")
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        Ok(Self {
            port,
            _process: process,
        })
    }

    /// Starts `program` and takes hold of its window.
    pub async fn open(&self, program: &Path) -> Result<Client> {
        self.listens().await?;
        let options = json!({ "webkitgtk:browserOptions": { "binary": program, "args": [] } });
        let options = options.as_object().context("an object")?.clone();
        let address = format!("http://127.0.0.1:{}", self.port);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(options)
            .connect(&address)
            .await;
        client.context("the window does not let itself be driven")
    }

    /// Waits until the driver accepts connections. It says so nowhere, so it is asked until it answers.
    async fn listens(&self) -> Result<()> {
        let mut again = tokio::time::interval(Duration::from_millis(20));
        let answered = async {
            loop {
                again.tick().await;
                if tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
                    .await
                    .is_ok()
                {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answered)
            .await
            .context("WebKitWebDriver does not listen")
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
