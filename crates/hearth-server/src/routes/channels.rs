//! Channels: make, list, look at (d3chat.md 3.4).

use axum::Json;
use axum::extract::State;
use hearth_core::channels::{self, Channel, ChannelError, CreateError, NewChannel};
use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::time::Timestamp;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::{Fields, TextRule};
use crate::conventions::path::InPath;
use crate::session::Authenticated;

/// A channel, as a member sees it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ChannelResponse {
    /// The id; the same on every server that takes part.
    #[schema(value_type = uuid::Uuid)]
    pub id: ChannelId,
    /// The name; none for conversations of two.
    #[schema(required)]
    pub name: Option<String>,
    /// Whether this is a conversation of two.
    pub is_dm: bool,
    /// Whether people of other servers are members.
    pub is_federated: bool,
    /// How messages are protected: `sender_keys`, `x3dh`.
    pub encryption_type: String,
    /// Who made it, if that is known here.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub created_by: Option<UserId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The number of its newest message, 0 when there is none. Not part of events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<i64>,
}

impl From<Channel> for ChannelResponse {
    fn from(channel: Channel) -> Self {
        Self {
            id: channel.id,
            name: channel.name,
            is_dm: channel.is_dm,
            is_federated: channel.is_federated,
            encryption_type: channel.encryption_type,
            created_by: channel.created_by,
            created_at: channel.created_at,
            last_seq: Some(channel.last_seq),
        }
    }
}

/// A new channel. Conversations of two have a route of their own, so `is_dm` is not read (d3chat.md C5).
#[derive(Debug, ToSchema)]
pub(crate) struct CreateChannelRequest {
    /// What to call it.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// How messages are protected.
    #[schema(min_length = 1, max_length = 32, default = "sender_keys")]
    pub encryption_type: String,
}

const NAME: TextRule = TextRule::new(1, 128);
const ENCRYPTION_TYPE: TextRule = TextRule::new(1, 32);

impl RequestBody for CreateChannelRequest {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.text("name", NAME);
        let encryption_type = fields.text_or("encryption_type", "sender_keys", ENCRYPTION_TYPE);
        Some(Self {
            name: name?,
            encryption_type: encryption_type?,
        })
    }
}

/// Makes a channel; whoever makes it owns it.
#[utoipa::path(
    post,
    path = "/api/v1/channels",
    tag = "channels",
    security(("bearer" = []), ("cookie" = [])),
    request_body = CreateChannelRequest,
    responses(
        (status = 201, body = ChannelResponse),
        (status = 401, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    Body(request): Body<CreateChannelRequest>,
) -> Result<(StatusCode, Json<ChannelResponse>), ApiError> {
    let new = NewChannel {
        name: request.name,
        encryption_type: request.encryption_type,
    };
    let channel = channels::create(&app.core, &actor, new).await?;
    Ok((StatusCode::CREATED, Json(channel.into())))
}

/// The channels that one is a member of.
#[utoipa::path(
    get,
    path = "/api/v1/channels",
    tag = "channels",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, body = Vec<ChannelResponse>), (status = 401, body = Problem))
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
) -> Result<Json<Vec<ChannelResponse>>, ApiError> {
    let channels = channels::list(&app.core, &actor).await?;
    Ok(Json(channels.into_iter().map(Into::into).collect()))
}

/// One channel.
#[utoipa::path(
    get,
    path = "/api/v1/channels/{channel_id}",
    tag = "channels",
    security(("bearer" = []), ("cookie" = [])),
    params(("channel_id" = uuid::Uuid, Path, description = "The channel")),
    responses(
        (status = 200, body = ChannelResponse),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn get(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    InPath(id): InPath<ChannelId>,
) -> Result<Json<ChannelResponse>, ApiError> {
    let channel = channels::get(&app.core, &actor, id).await?;
    Ok(Json(channel.into()))
}

impl From<ChannelError> for ApiError {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::NotFound => Self::not_found("channel_not_found", error.to_string()),
            ChannelError::NotMember => Self::forbidden("not_a_member", error.to_string()),
            ChannelError::Store(error) => error.into(),
        }
    }
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Invalid(fault) => fault.into(),
            CreateError::Store(error) => error.into(),
        }
    }
}
