//! Headers that every response carries (ui.md section 2), whatever it is an answer to.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

/// What a page of this server may do. One policy for everything: answers that are no pages lose nothing.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' blob: data:; font-src 'self'; media-src 'self' blob:; \
     connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types svelte-trusted-html hearth-url";

/// The camera reads QR codes; nothing else of the device is needed.
const PERMISSIONS_POLICY: &str =
    "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=()";

/// Always set, unless the endpoint has set its own.
const DEFAULTS: [(HeaderName, HeaderValue); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(PERMISSIONS_POLICY),
    ),
];

/// How long browsers insist on HTTPS once told: two years, as the preload lists want it.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Whether browsers are told to insist on HTTPS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InsistOnHttps(pub(crate) bool);

/// The middleware.
pub(crate) async fn dress(State(insist): State<InsistOnHttps>, request: Request, next: Next) -> Response {
    let is_answer_to_program = is_programs(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in DEFAULTS {
        set_default(headers, name, value);
    }
    if is_answer_to_program {
        set_default(
            headers,
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        );
    }
    if insist.0 {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

/// Answers to programs are about this moment and must not be kept by caches unless they say so.
fn is_programs(path: &str) -> bool {
    ["/api/", "/federation/", "/v1/", "/health", "/ws"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
