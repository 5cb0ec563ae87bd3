//! The parameters of a log search, as they are written: in a query string or as members of a JSON object.
//!
//! One table declares them; the struct, the reading of names and the OpenAPI text come from it. What the values
//! mean is decided by the service, not here.

use std::ops::RangeInclusive;

use crate::error::{Error, ErrorCode, Result};
use crate::model::LogField;
use crate::model::nearest::nearest;

/// Values of one parameter at most.
pub(crate) const MAX_VALUES: usize = 100;

/// What kind of value a parameter takes; for the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParamKind {
    /// Any text.
    Text,
    /// A whole number between two bounds, both included.
    Integer(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One value or several: separated by commas, or the parameter repeated.
    List,
}

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
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

impl Param {
    /// Every name that it is taken under: its own first, and those of the field that it asks for.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.name].into_iter().chain(self.other_names())
    }

    /// The names beside its own.
    pub(crate) fn other_names(&self) -> impl Iterator<Item = &'static str> {
        let field = LogField::by_name(self.name).filter(|field| field.name() == self.name);
        let of_the_field = field.map_or(&[][..], |field| field.spec().aliases);
        self.alias.into_iter().chain(of_the_field.iter().copied())
    }

    /// Whether it is taken under this name.
    #[must_use]
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }
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
            pub(crate) const ALL: &'static [Param] = &[$(Param {
                name: stringify!($name),
                alias: search_params!(@alias $($alias)?),
                doc: concat!($($doc),+),
                kind: $kind,
                example: $example,
            },)+];

            fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
                $(if name == stringify!($name) {
                    return Some(&mut self.$name);
                })+
                None
            }
        }
    };
    (@alias) => { None };
    (@alias $alias:ident) => { Some(stringify!($alias)) };
}

search_params! {
    /// Query text: bare words search the message, `field:value`, quotes, AND, OR, NOT, parentheses, ranges, `prefix*`; `context.status:>=500` compares numbers. Blank matches every line.
    query | q: ParamKind::Text, "level:error AND timeout";
    /// Start of the window: RFC 3339, date math such as `now-15m`, or an epoch number, whose size tells seconds, milliseconds, microseconds or nanoseconds. Absent: 24 hours before the end.
    from | start: ParamKind::Text, "now-1h";
    /// End of the window, not part of it; takes what `from` takes. Absent: now.
    to | end: ParamKind::Text, "now";
    /// Length of a window that ends now, instead of `from`: a number and `s`, `m`, `h`, `d` or `w`.
    time_range | since: ParamKind::Text, "24h";
    /// Lines of this service, or of several: `a,b`, or the parameter repeated. A name that holds a comma is asked in `query`.
    service: ParamKind::List, "auth-service";
    /// Lines of exactly this level, in any common spelling, or of several: `error,fatal`, or the parameter repeated.
    level: ParamKind::List, "error";
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
    /// Time zone of days, weeks, months and years in date math and of the bounds of a histogram; UTC unless given. Also of times without an offset, in `query` too; without `tz` those are refused.
    tz: ParamKind::Text, "Asia/Seoul";
    /// How lines are counted: to 10,000, all of them, or not at all.
    total: ParamKind::OneOf(&["bounded", "exact", "none"]), "bounded";
}

impl SearchParams {
    /// Takes parameters by name; a `None` value counts as not sent. A [`ParamKind::List`] that comes again adds its values.
    ///
    /// # Errors
    ///
    /// A name that is unknown, or one that comes twice; a list may come twice, though not under two names.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, Option<String>)>) -> Result<Self> {
        let mut params = Self::default();
        let mut seen: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in pairs {
            let param = Self::ALL.iter().find(|param| param.has_name(&name)).ok_or_else(|| unknown(&name))?;
            let slot = params.slot(param.name).ok_or_else(|| unknown(&name))?;
            match seen.iter().find(|(known, _)| *known == param.name) {
                None => *slot = value,
                Some((_, before)) if param.kind != ParamKind::List || *before != name => {
                    return Err(twice(param, before, &name));
                }
                Some(_) => match (slot, value) {
                    (Some(values), Some(value)) => {
                        values.push(',');
                        values.push_str(&value);
                    }
                    (slot, value) => *slot = slot.take().or(value),
                },
            }
            seen.push((param.name, name));
        }
        Ok(params)
    }
}

/// Whether a parameter of a search takes several values.
#[must_use]
pub(crate) fn takes_several(name: &str) -> bool {
    SearchParams::ALL.iter().any(|param| param.kind == ParamKind::List && param.has_name(name))
}

