//! People: oneself, others by id, others by address.

use axum::Json;
use axum::extract::State;
use hearth_core::accounts::{self, RememberError, User};
use hearth_federation::LookupError;
use hearth_protocol::ids::UserId;
use hearth_protocol::names::UserAddress;
use hearth_protocol::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::conventions::error::{ApiError, Problem, ValidationProblem};
use crate::conventions::fields::TextRule;
use crate::conventions::path::InPath;
use crate::conventions::query::{Parameters, Query, QueryString};
use crate::session::Authenticated;

/// One's own account (d3chat.md 3.2).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserResponse {
    /// What others see, with the e-mail address in any case.
    #[serde(flatten)]
    pub profile: PublicUserProfile,
    /// Whether others see the e-mail address.
    pub email_visible: bool,
    /// Whatever the client keeps here.
    #[schema(value_type = Object)]
    pub preferences: Value,
}

/// Another person, here or elsewhere (d3chat.md 3.2).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicUserProfile {
    /// The id on this server.
    #[schema(value_type = uuid::Uuid)]
    pub id: UserId,
    /// The name before the `@`.
    pub username: String,
    /// The e-mail address, if its owner shows it.
    #[schema(required)]
    pub email: Option<String>,
    /// The server after the `@`.
    pub server_domain: String,
    /// Whether the account is on this server.
    pub is_local: bool,
    /// `user`, `admin` or `superadmin`; for people elsewhere always `user`.
    #[schema(value_type = String)]
    pub role: &'static str,
    /// The name to show instead of the username.
    #[schema(required)]
    pub display_name: Option<String>,
    /// Where the picture is.
    #[schema(required)]
    pub avatar_url: Option<String>,
    /// A few words about oneself.
    #[schema(required)]
    pub bio: Option<String>,
    /// What one is doing.
    #[schema(required)]
    pub status_message: Option<String>,
    /// Since when this server knows the account.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<User> for PublicUserProfile {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username.to_string(),
            email: user.email.filter(|_| user.email_visible),
            server_domain: user.server.to_string(),
            is_local: user.is_local,
            role: user.role.as_str(),
            display_name: user.display_name,
            avatar_url: None,
            bio: user.bio,
            status_message: user.status_message,
            created_at: user.created_at,
        }
    }
}

impl From<User> for UserResponse {
    fn from(user: User) -> Self {
        let email = user.email.clone();
        let email_visible = user.email_visible;
        // What is stored was an object when it was stored; should it have been damaged, there are none.
        let preferences =
            serde_json::from_str(&user.preferences).unwrap_or_else(|_| Value::Object(<_>::default()));
        let profile = PublicUserProfile { email, ..user.into() };
        Self {
            profile,
            email_visible,
            preferences,
        }
    }
}

/// One's own account.
#[utoipa::path(
    get,
    path = "/api/v1/users/me",
    tag = "users",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, body = UserResponse), (status = 401, body = Problem))
)]
pub(crate) async fn me(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
) -> Result<Json<UserResponse>, ApiError> {
    let user = accounts::me(&app.core, &actor).await?;
    let user = user.ok_or_else(|| ApiError::unauthorized("user_not_found", "User not found"))?;
    Ok(Json(user.into()))
}

/// Somebody, by id.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user_id}",
    tag = "users",
    security(("bearer" = []), ("cookie" = [])),
    params(("user_id" = uuid::Uuid, Path, description = "The id on this server")),
    responses(
        (status = 200, body = PublicUserProfile),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = ValidationProblem),
    )
)]
pub(crate) async fn by_id(
    State(app): State<App>,
    _: Authenticated,
    InPath(id): InPath<UserId>,
) -> Result<Json<PublicUserProfile>, ApiError> {
    let user = accounts::by_id(&app.core, id).await?;
    user.map(|user| Json(user.into())).ok_or_else(unknown_user)
}

/// Which address is looked up.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LookupQuery {
    /// `user@server`.
    pub identity: String,
}

/// Longest address: a username, the sign, a server name.
const IDENTITY: TextRule = TextRule::new(1, 64 + 1 + 255);

impl QueryString for LookupQuery {
    fn read(parameters: &mut Parameters) -> Option<Self> {
        Some(Self {
            identity: parameters.text("identity", IDENTITY)?,
        })
    }
}

/// Somebody, by address; asks the other server when this one does not know them yet.
#[utoipa::path(
    get,
    path = "/api/v1/users/lookup",
    tag = "users",
    security(("bearer" = []), ("cookie" = [])),
    params(LookupQuery),
    responses(
        (status = 200, body = PublicUserProfile),
        (status = 400, body = Problem),
        (status = 401, body = Problem),
        (status = 404, body = Problem, description = "Nobody, or the other server cannot be asked: see `code`"),
        (status = 422, body = ValidationProblem),
        (status = 429, body = Problem, description = "Too many look-ups on other servers: see Retry-After"),
    )
)]
pub(crate) async fn lookup(
    State(app): State<App>,
    Authenticated(actor): Authenticated,
    Query(query): Query<LookupQuery>,
) -> Result<Json<PublicUserProfile>, ApiError> {
    let address = UserAddress::parse(&query.identity)
        .map_err(|_| ApiError::bad_request("invalid_identity", "Invalid identity format, use user@server"))?;
    let user = match accounts::lookup_local(&app.core, &address).await? {
        Some(user) => Some(user),
        None if address.server == *app.core.server_name() => None,
        None => {
            charge_lookup(&app, actor.user_id).await?;
            app.federation.lookup_user(&address).await?
        }
    };
    user.map(|user| Json(user.into())).ok_or_else(unknown_user)
}

/// Each account makes this server ask others only so often: a single one must not use up what other servers allow
/// it, nor make it call on strangers all day.
async fn charge_lookup(app: &App, user: UserId) -> Result<(), ApiError> {
    let charge = app.bus.charge(&app.budgets.lookups, &user.to_string(), 1).await;
    charge
        .retry_after()
        .map_or(Ok(()), |wait| Err(ApiError::rate_limited(wait)))
}

/// Nobody has that id or address.
pub(super) fn unknown_user() -> ApiError {
    ApiError::not_found("user_not_found", "User not found")
}

/// The wire has one answer for everything that goes wrong on the way to another server; the code tells which.
impl From<LookupError> for ApiError {
    fn from(error: LookupError) -> Self {
        let (code, words) = match error {
            LookupError::Blocked => ("server_blocked", "This server does not talk to that one"),
            LookupError::Held => ("server_held", "That server shows another identity than before"),
            LookupError::Pending => (
                "server_pending",
                "That server is new here and waits for the owner",
            ),
            LookupError::SwitchedOff => ("federation_off", "This server does not talk to others at present"),
            LookupError::Store(error) | LookupError::Remember(RememberError::Store(error)) => {
                return error.into();
            }
            LookupError::Refused { .. } => ("server_refused", "That server refused to answer"),
            LookupError::Remember(_) | LookupError::Unreadable(_) | LookupError::WrongAnswer => {
                ("server_answer", "That server's answer makes no sense")
            }
            LookupError::Discovery(_) | LookupError::TheyWait { .. } | LookupError::Transport(_) => {
                ("server_unreachable", "That server cannot be reached")
            }
        };
        tracing::debug!(%error, "a person could not be looked up");
        Self::not_found(code, words)
    }
}
