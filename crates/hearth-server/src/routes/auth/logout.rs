//! `POST /api/v1/auth/logout`.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use hearth_core::sessions;
use http::{StatusCode, header};

use super::refresh::RefreshRequest;
use crate::app::App;
use crate::conventions::body::Body;
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::hosts::Site;
use crate::session::{Authenticated, browser, cookie};

/// Signs out: the session of the refresh token, or that of the cookie, and closes its sockets. A refresh token
/// that nobody knows is no error.
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    tag = "auth",
    request_body(content = RefreshRequest, description = "With tokens; a cookie session sends no body"),
    security((), ("cookie" = [])),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn logout(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    if browser::is_own_client(&parts) && !parts.headers.contains_key(header::AUTHORIZATION) {
        let site = Site::of_parts(&parts);
        // A session that has ended already leaves only its cookie to take away.
        match Authenticated::from_request_parts(&mut parts, &app).await {
            Ok(Authenticated(actor)) => sessions::logout(&app.core, &actor).await?,
            Err(refused) if refused.is_unauthorized() => {}
            Err(refused) => return Err(refused),
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        if let Some(cookie) = site.as_ref().and_then(cookie::take_away) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        return Ok(response);
    }
    let Body(request) = Body::<RefreshRequest>::from_request(Request::from_parts(parts, body), &app).await?;
    sessions::logout_refresh(&app.core, &request.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
