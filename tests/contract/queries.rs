//! Every query of `queries.json` over the corpus, with the lines that it must find.

use serde::Deserialize;
use serde_json::Value;
use trailproof::error::Result;
use trailproof::search::SearchAnswer;

use crate::engine::{Engine, ids, name};
use crate::expectation::{
    Parameters, Refusal, ask, everyone, id_difference, plain_search, present, store_corpus, total_difference,
};

const QUERIES: &str = include_str!("../fixtures/contract/queries.json");
/// The suite promises this many.
const LEAST_QUERIES: usize = 150;

/// A query and what is expected of it; what a query does not name is not compared, warnings excepted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    name: String,
    #[serde(rename = "as", default = "everyone")]
    caller: String,
    #[serde(default = "plain_search")]
    view: String,
    params: Parameters,
    /// Ids in order.
    ids: Option<Vec<String>>,
    /// The number of lines, or the whole total; `null` for an answer without one.
    #[serde(default, deserialize_with = "present")]
    total: Option<Value>,
    /// The first line, as it is written.
    item: Option<Value>,
    /// A part of each warning, in order.
    #[serde(default)]
    warnings: Vec<String>,
    error: Option<Refusal>,
}

pub(crate) async fn every_query_finds_exactly_its_lines(engine: &Engine) {
    let queries: Vec<Query> = serde_json::from_str(QUERIES).unwrap();
    store_corpus(engine).await;

    let mut failures = Vec::new();
    for query in &queries {
        let differences = query.differences(ask(engine, &query.caller, &query.view, &query.params).await);
        failures.extend(differences.into_iter().map(|difference| format!("{}: {difference}", query.name)));
    }

    assert!(queries.len() >= LEAST_QUERIES, "{} queries, at least {LEAST_QUERIES}", queries.len());
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

impl Query {
    fn differences(&self, answer: Result<SearchAnswer>) -> Vec<String> {
        match (answer, &self.error) {
            (Ok(answer), None) => self.answer_differences(answer),
            (Ok(_), Some(refusal)) => vec![format!("answered, expected the error {}", refusal.code)],
            (Err(error), None) => vec![format!("refused: {error}")],
            (Err(error), Some(refusal)) => refusal.difference(&error).into_iter().collect(),
        }
    }

    fn answer_differences(&self, mut answer: SearchAnswer) -> Vec<String> {
        let found = ids(&answer);
        let mut differences = Vec::new();
        differences.extend(self.ids.as_ref().and_then(|expected| id_difference(expected, &found)));
        differences.extend(self.total.as_ref().and_then(|expected| total_difference(expected, &answer)));
        let are_as_expected = self.warnings.len() == answer.warnings.len()
            && self.warnings.iter().zip(&answer.warnings).all(|(part, warning)| warning.contains(part));
        if !are_as_expected {
            differences.push(format!("warnings {:?}, expected {:?}", answer.warnings, self.warnings));
        }
        if let Some(expected) = &self.item {
            let first = answer.take_selected().first().map(|line| {
                let mut written = serde_json::to_value(line).unwrap();
                // Under the id that its sender gave it: ours differs from run to run.
                written.as_object_mut().unwrap().remove("client_id");
                written["id"] = name(&line.entry).into();
                written
            });
            if first.as_ref() != Some(expected) {
                differences.push(format!("first line {first:?}, expected {expected}"));
            }
        }
        if answer.completeness.partial {
            differences.push("partial".to_owned());
        }
        differences
    }
}
