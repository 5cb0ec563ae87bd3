//! The route table: the rule of each route, found by the path template and the method of a request.

use std::collections::HashMap;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;

use super::declaration::Declaration;
use super::{Access, Class, UndeclaredRoute};

/// What is known about one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) struct RouteRule {
    /// What it asks of its caller.
    pub(in crate::http) access: Access,
    /// What kind of route it is.
    pub(in crate::http) class: Class,
    /// Media types of its successful answers; empty where they vary.
    pub(in crate::http) produces: Vec<String>,
}

/// How a request relates to the table.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) enum Match<'table> {
    /// No route has this path.
    NoRoute,
    /// A route has this path, but not for this method.
    OtherMethod,
    /// The router knows the path, the table does not: nobody declared who may call it.
    Undeclared,
    /// A declared route.
    Route(&'table RouteRule),
}

/// What each route declares.
#[derive(Debug)]
pub(in crate::http) struct RouteTable {
    rules: HashMap<String, HashMap<Method, RouteRule>>,
}

impl RouteTable {
    /// Makes the table of routes and pages, or names the first route that cannot be enforced.
    pub(super) fn of(
        declared: &[Declaration],
        pages: &[&str],
        schemes: &[&str],
    ) -> Result<Self, UndeclaredRoute> {
        let mut rules: HashMap<String, HashMap<Method, RouteRule>> = HashMap::new();
        for route in declared {
            let access = route.access(schemes)?;
            let rule = RouteRule { access, class: route.class, produces: route.produces() };
            rules.entry(route.path.clone()).or_default().insert(route.method.clone(), rule);
        }
        for page in pages {
            let rule = RouteRule { access: Access::Open, class: Class::Open, produces: Vec::new() };
            rules.entry((*page).to_owned()).or_default().insert(Method::GET, rule);
        }
        Ok(Self { rules })
    }

    /// Finds the rule of a request that the router has matched.
    pub(in crate::http) fn find(&self, request: &Request) -> Match<'_> {
        let template = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        self.find_by(template, request.method())
    }

    /// The rule of a request; `None` for one that no route takes.
    pub(in crate::http) fn rule(&self, request: &Request) -> Option<&RouteRule> {
        match self.find(request) {
            Match::Route(rule) => Some(rule),
            Match::NoRoute | Match::OtherMethod | Match::Undeclared => None,
        }
    }

    fn find_by(&self, template: Option<&str>, method: &Method) -> Match<'_> {
        let Some(template) = template else {
            return Match::NoRoute;
        };
        let Some(rules) = self.rules.get(template) else {
            return Match::Undeclared;
        };
        let method = if method == Method::HEAD { &Method::GET } else { method };
        rules.get(method).map_or(Match::OtherMethod, Match::Route)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_only_the_router_knows_is_undeclared() {
        let table = RouteTable::of(&[], &["/docs"], &[]).unwrap();

        assert_eq!(table.find_by(Some("/planted"), &Method::GET), Match::Undeclared);
        assert_eq!(table.find_by(None, &Method::GET), Match::NoRoute);
        assert_eq!(table.find_by(Some("/docs"), &Method::POST), Match::OtherMethod);
        for method in [Method::GET, Method::HEAD] {
            assert!(matches!(table.find_by(Some("/docs"), &method), Match::Route(_)), "{method}");
        }
    }
}
