//! The routes: which endpoint answers where. One file per endpoint family; request, response and handler
//! together.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use http::{HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::conventions::refusal::{Refusal, Shape};
use crate::{socket, web};

pub(crate) mod auth;
pub(crate) mod channels;
pub(crate) mod cryptid;
pub(crate) mod federation;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod owner;
pub(crate) mod sender_keys;
pub(crate) mod system;
pub(crate) mod users;
pub(crate) mod well_known;

/// Every endpoint, without the conventions around them.
pub(crate) fn all(app: App) -> Router {
    Router::new()
        .merge(client_api())
        .merge(owner_api())
        .merge(between_servers())
        .route("/health", get(system::health))
        .route("/branding.css", get(system::branding))
        .route("/ws", get(socket::entry::open))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(elsewhere)
        .with_state(app)
}

fn client_api() -> Router<App> {
    Router::new()
        .route("/api/v1/config", get(system::config))
        .route("/api/v1/auth/register", post(auth::register::register))
        .route("/api/v1/auth/login", post(auth::login::login))
        .route("/api/v1/auth/refresh", post(auth::refresh::refresh))
        .route("/api/v1/auth/logout", post(auth::logout::logout))
        .route("/api/v1/auth/ws-ticket", post(auth::ticket::ws_ticket))
        .route("/api/v1/users/me", get(users::me))
        .route("/api/v1/users/lookup", get(users::lookup))
        .route("/api/v1/users/{user_id}", get(users::by_id))
        .route("/api/v1/channels", get(channels::list).post(channels::create))
        .route("/api/v1/channels/{channel_id}", get(channels::get))
        .route(
            "/api/v1/channels/{channel_id}/members",
            get(members::list).post(members::add),
        )
        .route(
            "/api/v1/channels/{channel_id}/messages",
            get(messages::list::list).post(messages::send::send),
        )
        .route(
            "/api/v1/keys/channels/{channel_id}/sender-keys",
            get(sender_keys::list).post(sender_keys::upload),
        )
}

fn owner_api() -> Router<App> {
    Router::new()
        .route("/api/v1/owner/status", get(owner::status::status))
        .route("/api/v1/owner/federation", put(owner::switches::set_federation))
        .route(
            "/api/v1/owner/registration",
            put(owner::switches::set_registration),
        )
        .route("/api/v1/owner/setup-link", post(owner::setup_link::issue))
        .route("/api/v1/owner/peers", get(owner::peers::list))
        .route("/api/v1/owner/peers/{domain}/accept", post(owner::peers::accept))
        .route("/api/v1/owner/peers/{domain}/block", post(owner::peers::block))
}

fn between_servers() -> Router<App> {
    Router::new()
        .route("/.well-known/d3chat-server", get(well_known::descriptor))
        .route("/.well-known/d3chat-server/keys", get(well_known::keys))
        .route("/.well-known/cryptid", get(cryptid::discovery))
        .route("/v1/health", get(cryptid::health))
        .route("/federation/inbox", post(federation::inbox))
        .route("/federation/user-lookup", get(federation::user_lookup))
}

/// Under these, nothing is a page of the web client.
const PROGRAM_PATHS: [&str; 5] = ["/api", "/federation", "/v1", "/.well-known", "/ws"];

async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    let is_programs = PROGRAM_PATHS.iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if is_programs {
        return Refusal::NotFound.response(Shape::of(path));
    }
    match *request.method() {
        Method::GET | Method::HEAD => web::answer(&request),
        _ => method_not_allowed(request).await,
    }
}

async fn method_not_allowed(request: Request) -> Response {
    Refusal::MethodNotAllowed.response(Shape::of(request.uri().path()))
}

/// A JSON document with a strong tag made from its bytes.
fn tagged_json(document: &impl Serialize) -> Response {
    let Ok(bytes) = serde_json::to_vec(document) else {
        tracing::error!("a published document does not encode");
        return Refusal::Internal.response(Shape::D3chat);
    };
    let tag = tag_of(&bytes);
    let mut response = (StatusCode::OK, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn tag_of(bytes: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in Sha256::digest(bytes).iter().take(16) {
        write!(tag, "{byte:02x}").expect("writing to a string cannot fail");
    }
    tag.push('"');
    tag
}
