//! The list of routes: handlers, each with what they must declare.

use axum::Router;
use axum::http::Method;
use axum::routing::MethodRouter;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::declaration::Declaration;
use super::{Class, RouteTable, UndeclaredRoute};
use crate::http::AppState;

const METHODS: [Method; 8] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::HEAD,
    Method::OPTIONS,
    Method::TRACE,
];

/// Routes, and what each of them declares. There is no other way to add one than with its class.
#[must_use]
#[derive(Default)]
pub struct Routes {
    router: OpenApiRouter<AppState>,
    declared: Vec<Declaration>,
    pages: Vec<&'static str>,
}

impl Routes {
    /// A list without routes, for a document that says what is the same for all of them.
    pub(in crate::http) fn with_document(document: OpenApi) -> Self {
        Self { router: OpenApiRouter::with_openapi(document), ..Self::default() }
    }

    /// Adds the handlers of one path, which are of one class.
    pub fn add(mut self, class: Class, handlers: UtoipaMethodRouter<AppState>) -> Self {
        for (path, item) in &handlers.1.paths {
            let item = serde_json::to_value(item).unwrap_or_default();
            for method in METHODS {
                if let Some(operation) = item.get(method.as_str().to_ascii_lowercase()) {
                    let operation = operation.clone();
                    self.declared.push(Declaration { method, path: path.clone(), class, operation });
                }
            }
        }
        self.router = self.router.routes(handlers);
        self
    }

    /// Adds a page for people: open, for GET, and not in the document.
    pub(in crate::http) fn page(mut self, path: &'static str, handler: MethodRouter<AppState>) -> Self {
        self.pages.push(path);
        self.router = self.router.route(path, handler);
        self
    }

    /// Adds the routes of another list.
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.declared.extend(other.declared);
        self.pages.extend(other.pages);
        self
    }

    /// The rules of all routes.
    pub(in crate::http) fn table(&self) -> Result<RouteTable, UndeclaredRoute> {
        let components = self.router.get_openapi().components.as_ref();
        let schemes = components.map(|components| components.security_schemes.keys().map(String::as_str));
        RouteTable::of(&self.declared, &self.pages, &schemes.into_iter().flatten().collect::<Vec<_>>())
    }

    /// The handlers and the document.
    pub(in crate::http) fn into_parts(self) -> (Router<AppState>, OpenApi) {
        self.router.split_for_parts()
    }
}
