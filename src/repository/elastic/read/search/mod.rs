//! One request to `_search`, asked so that "no permission" and "not there" cannot pass for "no lines".

use serde::Deserialize;
use serde_json::{Value, json};

use super::decode::SearchAnswer;
use crate::model::query::{ArrivalsRequest, PageRequest};
use crate::model::{Completeness, KindSet, LogField, LogId, Micros, Position, SortOrder, Total, TotalMode};
use crate::repository::elastic::STORE;
use crate::repository::elastic::layout::{Layout, TimeUnit};
use crate::repository::elastic::query::{Translated, build_arrivals_query, build_search_query};
use crate::repository::elastic::query::{dsl, predicates};
use crate::repository::elastic::transport::{Answer, bad_answer};
use crate::repository::elastic::transport::{Call, Client};
use crate::repository::elastic::transport::{Flavour, KEEP_ALIVE};
use crate::repository::{StoreError, StoreResult};

/// What the indices answered.
pub(crate) struct Found {
    /// The answer.
    pub(crate) answer: SearchAnswer,
    /// A sentence about indices that were left out, if any.
    pub(crate) left_out: Option<String>,
}

impl Found {
    /// Whether everything that was asked answered.
    pub(crate) fn completeness(&self) -> Completeness {
        self.answer.completeness().or_partial(self.left_out.is_some())
    }
}

/// The body that asks for a page, and what it cannot find.
pub(crate) struct Page {
    pub(crate) query: Value,
    pub(crate) is_partial: bool,
    pub(crate) warnings: Vec<String>,
    /// A sentence for whoever finds nothing.
    pub(crate) hint: Option<&'static str>,
}

/// Searches the indices of `target`.
///
/// The first request insists on every index by name: with `ignore_unavailable` a cluster silently leaves out what the
/// user may not read. Only when it says that an index is missing or closed is it asked to do without.
pub(crate) async fn search(
    client: &Client,
    target: &str,
    layout: &Layout,
    body: &Value,
) -> StoreResult<Found> {
    let answer = client.read(&call(target, body, "false")).await?;
    let (answer, left_out) = match Missing::of(&answer) {
        None => (answer, None),
        Some(missing) => (client.read(&call(target, body, "true")).await?, missing.sentence(layout)),
    };
    Ok(Found { answer: read(client, answer)?, left_out })
}

/// Why a cluster refuses to search indices that were named.
enum Missing {
    Closed(String),
    NotThere(String),
}

impl Missing {
    fn of(answer: &Answer) -> Option<Self> {
        let complaint = answer.complaint();
        match complaint.kind.as_str() {
            "index_closed_exception" => Some(Self::Closed(complaint.index)),
            "index_not_found_exception" => Some(Self::NotThere(complaint.index)),
            _ => None,
        }
    }

    /// What is told about it. Of our own, those are not there that nobody has installed, and then there are no lines.
    fn sentence(&self, layout: &Layout) -> Option<String> {
        match self {
            // Who may not read it need not know that it is there.
            Self::Closed(index) if layout.is_withheld(index) => None,
            Self::Closed(index) => Some(format!("the index {index} is closed, so its lines are left out")),
            Self::NotThere(index) => {
                (!layout.is_our_own()).then(|| format!("there is no index {index}, which logs.indices names"))
            }
        }
    }
}

/// Searches inside a point in time; the body names it.
///
/// # Errors
/// [`StoreError::Gone`] when the cluster no longer holds it.
pub(crate) async fn in_point_in_time(client: &Client, body: &Value) -> StoreResult<SearchAnswer> {
    let answer = client.read(&Call::post("/_search", body)).await?;
    if answer.complaint().kind == "search_context_missing_exception" {
        return Err(StoreError::Gone { store: STORE });
    }
    read(client, answer)
}

#[derive(Deserialize)]
struct ManyAnswers {
    responses: Vec<Value>,
}

/// Runs several searches in one request, each in indices of its own, and insists on them as [`search`] does. The answers come
/// in their order, with a sentence about what was left out.
pub(crate) async fn several(
    client: &Client,
    layout: &Layout,
    searches: &[(Vec<String>, &Value)],
) -> StoreResult<(Vec<SearchAnswer>, Option<String>)> {
    let answers = ask_several(client, searches, false).await?;
    let (answers, left_out) = match answers.iter().find_map(Missing::of) {
        None => (answers, None),
        Some(missing) => (ask_several(client, searches, true).await?, missing.sentence(layout)),
    };
    let answers: StoreResult<_> = answers.into_iter().map(|answer| read(client, answer)).collect();
    Ok((answers?, left_out))
}

async fn ask_several(
    client: &Client,
    searches: &[(Vec<String>, &Value)],
    ignore_unavailable: bool,
) -> StoreResult<Vec<Answer>> {
    let mut body = Vec::new();
    for (indices, search) in searches {
        let head = json!({
            "index": indices, "ignore_unavailable": ignore_unavailable, "allow_no_indices": true,
        });
        body.extend(format!("{head}\n{search}\n").into_bytes());
    }
    let answer: ManyAnswers = client.read(&Call::lines("/_msearch", body)).await?.accept_read()?.json()?;
    if answer.responses.len() != searches.len() {
        return Err(bad_answer(format!("{} answers to {} searches", answer.responses.len(), searches.len())));
    }
    answer.responses.iter().map(Answer::of_part).collect()
}

