//! What everybody may ask before signing in: liveness, the public configuration, the brand's colours.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hearth_core::{accounts, settings};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::conventions::error::ApiError;

/// The answer of the liveness probe.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liveness {
    /// Always `ok`: a server that answers is alive.
    #[schema(value_type = String, example = "ok")]
    pub status: &'static str,
}

/// Whether the server answers at all (d3chat.md 3.10).
#[utoipa::path(get, path = "/health", tag = "system", responses((status = 200, body = Liveness)))]
pub(crate) async fn health() -> Json<Liveness> {
    Json(Liveness { status: "ok" })
}

/// What clients show before anybody has signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicConfigResponse {
    /// What this server calls itself.
    pub app_name: String,
    /// A sentence about it.
    pub app_description: String,
    /// Who may make an account: `open`, `invite_only` or `closed`.
    #[schema(value_type = String)]
    pub registration_mode: &'static str,
    /// The colour of actions, `#rrggbb`.
    pub brand_primary_color: String,
    /// The colour of small signs of life, `#rrggbb`.
    pub brand_accent_color: String,
    /// Whether the server has been set up. While it has not, only the setup link leads anywhere.
    pub has_owner: bool,
    /// The name that addresses of this server's people end with.
    pub server_domain: String,
}

/// The public configuration (d3chat.md 3.10).
#[utoipa::path(
    get,
    path = "/api/v1/config",
    tag = "system",
    responses((status = 200, body = PublicConfigResponse))
)]
pub(crate) async fn config(State(app): State<App>) -> Result<Json<PublicConfigResponse>, ApiError> {
    let config = settings::public_config(&app.core).await?;
    let has_owner = accounts::has_owner(&app.core).await?;
    Ok(Json(PublicConfigResponse {
        app_name: config.app_name,
        app_description: config.app_description,
        registration_mode: config.registration_mode.as_str(),
        brand_primary_color: config.brand_primary_color,
        brand_accent_color: config.brand_accent_color,
        has_owner,
        server_domain: app.core.server_name().to_string(),
    }))
}

/// The brand as custom properties, the only way in which it may enter a page (ui.md section 2). Colours that
/// are none are left out, so nothing but colours can be written here.
pub(crate) async fn branding(State(app): State<App>) -> Result<Response, ApiError> {
    let config = settings::public_config(&app.core).await?;
    let colours = [
        ("primary", config.brand_primary_color),
        ("accent", config.brand_accent_color),
    ];
    let mut style = String::from(":root {\n");
    for (name, colour) in colours.iter().filter(|(_, colour)| is_colour(colour)) {
        writeln!(style, "  --brand-{name}: {colour};").expect("writing to a string cannot fail");
    }
    style.push_str("}\n");
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, style).into_response())
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::is_colour;

    #[test]
    fn only_colours_are_colours() {
        assert!(is_colour("#005e66") && is_colour("#AbCdEf"));
        for text in ["", "#fff", "005e66", "#005e6g", "#005e66;}", "red", "#é05e6"] {
            assert!(!is_colour(text), "{text}");
        }
    }
}
