//! `POST /api/v1/auth/register`.

use axum::extract::State;
use axum::response::Response;
use hearth_core::accounts::{self, RegisterError, Registration};
use hearth_protocol::names::Username;
use http::StatusCode;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{DEFAULT_DEVICE_NAME, DEVICE_NAME, Newcomer, TokenResponse};
use crate::app::App;
use crate::conventions::body::{Body, RequestBody};
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::{Fields, TextRule};

/// A new account.
#[derive(Debug, ToSchema)]
pub(crate) struct RegisterRequest {
    /// The name before the `@`.
    #[schema(value_type = String, min_length = 3, max_length = 64, pattern = "^[a-zA-Z0-9_-]+$")]
    pub username: Username,
    /// The password.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    pub password: Zeroizing<String>,
    /// An e-mail address. Nothing is sent there yet.
    #[schema(max_length = 255)]
    pub email: Option<String>,
    /// The name to show instead of the username.
    #[schema(max_length = 64)]
    pub display_name: Option<String>,
    /// What to call the device that registers.
    #[schema(max_length = 128, default = "default")]
    pub device_name: String,
    /// The token of the setup link. It makes the account the owner's and opens any registration mode.
    #[schema(max_length = 128)]
    pub setup_token: Option<String>,
}

pub(super) const USERNAME: TextRule =
    TextRule::new(3, 64).matching("^[a-zA-Z0-9_-]+$", |text| Username::parse(text).is_ok());
const PASSWORD: TextRule = TextRule::new(8, 128);
const EMAIL: TextRule = TextRule::new(0, 255);
const DISPLAY_NAME: TextRule = TextRule::new(0, 64);
const SETUP_TOKEN: TextRule = TextRule::new(0, 128);

impl RequestBody for RegisterRequest {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let username = fields.text("username", USERNAME);
        let password = fields.text("password", PASSWORD);
        let email = fields.optional_text("email", EMAIL);
        let display_name = fields.optional_text("display_name", DISPLAY_NAME);
        let device_name = fields.text_or("device_name", DEFAULT_DEVICE_NAME, DEVICE_NAME);
        let setup_token = fields.optional_text("setup_token", SETUP_TOKEN);
        Some(Self {
            username: Username::parse(&username?).ok()?,
            password: Zeroizing::new(password?),
            email,
            display_name,
            device_name: device_name?,
            setup_token,
        })
    }
}

/// Makes an account and signs it in.
#[utoipa::path(
    post,
    path = "/api/v1/auth/register",
    tag = "auth",
    request_body = RegisterRequest,
    params(("x-hearth" = Option<String>, Header, description = "`1` asks for a cookie instead of tokens")),
    responses(
        (status = 201, body = TokenResponse),
        (status = 403, body = Problem, description = "Registration is not open to this person"),
        (status = 409, body = Problem, description = "The name is taken"),
        (status = 422, body = ValidationProblem),
        (status = 429, body = Problem),
    )
)]
pub(crate) async fn register(
    State(app): State<App>,
    newcomer: Newcomer,
    Body(request): Body<RegisterRequest>,
) -> Result<Response, ApiError> {
    let made_owner = request.setup_token.is_some();
    let registration = Registration {
        username: request.username,
        password: request.password.as_str().into(),
        email: request.email,
        display_name: request.display_name,
        device_name: request.device_name,
        setup_token: request.setup_token,
        address: newcomer.client.address,
    };
    let grant = accounts::register(&app.core, registration, newcomer.kind()).await?;
    if made_owner {
        app.setup.owner_has_come().await;
    }
    newcomer.welcome(&app, StatusCode::CREATED, &grant)
}

impl From<RegisterError> for ApiError {
    fn from(error: RegisterError) -> Self {
        let words = error.to_string();
        match error {
            RegisterError::Closed => Self::forbidden("registration_closed", words),
            RegisterError::InviteOnly => Self::forbidden("registration_invite_only", words),
            RegisterError::EmailDomain(_) => Self::forbidden("email_domain", words),
            RegisterError::NameTaken => Self::conflict("username_taken", words),
            RegisterError::SetupLink => Self::forbidden("setup_link_invalid", words),
            RegisterError::Invalid(fault) => fault.into(),
            RegisterError::TooMany { retry_after } => Self::rate_limited(retry_after),
            RegisterError::Hashing(error) => Self::internal(error),
            RegisterError::Store(error) => error.into(),
        }
    }
}
