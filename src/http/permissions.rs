//! The route table: what each route asks of its caller, read from the OpenAPI document when the server starts.
//!
//! The document is the declaration: `security(("bearer" = ["logs:search"]))` beside the handler. Nothing else says
//! who may call a route, and a route that says nothing keeps the server from starting.

use std::collections::HashMap;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::model::Permission;

/// Routes that need no token, and the only ones that may declare `security(())`.
const OPEN: [&str; 5] = ["/health", "/health/live", "/health/ready", "/metrics", "/errors/{code}"];

/// Open routes outside the document: the documentation itself.
const UNDOCUMENTED: [&str; 7] =
    ["/docs", "/docs/", "/docs/{*file}", "/redoc", "/redoc/", "/redoc/{file}", "/openapi.json"];

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

/// A route whose declaration cannot be enforced.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "route {method} {path} {fault}; declare one permission with security((\"bearer\" = [\"logs:search\"]))"
)]
pub struct UndeclaredRoute {
    /// Method of the route.
    pub method: Method,
    /// Template of its path.
    pub path: String,
    /// What is wrong with the declaration.
    pub fault: String,
}

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Nothing.
    Open,
    /// A token with a role that holds this permission.
    Needs(Permission),
}

/// What is known about one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RouteRule {
    /// What it asks of its caller.
    pub access: Access,
    /// Media types of its successful answers; empty where they vary.
    pub produces: Vec<String>,
}

/// How a request relates to the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Match<'table> {
    /// No route has this path.
    NoRoute,
    /// A route has this path, but not for this method.
    OtherMethod,
    /// The router knows the path, the table does not: nobody declared who may call it.
    Undeclared,
    /// A declared route.
    Route(&'table RouteRule),
}

/// What each route asks of its caller.
#[derive(Debug)]
pub(super) struct RouteTable {
    rules: HashMap<String, HashMap<Method, RouteRule>>,
}

impl RouteTable {
    /// Reads the table from the document.
    pub(super) fn of(document: &OpenApi) -> Result<Self, UndeclaredRoute> {
        let mut rules: HashMap<String, HashMap<Method, RouteRule>> = HashMap::new();
        // The document's own types hide the scopes; its JSON form shows them.
        let json = serde_json::to_value(document).unwrap_or_default();
        let paths = json.get("paths").and_then(Value::as_object).into_iter().flatten();
        for (path, item) in paths {
            for method in METHODS {
                let Some(operation) = item.get(method.as_str().to_ascii_lowercase()) else {
                    continue;
                };
                let access = access(path, operation).map_err(|fault| UndeclaredRoute {
                    method: method.clone(),
                    path: path.clone(),
                    fault,
                })?;
                let rule = RouteRule { access, produces: produces(operation) };
                rules.entry(path.clone()).or_default().insert(method, rule);
            }
        }
        for path in UNDOCUMENTED {
            let rule = RouteRule { access: Access::Open, produces: Vec::new() };
            rules.entry(path.to_owned()).or_default().insert(Method::GET, rule);
        }
        Ok(Self { rules })
    }

    /// Finds the rule of a request that the router has matched.
    pub(super) fn find(&self, request: &Request) -> Match<'_> {
        let Some(template) = request.extensions().get::<MatchedPath>() else {
            return Match::NoRoute;
        };
        let Some(rules) = self.rules.get(template.as_str()) else {
            return Match::Undeclared;
        };
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        rules.get(method).map_or(Match::OtherMethod, Match::Route)
    }
}

fn access(path: &str, operation: &Value) -> Result<Access, String> {
    let alternatives = operation.get("security").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_free = |alternative: &Value| alternative.as_object().is_some_and(serde_json::Map::is_empty);
    if alternatives.iter().any(is_free) {
        let is_listed = OPEN.contains(&path);
        return if is_listed {
            Ok(Access::Open)
        } else {
            Err("is open but not in the list of open routes".to_owned())
        };
    }
    let [alternative] = alternatives else {
        return Err(format!("declares {} permissions instead of one", alternatives.len()));
    };
    let scopes = alternative.get("bearer").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let [Value::String(scope)] = scopes else {
        return Err(format!("declares {} permissions instead of one", scopes.len()));
    };
    Permission::parse(scope)
        .map(Access::Needs)
        .ok_or_else(|| format!("declares the unknown permission '{scope}'"))
}

fn produces(operation: &Value) -> Vec<String> {
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let successes = responses.filter(|(status, _)| status.starts_with('2'));
    let contents = successes.filter_map(|(_, response)| response.get("content")?.as_object());
    contents.flat_map(|content| content.keys().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_known_permission_is_needed_nothing_less_and_nothing_more() {
        let of = |security: Value| access("/planted", &json!({ "security": security }));

        assert_eq!(of(json!([{"bearer": ["logs:search"]}])), Ok(Access::Needs(Permission::SearchLogs)));
        assert!(of(json!([{"bearer": ["logs:everything"]}])).unwrap_err().contains("logs:everything"));
        for wrong in [
            json!([]),
            json!([{"bearer": []}]),
            json!([{"bearer": ["logs:search", "logs:write"]}]),
            json!([{"bearer": ["logs:search"]}, {"bearer": ["logs:write"]}]),
            json!([{"basic": ["logs:search"]}]),
            json!([{}]),
            json!([{}, {"bearer": ["logs:search"]}]),
        ] {
            assert!(of(wrong.clone()).is_err(), "{wrong}");
        }
        assert!(access("/planted", &json!({})).is_err());
    }

    #[test]
    fn an_open_route_must_say_so_and_be_in_the_list() {
        assert_eq!(access("/health", &json!({"security": [{}]})), Ok(Access::Open));
        assert!(access("/health", &json!({})).is_err());
    }
}
