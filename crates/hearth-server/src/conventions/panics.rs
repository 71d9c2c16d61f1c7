//! A handler that panics is a bug, but the bug of one request: it gets a 500 in its protocol's shape and
//! everybody else goes on.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;

use super::refusal::{Refusal, Shape};

/// The middleware.
pub(crate) async fn catch(request: Request, next: Next) -> Response {
    let shape = Shape::of(request.uri().path());
    // Nothing of the request is looked at after a panic, so no half-changed value can be seen.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| {
        tracing::error!("a handler panicked; the panic itself was printed just before");
        Refusal::Internal.response(shape)
    })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;

    async fn bug() -> &'static str {
        panic!("a bug of the test's own making")
    }

    async fn answer(path: &str) -> (u16, Value) {
        let router = Router::new()
            .route("/api/v1/bug", get(bug))
            .route("/v1/bug", get(bug))
            .layer(middleware::from_fn(catch));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_bug_is_one_requests_bug_in_the_shape_of_its_protocol() {
        let d3chat = json!({ "detail": "Internal Server Error", "code": "internal" });
        assert_eq!(answer("/api/v1/bug").await, (500, d3chat));
        let cryptid = json!({ "error": "INTERNAL_ERROR", "message": "Internal error", "code": 5100 });
        assert_eq!(answer("/v1/bug").await, (500, cryptid));
    }
}
