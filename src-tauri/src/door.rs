//! The desktop door: what the console sends over Tauri's IPC, as a request to the server in this process.
//!
//! One frame carries one message, the same way in both directions:
//!
//! ```text
//! 4 bytes   length of the head, big endian
//! head      JSON, {"method", "path", "headers"} or {"status", "headers"}, headers as [[name, value], ...]
//! body      the rest, as it is
//! ```
//!
//! Bodies stay raw bytes, so pictures and uploads are never turned into text. The door forwards and does not
//! decide: who the console is and what it may do is settled in `hearth-server`, which adds the console's authority
//! as a request extension. What is refused here is only what cannot be a request for `/api/v1/*`.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use serde::{Deserialize, Serialize};

/// The largest frame either way, in bytes.
pub(crate) const FRAME_LIMIT: usize = 32 * 1024 * 1024;

/// The largest head, in bytes: a method, a path and a few headers.
const HEAD_LIMIT: usize = 64 * 1024;

/// The only part of the API that is reached through this door.
const API: &str = "/api/v1/";

/// Why a frame did not pass the door.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DoorError {
    /// The head is not the JSON object described above, or names an impossible method, path or header.
    #[error("the head is not a request: {0}")]
    Head(String),
    /// Longer than [`FRAME_LIMIT`], in either direction.
    #[error("the message is larger than 32 MiB")]
    TooLarge,
    /// A path outside `/api/v1/`. The console has no business there.
    #[error("the door leads to {API} only")]
    OutsideApi,
    /// The frame ends before its head does.
    #[error("the frame ends inside its head")]
    Truncated,
}

impl DoorError {
    /// The stable word the console decides by.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Head(_) | Self::Truncated => "bad_frame",
            Self::TooLarge => "too_large",
            Self::OutsideApi => "outside_api",
        }
    }
}

/// Reads one frame from the console.
pub(crate) fn decode(frame: &[u8]) -> Result<Request<Bytes>, DoorError> {
    if frame.len() > FRAME_LIMIT {
        return Err(DoorError::TooLarge);
    }
    let (length, rest) = frame.split_first_chunk::<4>().ok_or(DoorError::Truncated)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| DoorError::TooLarge)?;
    if length > HEAD_LIMIT {
        return Err(DoorError::TooLarge);
    }
    let (head, body) = rest.split_at_checked(length).ok_or(DoorError::Truncated)?;
    let head: RequestHead =
        serde_json::from_slice(head).map_err(|error| DoorError::Head(error.to_string()))?;
    let mut request = Request::new(Bytes::copy_from_slice(body));
    *request.method_mut() = Method::from_bytes(head.method.as_bytes()).map_err(head_error)?;
    *request.uri_mut() = api_uri(&head.path)?;
    *request.headers_mut() = headers(&head.headers)?;
    Ok(request)
}

/// Writes one frame for the console.
pub(crate) fn encode(response: &Response<Bytes>) -> Result<Vec<u8>, DoorError> {
    let headers = response.headers().iter();
    let head = ResponseHead {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
            .collect(),
    };
    let head = serde_json::to_vec(&head).map_err(head_error)?;
    let body = response.body();
    let size = 4 + head.len() + body.len();
    if size > FRAME_LIMIT {
        return Err(DoorError::TooLarge);
    }
    let length = u32::try_from(head.len()).map_err(|_| DoorError::TooLarge)?;
    let mut frame = Vec::with_capacity(size);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(&head);
    frame.extend_from_slice(body);
    Ok(frame)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestHead {
    method: String,
    path: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

#[derive(Serialize)]
struct ResponseHead<'a> {
    status: u16,
    headers: Vec<(&'a str, std::borrow::Cow<'a, str>)>,
}

fn api_uri(path: &str) -> Result<Uri, DoorError> {
    // Only the path form: "http://elsewhere/api/v1/" and "//elsewhere/api/v1/" are not asked to mean anything.
    if !path.starts_with(API) {
        return Err(DoorError::OutsideApi);
    }
    let uri: Uri = path.parse().map_err(head_error)?;
    let climbs = |segment: &str| {
        matches!(
            segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
    };
    if uri.path().split('/').any(climbs) {
        return Err(DoorError::OutsideApi);
    }
    Ok(uri)
}

fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, DoorError> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(head_error)?;
        headers.append(name, HeaderValue::from_str(value).map_err(head_error)?);
    }
    Ok(headers)
}

