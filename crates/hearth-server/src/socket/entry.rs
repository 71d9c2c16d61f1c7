//! `GET /ws?ticket=`: who may open a socket (d3chat.md 4.1).
//!
//! A bad ticket is told on the socket itself, by close code 4001, because that is the only place where a
//! browser's page can see it. Since an accepted upgrade also resets clients' reconnect delay, an address that
//! keeps coming with bad tickets is answered 429 before the upgrade.

use std::sync::Arc;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use tokio_util::task::task_tracker::TaskTrackerToken;
use url::form_urlencoded;

use super::close::Close;
use super::session::{Admitted, Session, say_goodbye};
use super::ticket::Grant;
use crate::app::App;
use crate::conventions::client::ClientInfo;
use crate::conventions::cors::origin;
use crate::conventions::error::ApiError;
use crate::listener::Slot;
use crate::session::browser;

/// Bytes that a socket reads at once: frames of clients are small, and idle sockets are many (B22).
const READ_BUFFER: usize = 4096;
/// Bytes that a socket gathers before it writes.
const WRITE_BUFFER: usize = 8192;
/// Bytes that may wait to be written: the largest event, with room.
const MAX_WRITE_BUFFER: usize = 1024 * 1024;

/// Opens a socket, or says on it why not.
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await;
    let upgrade = upgrade.map_err(|rejection| not_a_socket(&rejection))?;
    let grant = redeem(&app, &parts).await;
    if grant.is_none() {
        let client = ClientInfo::of(&parts.extensions);
        let charge = app
            .bus
            .charge(&app.budgets.bad_tickets, &client.budget_key(), 1)
            .await;
        if let Some(wait) = charge.retry_after() {
            return Err(ApiError::rate_limited(wait));
        }
    }
    let entry = match grant {
        Some(grant) => Admitted::admit(&app, grant).await,
        None => Err(Close::BAD_TICKET),
    };
    let holds = Holds {
        _slot: parts.extensions.get().cloned(),
        _task: app.socket_tasks.token(),
    };
    let frame_bytes = app.config.limits.socket_frame_bytes;
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_frame_size(frame_bytes)
        .max_message_size(frame_bytes);
    Ok(upgrade.on_upgrade(move |socket| serve(app, socket, entry, holds)))
}

/// What a socket keeps as long as it lives: its connection's place, and the server's wish to see it end.
struct Holds {
    _slot: Option<Arc<Slot>>,
    _task: TaskTrackerToken,
}

async fn serve(app: App, mut socket: WebSocket, entry: Result<Admitted, Close>, _holds: Holds) {
    match entry {
        Ok(admitted) => Session::run(app, socket, admitted).await,
        Err(close) => say_goodbye(&mut socket, close).await,
    }
}

/// Takes the ticket, which nobody can use again, and checks that it is used where it was meant to be.
async fn redeem(app: &App, parts: &Parts) -> Option<Grant> {
    let query = parts.uri.query().unwrap_or_default();
    let (_, ticket) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "ticket")?;
    let bytes = app.bus.take_ticket(&ticket).await?;
    let grant = Grant::from_bytes(&bytes)?;
    is_meant_for(app, parts, grant).then_some(grant)
}

/// A browser session's ticket works on our own pages only; others without a page, or on pages of listed
/// origins (architecture, "Sessions, links and origins").
fn is_meant_for(app: &App, parts: &Parts, grant: Grant) -> bool {
    match origin(&parts.headers) {
        Some(origin) if browser::is_our_origin(parts, origin) => true,
        Some(origin) => !grant.is_cookie && app.cors.lists(origin),
        None => !grant.is_cookie && !parts.headers.contains_key(http::header::ORIGIN),
    }
}

fn not_a_socket(rejection: &WebSocketUpgradeRejection) -> ApiError {
    let status = match rejection {
        WebSocketUpgradeRejection::ConnectionNotUpgradable(_) => StatusCode::UPGRADE_REQUIRED,
        _ => StatusCode::BAD_REQUEST,
    };
    ApiError::new(
        status,
        "not_a_websocket",
        "This address is for WebSocket connections",
    )
}
