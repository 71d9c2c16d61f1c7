//! The owner's switches: federation on or off, who may register.

use axum::Json;
use axum::extract::State;
use hearth_core::audit::By;
use hearth_core::settings::{self, RegistrationMode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::Fields;
use crate::door::Console;

/// Whether the server talks to others.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FederationSwitch {
    /// On or off. Off: local chat goes on, queues wait, others are told to come back later.
    pub enabled: bool,
}

impl RequestBody for FederationSwitch {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            enabled: fields.boolean("enabled")?,
        })
    }
}

/// Switches federation on or off.
#[utoipa::path(
    put,
    path = "/api/v1/owner/federation",
    tag = "owner",
    request_body = FederationSwitch,
    responses(
        (status = 200, body = FederationSwitch),
        (status = 404, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn set_federation(
    _: Console,
    State(app): State<App>,
    Body(request): Body<FederationSwitch>,
) -> Result<Json<FederationSwitch>, ApiError> {
    settings::set_federation_enabled(&app.core, request.enabled, By::Console).await?;
    Ok(Json(FederationSwitch {
        enabled: settings::federation_enabled(&app.core),
    }))
}

/// Who may make an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegistrationSwitch {
    /// `open`, `invite_only` or `closed`.
    #[schema(value_type = RegistrationModeName)]
    #[serde(serialize_with = "mode_word")]
    pub mode: RegistrationMode,
}

/// The words of registration modes.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "only describes the words of `RegistrationMode` to the API document"
)]
pub(crate) enum RegistrationModeName {
    /// Anybody.
    Open,
    /// People with an invitation.
    InviteOnly,
    /// Nobody.
    Closed,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields over by reference"
)]
fn mode_word<S: serde::Serializer>(mode: &RegistrationMode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(mode.as_str())
}

impl RequestBody for RegistrationSwitch {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let expected = "'open', 'invite_only' or 'closed'";
        Some(Self {
            mode: fields.choice("mode", expected, RegistrationMode::parse)?,
        })
    }
}

/// Decides who may make an account.
#[utoipa::path(
    put,
    path = "/api/v1/owner/registration",
    tag = "owner",
    request_body = RegistrationSwitch,
    responses(
        (status = 200, body = RegistrationSwitch),
        (status = 404, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn set_registration(
    _: Console,
    State(app): State<App>,
    Body(request): Body<RegistrationSwitch>,
) -> Result<Json<RegistrationSwitch>, ApiError> {
    settings::set_registration_mode(&app.core, request.mode, By::Console).await?;
    Ok(Json(request))
}
