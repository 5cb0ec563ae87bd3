//! The HTTP server: the one list of routes, and how an application is put together from it.
//!
//! A route declares its permission in its own `#[utoipa::path(security(..))]`; `permissions.rs` reads all of them
//! when the application is built, and refuses to build one with a route that declares none. What happens around
//! every request stands in `middleware`, the statuses in `problem.rs`.

mod docs;
mod errors;
mod extract;
mod health;
mod metrics;
mod middleware;
mod openapi;
mod parameters;
mod permissions;
mod problem;
mod redoc;
mod search_rate;
mod seats;
pub mod server;
pub mod state;
mod v1;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use errors::errors_page;
pub use extract::Known;
pub use openapi::openapi_document;
pub use permissions::UndeclaredRoute;
pub use problem::ErrorResponse;
pub use search_rate::SearchRate;
pub use seats::Seats;
pub use state::{AppState, Limits};

/// Which routes a listener offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// All of them: there is one listener.
    Everything,
    /// All but `/metrics` and `/health*`, which have a listener of their own.
    Public,
    /// `/metrics` and `/health*`.
    Admin,
}

/// The routes of a listener. This is the only list.
#[must_use]
pub fn routes(surface: Surface) -> OpenApiRouter<AppState> {
    let base = OpenApiRouter::with_openapi(openapi::base());
    match surface {
        Surface::Everything => base.merge(public_routes()).merge(admin_routes()),
        Surface::Public => base.merge(public_routes()),
        Surface::Admin => base.merge(admin_routes()),
    }
}

fn public_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(v1::logs::search::get, v1::logs::search::post))
        .routes(routes!(v1::logs::recent::get))
        .routes(routes!(v1::logs::errors::get))
        .routes(routes!(v1::logs::security::get))
        .routes(routes!(v1::logs::histogram::get))
        .routes(routes!(v1::logs::trace::get))
        .routes(routes!(v1::logs::tail::get))
        .routes(routes!(v1::logs::fields::get))
        .routes(routes!(v1::logs::values::get))
        .routes(routes!(v1::logs::id::get))
        .routes(routes!(v1::logs::context::get))
        .routes(routes!(v1::logs::ingest::post))
        .routes(routes!(v1::me::get))
        .routes(routes!(errors::get))
        .merge(docs::routes())
        .merge(redoc::routes())
}

fn admin_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::get))
        .routes(routes!(health::ready::get))
        .routes(routes!(health::live::get))
        .routes(routes!(metrics::get))
}

/// Builds the application from routes: permissions, documentation and everything that surrounds a request.
///
/// # Errors
///
/// A route that declares no permission, an unknown one or several; the error names it.
pub fn assemble(routes: OpenApiRouter<AppState>, state: AppState) -> Result<Router, UndeclaredRoute> {
    let (handlers, mut document) = routes.split_for_parts();
    openapi::complete(&mut document);
    let table = permissions::RouteTable::of(&document)?;
    let served = docs::OpenApiText::new(openapi::text(&document));
    let pipeline = middleware::Pipeline::new(state.clone(), table);
    let application = handlers
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::Extension(served))
        .with_state(state);
    Ok(middleware::around(application, &pipeline))
}
