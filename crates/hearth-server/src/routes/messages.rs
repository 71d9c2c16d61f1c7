//! Messages: say something, read what was said (d3chat.md 3.5).

use axum::Json;
use axum::extract::State;
use hearth_core::messages::{self, ListError, Message, NewMessage, Range, Reply, SendError};
use hearth_protocol::ids::{ChannelId, DeviceId, MessageId, UserId};
use hearth_protocol::time::Timestamp;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::{Fields, TextRule};
use crate::conventions::path::InPath;
use crate::conventions::query::{Parameters, Query, QueryString};
use crate::session::Authenticated;

/// A message.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct MessageResponse {
    /// The id on this server.
    #[schema(value_type = uuid::Uuid)]
    pub id: MessageId,
    /// Where it was said.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// Its place in the channel, counted from 1 without gaps: what clients order by and catch up from.
    pub seq: i64,
    /// Who said it; none when the account is gone.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub sender_id: Option<UserId>,
    /// The device that encrypted it.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub sender_device_id: Option<DeviceId>,
    /// The text, or what only clients can read.
    pub content: String,
    /// What the content is.
    pub content_type: String,
    /// 1: plain, 2: encrypted.
    pub protocol_version: u32,
    /// The message it answers.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub reply_to_id: Option<MessageId>,
    /// The beginning of that message.
    #[schema(required)]
    pub reply_to: Option<ReplyResponse>,
    /// Files that came with it.
    pub attachments: Vec<AttachmentResponse>,
    /// When it was changed last.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub edited_at: Option<Timestamp>,
    /// When it was said, by this server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// The message that another one answers.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ReplyResponse {
    /// The id on this server.
    #[schema(value_type = uuid::Uuid)]
    pub id: MessageId,
    /// Who said it.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    pub sender_id: Option<UserId>,
    /// The text, or what only clients can read.
    pub content: String,
    /// What the content is.
    pub content_type: String,
    /// 1: plain, 2: encrypted.
    pub protocol_version: u32,
}

/// A file that came with a message.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct AttachmentResponse {
    /// The id.
    pub id: uuid::Uuid,
    /// The name that the sender's device gave it.
    pub filename: String,
    /// What the file says it is.
    pub content_type: String,
    /// How large it is.
    pub size_bytes: u64,
    /// Where to get it.
    pub url: String,
    /// Where to get a small picture of it.
    #[schema(required)]
    pub thumbnail_url: Option<String>,
    /// Width in pixels, of pictures.
    #[schema(required)]
    pub width: Option<u32>,
    /// Height in pixels, of pictures.
    #[schema(required)]
    pub height: Option<u32>,
}

impl From<Message> for MessageResponse {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            channel_id: message.channel_id,
            seq: message.seq,
            sender_id: message.sender_id,
            sender_device_id: message.sender_device_id,
            content: message.content,
            content_type: message.content_type,
            protocol_version: message.protocol_version,
            reply_to_id: message.reply_to.as_ref().map(|reply| reply.id),
            reply_to: message.reply_to.map(Into::into),
            attachments: Vec::new(),
            edited_at: message.edited_at,
            created_at: message.created_at,
        }
    }
}

impl From<Reply> for ReplyResponse {
    fn from(reply: Reply) -> Self {
        Self {
            id: reply.id,
            sender_id: reply.sender_id,
            content: reply.content,
            content_type: reply.content_type,
            protocol_version: reply.protocol_version,
        }
    }
}

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
}

const CONTENT: TextRule = TextRule::new(0, messages::CONTENT_BYTES);
const CONTENT_TYPE: TextRule = TextRule::new(1, 32);

impl RequestBody for SendMessageRequest {
    // The longest content with every second character escaped.
    const MAX_BYTES: usize = 2 * messages::CONTENT_BYTES;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let content = fields.text("content", CONTENT);
        let content_type = fields.text_or("content_type", "text", CONTENT_TYPE);
        let protocol_version = fields.integer_or("protocol_version", 1, 1..=i64::MAX);
        let sender_device_id = fields.optional_id("sender_device_id");
        let reply_to_id = fields.optional_id("reply_to_id");
        Some(Self {
            content: content?,
            content_type: content_type?,
            protocol_version: protocol_version?,
            sender_device_id: sender_device_id?,
            reply_to_id: reply_to_id?,
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
    };
    let message = messages::send(&app.core, &actor, channel, new).await?;
    Ok((StatusCode::CREATED, Json(message.into())))
}

/// Which messages to read.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessagesQuery {
    /// Only older ones than this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub before: Option<Timestamp>,
    /// Only those after this number, oldest first: what was missed. Wins over `before`.
    #[param(minimum = 0)]
    pub after: Option<i64>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: i64,
}

impl QueryString for MessagesQuery {
    fn read(parameters: &mut Parameters) -> Option<Self> {
        let before = parameters.optional_time("before");
        let after = parameters.optional_integer("after", 0..=i64::MAX);
        let limit = parameters.integer_or("limit", 50, 1..=i64::from(messages::PAGE_MAX));
        Some(Self {
            before: before?,
            after: after?,
            limit: limit?,
        })
    }
}

impl MessagesQuery {
    fn range(&self) -> Range {
        match (self.after, self.before) {
            (Some(seq), _) => Range::After(seq),
            (None, Some(time)) => Range::Before(time),
            (None, None) => Range::Newest,
        }
    }
}

/// A piece of a channel's history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessagePage {
    /// The messages, oldest first.
    pub messages: Vec<MessageResponse>,
    /// Whether there are more in the direction of reading.
    pub has_more: bool,
}

/// Reads what was said in a channel.
#[utoipa::path(
    get,
    path = "/api/v1/channels/{channel_id}/messages",
    tag = "messages",
    security(("bearer" = []), ("cookie" = [])),
    params(("channel_id" = uuid::Uuid, Path, description = "The channel"), MessagesQuery),
    responses(
        (status = 200, body = MessagePage),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    InPath(channel): InPath<ChannelId>,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<MessagePage>, ApiError> {
    let page = messages::list(&app.core, &actor, channel, query.range(), query.limit).await?;
    let messages = page.messages.into_iter().map(Into::into).collect();
    Ok(Json(MessagePage {
        messages,
        has_more: page.has_more,
    }))
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        let words = error.to_string();
        match error {
            SendError::NotMember => Self::forbidden("not_a_member", words),
            SendError::NotYourDevice => Self::bad_request("not_your_device", words),
            SendError::ReplyElsewhere => Self::bad_request("reply_elsewhere", words),
            SendError::Invalid(fault) => fault.into(),
            SendError::Store(error) => error.into(),
        }
    }
}

impl From<ListError> for ApiError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::NotMember => Self::forbidden("not_a_member", error.to_string()),
            ListError::Invalid(fault) => fault.into(),
            ListError::Store(error) => error.into(),
        }
    }
}
