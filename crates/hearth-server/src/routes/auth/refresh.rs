//! `POST /api/v1/auth/refresh`.

use axum::Json;
use axum::extract::State;
use hearth_core::sessions::{self, RefreshError};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{Newcomer, TokenResponse, tokens};
use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::{Fields, TextRule};

/// A refresh token.
#[derive(Debug, ToSchema)]
pub(crate) struct RefreshRequest {
    /// The newest refresh token of the session.
    #[schema(value_type = String, max_length = 512)]
    pub refresh_token: Zeroizing<String>,
}

const REFRESH_TOKEN: TextRule = TextRule::new(0, 512);

impl RequestBody for RefreshRequest {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            refresh_token: Zeroizing::new(fields.text("refresh_token", REFRESH_TOKEN)?),
        })
    }
}

/// Exchanges a refresh token for a new pair. The old one works for another minute, for clients whose tabs
/// refresh at the same time (d3chat.md A5).
#[utoipa::path(
    post,
    path = "/api/v1/auth/refresh",
    tag = "auth",
    request_body = RefreshRequest,
    responses(
        (status = 200, body = TokenResponse),
        (status = 401, body = Problem),
        (status = 403, body = Problem, description = "Banned or suspended"),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn refresh(
    State(app): State<App>,
    _: Newcomer,
    Body(request): Body<RefreshRequest>,
) -> Result<Json<TokenResponse>, ApiError> {
    let grant = sessions::refresh(&app.core, &request.refresh_token).await?;
    Ok(Json(tokens(&app, &grant)))
}

impl From<RefreshError> for ApiError {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid => Self::unauthorized("invalid_refresh_token", error.to_string()),
            RefreshError::ShutOut(shut_out) => shut_out.into(),
            RefreshError::Store(error) => error.into(),
        }
    }
}
