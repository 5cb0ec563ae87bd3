//! Whether the indices of the configuration are there, hold lines, and can be asked.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::commands::Curl;
use crate::model::{Finding, KindSet, TotalMode};
use crate::repository::StoreResult;
use crate::repository::elastic::layout::Layout;
use crate::repository::elastic::layout::LayoutCache;
use crate::repository::elastic::layout::{Shortcoming, shortcomings};
use crate::repository::elastic::read::search;
use crate::repository::elastic::transport::Client;

/// What was found, and whether there are lines.
pub(super) struct Examined {
    pub(super) findings: Vec<Finding>,
    pub(super) finds_lines: bool,
}

/// Looks for lines, then at the fields.
pub(super) async fn examine(client: &Client, layouts: &LayoutCache, curl: &Curl) -> Examined {
    let target = layouts.target();
    let resolve = curl.get(&format!("/_resolve/index/{target}"));
    let layout = match layouts.of(client, &BTreeSet::new()).await {
        Ok(layout) => layout,
        Err(error) => {
            return Examined {
                findings: vec![Finding::failed("indices", error.to_string(), resolve)],
                finds_lines: false,
            };
        }
    };
    let mut findings = Vec::new();
    let lines = lines(client, target, &layout).await;
    let finds_lines = matches!(&lines, Ok(Some(Lines { count: 1.., .. })));
    findings.push(match lines {
        Ok(None) => Finding::failed(
            "indices",
            format!("no index matches {target}, or the user may not see it; see logs.indices"),
            resolve,
        ),
        Ok(Some(Lines { left_out: Some(sentence), .. })) => Finding::warning("indices", sentence, resolve),
        Ok(Some(Lines { is_partial: true, count, .. })) => Finding::warning(
            "indices",
            format!("{target} holds {count} lines, and a part of it does not answer"),
            curl.get(&format!("/_cat/shards/{target}?v")),
        ),
        Ok(Some(Lines { count: 0, .. })) => Finding::warning(
            "indices",
            format!("{target} holds no line yet"),
            curl.get(&format!("/{target}/_search?size=1&pretty")),
        ),
        Ok(Some(Lines { count: 1, .. })) => Finding::ok("indices", format!("{target} holds one line")),
        Ok(Some(Lines { count, .. })) => Finding::ok("indices", format!("{target} holds {count} lines")),
        Err(error) => Finding::failed("indices", error.to_string(), resolve),
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

/// Documents that can be read as lines.
struct Lines {
    count: u64,
    /// A sentence about indices that were left out.
    left_out: Option<String>,
    /// Whether a part of the others did not answer.
    is_partial: bool,
}

/// Counts the documents with a time; `None` where there is no index.
async fn lines(client: &Client, target: &str, layout: &Layout) -> StoreResult<Option<Lines>> {
    let has_time = json!({"exists": {"field": layout.time.path}});
    let conditions: Vec<_> = [has_time].into_iter().chain(layout.readable(KindSet::ALL)).collect();
    let body: Value = json!({
        "size": 0, "track_total_hits": true, "query": {"bool": {"filter": conditions}},
    });
    let found = search::search(client, target, layout, &body).await?;
    if found.answer.searched_nothing() {
        return Ok(None);
    }
    let count = found.answer.total(TotalMode::Exact).map_or(0, |total| total.value);
    let is_partial = found.answer.completeness().partial;
    Ok(Some(Lines { count, left_out: found.left_out, is_partial }))
}
