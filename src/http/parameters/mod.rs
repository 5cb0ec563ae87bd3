//! Which parameters a route takes: a part of those of a search, and some of its own.
//!
//! A route declares them once, in its [`RouteParams`], and names [`Takes`] of them in the signature of its handler;
//! reading them (`extractor.rs`) and their documentation (`document.rs`) follow.

mod document;
mod extractor;

use std::marker::PhantomData;

use super::extract::Pairs;
use crate::error::{Error, ErrorCode, Result};
use crate::model::nearest::nearest;
use crate::search::SearchParams;
use crate::search::params::Param;

pub(super) use document::search_body_example;
pub(super) use extractor::TakesInBody;

/// Parameters of a search that ask for a page.
pub(super) const PAGE: &[&str] = &[
    "query",
    "from",
    "to",
    "time_range",
    "service",
    "level",
    "min_level",
    "request_id",
    "trace_id",
    "user_id",
    "sort",
    "limit",
    "cursor",
    "fields",
    "tz",
    "total",
];

/// Parameters of a search that say which lines to count.
pub(super) const COUNT: &[&str] = &[
    "query",
    "from",
    "to",
    "time_range",
    "service",
    "level",
    "min_level",
    "request_id",
    "trace_id",
    "user_id",
    "tz",
];

/// The parameters of one route.
pub(super) trait RouteParams: 'static {
    /// Those of a search that it takes, by their names.
    const SEARCH: &'static [&'static str];
    /// Those that no other route has.
    const OWN: &'static [Param] = &[];
    /// Values with which a page of documentation may fill its form in: they must find something in any log of
    /// today. A parameter that is not named stays empty there.
    const PREFILLED: &'static [(&'static str, &'static str)] = &[("time_range", "24h"), ("limit", "20")];
}

/// No parameters at all.
#[derive(Debug)]
pub(super) struct Nothing;

impl RouteParams for Nothing {
    const SEARCH: &'static [&'static str] = &[];
}

/// What was given to a route that takes the parameters `R`.
#[derive(Debug)]
pub(super) struct Takes<R> {
    /// Parameters of a search.
    pub(super) search: SearchParams,
    own: Vec<(&'static str, Option<String>)>,
    route: PhantomData<fn() -> R>,
}

impl<R> Takes<R> {
    /// A parameter of the route's own.
    pub(super) fn own(&self, name: &str) -> Option<&str> {
        self.own.iter().find(|(own, _)| *own == name).and_then(|(_, value)| value.as_deref())
    }
}

impl<R: RouteParams> Takes<R> {
    /// Reads parameters.
    ///
    /// # Errors
    /// `BadParameter` for one that is unknown, makes no sense here, or comes twice.
    pub(super) fn read(pairs: Pairs) -> Result<Self> {
        let mut search = Vec::new();
        let mut own: Vec<(&'static str, Option<String>)> = Vec::new();
        for (name, value) in pairs {
            if Self::search_params().any(|param| param.has_name(&name)) {
                search.push((name, value));
                continue;
            }
            let Some(param) = R::OWN.iter().find(|param| param.has_name(&name)) else {
                return Err(Self::refused(&name));
            };
            if own.iter().any(|(given, _)| *given == param.name) {
                let detail = format!("parameter '{name}' is given twice; send it once");
                return Err(Error::new(ErrorCode::BadParameter, detail).at(name));
            }
            own.push((param.name, value));
        }
        Ok(Self { search: SearchParams::from_pairs(search)?, own, route: PhantomData })
    }

    fn search_params() -> impl Iterator<Item = &'static Param> {
        SearchParams::ALL.iter().filter(|param| R::SEARCH.contains(&param.name))
    }

    /// Every parameter of the route.
    fn all() -> impl Iterator<Item = &'static Param> {
        R::OWN.iter().chain(Self::search_params())
    }

    fn refused(name: &str) -> Error {
        let shown: String = name.chars().take(64).collect();
        let is_of_a_search = SearchParams::ALL.iter().any(|param| param.has_name(name));
        let what = if is_of_a_search {
            format!("parameter '{shown}' makes no sense here")
        } else {
            format!("unknown parameter '{shown}'")
        };
        let advice = match Self::nearest(&shown).filter(|_| !is_of_a_search) {
            Some(nearest) => format!("did you mean '{nearest}'?"),
            None => Self::names(),
        };
        Error::new(ErrorCode::BadParameter, format!("{what}; {advice}")).at(shown)
    }

    fn nearest(shown: &str) -> Option<&'static str> {
        nearest(shown, Self::all().flat_map(Param::names))
    }

    fn names() -> String {
        let names: Vec<_> = Self::all().map(|param| param.name).collect();
        if names.is_empty() {
            return "this route takes none".to_owned();
        }
        format!("this route takes {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::params::ParamKind;

    #[derive(Debug)]
    struct Planted;

    impl RouteParams for Planted {
        const SEARCH: &'static [&'static str] = &["query", "limit"];
        const OWN: &'static [Param] =
            &[Param { name: "interval", alias: None, doc: "Step.", kind: ParamKind::Text, example: "5m" }];
    }

    fn read(query: &str) -> Result<Takes<Planted>> {
        let pair = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            (name.into_owned(), Some(value.into_owned()))
        };
        Takes::<Planted>::read(url::form_urlencoded::parse(query.as_bytes()).map(pair).collect())
    }

    #[test]
    fn takes_what_the_route_declares_under_each_name() {
        let given = read("q=a&interval=5m&limit=3").unwrap();

        assert_eq!(given.search.query.as_deref(), Some("a"));
        assert_eq!(given.search.limit.as_deref(), Some("3"));
        assert_eq!(given.own("interval"), Some("5m"));
        assert_eq!(given.own("by"), None);
    }

    #[test]
    fn refuses_what_the_route_does_not_take_with_a_sentence_for_each_case() {
        for (query, expected) in [
            ("cursor=x", "parameter 'cursor' makes no sense here; this route takes interval, query, limit"),
            ("since=1h", "parameter 'since' makes no sense here; this route takes interval, query, limit"),
            ("intervall=5m", "unknown parameter 'intervall'; did you mean 'interval'?"),
            ("index=a", "unknown parameter 'index'; this route takes interval, query, limit"),
            ("interval=1m&interval=2m", "parameter 'interval' is given twice; send it once"),
        ] {
            let error = read(query).unwrap_err();

            assert_eq!((error.code, error.detail.as_str()), (ErrorCode::BadParameter, expected));
        }
        let error = Takes::<Nothing>::read(vec![("limit".to_owned(), None)]).unwrap_err();
        assert!(error.detail.ends_with("this route takes none"), "{}", error.detail);
    }

    #[test]
    fn every_name_in_the_lists_is_a_parameter_of_a_search() {
        for name in PAGE.iter().chain(COUNT) {
            assert!(SearchParams::ALL.iter().any(|param| param.name == *name), "{name}");
        }
        assert_eq!(PAGE.len(), SearchParams::ALL.len());
    }
}
