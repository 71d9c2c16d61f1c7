//! Who is in a channel, and bringing somebody in (d3chat.md 3.4).

use axum::Json;
use axum::extract::State;
use hearth_core::channels::{self, AddMemberError, Member};
use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::time::Timestamp;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::unknown_user;
use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::Fields;
use crate::conventions::path::InPath;
use crate::session::Authenticated;

/// A member of a channel.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct MemberResponse {
    /// The member's id on this server.
    #[schema(value_type = uuid::Uuid)]
    pub user_id: UserId,
    /// The name before the `@`.
    pub username: String,
    /// The server after the `@`.
    pub server_domain: String,
    /// Whether the account is on this server.
    pub is_local: bool,
    /// `owner` or `member`.
    pub role: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// The name to show instead of the username.
    #[schema(required)]
    pub display_name: Option<String>,
    /// Where the picture is.
    #[schema(required)]
    pub avatar_url: Option<String>,
}

impl From<Member> for MemberResponse {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user_id,
            username: member.username.to_string(),
            server_domain: member.server.to_string(),
            is_local: member.is_local,
            role: member.role.as_str().to_owned(),
            joined_at: member.joined_at,
            display_name: member.display_name,
            avatar_url: None,
        }
    }
}

/// The members of a channel.
#[utoipa::path(
    get,
    path = "/api/v1/channels/{channel_id}/members",
    tag = "channels",
    security(("bearer" = []), ("cookie" = [])),
    params(("channel_id" = uuid::Uuid, Path, description = "The channel")),
    responses(
        (status = 200, body = Vec<MemberResponse>),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    InPath(channel): InPath<ChannelId>,
) -> Result<Json<Vec<MemberResponse>>, ApiError> {
    let members = channels::members(&app.core, &actor, channel).await?;
    Ok(Json(members.into_iter().map(Into::into).collect()))
}

/// Whom to bring in.
#[derive(Debug, ToSchema)]
pub(crate) struct AddMemberRequest {
    /// The id on this server; people of other servers have one after a look-up.
    #[schema(value_type = uuid::Uuid)]
    pub user_id: UserId,
}

impl RequestBody for AddMemberRequest {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            user_id: fields.id("user_id")?,
        })
    }
}

/// Brings somebody into a channel. Their server learns of it by itself, at once or when it can be reached.
#[utoipa::path(
    post,
    path = "/api/v1/channels/{channel_id}/members",
    tag = "channels",
    security(("bearer" = []), ("cookie" = [])),
    params(("channel_id" = uuid::Uuid, Path, description = "The channel")),
    request_body = AddMemberRequest,
    responses(
        (status = 201, body = MemberResponse),
        (status = 400, body = Problem, description = "A conversation of two takes no third"),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    InPath(channel): InPath<ChannelId>,
    Body(request): Body<AddMemberRequest>,
) -> Result<(StatusCode, Json<MemberResponse>), ApiError> {
    let member = channels::add_member(&app.core, &actor, channel, request.user_id).await?;
    Ok((StatusCode::CREATED, Json(member.into())))
}

impl From<AddMemberError> for ApiError {
    fn from(error: AddMemberError) -> Self {
        let words = error.to_string();
        match error {
            AddMemberError::Channel(error) => error.into(),
            AddMemberError::IsDm => Self::bad_request("channel_is_dm", words),
            AddMemberError::UserNotFound => unknown_user(),
            AddMemberError::AlreadyMember => Self::conflict("already_a_member", words),
            AddMemberError::Store(error) => error.into(),
        }
    }
}
