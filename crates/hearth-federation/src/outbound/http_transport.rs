//! The real network: one HTTP client per server and generation of its pins.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hearth_protocol::env::Clock;
use hearth_protocol::names::ServerName;
use http::HeaderValue;
use http::header::{HOST, RETRY_AFTER};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::evidence::{EvidenceVerifier, Seen};
use super::guard::ForbiddenAddress;
use super::pins::PinVerifier;
use super::resolver::{GuardedResolver, Hosts, judge_literal};
use super::transport::{Document, Evidence, PeerRequest, PeerResponse, Target, Transport, TransportError};
use super::{body, tls};
use crate::config::{FederationConfig, Timeouts};
use crate::trust::TrustTable;

/// Clients kept at once. Beyond it the one that has rested longest goes; its server costs a handshake again.
const MAX_CLIENTS: usize = 256;

/// How long an unused connection stays open.
const IDLE: Duration = Duration::from_mins(1);

/// The real [`Transport`], over TLS 1.3 and HTTP.
#[derive(Debug)]
pub struct HttpTransport {
    table: Arc<TrustTable>,
    clock: Arc<dyn Clock>,
    provider: Arc<CryptoProvider>,
    chains: Option<Arc<WebPkiServerVerifier>>,
    hosts: Hosts,
    timeouts: Timeouts,
    user_agent: String,
    clients: Mutex<HashMap<ServerName, Arc<PeerClient>>>,
}

/// A client that can reach one server under one generation of its pins.
#[derive(Debug)]
struct PeerClient {
    generation: i64,
    http: reqwest::Client,
    verifier: Arc<PinVerifier>,
    /// Ends what is in flight when trust changes.
    ended: CancellationToken,
    last_used: Mutex<Duration>,
}

impl Drop for PeerClient {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

impl HttpTransport {
    /// The network as configured, judging pins by `table`.
    pub fn new(config: &FederationConfig, table: Arc<TrustTable>, clock: Arc<dyn Clock>) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let chains = tls::public_chains(&provider, &config.extra_roots);
        let (name, version) = &config.software;
        Self {
            table,
            clock,
            provider,
            chains,
            hosts: Arc::new(config.hosts.clone()),
            timeouts: config.timeouts,
            user_agent: format!("{name}/{version}"),
            clients: Mutex::new(HashMap::new()),
        }
    }

    fn client(&self, target: &Target, generation: i64) -> Result<Arc<PeerClient>, TransportError> {
        let now = self.clock.monotonic();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&target.name)
            && client.generation >= generation
        {
            // The caller has slept through a change of trust.
            if client.generation > generation {
                return Err(TransportError::TrustChanged);
            }
            *client.last_used.lock().unwrap_or_else(PoisonError::into_inner) = now;
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(self.build_client(target, generation, now)?);
        make_room(&mut clients);
        if let Some(old) = clients.insert(target.name.clone(), Arc::clone(&client)) {
            old.ended.cancel();
        }
        Ok(client)
    }

