//! `GET /api/v1/channels/{channel_id}/messages`.

use axum::Json;
use axum::extract::State;
use hearth_core::messages::{self, ListError, Range};
use hearth_protocol::ids::ChannelId;
use hearth_protocol::time::Timestamp;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::MessageResponse;
use crate::app::App;
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::path::InPath;
use crate::conventions::query::{Parameters, Query, QueryString};
use crate::session::Authenticated;

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
            before,
            after,
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

impl From<ListError> for ApiError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::NotMember => Self::forbidden("not_a_member", error.to_string()),
            ListError::Invalid(fault) => fault.into(),
            ListError::Store(error) => error.into(),
        }
    }
}
