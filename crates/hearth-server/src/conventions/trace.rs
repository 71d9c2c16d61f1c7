//! Numbers every request and logs its end: method, path, status, time. Never the query (tickets), headers
//! (tokens, cookies) or bodies.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hearth_protocol::env::{Clock, Random};
use http::{HeaderName, HeaderValue};
use tracing::Instrument as _;

use super::client::ClientInfo;

/// The header that carries a request's number, for people who report a fault.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What numbering and timing need.
#[derive(Clone, Debug)]
pub(crate) struct Tracing {
    /// Measures how long a request took.
    pub(crate) clock: Arc<dyn Clock>,
    /// Draws request numbers.
    pub(crate) random: Arc<dyn Random>,
}

/// The middleware.
pub(crate) async fn follow(State(tracing): State<Tracing>, request: Request, next: Next) -> Response {
    let id = tracing.draw_id();
    let client = ClientInfo::of(request.extensions()).address;
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id = %id, %method, path, %client);
    let started = tracing.clock.monotonic();
    async {
        let mut response = next.run(request).await;
        let millis = tracing.clock.monotonic().saturating_sub(started).as_millis();
        log_end(&response, millis);
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}

impl Tracing {
    fn draw_id(&self) -> String {
        let mut bytes = [0_u8; 8];
        self.random.fill(&mut bytes);
        hex::encode(bytes)
    }
}

fn log_end(response: &Response, millis: u128) {
    let status = response.status().as_u16();
    if response.status().is_server_error() {
        tracing::warn!(status, millis, "answered");
    } else {
        tracing::debug!(status, millis, "answered");
    }
}
