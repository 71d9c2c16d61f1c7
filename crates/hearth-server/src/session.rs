//! Who is asking: a bearer token or our own browser client's cookie, never both.
//!
//! A request with an `Authorization` header is judged by it alone. A cookie counts only on pages of ours: with
//! a foreign `Origin` it is ignored, and on unsafe methods the browser must vouch that the page is ours and the
//! page must have set our header, which no form and no foreign page can (ui.md section 2).

use axum::extract::FromRequestParts;
use hearth_core::sessions::{self, AuthError};
use hearth_core::{Actor, SessionKind};
use http::header;
use http::request::Parts;

use crate::app::App;
use crate::conventions::error::ApiError;

pub(crate) mod browser;
pub(crate) mod cookie;

/// The account behind a request, as an argument of a handler.
#[derive(Clone, Debug)]
pub(crate) struct Authenticated(pub(crate) Actor);

impl FromRequestParts<App> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
            let token = authorization
                .to_str()
                .ok()
                .and_then(bearer)
                .ok_or_else(not_authenticated)?;
            return by_token(app, token).await.map(Self);
        }
        by_cookie(app, parts).await.map(Self)
    }
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn by_token(app: &App, token: &str) -> Result<Actor, ApiError> {
    let claims = app
        .identity
        .tokens()
        .verify(token, app.clock.now())
        .map_err(|_| invalid_token())?;
    let actor = sessions::authenticate(&app.core, claims.sub, claims.sid).await?;
    // A cookie's session has no access tokens; one that says otherwise was not made here.
    match actor.kind {
        SessionKind::Bearer => Ok(actor),
        SessionKind::Cookie => Err(invalid_token()),
    }
}

async fn by_cookie(app: &App, parts: &Parts) -> Result<Actor, ApiError> {
    let value = cookie::value(parts).ok_or_else(not_authenticated)?;
    if browser::is_foreign(parts) {
        return Err(not_authenticated());
    }
    if !parts.method.is_safe() {
        browser::check_own_page(parts)?;
    }
    Ok(sessions::authenticate_cookie(&app.core, &value).await?)
}

fn not_authenticated() -> ApiError {
    ApiError::unauthorized("not_authenticated", "Not authenticated")
}

fn invalid_token() -> ApiError {
    ApiError::unauthorized("invalid_token", "Invalid token")
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::InvalidToken => invalid_token(),
            AuthError::ShutOut(shut_out) => shut_out.into(),
            AuthError::Store(error) => error.into(),
        }
    }
}
