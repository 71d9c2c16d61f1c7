//! `/api/v1/owner/peers`: the servers that this one knows, and the owner's word about them.

use axum::Json;
use axum::extract::{Path, State};
use hearth_federation::{self as federation, DecisionError, PeerSummary, TrustError};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::conventions::error::{ApiError, Problem};
use crate::door::Console;

/// A server that this one knows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeerSummary)]
pub(crate) struct PeerResponse {
    /// Its name.
    pub domain: String,
    /// How it stands.
    pub state: PeerState,
    /// Events that wait to be delivered to it.
    pub waiting: u64,
    /// Since when the oldest of them waits.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub oldest_waiting_at: Option<Timestamp>,
    /// When it was last proved to be there.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub last_contact_at: Option<Timestamp>,
    /// The fingerprint of the certificate that is trusted, or asks to be.
    #[schema(required)]
    pub fingerprint: Option<String>,
    /// When it was first met.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen_at: Timestamp,
    /// What went wrong last.
    #[schema(required)]
    pub last_error: Option<String>,
}

/// How another server stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PeerState {
    /// Trusted, and nothing waits longer than it should.
    Well,
    /// Trusted, but out of reach: events wait.
    Waiting,
    /// It refuses us.
    Paused,
    /// A question of trust is open; nothing is sent.
    Held,
    /// It asks to be let in.
    Request,
    /// The owner wants nothing to do with it.
    Blocked,
    /// Known by name only.
    Unknown,
}

/// The servers that this one knows.
#[utoipa::path(
    get,
    path = "/api/v1/owner/peers",
    tag = "owner",
    responses((status = 200, body = Vec<PeerResponse>), (status = 404, body = Problem))
)]
pub(crate) async fn list(_: Console, State(app): State<App>) -> Result<Json<Vec<PeerResponse>>, ApiError> {
    let peers = app.federation.peers().await?;
    Ok(Json(peers.into_iter().map(Into::into).collect()))
}

/// Lets a server in that asks for it. There is no body.
#[utoipa::path(
    post,
    path = "/api/v1/owner/peers/{domain}/accept",
    tag = "owner",
    params(("domain" = String, Path, description = "The server's name")),
    responses(
        (status = 204),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
        (status = 502, body = Problem, description = "It cannot be reached or makes no sense"),
    )
)]
pub(crate) async fn accept(
    _: Console,
    State(app): State<App>,
    Path(domain): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.federation.accept_peer(&known(&domain)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Blocks a server: nothing is taken from it or sent to it. There is no body.
#[utoipa::path(
    post,
    path = "/api/v1/owner/peers/{domain}/block",
    tag = "owner",
    params(("domain" = String, Path, description = "The server's name")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(crate) async fn block(
    _: Console,
    State(app): State<App>,
    Path(domain): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.federation.block_peer(&known(&domain)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<PeerSummary> for PeerResponse {
    fn from(peer: PeerSummary) -> Self {
        Self {
            domain: peer.domain.to_string(),
            state: peer.state.into(),
            waiting: peer.waiting,
            oldest_waiting_at: peer.oldest_waiting_at,
            last_contact_at: peer.last_contact_at,
            fingerprint: peer.fingerprint.map(|fingerprint| fingerprint.to_string()),
            first_seen_at: peer.first_seen_at,
            last_error: peer.last_error,
        }
    }
}

impl From<federation::PeerState> for PeerState {
    fn from(state: federation::PeerState) -> Self {
        match state {
            federation::PeerState::Blocked => Self::Blocked,
            federation::PeerState::Held => Self::Held,
            federation::PeerState::Paused => Self::Paused,
            federation::PeerState::Request => Self::Request,
            federation::PeerState::Unknown => Self::Unknown,
            federation::PeerState::Waiting => Self::Waiting,
            federation::PeerState::Well => Self::Well,
        }
    }
}

impl From<DecisionError> for ApiError {
    fn from(error: DecisionError) -> Self {
        let words = error.to_string();
        match error {
            DecisionError::Ourselves => Self::conflict("peer_is_ourselves", words),
            DecisionError::Discovery(_) => Self::new(StatusCode::BAD_GATEWAY, "peer_unreachable", words),
            DecisionError::Trust(TrustError::Unknown) => unknown_peer(),
            DecisionError::Trust(TrustError::NothingToAccept) => Self::conflict("nothing_to_accept", words),
            DecisionError::Trust(TrustError::TooManyPeers) => Self::conflict("too_many_peers", words),
            DecisionError::Trust(TrustError::Store(error)) => error.into(),
        }
    }
}

/// A name that is none cannot be known.
fn known(domain: &str) -> Result<ServerName, ApiError> {
    ServerName::parse(domain).map_err(|_| unknown_peer())
}

fn unknown_peer() -> ApiError {
    ApiError::not_found("peer_not_found", "No such server is known here")
}
