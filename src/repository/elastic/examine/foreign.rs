//! Whether the indices of the configuration are there, hold lines, and can be asked.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::client::Client;
use super::super::layout::Layout;
use super::super::layouts::Layouts;
use super::super::search;
use super::super::shortcomings::{Shortcoming, shortcomings};
use super::commands::Curl;
use super::not_examined;
use crate::model::{Finding, TotalMode};
use crate::repository::StoreResult;

/// What was found, and whether there are lines.
pub(super) struct Examined {
    pub(super) findings: Vec<Finding>,
    pub(super) finds_lines: bool,
}

/// Looks for lines, then at the fields.
pub(super) async fn examine(client: &Client, layouts: &Layouts, curl: &Curl) -> Examined {
    let target = layouts.target();
    let resolve = curl.get(&format!("/_resolve/index/{target}"));
    let layout = match layouts.of(client, &BTreeSet::new()).await {
        Ok(layout) => layout,
        Err(error) => {
            return Examined { findings: vec![not_examined("indices", &error, resolve)], finds_lines: false };
        }
    };
    let mut findings = Vec::new();
    let lines = lines(client, target, &layout).await;
    let finds_lines = matches!(lines, Ok(Some((1.., _))));
    findings.push(match lines {
        Ok(None) => Finding::failed(
            "indices",
            format!("no index matches {target}, or the user may not see it; see logs.indices"),
            resolve,
        ),
        Ok(Some((0, _))) => Finding::warning(
            "indices",
            format!("{target} holds no line yet"),
            curl.get(&format!("/{target}/_search?size=1&pretty")),
        ),
        Ok(Some((1, true))) => Finding::ok("indices", format!("{target} holds one line")),
        Ok(Some((count, true))) => Finding::ok("indices", format!("{target} holds {count} lines")),
        Ok(Some((count, false))) => Finding::warning(
            "indices",
            format!("{target} holds {count} lines, and a part of it does not answer"),
            curl.get(&format!("/_cat/shards/{target}?v")),
        ),
        Err(error) => not_examined("indices", &error, resolve),
    });
    for Shortcoming { path, sentence, hides_lines } in shortcomings(&layout) {
        let fix = curl.get(&format!("/{target}/_mapping/field/{path}*?pretty"));
        findings.push(if hides_lines {
            Finding::failed("field", sentence, fix)
        } else {
            Finding::warning("field", sentence, fix)
        });
    }
    Examined { findings, finds_lines }
}

/// The number of documents with a time, and whether all indices answered; `None` where there is no index.
async fn lines(client: &Client, target: &str, layout: &Layout) -> StoreResult<Option<(u64, bool)>> {
    let body: Value = json!({
        "size": 0, "track_total_hits": true, "query": {"exists": {"field": layout.time.path}},
    });
    let found = search::search(client, target, layout, &body).await?;
    if found.answer.searched_nothing() {
        return Ok(None);
    }
    let count = found.answer.total(TotalMode::Exact).map_or(0, |total| total.value);
    Ok(Some((count, !found.completeness().partial)))
}
