//! Sender keys of a channel (d3chat.md 3.6), for its members only (K1).

use axum::Json;
use axum::extract::State;
use hearth_core::sender_keys::{self, SenderKey, Upload, UploadError};
use hearth_protocol::ids::{ChannelId, DeviceId};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::{Fields, TextRule};
use crate::conventions::path::InPath;
use crate::session::Authenticated;

/// The key with which a device's messages in a channel are read.
#[derive(Serialize, ToSchema)]
pub(crate) struct SenderKeyResponse {
    /// The device.
    #[schema(value_type = uuid::Uuid)]
    pub device_id: DeviceId,
    /// Names the key.
    pub sender_key_public: String,
    /// The chain that message keys come from.
    pub chain_key: String,
    /// How many messages the chain is ahead of its start.
    pub message_number: i64,
}

impl From<SenderKey> for SenderKeyResponse {
    fn from(key: SenderKey) -> Self {
        Self {
            device_id: key.device_id,
            sender_key_public: key.sender_key_public,
            chain_key: key.chain_key,
            message_number: key.message_number,
        }
    }
}

/// A device's key for a channel. A further one replaces the first.
#[derive(ToSchema)]
pub(crate) struct UploadSenderKeyRequest {
    /// The device; must be one of the uploader's.
    #[schema(value_type = uuid::Uuid)]
    pub device_id: DeviceId,
    /// Names the key.
    #[schema(min_length = 1, max_length = 255)]
    pub sender_key_public: String,
    /// The chain that message keys come from.
    #[schema(value_type = String, min_length = 1, max_length = 255)]
    pub chain_key: Zeroizing<String>,
}

const KEY: TextRule = TextRule::new(1, 255);

impl RequestBody for UploadSenderKeyRequest {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let device_id = fields.id("device_id");
        let sender_key_public = fields.text("sender_key_public", KEY);
        let chain_key = fields.text("chain_key", KEY);
        Some(Self {
            device_id: device_id?,
            sender_key_public: sender_key_public?,
            chain_key: Zeroizing::new(chain_key?),
        })
    }
}

/// Keeps a device's key for a channel and hands it to every server that takes part.
#[utoipa::path(
    post,
    path = "/api/v1/keys/channels/{channel_id}/sender-keys",
    tag = "keys",
    security(("bearer" = []), ("cookie" = [])),
    params(("channel_id" = uuid::Uuid, Path, description = "The channel")),
    request_body = UploadSenderKeyRequest,
    responses(
        (status = 201, body = SenderKeyResponse),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn upload(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    InPath(channel): InPath<ChannelId>,
    Body(request): Body<UploadSenderKeyRequest>,
) -> Result<(StatusCode, Json<SenderKeyResponse>), ApiError> {
    let upload = Upload {
        device_id: request.device_id,
        sender_key_public: request.sender_key_public,
        chain_key: request.chain_key.to_string(),
    };
    let key = sender_keys::upload(&app.core, &actor, channel, upload).await?;
    Ok((StatusCode::CREATED, Json(key.into())))
}

/// The keys of every device in a channel.
#[utoipa::path(
    get,
    path = "/api/v1/keys/channels/{channel_id}/sender-keys",
    tag = "keys",
    security(("bearer" = []), ("cookie" = [])),
    params(("channel_id" = uuid::Uuid, Path, description = "The channel")),
    responses(
        (status = 200, body = Vec<SenderKeyResponse>),
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
) -> Result<Json<Vec<SenderKeyResponse>>, ApiError> {
    let keys = sender_keys::list(&app.core, &actor, channel).await?;
    Ok(Json(keys.into_iter().map(Into::into).collect()))
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Channel(error) => error.into(),
            UploadError::NotYourDevice => Self::not_found("device_not_found", error.to_string()),
            UploadError::Invalid(fault) => fault.into(),
            UploadError::Store(error) => error.into(),
        }
    }
}
