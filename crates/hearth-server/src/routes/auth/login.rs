//! `POST /api/v1/auth/login`.

use axum::extract::State;
use axum::response::Response;
use hearth_core::accounts::{self, Login, LoginError};
use http::StatusCode;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{DEFAULT_DEVICE_NAME, DEVICE_NAME, Newcomer, TokenResponse};
use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::{Fields, TextRule};

/// A name and a password.
#[derive(Debug, ToSchema)]
pub(crate) struct LoginRequest {
    /// The name before the `@`.
    #[schema(max_length = 255)]
    pub username: String,
    /// The password.
    #[schema(value_type = String, max_length = 1024)]
    pub password: Zeroizing<String>,
    /// What to call the device that signs in.
    #[schema(max_length = 128, default = "default")]
    pub device_name: String,
}

/// Wide enough that a wrong name or password is told as such, and bounded all the same.
const USERNAME: TextRule = TextRule::new(0, 255);
const PASSWORD: TextRule = TextRule::new(0, 1024);

impl RequestBody for LoginRequest {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let username = fields.text("username", USERNAME);
        let password = fields.text("password", PASSWORD);
        let device_name = fields.text_or("device_name", DEFAULT_DEVICE_NAME, DEVICE_NAME);
        Some(Self {
            username: username?,
            password: Zeroizing::new(password?),
            device_name: device_name?,
        })
    }
}

/// Signs in, as a new device.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    tag = "auth",
    request_body = LoginRequest,
    params(("x-hearth" = Option<String>, Header, description = "`1` asks for a cookie instead of tokens")),
    responses(
        (status = 200, body = TokenResponse),
        (status = 401, body = Problem, description = "Wrong name or password"),
        (status = 403, body = Problem, description = "Banned or suspended"),
        (status = 422, body = ValidationProblem),
        (status = 429, body = Problem),
    )
)]
pub(crate) async fn login(
    State(app): State<App>,
    newcomer: Newcomer,
    Body(request): Body<LoginRequest>,
) -> Result<Response, ApiError> {
    let login = Login {
        username: request.username,
        password: request.password.as_str().into(),
        device_name: request.device_name,
        address: newcomer.client.address,
    };
    let grant = accounts::login(&app.core, login, newcomer.kind()).await?;
    newcomer.welcome(&app, StatusCode::OK, &grant)
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::InvalidCredentials => Self::unauthorized("invalid_credentials", error.to_string()),
            LoginError::ShutOut(shut_out) => shut_out.into(),
            LoginError::Invalid(fault) => fault.into(),
            LoginError::TooMany { retry_after } => Self::rate_limited(retry_after),
            LoginError::Hashing(error) => Self::internal(error),
            LoginError::Store(error) => error.into(),
        }
    }
}
