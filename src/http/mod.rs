//! The HTTP server: the one list of routes, and how an application is put together from it.
//!
//! A route declares its permission beside its handler and its class where it is added; `rules` reads both when the
//! application is built, and refuses to build one with a route whose declarations are missing. What happens around
//! every request stands in `middleware`, the statuses in `problem.rs`.

mod docs;
mod errors;
mod extract;
mod health;
mod metrics;
mod middleware;
mod openapi;
mod parameters;
mod problem;
mod redoc;
mod rules;
mod search_rate;
mod seats;
pub mod server;
pub mod state;
mod v1;

use axum::Router;
use utoipa_axum::routes;

use crate::telemetry::labels::SearchEndpoint;

pub use errors::errors_page;
pub use rules::{Class, Routes, UndeclaredRoute};
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
pub fn routes(surface: Surface) -> Routes {
    let base = Routes::with_document(openapi::base());
    match surface {
        Surface::Everything => base.merge(public_routes()).merge(admin_routes()),
        Surface::Public => base.merge(public_routes()),
        Surface::Admin => base.merge(admin_routes()),
    }
}

fn public_routes() -> Routes {
    use SearchEndpoint::{
        Context, Errors, Fields, Histogram, Id, Recent, Search, Security, Tail, Trace, Values,
    };

    Routes::default()
        .add(Class::Search(Search), routes!(v1::logs::search::get, v1::logs::search::post))
        .add(Class::Search(Recent), routes!(v1::logs::recent::get))
        .add(Class::Search(Errors), routes!(v1::logs::errors::get))
        .add(Class::Search(Security), routes!(v1::logs::security::get))
        .add(Class::Search(Histogram), routes!(v1::logs::histogram::get))
        .add(Class::Search(Trace), routes!(v1::logs::trace::get))
        .add(Class::Search(Tail), routes!(v1::logs::tail::get))
        .add(Class::Search(Fields), routes!(v1::logs::fields::get))
        .add(Class::Search(Values), routes!(v1::logs::values::get))
        .add(Class::Search(Id), routes!(v1::logs::id::get))
        .add(Class::Search(Context), routes!(v1::logs::context::get))
        .add(Class::Ingest, routes!(v1::logs::ingest::post))
        .add(Class::Caller, routes!(v1::me::get))
        .add(Class::Open, routes!(errors::get))
        .merge(docs::routes())
        .merge(redoc::routes())
}

fn admin_routes() -> Routes {
    Routes::default()
        .add(Class::Open, routes!(health::get))
        .add(Class::Open, routes!(health::ready::get))
        .add(Class::Open, routes!(health::live::get))
        .add(Class::Open, routes!(metrics::get))
}

/// Builds the application from routes: their rules, documentation and everything that surrounds a request.
///
/// # Errors
///
/// A route that declares no permission, an unknown one or several, or another class than that of its permission; the
/// error names it.
pub fn assemble(routes: Routes, state: AppState) -> Result<Router, UndeclaredRoute> {
    let table = routes.table()?;
    let (handlers, mut document) = routes.into_parts();
    openapi::complete(&mut document);
    let served = docs::OpenApiText::new(openapi::text(&document));
    let pipeline = middleware::Pipeline::new(state.clone(), table);
    let application = handlers
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::Extension(served))
        .with_state(state);
    Ok(middleware::around(application, &pipeline))
}

/// The OpenAPI document of all routes, as pretty JSON.
///
/// # Errors
///
/// A route whose declarations are missing or cannot be enforced; the error names it.
pub fn openapi_document() -> Result<String, UndeclaredRoute> {
    let routes = routes(Surface::Everything);
    routes.table()?;
    let (_, mut document) = routes.into_parts();
    openapi::complete(&mut document);
    Ok(openapi::text(&document))
}