/// The values of a [`ParamKind::List`], sorted, each once; none where it was not sent.
///
/// # Errors
/// `BadParameter` for an empty value, `LimitOutOfRange` for more than 100.
pub(crate) fn list<'a>(text: Option<&'a str>, name: &'static str) -> Result<Vec<&'a str>> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let mut values: Vec<_> = text.split(',').map(str::trim).collect();
    if values.contains(&"") {
        let detail = format!("{name}: a value is empty; use one, or several as a,b");
        return Err(Error::new(ErrorCode::BadParameter, detail).at(name));
    }
    values.sort_unstable();
    values.dedup();
    if values.len() > MAX_VALUES {
        let detail = format!("{name}: at most {MAX_VALUES} values may be asked for at once");
        return Err(Error::new(ErrorCode::LimitOutOfRange, detail).at(name));
    }
    Ok(values)
}

/// A whole number of a parameter; `None` when it was not given.
///
/// # Errors
/// `BadParameter` for anything but digits, `LimitOutOfRange` for what lies outside `range`.
pub(crate) fn whole_number(
    text: Option<&str>,
    name: &'static str,
    range: RangeInclusive<usize>,
) -> Result<Option<usize>> {
    let Some(text) = text else {
        return Ok(None);
    };
    let (least, most) = (range.start(), range.end());
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let detail = format!("{name}: not a whole number; use {least} to {most}");
        return Err(Error::new(ErrorCode::BadParameter, detail).at(name));
    }
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => {
            let detail = format!("{name}: it must lie between {least} and {most}");
            Err(Error::new(ErrorCode::LimitOutOfRange, detail).at(name))
        }
    }
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(64).collect();
    let known = SearchParams::ALL.iter().flat_map(Param::names);
    let advice = nearest(&shown, known).map_or_else(
        || "the OpenAPI document lists the known ones".to_owned(),
        |known| format!("did you mean '{known}'?"),
    );
    Error::new(ErrorCode::BadParameter, format!("unknown parameter '{shown}'; {advice}")).at(shown)
}

fn twice(param: &Param, first: &str, second: &str) -> Error {
    let name = param.name;
    let other = [first, second].into_iter().find(|given| *given != name);
    let also = other.map_or_else(String::new, |other| format!(" ('{other}' is another name for it)"));
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
            for name in param.names() {
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
    fn a_list_may_come_again_though_not_under_two_names() {
        let params = SearchParams::from_pairs(pairs(&[("service", "b,c"), ("service", "a")])).unwrap();
        let null = SearchParams::from_pairs([
            ("level".to_owned(), None),
            ("level".to_owned(), Some("error".to_owned())),
            ("level".to_owned(), None),
        ]);
        let error = SearchParams::from_pairs(pairs(&[("serviceId", "a"), ("service", "a")])).unwrap_err();

        assert_eq!(params.service.as_deref(), Some("b,c,a"));
        assert_eq!(null.unwrap().level.as_deref(), Some("error"));
        assert_eq!(
            error.detail,
            "parameter 'service' is given twice ('serviceId' is another name for it); send it once"
        );
    }

    #[test]
    fn the_values_of_a_list_are_sorted_and_none_is_empty() {
        let many: Vec<_> = (0..=MAX_VALUES).map(|number| number.to_string()).collect();
        let code = |text| list(Some(text), "service").unwrap_err().code;

        assert_eq!(list(Some("b, a,b"), "service").unwrap(), ["a", "b"]);
        assert!(list(None, "service").unwrap().is_empty());
        for text in ["", "a,,b", "a,", ",", " "] {
            assert_eq!(code(text), ErrorCode::BadParameter, "{text:?}");
        }
        assert_eq!(code(&many.join(",")), ErrorCode::LimitOutOfRange);
    }

    #[test]
    fn no_name_means_two_parameters() {
        let mut names: Vec<_> = SearchParams::ALL.iter().flat_map(Param::names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), count);
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

    #[test]
    fn numbers_are_whole_and_in_their_range() {
        let code = |text| whole_number(Some(text), "before", 0..=500).unwrap_err().code;

        assert_eq!(whole_number(None, "before", 0..=500), Ok(None));
        assert_eq!(whole_number(Some("0"), "before", 0..=500), Ok(Some(0)));
        assert_eq!(whole_number(Some("500"), "before", 0..=500), Ok(Some(500)));
        for text in ["", "a", "1.5", "1e3", "٣", "+1", "--1"] {
            assert_eq!(code(text), ErrorCode::BadParameter, "{text}");
        }
        for text in ["-1", "501", "99999999999999999999999"] {
            assert_eq!(code(text), ErrorCode::LimitOutOfRange, "{text}");
        }
    }
}
