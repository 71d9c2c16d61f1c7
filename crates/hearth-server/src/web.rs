//! The web client, carried inside the program.
//!
//! Files whose name holds a hash of their content never change and may be kept for ever; everything else is
//! asked for again each time. Any address that a person opens gives the client, which then knows where to go:
//! also while the server has no owner yet, which the client tells from the public configuration.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::conventions::refusal::{Refusal, Shape};

/// The built client. A program that was built before it says so on every page.
#[derive(RustEmbed)]
#[folder = "../../ui/dist/chat/"]
#[allow_missing = true]
struct Client;

const INDEX: &str = "index.html";
/// Where the client's build puts files with a hash in their name.
const HASHED: &str = "assets/";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Answers a GET or HEAD that no endpoint has taken.
pub(crate) fn answer(request: &Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let name = if path.is_empty() { INDEX } else { path };
    if let Some(file) = Client::get(name) {
        return send(request, name, &file);
    }
    if !is_navigation(request) {
        return Refusal::NotFound.response(Shape::D3chat);
    }
    match Client::get(INDEX) {
        Some(index) => send(request, INDEX, &index),
        None => not_built(),
    }
}

fn send(request: &Request, name: &str, file: &EmbeddedFile) -> Response {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let is_known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(bytes(&file.data)).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&content_type(file)) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(
        header::CACHE_CONTROL,
        if name.starts_with(HASHED) {
            FOR_EVER
        } else {
            ASK_AGAIN
        },
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// A file of the program as it lies there: many answers at once must not each take its size in memory. Only a
/// development build, which reads the files from the disk, copies.
#[expect(
    clippy::ptr_arg,
    reason = "whether the bytes are carried or were read is the question"
)]
fn bytes(data: &Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(carried) => Bytes::from_static(carried),
        Cow::Owned(read) => Bytes::copy_from_slice(read),
    }
}

fn content_type(file: &EmbeddedFile) -> String {
    match file.metadata.mimetype() {
        text @ ("text/html" | "text/css" | "text/javascript") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    }
}

/// Whether a person's browser wants a page, rather than a program a file.
fn is_navigation(request: &Request) -> bool {
    let headers = request.headers();
    if let Some(mode) = headers.get("sec-fetch-mode") {
        return mode == "navigate";
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// What stands in for a client that was not built.
fn not_built() -> Response {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hearth</title>\
        <h1>This Hearth is running</h1>\
        <p>The web client is not part of this build. Build it with <code>npm run build</code> in \
        <code>ui</code>, then build the server again. Other clients can connect as usual.</p></html>";
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::CACHE_CONTROL, ASK_AGAIN)],
        Html(page),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(accept: Option<&str>, mode: Option<&str>) -> Request {
        let mut request = Request::get("/channels/7");
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        if let Some(mode) = mode {
            request = request.header("sec-fetch-mode", mode);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn carried_files_are_not_copied() {
        static CARRIED: &[u8] = b"body { color: black }";
        let sent = bytes(&Cow::Borrowed(CARRIED));
        assert_eq!(sent.as_ptr(), CARRIED.as_ptr());
        assert_eq!(bytes(&Cow::Owned(CARRIED.to_vec())), CARRIED);
    }

    #[test]
    fn people_navigate_and_programs_fetch() {
        assert!(is_navigation(&request(Some("text/html,*/*"), None)));
        assert!(is_navigation(&request(Some("*/*"), Some("navigate"))));
        assert!(!is_navigation(&request(Some("text/html"), Some("no-cors"))));
        assert!(!is_navigation(&request(Some("*/*"), None)));
        assert!(!is_navigation(&request(None, None)));
    }
}
