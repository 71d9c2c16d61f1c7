//! The HTTP API as an `OpenAPI` document, made from the very types that the routes use.
//!
//! The document is committed next to the client that is generated from it
//! (`ui/packages/api/openapi.json`); a test keeps it fresh.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::live::{ClientMessage, LiveEvent, SocketError};
use crate::routes::owner::{peers, setup_link, status, switches};
use crate::routes::{auth, channels, members, messages, sender_keys, system, users};

/// The whole document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hearth",
        description = "The API of one Hearth. Paths under /api/v1/owner exist behind the console's door only. \
            Live events arrive on /ws?ticket= as `LiveEvent`; what clients send there is a `ClientMessage`."
    ),
    paths(
        system::health,
        system::config,
        auth::register::register,
        auth::login::login,
        auth::refresh::refresh,
        auth::logout::logout,
        auth::ticket::ws_ticket,
        users::me,
        users::lookup,
        users::by_id,
        channels::create,
        channels::list,
        channels::get,
        members::list,
        members::add,
        messages::send::send,
        messages::list::list,
        sender_keys::upload,
        sender_keys::list,
        status::status,
        switches::set_federation,
        switches::set_registration,
        peers::list,
        peers::accept,
        peers::block,
        setup_link::issue,
    ),
    components(schemas(LiveEvent, ClientMessage, SocketError)),
    modifiers(&Sessions),
    tags(
        (name = "system", description = "What everybody may ask"),
        (name = "auth", description = "Accounts, signing in and out"),
        (name = "users", description = "People"),
        (name = "channels", description = "Channels and their members"),
        (name = "messages", description = "What is said"),
        (name = "keys", description = "What clients encrypt with"),
        (name = "owner", description = "The owner's console"),
    )
)]
struct Document;

/// The two ways to show a session.
struct Sessions;

impl Modify for Sessions {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description("__Host-hearth", "With the port in its name off port 443");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The document as it is committed: indented JSON with a final newline.
pub fn document_json() -> String {
    let mut document = Document::openapi();
    crate::VERSION.clone_into(&mut document.info.version);
    let mut text = document
        .to_pretty_json()
        .expect("the document is made of texts, lists and maps");
    text.push('\n');
    text
}