    fn build_client(
        &self,
        target: &Target,
        generation: i64,
        now: Duration,
    ) -> Result<PeerClient, TransportError> {
        let verifier = Arc::new(PinVerifier::new(
            target.name.clone(),
            generation,
            Arc::clone(&self.table),
            Arc::clone(&self.provider),
        ));
        Ok(PeerClient {
            generation,
            http: self.build_http(target, Arc::clone(&verifier) as _)?,
            verifier,
            ended: CancellationToken::new(),
            last_used: Mutex::new(now),
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the home of HTTP clients; addresses and pins are judged by the resolver and verifier below"
    )]
    fn build_http(
        &self,
        target: &Target,
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> Result<reqwest::Client, TransportError> {
        let tls = tls::client_config(&self.provider, &self.clock, verifier).map_err(unusable)?;
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(GuardedResolver::new(
                target.clone(),
                Arc::clone(&self.hosts),
            )))
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(2)
            .user_agent(&self.user_agent)
            .build()
            .map_err(unusable)
    }

    /// Builds the request. A configured address also decides the port, which only a URL without one allows.
    fn request(
        &self,
        client: &reqwest::Client,
        target: &Target,
        request: PeerRequest,
    ) -> Result<reqwest::RequestBuilder, TransportError> {
        let mut url = Url::parse(&request.url).map_err(unusable)?;
        let mut host = None;
        if self.hosts.contains_key(&target.name) && url.port().is_some() {
            host = HeaderValue::from_str(url.authority()).ok();
            url.set_port(None)
                .map_err(|()| unusable("a URL whose port cannot be taken away"))?;
        }
        let mut builder = client.request(request.method, url).body(request.body);
        if let Some(host) = host {
            builder = builder.header(HOST, host);
        }
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        Ok(builder)
    }

    /// The verifier's reason, which TLS reports only as a failed handshake.
    fn explain(&self, error: TransportError, target: &Target, client: &PeerClient) -> TransportError {
        if let Some(observed) = client.verifier.take_refused() {
            return TransportError::PinMismatch { observed };
        }
        if self.table.pins(&target.name, client.generation).is_none() {
            return TransportError::TrustChanged;
        }
        error
    }

    async fn document(
        &self,
        client: &reqwest::Client,
        target: &Target,
        path: &str,
    ) -> Result<Document, TransportError> {
        let request = PeerRequest {
            method: http::Method::GET,
            url: format!("{}{path}", target.name.base_url()),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
        };
        let response = exchange(self.request(client, target, request)?).await?;
        Ok(match response.status {
            200 => Document::Body(response.body),
            status => Document::Absent { status: Some(status) },
        })
    }

    async fn documents(
        &self,
        client: &reqwest::Client,
        target: &Target,
        verifier: &EvidenceVerifier,
    ) -> Result<Evidence, TransportError> {
        let descriptor = self
            .document(client, target, "/.well-known/d3chat-server")
            .await?;
        // Only the descriptor is required; a server that fails at the others is still somebody.
        let absent = |_| Document::Absent { status: None };
        let keys = self.document(client, target, "/.well-known/d3chat-server/keys");
        let keys = keys.await.unwrap_or_else(absent);
        let cryptid = self.document(client, target, "/.well-known/cryptid");
        let cryptid = cryptid.await.unwrap_or_else(absent);
        match verifier.seen() {
            Seen::One(leaf) => Ok(Evidence {
                leaf,
                descriptor,
                keys,
                cryptid,
            }),
            Seen::Nothing | Seen::Several => Err(TransportError::Inconsistent),
        }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        target: &Target,
        generation: i64,
        request: PeerRequest,
    ) -> Result<PeerResponse, TransportError> {
        judge_literal(target)?;
        if self.table.pins(&target.name, generation).is_none() {
            return Err(TransportError::TrustChanged);
        }
        let client = self.client(target, generation)?;
        let builder = self.request(&client.http, target, request)?;
        let outcome = tokio::select! {
            biased;
            () = client.ended.cancelled() => return Err(TransportError::TrustChanged),
            outcome = tokio::time::timeout(self.timeouts.event, exchange(builder)) => outcome,
        };
        outcome
            .unwrap_or(Err(TransportError::Timeout))
            .map_err(|error| self.explain(error, target, &client))
    }

    async fn evidence(&self, target: &Target) -> Result<Evidence, TransportError> {
        judge_literal(target)?;
        let verifier = Arc::new(EvidenceVerifier::new(
            self.chains.clone(),
            Arc::clone(&self.provider),
        ));
        let client = self.build_http(target, Arc::clone(&verifier) as _)?;
        let documents = self.documents(&client, target, &verifier);
        tokio::time::timeout(self.timeouts.discovery, documents)
            .await
            .unwrap_or(Err(TransportError::Timeout))
    }

    fn forget(&self, name: &ServerName) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.remove(name) {
            client.ended.cancel();
        }
    }
}

fn make_room(clients: &mut HashMap<ServerName, Arc<PeerClient>>) {
    if clients.len() < MAX_CLIENTS {
        return;
    }
    let rested = clients
        .iter()
        .filter(|(_, client)| Arc::strong_count(client) == 1)
        .min_by_key(|(_, client)| *client.last_used.lock().unwrap_or_else(PoisonError::into_inner))
        .map(|(name, _)| name.clone());
    if let Some(name) = rested {
        clients.remove(&name);
    }
}

async fn exchange(builder: reqwest::RequestBuilder) -> Result<PeerResponse, TransportError> {
    let response = builder.send().await.map_err(|error| failure(&error))?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let body = body::read(response).await?;
    Ok(PeerResponse {
        status,
        retry_after,
        body,
    })
}

/// Finds our own reason in the chain of causes, and words for the others.
fn failure(error: &reqwest::Error) -> TransportError {
    let mut cause = error.source();
    let mut words = Vec::new();
    while let Some(error) = cause {
        if let Some(own) = error.downcast_ref::<TransportError>() {
            return own.clone();
        }
        if let Some(forbidden) = error.downcast_ref::<ForbiddenAddress>() {
            return (*forbidden).into();
        }
        words.push(error.to_string());
        cause = error.source();
    }
    let detail = words.pop().unwrap_or_else(|| error.to_string());
    if error.is_connect() {
        TransportError::Connect { detail }
    } else {
        TransportError::Broken { detail }
    }
}

fn unusable(error: impl ToString) -> TransportError {
    TransportError::Broken {
        detail: error.to_string(),
    }
}