fn read(client: &Client, answer: Answer) -> StoreResult<SearchAnswer> {
    let timeout_ms = u64::try_from(client.timeout().as_millis()).unwrap_or(u64::MAX);
    answer.accept_read()?.json::<SearchAnswer>()?.finished(timeout_ms)
}

fn call(target: &str, body: &Value, ignore_unavailable: &'static str) -> Call {
    Call::post(format!("/{target}/_search"), body)
        .with("ignore_unavailable", ignore_unavailable)
        .with("allow_no_indices", "true")
}

/// The body that asks for `size` lines from the first on.
pub(crate) fn page(
    request: &PageRequest,
    size: usize,
    layout: &Layout,
    flavour: &Flavour,
    timeout_ms: u64,
) -> StoreResult<Page> {
    let order = match request.sort {
        SortOrder::Desc => "desc",
        SortOrder::Asc => "asc",
    };
    // One more than the bound tells "exactly 10,000" from "more than that".
    let counted = match request.total {
        TotalMode::Bounded => json!(Total::BOUND + 1),
        TotalMode::Exact => json!(true),
        TotalMode::None => json!(false),
    };
    let mut sort = vec![by_time(layout, flavour, order)];
    sort.extend(by_id_of_line(layout, order));
    let Translated { query, is_partial, warnings, hint } = build_search_query(&request.selection, layout)?;
    let body = json!({
        "size": size,
        "query": query,
        "sort": sort,
        "track_total_hits": counted,
        "timeout": format!("{timeout_ms}ms"),
    });
    Ok(Page { query: body, is_partial, warnings, hint })
}

/// The body that asks for lines that have arrived, the latest first.
pub(crate) fn arrivals(
    request: &ArrivalsRequest,
    until: Micros,
    layout: &Layout,
    flavour: &Flavour,
    timeout_ms: u64,
) -> StoreResult<Page> {
    let receipt = layout.receipt.as_ref().map(|path| by_date(path, flavour, "desc"));
    let mut sort: Vec<_> = receipt.into_iter().chain([by_time(layout, flavour, "desc")]).collect();
    sort.extend(by_id_of_line(layout, "desc"));
    let Translated { query, is_partial, warnings, hint } = build_arrivals_query(request, until, layout)?;
    let body = json!({
        "size": request.limit,
        "query": query,
        "sort": sort,
        "track_total_hits": true,
        "timeout": format!("{timeout_ms}ms"),
    });
    Ok(Page { query: body, is_partial, warnings, hint })
}

/// Lets the body of a page begin right after a line, where lines are ordered by their ids.
pub(crate) fn begin_after(body: &mut Value, position: &Position) {
    if let Some(members) = body.as_object_mut() {
        members.insert("search_after".to_owned(), json!([position.time, position.id]));
    }
}

/// Lets the body of a page search inside a point in time, whose own numbers order lines of one time.
pub(crate) fn enter(body: &mut Value, id: &str, after: Option<&[i64]>) {
    let Some(members) = body.as_object_mut() else { return };
    members.insert("pit".to_owned(), json!({"id": id, "keep_alive": KEEP_ALIVE}));
    if let Some(sort) = members.get_mut("sort").and_then(Value::as_array_mut) {
        sort.truncate(1);
        sort.push(json!({"_shard_doc": "asc"}));
    }
    if let Some(after) = after {
        members.insert("search_after".to_owned(), json!(after));
    }
}

/// The second order, where there is one. Lines without an id stand below all others of their time.
fn by_id_of_line(layout: &Layout, order: &str) -> Option<Value> {
    let missing = if order == "asc" { "_first" } else { "_last" };
    layout
        .id_path()
        .map(|path| json!({path: {"order": order, "missing": missing, "unmapped_type": "keyword"}}))
}

fn by_time(layout: &Layout, flavour: &Flavour, order: &str) -> Value {
    let time = &layout.time;
    match time.unit {
        TimeUnit::Nanos => by_date(&time.path, flavour, order),
        TimeUnit::Millis => json!({&time.path: {
            "order": order, "missing": flavour.place_of_missing_times(), "unmapped_type": "long",
        }}),
    }
}

/// Nanoseconds also where an index has plain dates, so that positions are comparable.
fn by_date(path: &str, flavour: &Flavour, order: &str) -> Value {
    json!({path: {
        "order": order, "missing": flavour.place_of_missing_times(), "unmapped_type": "date_nanos",
        "numeric_type": "date_nanos",
    }})
}

/// The body that asks for one line by its id; foreign documents have it only as the id of the document.
pub(crate) fn by_id(
    id: &LogId,
    kinds: KindSet,
    layout: &Layout,
    flavour: &Flavour,
    timeout_ms: u64,
) -> Value {
    let mut sort = vec![by_time(layout, flavour, "desc")];
    sort.extend(by_id_of_line(layout, "desc"));
    let places = layout.of(&LogField::Id.into());
    let in_fields =
        places.places().into_iter().filter_map(|place| predicates::equals(place, id.as_str()).ok());
    let ways: Vec<_> = in_fields.chain([json!({"ids": {"values": [id.as_str()]}})]).collect();
    let conditions: Vec<_> = [dsl::any_of(&ways)].into_iter().chain(layout.readable(kinds)).collect();
    json!({
        "size": 1,
        "query": {"bool": {"filter": conditions}},
        "sort": sort,
        "track_total_hits": false,
        "timeout": format!("{timeout_ms}ms"),
    })
}

#[cfg(test)]
mod tests;
