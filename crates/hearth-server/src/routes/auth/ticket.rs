//! `POST /api/v1/auth/ws-ticket`.

use axum::Json;
use axum::extract::State;
use hearth_bus::TicketError;
use hearth_protocol::env::token;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::conventions::error::{ApiError, Problem};
use crate::session::Authenticated;
use crate::socket::ticket::{Grant, LIFETIME};

/// A ticket for one WebSocket connection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketResponse {
    /// Goes into the query of `/ws`, once, within half a minute.
    #[schema(min_length = 43, max_length = 43)]
    pub ticket: String,
}

/// Hands out a ticket for one WebSocket connection. There is no body.
#[utoipa::path(
    post,
    path = "/api/v1/auth/ws-ticket",
    tag = "auth",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, body = TicketResponse), (status = 401, body = Problem), (status = 429, body = Problem))
)]
pub(crate) async fn ws_ticket(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
) -> Result<Json<TicketResponse>, ApiError> {
    let charge = app
        .bus
        .charge(&app.budgets.tickets, &actor.user_id.to_string(), 1)
        .await;
    if let Some(wait) = charge.retry_after() {
        return Err(ApiError::rate_limited(wait));
    }
    let ticket = token::<32>(app.random.as_ref());
    app.bus
        .put_ticket(&ticket, Grant::of(&actor).to_bytes(), LIFETIME)
        .await?;
    Ok(Json(TicketResponse { ticket }))
}

impl From<TicketError> for ApiError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Full => Self::unavailable("too_many_tickets", error.to_string()),
        }
    }
}