fn head_error(error: impl std::fmt::Display) -> DoorError {
    DoorError::Head(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(head: &str, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(head.len()).expect("a short head");
        [&length.to_be_bytes()[..], head.as_bytes(), body].concat()
    }

    fn path_of(path: &str) -> Result<String, DoorError> {
        let head = serde_json::json!({ "method": "GET", "path": path, "headers": [] }).to_string();
        decode(&frame(&head, b"")).map(|request| request.uri().to_string())
    }

    #[test]
    fn a_request_arrives_whole() {
        let head = r#"{"method":"PUT","path":"/api/v1/owner/federation?x=1",
                       "headers":[["content-type","application/json"],["x-a","1"],["x-a","2"]]}"#;
        let request = decode(&frame(head, br#"{"enabled":false}"#)).expect("a good frame");
        assert_eq!(request.method(), Method::PUT);
        assert_eq!(request.uri(), "/api/v1/owner/federation?x=1");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers().get_all("x-a").iter().count(), 2);
        assert_eq!(request.body().as_ref(), br#"{"enabled":false}"#);
    }

    #[test]
    fn bodies_are_bytes_and_heads_may_be_bare() {
        let request = decode(&frame(r#"{"method":"POST","path":"/api/v1/x"}"#, &[0, 255, 10])).expect("good");
        assert_eq!(request.body().as_ref(), [0, 255, 10]);
        assert!(request.headers().is_empty());
    }

    #[test]
    fn the_door_leads_to_the_api_only() {
        for path in [
            "/",
            "/health",
            "/federation/inbox",
            "/api/v1",
            "/api/v2/x",
            "http://elsewhere/api/v1/x",
            "//elsewhere/api/v1/x",
            "/api/v1/../../federation/inbox",
            "/api/v1/%2E%2e/x",
            "/api/v1/./x",
        ] {
            assert!(matches!(path_of(path), Err(DoorError::OutsideApi)), "{path}");
        }
        assert_eq!(
            path_of("/api/v1/users/lookup?q=a@b").expect("inside"),
            "/api/v1/users/lookup?q=a@b"
        );
    }

    #[test]
    fn nonsense_is_refused_by_its_kind() {
        let code = |bytes: &[u8]| decode(bytes).expect_err("nonsense").code();
        assert_eq!(code(b""), "bad_frame");
        assert_eq!(code(&[0, 0, 0, 9, b'{']), "bad_frame");
        assert_eq!(code(&[255, 255, 255, 255]), "too_large");
        assert_eq!(code(&frame("[]", b"")), "bad_frame");
        assert_eq!(
            code(&frame(r#"{"method":"G T","path":"/api/v1/x"}"#, b"")),
            "bad_frame"
        );
        assert_eq!(
            code(&frame(r#"{"method":"GET","path":"/api/v1/a b"}"#, b"")),
            "bad_frame"
        );
        let crlf = r#"{"method":"GET","path":"/api/v1/x","headers":[["x","a\r\nb"]]}"#;
        assert_eq!(code(&frame(crlf, b"")), "bad_frame");
        let extra = r#"{"method":"GET","path":"/api/v1/x","actor":"owner"}"#;
        assert_eq!(code(&frame(extra, b"")), "bad_frame");
    }

    #[test]
    fn both_directions_are_capped() {
        assert!(matches!(
            decode(&vec![0; FRAME_LIMIT + 1]),
            Err(DoorError::TooLarge)
        ));
        let full = Response::new(Bytes::from(vec![0; FRAME_LIMIT]));
        assert!(matches!(encode(&full), Err(DoorError::TooLarge)));
    }

    #[test]
    fn an_answer_is_framed_like_a_request() {
        let mut response = Response::new(Bytes::from_static(b"\x00yes"));
        *response.status_mut() = http::StatusCode::CREATED;
        response
            .headers_mut()
            .insert("etag", HeaderValue::from_static("\"1\""));
        let bytes = encode(&response).expect("small");
        let head = br#"{"status":201,"headers":[["etag","\"1\""]]}"#;
        let length = u32::try_from(head.len()).expect("a short head").to_be_bytes();
        assert_eq!(bytes, [&length[..], head, b"\x00yes"].concat());
    }
}
