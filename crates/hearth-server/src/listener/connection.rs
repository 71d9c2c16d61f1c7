//! One connection: handshake, then HTTP/1.1 or HTTP/2, until it ends, stalls or the server stops.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use super::forwarded;
use super::progress::Progress;
use super::{Security, Shared, Slot, TlsSource};
use crate::conventions::client::ClientInfo;

/// Streams that one HTTP/2 client may have open at once.
const MAX_STREAMS: u32 = 128;
/// Bytes that the head of a request may have.
const MAX_HEAD_BYTES: u32 = 32 * 1024;
/// The same for HTTP/1.1, where the buffer also holds the beginning of the body.
const MAX_BUFFER_BYTES: usize = 64 * 1024;

/// A connection that has been let in.
pub(super) struct Connection {
    shared: Arc<Shared>,
    stream: TcpStream,
    peer: IpAddr,
    local: Option<IpAddr>,
    slot: Arc<Slot>,
}

impl Connection {
    /// Lets a connection in, unless its address or the server has too many, or it is not our proxy's.
    pub(super) fn admit(shared: &Arc<Shared>, stream: TcpStream, peer: SocketAddr) -> Option<Self> {
        let peer = peer.ip().to_canonical();
        let counted = match &shared.security {
            Security::Tls(_) => Some(peer),
            Security::Proxy(proxies) if proxies.trust(peer) => None,
            Security::Proxy(_) => {
                tracing::debug!(%peer, "closed a connection that is not the proxy's");
                return None;
            }
        };
        let Some(slot) = shared.slots.take(counted) else {
            tracing::debug!(%peer, "closed a connection: too many are open");
            return None;
        };
        // Small answers and events go out at once; a failure only costs latency.
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().ok().map(|address| address.ip());
        Some(Self {
            shared: Arc::clone(shared),
            stream,
            peer,
            local,
            slot: Arc::new(slot),
        })
    }

    /// Serves the connection to its end.
    pub(super) async fn run(self) {
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            biased;
            () = shared.cut.cancelled() => {}
            () = self.secure_and_serve() => {}
        }
    }

    async fn secure_and_serve(self) {
        let Self {
            shared,
            stream,
            peer,
            local,
            slot,
        } = self;
        let requests = Requests {
            shared: Arc::clone(&shared),
            peer,
            local,
            slot,
            progress: Progress::default(),
        };
        match &shared.security {
            Security::Proxy(_) => serve(requests, stream).await,
            Security::Tls(source) => {
                if let Some(stream) = handshake(&shared, source, stream).await {
                    serve(requests, stream).await;
                } else {
                    tracing::debug!(%peer, "a TLS handshake failed or took too long");
                }
            }
        }
    }
}

async fn handshake(shared: &Shared, source: &TlsSource, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let accept = TlsAcceptor::from(source()).accept(stream);
    tokio::select! {
        biased;
        () = shared.stopping.cancelled() => None,
        accepted = tokio::time::timeout(shared.limits.handshake_timeout, accept) => accepted.ok()?.ok(),
    }
}

async fn serve<S>(requests: Requests, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shared = Arc::clone(&requests.shared);
    let progress = requests.progress.clone();
    let builder = protocols(&shared);
    let service = service_fn(move |request| requests.clone().answer(request));
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));

    let mut pulse = tokio::time::interval(shared.limits.idle_timeout);
    pulse.tick().await;
    let mut seen = None;
    let mut stopping = false;
    loop {
        tokio::select! {
            biased;
            _ = connection.as_mut() => return,
            () = shared.stopping.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = pulse.tick() => {
                // Nothing happened during one whole interval: say goodbye, and hang up at the next.
                let now = progress.so_far();
                if seen == Some(now) && stopping {
                    return;
                }
                if seen.replace(now) == Some(now) {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

fn protocols(shared: &Shared) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.header_timeout)
        .max_buf_size(MAX_BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(shared.limits.idle_timeout / 2)
        .keep_alive_timeout(shared.limits.header_timeout)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES);
    builder
}

/// What turns the requests of one connection into answers.
#[derive(Clone)]
struct Requests {
    shared: Arc<Shared>,
    peer: IpAddr,
    local: Option<IpAddr>,
    slot: Arc<Slot>,
    progress: Progress,
}

impl Requests {
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        self.progress.mark();
        let mut request = request.map(Body::new);
        let client = self.client(&request);
        forwarded::strip(request.headers_mut());
        request.extensions_mut().insert(client);
        // A WebSocket outlives its HTTP connection and keeps the place.
        request.extensions_mut().insert(Arc::clone(&self.slot));
        let response = self.shared.router.clone().oneshot(request).await?;
        Ok(response.map(|body| Body::new(self.progress.watch(body))))
    }

    fn client(&self, request: &Request<Body>) -> ClientInfo {
        match &self.shared.security {
            Security::Tls(_) => ClientInfo {
                address: self.peer,
                local: self.local,
                is_encrypted: true,
            },
            Security::Proxy(proxies) => proxies.client(self.peer, self.local, request.headers()),
        }
    }
}
