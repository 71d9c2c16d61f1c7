//! `POST /api/v1/owner/setup-link`: a fresh link by which the owner's account is made.

use axum::Json;
use axum::extract::State;
use hearth_core::setup::IssueError;
use hearth_protocol::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::conventions::error::{ApiError, Problem};
use crate::door::Console;
use crate::setup::SetupError;

/// A link that makes its user the owner. A secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetupLinkResponse {
    /// The address to open in a browser; the secret is in its fragment, which browsers keep to themselves.
    pub url: String,
    /// When it stops working.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Makes a fresh setup link; an earlier one stops working. There is no body.
#[utoipa::path(
    post,
    path = "/api/v1/owner/setup-link",
    tag = "owner",
    responses(
        (status = 201, body = SetupLinkResponse),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "There is an owner"),
    )
)]
pub(crate) async fn issue(
    _: Console,
    State(app): State<App>,
) -> Result<(http::StatusCode, Json<SetupLinkResponse>), ApiError> {
    let link = app.setup.issue().await?;
    let answer = SetupLinkResponse {
        url: link.url.to_string(),
        expires_at: link.expires_at,
    };
    Ok((http::StatusCode::CREATED, Json(answer)))
}

impl From<SetupError> for ApiError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Issue(IssueError::HasOwner) => Self::conflict("has_owner", error.to_string()),
            SetupError::Issue(IssueError::Store(error)) => error.into(),
            SetupError::File { .. } => Self::internal(error),
        }
    }
}
