//! Refusals that do not depend on the endpoint, each in the shape of the protocol that was spoken.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// Whose error bodies a path has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// `{"detail": ...}` (d3chat.md section 1).
    D3chat,
    /// `{"error", "message", "code"}` (cryptid.md 2.0).
    Cryptid,
}

impl Shape {
    /// The protocol that a path belongs to.
    pub(crate) fn of(path: &str) -> Self {
        let is_cryptid = path == "/.well-known/cryptid"
            || path == "/v1"
            || path.starts_with("/v1/")
            || path.starts_with("/federation/v1/");
        if is_cryptid { Self::Cryptid } else { Self::D3chat }
    }
}

/// Why a request was refused before or instead of its endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body is larger than the endpoint takes.
    BodyTooLarge,
    /// A bug: the details are in the log, under the request's id.
    Internal,
    /// The endpoint has no such method.
    MethodNotAllowed,
    /// The request names a host that is not this server.
    Misdirected,
    /// There is no such endpoint.
    NotFound,
    /// The client's address has spent its budget.
    TooManyRequests,
    /// The body is not JSON by its own account.
    UnsupportedMediaType,
}

/// What a client that has spent its budget is told to wait (d3chat.md section 1).
const RATE_LIMIT_RETRY: Duration = Duration::from_secs(10);

/// A row of the table below: status, then the words of each protocol.
struct Words {
    status: StatusCode,
    code: &'static str,
    detail: &'static str,
    cryptid: (&'static str, u16, &'static str),
}

impl Refusal {
    fn words(self) -> Words {
        let words = |status, code, detail, cryptid| Words {
            status,
            code,
            detail,
            cryptid,
        };
        match self {
            Self::BodyTimeout => words(
                StatusCode::REQUEST_TIMEOUT,
                "body_timeout",
                "The request body took too long to arrive",
                (
                    "INVALID_REQUEST",
                    4101,
                    "The request body took too long to arrive",
                ),
            ),
            Self::BodyTooLarge => words(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "Request body too large",
                ("MESSAGE_TOO_LARGE", 4003, "Request body too large"),
            ),
            Self::Internal => words(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Internal Server Error",
                ("INTERNAL_ERROR", 5100, "Internal error"),
            ),
            Self::MethodNotAllowed => words(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "Method Not Allowed",
                ("METHOD_NOT_ALLOWED", 4109, "Method not allowed"),
            ),
            Self::Misdirected => words(
                StatusCode::MISDIRECTED_REQUEST,
                "misdirected",
                "This server does not answer for that host name",
                (
                    "MISDIRECTED_REQUEST",
                    4110,
                    "This server does not answer for that host name",
                ),
            ),
            Self::NotFound => words(
                StatusCode::NOT_FOUND,
                "not_found",
                "Not Found",
                ("ENDPOINT_NOT_FOUND", 0, "No such endpoint"),
            ),
            Self::TooManyRequests => words(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                "Rate limit exceeded",
                ("RATE_LIMIT_EXCEEDED", 4004, "Rate limit exceeded"),
            ),
            Self::UnsupportedMediaType => words(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as application/json",
                (
                    "UNSUPPORTED_MEDIA_TYPE",
                    4109,
                    "Send the body as application/json",
                ),
            ),
        }
    }

    /// The answer in the given protocol's shape.
    pub(crate) fn response(self, shape: Shape) -> Response {
        let words = self.words();
        let retry_after = (self == Self::TooManyRequests).then_some(RATE_LIMIT_RETRY.as_secs());
        let body = match shape {
            Shape::D3chat => json!({ "detail": words.detail, "code": words.code }),
            Shape::Cryptid => cryptid_body(words.cryptid, retry_after),
        };
        let mut response = (words.status, Json(body)).into_response();
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Cryptid's body; the two seed bodies have no code, hence the 0 that is left out.
fn cryptid_body((error, code, message): (&str, u16, &str), retry_after: Option<u64>) -> serde_json::Value {
    let mut body = json!({ "error": error, "message": message });
    if code != 0 {
        body["code"] = code.into();
    }
    if let Some(seconds) = retry_after {
        body["retry_after"] = seconds.into();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_belong_to_their_protocol() {
        for path in ["/v1/health", "/.well-known/cryptid", "/federation/v1/deliver/1"] {
            assert_eq!(Shape::of(path), Shape::Cryptid, "{path}");
        }
        for path in [
            "/v10",
            "/api/v1/config",
            "/federation/inbox",
            "/.well-known/d3chat-server",
            "/",
        ] {
            assert_eq!(Shape::of(path), Shape::D3chat, "{path}");
        }
    }
}
