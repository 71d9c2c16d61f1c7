//! `POST /api/v1/channels/{channel_id}/messages`.

use axum::Json;
use axum::extract::State;
use hearth_core::messages::{self, ClientKey, NewMessage, SendError};
use hearth_protocol::ids::{ChannelId, DeviceId, MessageId};
use http::StatusCode;
use utoipa::ToSchema;

use super::MessageResponse;
use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::{Fields, TextRule};
use crate::conventions::path::InPath;
use crate::session::Authenticated;

/// Something to say.
#[derive(Debug, ToSchema)]
pub(crate) struct SendMessageRequest {
    /// The text, or what only clients can read. At most 65536 bytes of UTF-8.
    #[schema(max_length = 65536)]
    pub content: String,
    /// What the content is.
    #[schema(min_length = 1, max_length = 32, default = "text")]
    pub content_type: String,
    /// 1: plain, 2: encrypted.
    #[schema(minimum = 1, default = 1)]
    pub protocol_version: i64,
    /// The device that encrypted it; must be one of the sender's.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub sender_device_id: Option<DeviceId>,
    /// The message it answers, of the same channel.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub reply_to_id: Option<MessageId>,
    /// Drawn by the client for this message and repeated with every attempt to send it: whoever repeats a
    /// request gets the message that the first one made.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    pub client_key: Option<ClientKey>,
}

const CONTENT: TextRule = TextRule::new(0, messages::CONTENT_BYTES);
const CONTENT_TYPE: TextRule = TextRule::new(1, 32);
const CLIENT_KEY: TextRule = TextRule::new(1, ClientKey::MAX_CHARS)
    .matching("^[A-Za-z0-9_-]+$", |text| ClientKey::parse(text).is_some());

impl RequestBody for SendMessageRequest {
    // The longest content with every second character escaped.
    const MAX_BYTES: usize = 2 * messages::CONTENT_BYTES;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let content = fields.text("content", CONTENT);
        let content_type = fields.text_or("content_type", "text", CONTENT_TYPE);
        let protocol_version = fields.integer_or("protocol_version", 1, 1..=i64::MAX);
        let sender_device_id = fields.optional_id("sender_device_id");
        let reply_to_id = fields.optional_id("reply_to_id");
        let client_key = fields.optional_text("client_key", CLIENT_KEY);
        Some(Self {
            content: content?,
            content_type: content_type?,
            protocol_version: protocol_version?,
            sender_device_id,
            reply_to_id,
            client_key: client_key.and_then(|key| ClientKey::parse(&key)),
        })
    }
}

/// Says something in a channel.
#[utoipa::path(
    post,
    path = "/api/v1/channels/{channel_id}/messages",
    tag = "messages",
    security(("bearer" = []), ("cookie" = [])),
    params(("channel_id" = uuid::Uuid, Path, description = "The channel")),
    request_body = SendMessageRequest,
    responses(
        (status = 201, body = MessageResponse),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 409, body = Problem, description = "The client key belongs to a message in another channel"),
        (status = 413, body = Problem),
        (status = 422, body = ValidationProblem),
        (status = 507, body = Problem, description = "The disk is full"),
    )
)]
pub(crate) async fn send(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    InPath(channel): InPath<ChannelId>,
    Body(request): Body<SendMessageRequest>,
) -> Result<(StatusCode, Json<MessageResponse>), ApiError> {
    let new = NewMessage {
        content: request.content,
        content_type: request.content_type,
        protocol_version: request.protocol_version,
        sender_device_id: request.sender_device_id,
        reply_to_id: request.reply_to_id,
        client_key: request.client_key,
    };
    let message = messages::send(&app.core, &actor, channel, new).await?;
    Ok((StatusCode::CREATED, Json(message.into())))
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        let words = error.to_string();
        match error {
            SendError::NotMember => Self::forbidden("not_a_member", words),
            SendError::NotYourDevice => Self::bad_request("not_your_device", words),
            SendError::ReplyElsewhere => Self::bad_request("reply_elsewhere", words),
            SendError::KeyElsewhere => Self::conflict("client_key_elsewhere", words),
            SendError::Invalid(fault) => fault.into(),
            SendError::Store(error) => error.into(),
        }
    }
}
