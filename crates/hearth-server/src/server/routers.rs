//! The router with the conventions around it, once for each kind of door.
//!
//! Layers stand outside of all routing: what they answer or change looks the same for every path, known or not.

use std::sync::Arc;

use axum::{Router, middleware};

use crate::app::App;
use crate::conventions::gate::{self, Gate};
use crate::conventions::headers::{self, InsistOnHttps};
use crate::conventions::panics;
use crate::conventions::trace::{self, Tracing};
use crate::routes;

/// What answers requests from the network.
pub(super) fn for_the_network(app: &App) -> Router {
    let gate = Gate {
        hosts: Arc::clone(&app.hosts),
        cors: Arc::clone(&app.cors),
        bus: Arc::clone(&app.bus),
        budget: app.budgets.requests,
    };
    with_conventions(
        app,
        guarded(app).layer(middleware::from_fn_with_state(gate, gate::pass)),
    )
}

/// What answers requests of the owner, from inside the house.
pub(super) fn for_the_house(app: &App) -> Router {
    with_conventions(app, guarded(app))
}

fn guarded(app: &App) -> Router {
    outside(routes::all(app.clone())).layer(middleware::from_fn(panics::catch))
}

fn with_conventions(app: &App, router: Router) -> Router {
    let insist = InsistOnHttps(app.config.tls.hsts);
    let tracing = Tracing {
        clock: Arc::clone(&app.clock),
        random: Arc::clone(&app.random),
    };
    router
        .layer(middleware::from_fn_with_state(insist, headers::dress))
        .layer(middleware::from_fn_with_state(tracing, trace::follow))
}

/// A router whose layers surround the given one: layers of the given one itself would sit inside its routes,
/// where `Allow` headers are added after them.
fn outside(router: Router) -> Router {
    Router::new().fallback_service(router)
}
