//! The one error type of the d3chat routes, and its way onto the wire.
//!
//! Domain errors become an [`ApiError`] by `From` next to the routes that meet them. What a person may see is
//! `detail`, what a program decides by is `code`; internal causes are logged once, here, and never sent.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use hearth_core::FieldError;
use hearth_store::StoreError;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::fault::Fault;
use super::refusal::{Refusal, Shape};

/// The body of every refusal but 422.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What is wrong, in words that clients show.
    #[schema(value_type = String)]
    pub detail: Cow<'static, str>,
    /// The same for programs: a stable word.
    #[schema(value_type = String)]
    pub code: &'static str,
}

/// The body of a 422 answer: every fault that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValidationProblem {
    /// The faults, in the order of the request's fields.
    pub detail: Vec<Fault>,
}

/// Why a d3chat request failed.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// Refused for a reason the client can understand.
    Refused(Box<Refused>),
    /// The request is not what the endpoint takes.
    Invalid(Vec<Fault>),
    /// A refusal common to all endpoints.
    Convention(Refusal),
    /// Something broke here. The cause goes to the log, not to the client.
    Internal(Box<dyn Error + Send + Sync>),
}

/// The parts of [`ApiError::Refused`].
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    problem: Problem,
    retry_after: Option<Duration>,
}

impl ApiError {
    /// A refusal with a status, a stable code and words for people.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let problem = Problem {
            detail: detail.into(),
            code,
        };
        Self::Refused(Box::new(Refused {
            status,
            problem,
            retry_after: None,
        }))
    }

    /// 400.
    pub(crate) fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401. Only for trouble with the credentials themselves: any 401 makes clients refresh or sign out.
    pub(crate) fn unauthorized(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403.
    pub(crate) fn forbidden(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404.
    pub(crate) fn not_found(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 409.
    pub(crate) fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 503: try again later.
    pub(crate) fn unavailable(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
    }

    /// 429 with the words that upstream's client recognises (d3chat.md K7).
    pub(crate) fn rate_limited(retry_after: Duration) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "Rate limit exceeded",
        )
        .retry_after(retry_after)
    }

    /// 500, logged with its cause.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Whether this is trouble with the credentials.
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused(refused) if refused.status == StatusCode::UNAUTHORIZED)
    }

    /// Adds when to come back.
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        if let Self::Refused(refused) = &mut self {
            refused.retry_after = Some(wait);
        }
        self
    }
}

/// The wire's way of telling which field of a body broke which limit.
impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![Fault::of_field(&error)])
    }
}

/// How soon a full disk or a locked database is worth another try.
const STORE_RETRY: Duration = Duration::from_secs(10);

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk_full",
                "The server's disk is full; nothing was saved",
            ),
            StoreError::Busy { .. } | StoreError::BatchLost { .. } => {
                Self::unavailable("store_busy", "The server could not save this just now; try again")
                    .retry_after(STORE_RETRY)
            }
            StoreError::Closed => Self::unavailable("stopping", "The server is stopping"),
            error => Self::internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refused) => refused.into_response(),
            Self::Invalid(detail) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Json(ValidationProblem { detail }),
            )
                .into_response(),
            Self::Convention(refusal) => refusal.response(Shape::D3chat),
            Self::Internal(cause) => {
                tracing::error!(cause = %Causes(cause.as_ref()), "a request failed inside the server");
                Refusal::Internal.response(Shape::D3chat)
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.problem)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        response
    }
}

/// Whole seconds, rounded up: a client that comes back earlier would only be refused again.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// An error with everything that caused it.
struct Causes<'a>(&'a (dyn Error + 'static));

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(formatter, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}
