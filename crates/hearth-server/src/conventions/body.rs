//! Request bodies: bounded before they are read, bounded while they are parsed, and read field by field.

use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::{FromRef, FromRequest, Request};
use bytes::Bytes;
use hearth_protocol::json::{self, JsonError};
use http::{HeaderMap, header};

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;

use super::error::ApiError;
use super::fault::Fault;
use super::fields::Fields;
use super::refusal::Refusal;

/// Largest body of a request that says nothing else: enough for every form with its longest texts.
const DEFAULT_MAX_BYTES: usize = 16 * 1024;

/// The bounds of bodies that are configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimits {
    /// Depth and string length of JSON.
    pub(crate) json: json::Limits,
    /// How long a body may take to arrive.
    pub(crate) timeout: Duration,
}

/// A request type: its bound and how it is put together.
pub(crate) trait RequestBody: Sized {
    /// Most bytes the body may have.
    const MAX_BYTES: usize = DEFAULT_MAX_BYTES;

    /// Reads the fields; see [`Fields`].
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// A JSON body as an argument of a handler.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T, S> FromRequest<S> for Body<T>
where
    T: RequestBody,
    S: Send + Sync,
    BodyLimits: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let limits = BodyLimits::from_ref(state);
        let is_json = is_json(request.headers());
        let bytes = read_bounded(request, T::MAX_BYTES, limits.timeout)
            .await
            .map_err(ApiError::Convention)?;
        if bytes.is_empty() {
            return Err(ApiError::Invalid(vec![Fault::missing(vec!["body".into()])]));
        }
        if !is_json {
            return Err(ApiError::Convention(Refusal::UnsupportedMediaType));
        }
        parse(&bytes, &limits.json).map(Self).map_err(ApiError::Invalid)
    }
}

/// Reads a whole body of at most `max` bytes. What announces more is refused before a byte is read.
pub(crate) async fn read_bounded(request: Request, max: usize, timeout: Duration) -> Result<Bytes, Refusal> {
    let body = request.into_body();
    if body.size_hint().lower() > u64::try_from(max).unwrap_or(u64::MAX) {
        return Err(Refusal::BodyTooLarge);
    }
    let collected = tokio::time::timeout(timeout, Limited::new(body, max).collect()).await;
    match collected {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::BodyTooLarge),
        // The connection broke; nobody will read the answer.
        Ok(Err(_)) | Err(_) => Err(Refusal::BodyTimeout),
    }
}

fn parse<T: RequestBody>(bytes: &[u8], limits: &json::Limits) -> Result<T, Vec<Fault>> {
    let value: Value = json::parse(bytes, limits).map_err(|error| vec![json_fault(&error)])?;
    let Value::Object(object) = &value else {
        return Err(vec![Fault::not_an_object(vec!["body".into()])]);
    };
    let mut fields = Fields::new(object);
    let made = T::read(&mut fields);
    fields.finish(made)
}

fn json_fault(error: &JsonError) -> Fault {
    let offset = match error {
        JsonError::Syntax { offset } | JsonError::Shape { offset, .. } => *offset,
        _ => 0,
    };
    Fault::json_invalid(offset, &error.to_string())
}

/// Whether the request says that its body is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}
