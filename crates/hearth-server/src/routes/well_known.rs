//! What this server says about itself to other d3chat servers (d3chat.md 5.1, federation.md "What Hearth
//! publishes beyond the seed").

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, header};

use crate::app::App;

/// Peers keep keys for long; a change of ours must reach those who ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// `GET /.well-known/d3chat-server`.
pub(crate) async fn descriptor(State(app): State<App>) -> Response {
    public(super::tagged_json(&app.federation.descriptor()))
}

/// `GET /.well-known/d3chat-server/keys`.
pub(crate) async fn keys(State(app): State<App>) -> Response {
    public(super::tagged_json(&app.federation.keys_document()))
}

fn public(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, MAX_AGE);
    response
}
