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
