//! What the data files have in common: who asks, for what, and how an expectation differs from an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use trailproof::error::{Error, ErrorCode, Result};
use trailproof::model::Completeness;
use trailproof::search::fields::FieldSelection;
use trailproof::search::{SearchAnswer, SearchParams};

use crate::callers::caller;
use crate::engine::Engine;

/// Lines of every kind, most of them made for one query.
const CORPUS: &str = include_str!("../fixtures/contract/corpus.ndjson");

/// Parameters of a search by name.
pub(crate) type Parameters = BTreeMap<String, String>;

/// A refusal; what it does not name is not compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pointer: Option<String>,
    offset: Option<usize>,
}

/// Who asks where a data file names nobody.
pub(crate) fn everyone() -> String {
    "sre".to_owned()
}

/// What is asked where a data file does not say.
pub(crate) fn plain_search() -> String {
    "search".to_owned()
}

/// Tells `null` from a member that is not there.
pub(crate) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Stores the corpus, of which no line may be refused.
pub(crate) async fn store_corpus(engine: &Engine) {
    let stored = engine.ingest(CORPUS.to_owned()).await.unwrap();

    assert_eq!((stored.stored, stored.refused), (CORPUS.lines().count(), 0));
}

/// Parameters as the service takes them.
pub(crate) fn search_params(given: &Parameters) -> Result<SearchParams> {
    SearchParams::from_pairs(given.iter().map(|(name, value)| (name.clone(), Some(value.clone()))))
}

/// Asks for a page of a view: `search`, `errors`, `security`, `recent SERVICE` or `trace ID`.
pub(crate) async fn ask(
    engine: &Engine,
    who: &str,
    view: &str,
    parameters: &Parameters,
) -> Result<SearchAnswer> {
    let caller = caller(who)?;
    let params = search_params(parameters)?;
    let service = &engine.service;
    match view.split_once(' ').unwrap_or((view, "")) {
        ("search", _) => service.search_logs(&caller, &params).await,
        ("errors", _) => service.search_error_logs(&caller, &params).await.map(|answer| answer.page),
        ("security", _) => service.search_security_logs(&caller, &params).await,
        ("recent", name) => service.get_recent_logs(&caller, name, &params).await,
        ("trace", id) => service.get_trace(&caller, id, &params).await.map(|trace| SearchAnswer {
            items: trace.items,
            completeness: trace.completeness,
            ..no_lines()
        }),
        (other, _) => panic!("no view is called '{other}'"),
    }
}

fn no_lines() -> SearchAnswer {
    SearchAnswer {
        items: Vec::new(),
        fields: FieldSelection::All,
        next_cursor: None,
        total: None,
        took_ms: 0,
        completeness: Completeness::default(),
        warnings: Vec::new(),
    }
}

/// What is missing, what is too much, or that only the order differs.
pub(crate) fn id_difference(expected: &[String], found: &[String]) -> Option<String> {
    if expected == found {
        return None;
    }
    let missing: Vec<_> = expected.iter().filter(|id| !found.contains(id)).collect();
    let extra: Vec<_> = found.iter().filter(|id| !expected.contains(id)).collect();
    Some(if missing.is_empty() && extra.is_empty() {
        format!("another order or number: {found:?}, expected {expected:?}")
    } else {
        format!("missing {missing:?}, extra {extra:?}")
    })
}

/// Compares a total with a number, with a whole total, or with `null` for none.
pub(crate) fn total_difference(expected: &Value, answer: &SearchAnswer) -> Option<String> {
    let found = serde_json::to_value(answer.total).unwrap();
    let is_equal = if expected.is_u64() { found.get("value") == Some(expected) } else { found == *expected };
    (!is_equal).then(|| format!("total {found}, expected {expected}"))
}

impl Refusal {
    /// How an error differs from this one.
    pub(crate) fn difference(&self, error: &Error) -> Option<String> {
        let place = error.places.first();
        let pointer = place.and_then(|place| place.pointer.clone());
        let offset = place.and_then(|place| place.offset);
        let is_expected = error.code.number() == self.code
            && self.pointer.as_ref().is_none_or(|expected| pointer.as_ref() == Some(expected))
            && self.offset.is_none_or(|expected| offset == Some(expected));
        let is_known = ErrorCode::ALL.iter().any(|code| code.number() == self.code);
        (!is_expected || !is_known).then(|| {
            let Self { code, pointer: at, offset: from } = self;
            format!("{error} at {pointer:?} {offset:?}, expected {code} at {at:?} {from:?}")
        })
    }
}
