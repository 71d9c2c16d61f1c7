//! Ids in paths.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use hearth_protocol::ids::{ChannelId, UserId};
use http::request::Parts;

use super::error::ApiError;
use super::fault::Fault;
use super::refusal::Refusal;

/// An id type and the name of its place in route patterns.
pub(crate) trait PathId: FromStr {
    /// The name between the braces of the route.
    const NAME: &'static str;
}

impl PathId for ChannelId {
    const NAME: &'static str = "channel_id";
}

impl PathId for UserId {
    const NAME: &'static str = "user_id";
}

/// An id from the path as an argument of a handler. What is no id is a 422 (d3chat.md section 1).
#[derive(Debug)]
pub(crate) struct InPath<T>(pub(crate) T);

impl<T: PathId, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let fault = || ApiError::Invalid(vec![Fault::not_a_uuid(vec!["path".into(), T::NAME.into()])]);
        // Escapes that are not UTF-8 cannot be an id either.
        let parameters = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| fault())?;
        let (_, text) = parameters
            .iter()
            .find(|(name, _)| *name == T::NAME)
            .ok_or(ApiError::Convention(Refusal::NotFound))?;
        text.parse().map(Self).map_err(|_| fault())
    }
}
