//! Whether a request comes from a page of ours (ui.md section 2, "CSRF").

use http::header;
use http::request::Parts;

use crate::conventions::body::is_json;
use crate::conventions::cors::origin;
use crate::conventions::error::ApiError;
use crate::conventions::hosts::Site;

/// The header by which our own browser client says that it is one. No form can send it, and a foreign page
/// cannot without asking first.
pub(crate) const MARK: &str = "x-hearth";

/// Whether our own browser client sent this.
pub(crate) fn is_own_client(parts: &Parts) -> bool {
    parts.headers.get(MARK).is_some_and(|value| value == "1")
}

/// Whether a page of another origin sent this.
pub(crate) fn is_foreign(parts: &Parts) -> bool {
    origin(&parts.headers).is_some_and(|origin| !is_our_origin(parts, origin))
}

/// Whether `origin` is that of the site the request was sent to; the gate has checked that the site is ours.
pub(crate) fn is_our_origin(parts: &Parts, origin: &str) -> bool {
    Site::of_parts(parts).is_some_and(|site| site.origin().eq_ignore_ascii_case(origin))
}

/// What an unsafe request must show before its cookie counts, or before it is given one.
pub(crate) fn check_own_page(parts: &Parts) -> Result<(), ApiError> {
    let vouched = match parts.headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin" && !is_foreign(parts),
        None => origin(&parts.headers).is_some_and(|origin| is_our_origin(parts, origin)),
    };
    if vouched && is_own_client(parts) && has_harmless_body(parts) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "cross_site",
        "This request did not come from a page of this server",
    ))
}

/// Whether the body, if there is one, has a type that no form can send.
fn has_harmless_body(parts: &Parts) -> bool {
    match parts.headers.get(header::CONTENT_TYPE) {
        None => !parts.headers.contains_key(header::TRANSFER_ENCODING) && content_length(parts) == 0,
        Some(value) => {
            let upload = value.to_str().is_ok_and(|text| {
                text.starts_with("multipart/form-data") || text.starts_with("application/octet-stream")
            });
            upload || is_json(&parts.headers)
        }
    }
}

fn content_length(parts: &Parts) -> u64 {
    let length = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post("/api/v1/channels").header("host", "a.hearth.test:8441");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    const JSON: (&str, &str) = ("content-type", "application/json");
    const MARKED: (&str, &str) = ("x-hearth", "1");

    #[test]
    fn our_own_pages_pass() {
        assert!(check_own_page(&parts(&[JSON, MARKED, ("sec-fetch-site", "same-origin")])).is_ok());
        assert!(check_own_page(&parts(&[JSON, MARKED, ("origin", "https://a.hearth.test:8441")])).is_ok());
        assert!(check_own_page(&parts(&[MARKED, ("sec-fetch-site", "same-origin")])).is_ok());
    }

    #[test]
    fn everything_else_does_not() {
        let own = ("origin", "https://a.hearth.test:8441");
        let same = ("sec-fetch-site", "same-origin");
        for headers in [
            &[JSON, MARKED][..],
            &[JSON, same],
            &[("content-type", "text/plain"), MARKED, same],
            &[("content-length", "3"), MARKED, same],
            &[JSON, MARKED, ("sec-fetch-site", "cross-site"), own],
            &[JSON, MARKED, ("sec-fetch-site", "none"), own],
            &[JSON, MARKED, same, ("origin", "https://evil.test")],
            &[JSON, MARKED, ("origin", "http://a.hearth.test:8441")],
            &[JSON, MARKED, ("origin", "https://a.hearth.test")],
            &[JSON, MARKED, ("origin", "null")],
        ] {
            assert!(check_own_page(&parts(headers)).is_err(), "{headers:?}");
        }
    }
}
