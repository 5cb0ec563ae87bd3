//! What each route declares, and what is looked up about it when a request comes in.
//!
//! [`Routes`] takes a route only together with its [`Class`]; its permission stands beside the handler, in
//! `#[utoipa::path(security(..))]`. The application asks the [`RouteTable`] that is made of both when it is built, and
//! is not built with a route whose declarations are missing or contradict each other.

mod access;
mod class;
mod declaration;
mod routes;
mod table;

pub(super) use class::Bounds;
pub use class::Class;
pub use declaration::UndeclaredRoute;
pub use routes::Routes;

pub(super) use access::Access;
pub(super) use table::{Match, RouteTable};
