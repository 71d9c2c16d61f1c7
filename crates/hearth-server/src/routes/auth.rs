//! Making accounts, signing in and out, tickets for sockets (d3chat.md 3.1).
//!
//! Each of them serves two kinds of client: those of the published protocol get tokens in the body; our own
//! browser client, which says so by a header, gets a cookie and no token that a page could lose.

use std::time::Duration;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use hearth_core::sessions::ShutOut;
use hearth_core::{SessionGrant, SessionKind};
use hearth_identity::tokens::AccessClaims;
use hearth_protocol::ids::{DeviceId, UserId};
use http::request::Parts;
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::conventions::client::ClientInfo;
use crate::conventions::error::ApiError;
use crate::conventions::fields::TextRule;
use crate::conventions::hosts::Site;
use crate::session::{browser, cookie};

pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod ticket;

/// A device's name.
const DEVICE_NAME: TextRule = TextRule::new(0, 128);
/// How long an access token is good (d3chat.md 2.2).
const ACCESS_LIFETIME: Duration = Duration::from_mins(15);
/// What a device is called when it does not say.
const DEFAULT_DEVICE_NAME: &str = "default";

/// A session has begun or goes on. Which fields are there depends on `token_type`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenResponse {
    /// What to send as `Authorization: Bearer`. Absent with `cookie`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// What to get the next access token with. Absent with `cookie`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// `bearer`, or `cookie` for our own browser client.
    #[schema(value_type = String)]
    pub token_type: &'static str,
    /// The account.
    #[schema(value_type = uuid::Uuid)]
    pub user_id: UserId,
    /// The device that this session belongs to.
    #[schema(value_type = uuid::Uuid)]
    pub device_id: DeviceId,
}

/// Who asks for a session, and in which form they want it.
#[derive(Debug)]
pub(crate) struct Newcomer {
    kind: SessionKind,
    site: Option<Site>,
    /// Where the request comes from.
    pub(crate) client: ClientInfo,
}

impl FromRequestParts<App> for Newcomer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        let client = ClientInfo::of(&parts.extensions);
        if !client.is_encrypted {
            return Err(ApiError::forbidden(
                "https_required",
                "Signing in needs an encrypted connection",
            ));
        }
        let kind = if browser::is_own_client(parts) && !parts.headers.contains_key(header::AUTHORIZATION) {
            browser::check_own_page(parts)?;
            SessionKind::Cookie
        } else {
            SessionKind::Bearer
        };
        Ok(Self {
            kind,
            site: Site::of_parts(parts),
            client,
        })
    }
}

impl Newcomer {
    /// The form in which the session is wanted.
    pub(crate) fn kind(&self) -> SessionKind {
        self.kind
    }

    /// The answer that hands the session over.
    pub(crate) fn welcome(
        &self,
        app: &App,
        status: StatusCode,
        grant: &SessionGrant,
    ) -> Result<Response, ApiError> {
        match (self.kind, &self.site) {
            (SessionKind::Bearer, _) => Ok((status, Json(tokens(app, grant))).into_response()),
            (SessionKind::Cookie, Some(site)) => with_cookie(status, site, grant),
            (SessionKind::Cookie, None) => Err(ApiError::internal("a cookie needs a site")),
        }
    }
}

/// The body that hands over a bearer session.
fn tokens(app: &App, grant: &SessionGrant) -> TokenResponse {
    let claims = AccessClaims {
        sub: grant.user_id,
        exp: app.clock.now().plus(ACCESS_LIFETIME),
        sid: grant.session_id,
        did: grant.device_id,
    };
    TokenResponse {
        access_token: Some(app.identity.tokens().mint(&claims)),
        refresh_token: Some(grant.secret.to_string()),
        token_type: "bearer",
        user_id: grant.user_id,
        device_id: grant.device_id,
    }
}

fn with_cookie(status: StatusCode, site: &Site, grant: &SessionGrant) -> Result<Response, ApiError> {
    let body = TokenResponse {
        access_token: None,
        refresh_token: None,
        token_type: "cookie",
        user_id: grant.user_id,
        device_id: grant.device_id,
    };
    let cookie = cookie::give(site, &grant.secret)
        .ok_or_else(|| ApiError::internal("a session secret is not a header value"))?;
    Ok((status, [(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

impl From<ShutOut> for ApiError {
    fn from(shut_out: ShutOut) -> Self {
        let code = match shut_out {
            ShutOut::Banned => "banned",
            ShutOut::Suspended { .. } => "suspended",
        };
        Self::forbidden(code, shut_out.to_string())
    }
}
