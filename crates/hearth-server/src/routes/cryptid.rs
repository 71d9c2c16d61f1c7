//! The two public Cryptid endpoints: discovery and health (cryptid.md 2.1, 2.2).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::app::App;
use crate::health::Condition;

/// How long a peer may keep the discovery document.
const DISCOVERY_MAX_AGE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// `GET /.well-known/cryptid`. A server whose name Cryptid cannot carry does not speak it.
pub(crate) async fn discovery(State(app): State<App>) -> Response {
    let Ok(capabilities) = app.federation.capabilities() else {
        let body = json!({
            "error": "ENDPOINT_NOT_FOUND",
            "message": "Server does not support Cryptid protocol",
        });
        return (StatusCode::NOT_FOUND, Json(body)).into_response();
    };
    let mut response = super::tagged_json(&capabilities);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, DISCOVERY_MAX_AGE);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// `GET /v1/health`.
pub(crate) async fn health(State(app): State<App>) -> Response {
    let (status, word, details) = match app.health.condition() {
        Condition::Healthy => (StatusCode::OK, "healthy", None),
        Condition::Degraded(_) => (StatusCode::OK, "degraded", None),
        Condition::Unhealthy(details) => (StatusCode::SERVICE_UNAVAILABLE, "unhealthy", Some(details)),
    };
    let mut body = json!({
        "status": word,
        "timestamp": app.clock.now().as_seconds(),
        "version": crate::VERSION,
        "uptime": app.uptime().as_secs(),
    });
    if let Some(details) = details {
        body["details"] = details.into();
    }
    (status, Json(body)).into_response()
}
