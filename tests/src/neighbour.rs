//! Somebody on the same machine who talks to a server over its public door, trusting its own certificate only.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use reqwest::{Certificate, Client, Response};
use serde_json::Value;

/// A client of one server.
#[derive(Debug)]
pub struct Neighbour {
    client: Client,
    address: String,
}

impl Neighbour {
    /// A client of the server called `name` at `address`. Its certificate is taken from the file where it lies, as a
    /// person would compare the fingerprint.
    pub fn of(name: &str, address: SocketAddr, certificate: &Path) -> Result<Self> {
        // More than one test of a process may come here first.
        let _installed_already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let certificate = Certificate::from_pem(&fs::read(certificate)?)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the tests look at servers from outside, by their own client"
        )]
        let client = Client::builder()
            .tls_certs_only([certificate])
            .resolve(name, address)
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            address: format!("https://{name}:{}", address.port()),
        })
    }

    /// What a GET answers, as JSON.
    pub async fn get(&self, path: &str) -> Result<Value> {
        json(self.client.get(format!("{}{path}", self.address)).send().await?).await
    }

    /// What a POST of JSON answers, as JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        json(request.send().await?).await
    }
}

async fn json(response: Response) -> Result<Value> {
    let status = response.status();
    let body = response.bytes().await?;
    anyhow::ensure!(
        status.is_success(),
        "answered {status}: {}",
        String::from_utf8_lossy(&body)
    );
    serde_json::from_slice(&body).context("not JSON")
}
