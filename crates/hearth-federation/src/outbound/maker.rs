//! Making HTTP clients: everything that they must never do is forbidden here, once.

use std::sync::Arc;
use std::time::Duration;

use hearth_protocol::env::Clock;
use http::HeaderValue;
use http::header::HOST;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use url::Url;

use super::resolver::{GuardedResolver, Hosts};
use super::tls;
use super::transport::{PeerRequest, Target, TransportError};

/// How long an unused connection stays open.
const IDLE: Duration = Duration::from_mins(1);

/// Makes clients, each for one server.
#[derive(Debug)]
pub(super) struct ClientMaker {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) hosts: Hosts,
    pub(super) user_agent: String,
}

impl ClientMaker {
    /// A client for one server, whose certificates `verifier` alone judges.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the home of HTTP clients; addresses and pins are judged by the resolver and verifier below"
    )]
    pub(super) fn client(
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
    pub(super) fn request(
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
}

fn unusable(error: impl ToString) -> TransportError {
    TransportError::Broken {
        detail: error.to_string(),
    }
}
