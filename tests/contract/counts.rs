//! Every histogram, list of values and list of services of `counts.json` over the corpus.

use serde::Deserialize;
use trailproof::error::{Error, Result};
use trailproof::model::Micros;

use crate::callers::caller;
use crate::engine::Engine;
use crate::expectation::{Parameters, Refusal, everyone, search_params, store_corpus};

const COUNTS: &str = include_str!("../fixtures/contract/counts.json");

/// Values and their numbers, in order.
type Values = Vec<(String, u64)>;

/// A count and what is expected of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "as", default = "everyone")]
    caller: String,
    count: Counted,
    params: Parameters,
    /// Of a histogram: the step that is asked for.
    interval: Option<String>,
    /// Of a histogram: the field whose values are counted in each bucket.
    by: Option<String>,
    /// Of a histogram: the step that is answered.
    step: Option<String>,
    /// Of a histogram.
    buckets: Option<Vec<Bucket>>,
    /// Of values: the field.
    field: Option<String>,
    /// Of values: how they begin.
    prefix: Option<String>,
    /// Of values, and of errors by service.
    values: Option<Values>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Counted {
    Histogram,
    Values,
    Errors,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bucket {
    from: Micros,
    to: Micros,
    count: u64,
    #[serde(default)]
    values: Values,
}

pub(crate) async fn every_count_is_exact(engine: &Engine) {
    let cases: Vec<Case> = serde_json::from_str(COUNTS).unwrap();
    store_corpus(engine).await;

    let mut failures = Vec::new();
    for case in &cases {
        let difference = match case.count {
            Counted::Histogram => case.histogram_difference(engine).await,
            Counted::Values => case.values_difference(case.values(engine).await),
            Counted::Errors => case.values_difference(case.errors(engine).await),
        };
        failures.extend(difference.map(|difference| format!("{}: {difference}", case.name)));
    }

    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

impl Case {
    async fn histogram_difference(&self, engine: &Engine) -> Option<String> {
        let (caller, params) = (caller(&self.caller).unwrap(), search_params(&self.params).unwrap());
        let (interval, by) = (self.interval.as_deref(), self.by.as_deref());
        let found = match engine.service.histogram(&caller, &params, interval, by).await {
            Ok(found) => found,
            Err(error) => return self.refusal_difference(&error),
        };
        let (sum, step) = (found.total.value, Some(found.interval.to_string()));
        let found: Vec<_> = found
            .buckets
            .into_iter()
            .map(|bucket| Bucket { from: bucket.from, to: bucket.to, count: bucket.count, values: bucket.by })
            .collect();
        let expected = self.buckets.as_ref().expect("a histogram expects buckets or an error");
        if step != self.step {
            return Some(format!("step {step:?}, expected {:?}", self.step));
        }
        if found.iter().map(|bucket| bucket.count).sum::<u64>() != sum {
            return Some(format!("the total {sum} is not the sum of the buckets"));
        }
        let pair = found.iter().zip(expected).find(|(found, expected)| found != expected);
        if let Some((found, expected)) = pair {
            return Some(format!("bucket {found:?}, expected {expected:?}"));
        }
        (found.len() != expected.len())
            .then(|| format!("{} buckets, expected {}", found.len(), expected.len()))
    }

    async fn values(&self, engine: &Engine) -> Result<Values> {
        let params = search_params(&self.params)?;
        let field = self.field.as_deref().expect("values are those of a field");
        let caller = caller(&self.caller)?;
        let found = engine.service.field_values(&caller, field, &params, self.prefix.as_deref()).await?;
        Ok(found.items)
    }

    async fn errors(&self, engine: &Engine) -> Result<Values> {
        let params = search_params(&self.params)?;
        let found = engine.service.search_error_logs(&caller(&self.caller)?, &params).await?;
        Ok(found.by_service)
    }

    fn values_difference(&self, found: Result<Values>) -> Option<String> {
        match found {
            Err(error) => self.refusal_difference(&error),
            Ok(found) => {
                let expected = self.values.as_ref().expect("a count expects values or an error");
                (found != *expected).then(|| format!("{found:?}, expected {expected:?}"))
            }
        }
    }

    fn refusal_difference(&self, error: &Error) -> Option<String> {
        match &self.error {
            Some(refusal) => refusal.difference(error),
            None => Some(format!("refused: {error}")),
        }
    }
}
