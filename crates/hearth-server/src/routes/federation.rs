//! Other servers' requests (d3chat.md 5.3, 5.5). Everything about trust happens in `hearth-federation`; here
//! the request is taken apart within its bounds, and the answer put together.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRef as _, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hearth_federation::inbound::MAX_BODY;
use hearth_federation::{InboundError, InboundRequest};
use hearth_protocol::d3chat::signing::{ORIGIN_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::app::App;
use crate::conventions::body::{BodyLimits, read_bounded};
use crate::conventions::client::ClientInfo;
use crate::conventions::error::{ApiError, whole_seconds};
use crate::conventions::refusal::{Refusal, Shape};

/// When a server whose event did not fit in should come back.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// `POST /federation/inbox`.
pub(crate) async fn inbox(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut inbound = inbound_request(&parts);
    // Whoever sends a body is charged only once it is here, so what may be on its way at once is bounded first.
    let Some(_room) = app.inbox_room.take(Some(inbound.source)) else {
        return ApiError::unavailable("inbox_busy", "Too many events at once; try again soon")
            .retry_after(BUSY_WAIT)
            .into_response();
    };
    // Without its headers a request is refused whatever it carries: nothing is read for it.
    if inbound.origin.is_some() && inbound.timestamp.is_some() && inbound.signature.is_some() {
        let timeout = BodyLimits::from_ref(&app).timeout;
        match read_bounded(Request::from_parts(parts, body), MAX_BODY, timeout).await {
            Ok(body) => inbound.body = body,
            Err(refusal) => return refusal.response(Shape::D3chat),
        }
    }
    match app.federation.receive(inbound).await {
        Ok(answer) => {
            Json(json!({ "status": answer.status, "event_id": answer.event_id.as_str() })).into_response()
        }
        Err(error) => refused(&error),
    }
}

/// `GET /federation/user-lookup`.
pub(crate) async fn user_lookup(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match app.federation.answer_lookup(inbound_request(&parts)).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refused(&error),
    }
}

fn inbound_request(parts: &Parts) -> InboundRequest {
    let text = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    InboundRequest {
        method: parts.method.clone(),
        path_and_query: path_and_query.to_owned(),
        origin: text(ORIGIN_HEADER),
        timestamp: text(TIMESTAMP_HEADER),
        signature: text(SIGNATURE_HEADER),
        body: Bytes::new(),
        source: ClientInfo::of(&parts.extensions).address,
    }
}

fn refused(error: &InboundError) -> Response {
    let Ok(status) = StatusCode::from_u16(error.status()) else {
        return Refusal::Internal.response(Shape::D3chat);
    };
    let body = json!({ "detail": error.detail(), "code": error.code() });
    let mut response = (status, Json(body)).into_response();
    if let Some(wait) = error.retry_after() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    response
}
