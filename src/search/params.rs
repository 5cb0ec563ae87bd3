//! The parameters of a log search, as they are written: in a query string or as members of a JSON object.
//!
//! One table declares them; the struct, the reading of names and the OpenAPI text come from it. What the values
//! mean is decided by the service, not here.

use crate::error::{Error, ErrorCode, Result};
use crate::model::nearest::nearest;

/// What kind of value a parameter takes; for the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Any text.
    Text,
    /// A whole number between two bounds, both included.
    Integer(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Another name for it; giving both is an error.
    pub alias: Option<&'static str>,
    /// Sentence for the documentation.
    pub doc: &'static str,
    /// What it takes.
    pub kind: ParamKind,
    /// Example value.
    pub example: &'static str,
}

macro_rules! search_params {
    ($($(#[doc = $doc:literal])+ $name:ident $(| $alias:ident)?: $kind:expr, $example:literal;)+) => {
        /// The parameters of a log search; `None` where a parameter was not sent.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct SearchParams {
            $($(#[doc = $doc])+ pub $name: Option<String>,)+
        }

        impl SearchParams {
            /// Every parameter, in the order of the documentation.
            pub const ALL: &'static [Param] = &[$(Param {
                name: stringify!($name),
                alias: search_params!(@alias $($alias)?),
                doc: concat!($($doc),+),
                kind: $kind,
                example: $example,
            },)+];

            fn slot(&mut self, name: &str) -> Option<(&'static str, &mut Option<String>)> {
                $(if name == stringify!($name) $(|| name == stringify!($alias))? {
                    return Some((stringify!($name), &mut self.$name));
                })+
                None
            }
        }
    };
    (@alias) => { None };
    (@alias $alias:ident) => { Some(stringify!($alias)) };
}

search_params! {
    /// Query text: bare words search the message, `field:value`, quotes, AND, OR, NOT, parentheses, ranges, `prefix*`. Blank matches every line.
    query | q: ParamKind::Text, "level:error AND timeout";
    /// Start of the window: RFC 3339 with an offset, epoch milliseconds, or date math such as `now-15m`. Absent: 24 hours before the end.
    from | start: ParamKind::Text, "now-1h";
    /// End of the window, not part of it; takes what `from` takes. Absent: now.
    to | end: ParamKind::Text, "now";
    /// Length of a window that ends now, instead of `from`: a number and `s`, `m`, `h`, `d` or `w`.
    time_range | since: ParamKind::Text, "24h";
    /// Lines of this service only.
    service: ParamKind::Text, "auth-service";
    /// Lines of exactly this level, in any common spelling.
    level: ParamKind::Text, "error";
    /// Lines of this level and above.
    min_level: ParamKind::Text, "warn";
    /// Lines of the request with this id.
    request_id: ParamKind::Text, "7f3a0b52-4c8e-4d7a-9a57-0d6b1e2f3c4d";
    /// Lines of this trace.
    trace_id: ParamKind::Text, "4bf92f3577b34da6a3ce929d0e0e4736";
    /// Lines of this user.
    user_id: ParamKind::Text, "u012016";
    /// Order by time.
    sort: ParamKind::OneOf(&["desc", "asc"]), "desc";
    /// Lines at most; 100 unless given.
    limit: ParamKind::Integer(1, 1_000), "100";
    /// `next_cursor` of the page before, unchanged, with the other parameters repeated.
    cursor: ParamKind::Text, "bm90IGEgcmVhbCBjdXJzb3I";
    /// Fields of a line to answer, separated by commas; all of them unless given.
    fields: ParamKind::Text, "timestamp,level,service,message";
    /// Time zone of days and of times without an offset; UTC unless given.
    tz: ParamKind::Text, "Asia/Seoul";
    /// How lines are counted: to 10,000, all of them, or not at all.
    total: ParamKind::OneOf(&["bounded", "exact", "none"]), "bounded";
}

impl SearchParams {
    /// Takes parameters by name; a `None` value counts as not sent.
    ///
    /// # Errors
    ///
    /// A name that is unknown or comes twice, be it under its alias.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, Option<String>)>) -> Result<Self> {
        let mut params = Self::default();
        let mut seen: Vec<&'static str> = Vec::new();
        for (name, value) in pairs {
            let Some((canonical, slot)) = params.slot(&name) else {
                return Err(unknown(&name));
            };
            if seen.contains(&canonical) {
                return Err(twice(canonical));
            }
            seen.push(canonical);
            *slot = value;
        }
        Ok(params)
    }
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(64).collect();
    let known = SearchParams::ALL.iter().flat_map(|param| param.alias.into_iter().chain([param.name]));
    let advice = nearest(&shown, known).map_or_else(
        || "the OpenAPI document lists the known ones".to_owned(),
        |known| format!("did you mean '{known}'?"),
    );
    Error::new(ErrorCode::BadParameter, format!("unknown parameter '{shown}'; {advice}")).at(shown)
}

fn twice(name: &'static str) -> Error {
    let alias = SearchParams::ALL.iter().find(|param| param.name == name).and_then(|param| param.alias);
    let also = alias.map_or_else(String::new, |alias| format!(" ('{alias}' is another name for it)"));
    Error::new(ErrorCode::BadParameter, format!("parameter '{name}' is given twice{also}; send it once"))
        .at(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(given: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        given.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect()
    }

    #[test]
    fn takes_every_parameter_under_each_of_its_names() {
        for param in SearchParams::ALL {
            for name in param.alias.into_iter().chain([param.name]) {
                let params = SearchParams::from_pairs(pairs(&[(name, param.example)])).unwrap();

                assert_ne!(params, SearchParams::default(), "{name}");
            }
        }
    }

    #[test]
    fn refuses_a_name_that_comes_twice_be_it_under_its_alias() {
        for given in [[("query", "a"), ("query", "b")], [("q", "a"), ("query", "b")]] {
            let error = SearchParams::from_pairs(pairs(&given)).unwrap_err();

            assert_eq!(error.code, ErrorCode::BadParameter);
            assert_eq!(error.places[0].pointer.as_deref(), Some("query"));
        }
    }

    #[test]
    fn names_the_nearest_parameter_for_a_slip_and_cuts_a_long_name() {
        let slip = SearchParams::from_pairs(pairs(&[("limti", "5")])).unwrap_err();
        let long = SearchParams::from_pairs(pairs(&[(&"x".repeat(9_000), "5")])).unwrap_err();

        assert!(slip.detail.contains("did you mean 'limit'?"), "{}", slip.detail);
        assert!(long.detail.len() < 200);
    }

    #[test]
    fn a_null_counts_as_not_sent() {
        let params = SearchParams::from_pairs([("query".to_owned(), None)]).unwrap();

        assert_eq!(params, SearchParams::default());
    }
}
