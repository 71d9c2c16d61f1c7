//! The real network: one HTTP client per server and generation of its pins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hearth_protocol::env::Clock;
use hearth_protocol::names::ServerName;
use rustls::client::WebPkiServerVerifier;
use tokio_util::sync::CancellationToken;

use super::evidence::{EvidenceVerifier, Seen};
use super::exchange::exchange;
use super::maker::ClientMaker;
use super::pins::PinVerifier;
use super::resolver::judge_literal;
use super::tls;
use super::transport::{Document, Evidence, PeerRequest, PeerResponse, Target, Transport, TransportError};
use crate::config::{FederationConfig, Timeouts};
use crate::trust::TrustTable;

/// Clients kept at once. Beyond it the one that has rested longest goes; its server costs a handshake again.
const MAX_CLIENTS: usize = 256;

/// The real [`Transport`], over TLS 1.3 and HTTP.
#[derive(Debug)]
pub struct HttpTransport {
    table: Arc<TrustTable>,
    maker: ClientMaker,
    chains: Option<Arc<WebPkiServerVerifier>>,
    timeouts: Timeouts,
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
            maker: ClientMaker {
                provider,
                clock,
                hosts: Arc::new(config.hosts.clone()),
                user_agent: format!("{name}/{version}"),
            },
            chains,
            timeouts: config.timeouts,
            clients: Mutex::new(HashMap::new()),
        }
    }

    fn client(&self, target: &Target, generation: i64) -> Result<Arc<PeerClient>, TransportError> {
        let now = self.maker.clock.monotonic();
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
            Arc::clone(&self.maker.provider),
        ));
        Ok(PeerClient {
            generation,
            http: self.maker.client(target, Arc::clone(&verifier) as _)?,
            verifier,
            ended: CancellationToken::new(),
            last_used: Mutex::new(now),
        })
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
        let response = exchange(self.maker.request(client, target, request)?).await?;
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
        let builder = self.maker.request(&client.http, target, request)?;
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
            Arc::clone(&self.maker.provider),
        ));
        let client = self.maker.client(target, Arc::clone(&verifier) as _)?;
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
