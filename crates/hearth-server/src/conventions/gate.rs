//! What every request from the network passes before its endpoint: is the host ours, may the origin read the
//! answer, has the address budget left. The in-process door does not come through here.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hearth_bus::{Budget, Bus};
use http::{Method, header};

use super::client::ClientInfo;
use super::cors::Cors;
use super::hosts::{Hosts, Site};
use super::refusal::{Refusal, Shape};

/// What the gate decides by.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    /// The names that are ours.
    pub(crate) hosts: Arc<Hosts>,
    /// The origins that may read answers.
    pub(crate) cors: Arc<Cors>,
    /// Where budgets are kept.
    pub(crate) bus: Arc<dyn Bus>,
    /// The global budget of one address.
    pub(crate) budget: Budget,
}

/// Health checks of load balancers come by address, whatever the server's name (cryptid.md 2.0).
const HOST_EXEMPT: &str = "/v1/health";

/// The middleware.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = match gate.refusal(&request) {
        Some(refused) => refused,
        None => gate.charge_and_run(request, next).await,
    };
    gate.cors.mark(origin.as_ref(), response.headers_mut());
    response
}

impl Gate {
    /// What can be said from the request alone.
    fn refusal(&self, request: &Request) -> Option<Response> {
        let path = request.uri().path();
        let shape = Shape::of(path);
        if !self.is_our_host(request, shape, ClientInfo::of(request.extensions()).local) {
            return Some(Refusal::Misdirected.response(shape));
        }
        self.cors.preflight(request)
    }

    async fn charge_and_run(&self, request: Request, next: Next) -> Response {
        let path = request.uri().path();
        let shape = Shape::of(path);
        // From the network the owner's API does not exist, not even as a method that is not allowed.
        let is_hidden = is_owners(path);
        if is_counted(request.method(), path) {
            let key = ClientInfo::of(request.extensions()).budget_key();
            if !self.bus.charge(&self.budget, &key, 1).await.is_allowed() {
                return Refusal::TooManyRequests.response(shape);
            }
        }
        if is_hidden {
            Refusal::NotFound.response(shape)
        } else {
            next.run(request).await
        }
    }

    fn is_our_host(&self, request: &Request, shape: Shape, reached: Option<IpAddr>) -> bool {
        if request.uri().path() == HOST_EXEMPT {
            return true;
        }
        let Some(site) = Site::of(request) else {
            return false;
        };
        match shape {
            Shape::Cryptid => self.hosts.is_server_name(&site),
            Shape::D3chat => self.hosts.answers_to(&site, reached),
        }
    }
}

fn is_owners(path: &str) -> bool {
    path == "/api/v1/owner" || path.starts_with("/api/v1/owner/")
}

/// Whether a request counts against the global budget. Exempt are those of d3chat.md section 9 and the files
/// of the web client, which cost nothing to send.
fn is_counted(method: &Method, path: &str) -> bool {
    let is_work = path.starts_with("/api/") || path.starts_with("/v1/") || path == "/branding.css";
    method != Method::OPTIONS && is_work
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_api_counts() {
        for path in ["/api/v1/users/me", "/v1/health", "/api/nowhere", "/branding.css"] {
            assert!(is_counted(&Method::GET, path), "{path}");
        }
        for path in [
            "/health",
            "/ws",
            "/federation/inbox",
            "/.well-known/cryptid",
            "/assets/a.js",
            "/",
        ] {
            assert!(!is_counted(&Method::GET, path), "{path}");
        }
        assert!(!is_counted(&Method::OPTIONS, "/api/v1/users/me"));
    }
}
