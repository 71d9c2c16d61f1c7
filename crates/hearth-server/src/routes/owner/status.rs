//! `GET /api/v1/owner/status`: what the console's first page shows.

use axum::Json;
use axum::extract::State;
use hearth_core::{accounts, settings};
use hearth_federation::PeerSummary;
use hearth_protocol::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::peers::PeerState;
use crate::app::App;
use crate::conventions::error::{ApiError, Problem};
use crate::door::Console;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnerStatus {
    /// The name by which people and servers know this one.
    pub server_name: String,
    /// What it calls itself.
    pub app_name: String,
    /// The version of the program.
    #[schema(value_type = String)]
    pub version: &'static str,
    /// Always `running`: a server in another state does not answer.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// The addresses it listens on.
    pub addresses: Vec<String>,
    /// The address that a browser on this machine opens.
    pub browser_url: String,
    /// The fingerprint of the certificate that is served; none behind a proxy.
    #[schema(required)]
    pub fingerprint: Option<String>,
    /// Since when it runs.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// For how long it has been running.
    pub uptime_seconds: u64,
    /// WebSocket connections.
    pub sockets: usize,
    /// Accounts.
    pub users: u64,
    /// Whether it talks to other servers.
    pub federation_enabled: bool,
    /// Who may make an account.
    #[schema(value_type = String)]
    pub registration_mode: &'static str,
    /// Whether the owner's account exists.
    pub has_owner: bool,
    /// Where the keys are.
    pub key_store: KeyStoreStatus,
    /// How connections are encrypted.
    pub tls: TlsStatus,
    /// Other servers in numbers.
    pub peers: PeerCounts,
    /// Why this server does not take part in Cryptid; none when it does.
    pub cryptid_note: Option<String>,
}

/// Where the keys are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyStoreStatus {
    /// `keyring`, `sealed-file` or `plain-file`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// What the owner should know about that choice.
    #[schema(value_type = Option<String>, required)]
    pub note: Option<&'static str>,
}

/// How connections are encrypted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TlsStatus {
    /// `self-signed`, `files` or `proxy`.
    #[schema(value_type = String)]
    pub mode: &'static str,
    /// When the certificate ends; none behind a proxy.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub not_after: Option<Timestamp>,
}

/// Other servers in numbers.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct PeerCounts {
    /// Servers that this one knows.
    pub known: u64,
    /// Servers that wait for the owner to let them in.
    pub requests: u64,
    /// Servers with an open question of trust.
    pub held: u64,
    /// Events that wait to be delivered.
    pub waiting_events: u64,
}

impl PeerCounts {
    fn of(peers: &[PeerSummary]) -> Self {
        let mut counts = Self::default();
        for peer in peers {
            match PeerState::from(peer.state) {
                PeerState::Request => counts.requests += 1,
                PeerState::Held => counts.held += 1,
                _ => {}
            }
            counts.known += 1;
            counts.waiting_events += peer.waiting;
        }
        counts
    }
}

/// How the server is.
#[utoipa::path(
    get,
    path = "/api/v1/owner/status",
    tag = "owner",
    responses((status = 200, body = OwnerStatus), (status = 404, body = Problem))
)]
pub(crate) async fn status(_: Console, State(app): State<App>) -> Result<Json<OwnerStatus>, ApiError> {
    let config = settings::public_config(&app.core).await?;
    let peers = app.federation.peers().await?;
    let served = app.tls.as_ref().map(|tls| tls.served());
    let key_store = app.identity.key_store();
    Ok(Json(OwnerStatus {
        server_name: app.core.server_name().to_string(),
        app_name: config.app_name,
        version: crate::VERSION,
        state: "running",
        addresses: app.addresses.clone(),
        browser_url: app.browser_url.clone(),
        fingerprint: served.as_ref().map(|served| served.fingerprint.to_string()),
        started_at: app.started.at,
        uptime_seconds: app.uptime().as_secs(),
        sockets: app.sockets.total(),
        users: accounts::count(&app.core).await?,
        federation_enabled: settings::federation_enabled(&app.core),
        registration_mode: config.registration_mode.as_str(),
        has_owner: accounts::has_owner(&app.core).await?,
        key_store: KeyStoreStatus {
            kind: key_store.as_str(),
            note: key_store.note(),
        },
        tls: TlsStatus {
            mode: app.config.tls.mode.as_str(),
            not_after: served.as_ref().map(|served| served.not_after),
        },
        peers: PeerCounts::of(&peers),
        cryptid_note: app
            .federation
            .capabilities()
            .err()
            .map(|reason| reason.to_string()),
    }))
}
