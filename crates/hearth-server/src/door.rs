//! The console's door: requests that come from inside this process, or over the owner's own socket, and carry
//! the owner's authority.
//!
//! The authority is a value in the request's extensions that only this module can make. No header, cookie or
//! address can stand for it, so nothing that arrives from the network can have it.

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use bytes::Bytes;
use hearth_bus::{Subscriber, Topic};
use http::request::Parts;
use http::{Extensions, Request, Response};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::app::App;
use crate::conventions::client::ClientInfo;
use crate::conventions::error::ApiError;
use crate::conventions::refusal::{Refusal, Shape};

/// Largest request or answer that goes through the door (architecture, decision 7).
pub const MAX_BODY: usize = 32 * 1024 * 1024;

/// Events that may wait for one console.
const EVENT_QUEUE: usize = 256;

/// The only paths behind the door.
const PREFIX: &str = "/api/v1/";

/// The owner's authority. Whoever can make one is this crate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsoleActor(());

/// An argument of handlers that only the console may reach. To everybody else they do not exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console(());

impl Console {
    /// Whether a request came through the door.
    pub(crate) fn is_behind(extensions: &Extensions) -> bool {
        extensions.get::<ConsoleActor>().is_some()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Console {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        if Self::is_behind(&parts.extensions) {
            return Ok(Self(()));
        }
        Err(ApiError::Convention(Refusal::NotFound))
    }
}

/// The way in for the owner's console. Cheap to clone.
#[derive(Clone)]
pub struct ConsoleDoor {
    app: App,
    router: Router,
}

impl std::fmt::Debug for ConsoleDoor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ConsoleDoor").finish_non_exhaustive()
    }
}

impl ConsoleDoor {
    /// A door into the router that has the conventions for requests from inside.
    pub(crate) fn new(app: App, router: Router) -> Self {
        Self { app, router }
    }

    /// Answers a request with the owner's authority. Only `/api/v1/*` is behind the door, and neither request
    /// nor answer may exceed [`MAX_BODY`].
    pub async fn request(&self, request: Request<Bytes>) -> Response<Bytes> {
        if request.body().len() > MAX_BODY {
            return whole(Refusal::BodyTooLarge.response(Shape::D3chat)).await;
        }
        whole(self.pass(request.map(Body::from)).await).await
    }

    /// Live events for the owner: those of the topic "owner".
    pub fn events(&self) -> Subscriber {
        let subscriber = self.app.bus.connect(EVENT_QUEUE);
        subscriber.join(Topic::Owner);
        subscriber
    }

    /// Lets a request through with the owner's authority.
    pub(crate) async fn pass(&self, mut request: Request<Body>) -> Response<Body> {
        if !request.uri().path().starts_with(PREFIX) {
            return Refusal::NotFound.response(Shape::D3chat);
        }
        let extensions = request.extensions_mut();
        extensions.insert(ConsoleActor(()));
        extensions.insert(ClientInfo::IN_PROCESS);
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Gathers an answer; one that is too large, or breaks off, becomes a 500.
async fn whole(response: Response<Body>) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    match http_body_util::Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Response::from_parts(parts, body.to_bytes()),
        Err(error) => {
            tracing::error!(%error, "an answer did not fit through the console's door");
            let mut response = Response::new(Bytes::from_static(b"{\"detail\":\"Internal Server Error\"}"));
            *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}
