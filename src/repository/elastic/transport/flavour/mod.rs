//! What differs between Elasticsearch 7.17, 8, 9 and OpenSearch: found out by asking, never by configuration.

use serde_json::{Value, json};

use super::{client::Call, client::Client};
use crate::repository::StoreResult;

/// How long a server holds a point in time open that nobody uses.
pub(crate) const KEEP_ALIVE: &str = "60s";

/// A kind of server and what it can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flavour {
    /// Who makes it.
    pub(crate) distribution: Distribution,
    /// The versions of its nodes, lowest first; none where the user may not ask.
    pub(crate) versions: Vec<String>,
    /// Whether it can manage the life of indices by itself.
    pub(crate) lifecycle: Feature,
    /// Whether it can copy documents from one index to another.
    pub(crate) reindex: Feature,
    /// How a point in time is held open.
    pub(crate) point_in_time: PointInTime,
}

/// Who makes a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distribution {
    /// Elasticsearch, or something that says nothing else.
    Elasticsearch,
    /// OpenSearch.
    OpenSearch,
}

/// Whether a part of the server is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// It answers.
    Present,
    /// There is no such interface.
    Absent,
    /// The user may not ask.
    Unknown,
}

/// How a point in time is opened, walked through and closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PointInTime {
    /// `_pit`; the number `_shard_doc` is unique in all shards together.
    Elasticsearch,
    /// `_search/point_in_time`; the number `_shard_doc` is unique in one shard only.
    OpenSearch,
}

impl Distribution {
    /// The word that operators know it by.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::OpenSearch => "opensearch",
        }
    }
}

impl Feature {
    /// The word for health reports.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }
}

impl PointInTime {
    /// The word for health reports: the path of the interface.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Elasticsearch => "_pit",
            Self::OpenSearch => "_search/point_in_time",
        }
    }

    /// The request that opens a point in time over the indices of `target`.
    pub(crate) fn open(self, target: &str) -> Call {
        let path = format!("/{target}/{}", self.as_str());
        let call = Call::post_nothing(path).with("keep_alive", KEEP_ALIVE).with("ignore_unavailable", "true");
        match self {
            Self::Elasticsearch => call,
            // Which would otherwise leave out shards that are just moving, without a word.
            Self::OpenSearch => call.with("allow_partial_pit_creation", "false"),
        }
    }

    /// The request that closes one.
    pub(crate) fn close(self, id: &str) -> Call {
        let body = match self {
            Self::Elasticsearch => json!({"id": id}),
            Self::OpenSearch => json!({"pit_id": [id]}),
        };
        Call::delete_with(format!("/{}", self.as_str()), &body)
    }

    /// What a page goes on after, and how many lines at its beginning were shown already: where several lines may be sorted
    /// by the same numbers, those that share them with the last one are asked for again and passed over.
    pub(crate) fn go_on(self, last: &[i64], equal: usize) -> (Vec<i64>, usize) {
        let mut after = last.to_vec();
        match (self, after.last_mut()) {
            (Self::OpenSearch, Some(number)) => {
                *number = number.saturating_sub(1);
                (after, equal)
            }
            (Self::Elasticsearch | Self::OpenSearch, _) => (after, 0),
        }
    }
}

impl Flavour {
    /// What the checked-in templates are rendered for.
    #[cfg(test)]
    pub(crate) fn newest() -> Self {
        Self {
            distribution: Distribution::Elasticsearch,
            versions: vec!["9.0.0".to_owned()],
            lifecycle: Feature::Absent,
            reindex: Feature::Absent,
            point_in_time: PointInTime::Elasticsearch,
        }
    }

    /// Asks a server. Refusals to answer are no failure: a user with read rights only is enough to search.
    ///
    /// What is there is told from what is not by how a request that can do nothing is refused.
    pub(crate) async fn probe(client: &Client) -> StoreResult<Self> {
        let nodes = client.read(&Call::get("/_nodes/_all/http?filter_path=nodes.*.version")).await?;
        let mut versions = nodes.json::<Value>().map(|nodes| versions_of_nodes(&nodes)).unwrap_or_default();
        let mut distribution = versions.first().map(|version| by_version(version));
        if versions.is_empty() {
            let root = client.read(&Call::get("/")).await?.json::<Value>().unwrap_or_default();
            let text = |path: &str| root.pointer(path).and_then(Value::as_str).map(str::to_owned);
            versions.extend(text("/version/number"));
            distribution = match text("/version/distribution").as_deref() {
                Some("opensearch") => Some(Distribution::OpenSearch),
                Some(_) | None => versions.first().map(|version| by_version(version)),
            };
        }
        let lifecycle = match client.read(&Call::get("/_ilm/status")).await?.status {
            200 => Feature::Present,
            // OpenSearch has something else in its place.
            403 if distribution != Some(Distribution::OpenSearch) => Feature::Unknown,
            _ => Feature::Absent,
        };
        let reindex = match client.read(&Call::post("/_reindex", &json!({}))).await?.status {
            405 => Feature::Absent,
            403 => Feature::Unknown,
            _ => Feature::Present,
        };
        // Where the path is known, another method is refused; elsewhere it is taken for the name of an index.
        let point_in_time = match client.read(&Call::get("/_pit")).await?.status {
            405 => PointInTime::Elasticsearch,
            _ if distribution == Some(Distribution::Elasticsearch) => PointInTime::Elasticsearch,
            _ => PointInTime::OpenSearch,
        };
        let distribution = distribution.unwrap_or(match point_in_time {
            PointInTime::Elasticsearch => Distribution::Elasticsearch,
            PointInTime::OpenSearch => Distribution::OpenSearch,
        });
        Ok(Self { distribution, versions, lifecycle, reindex, point_in_time })
    }

    /// The lowest version of its nodes: what all of them can do.
    pub(crate) fn lowest(&self) -> Option<(u32, u32)> {
        self.versions.first().and_then(|version| parse(version))
    }

    /// Name of the type that takes an object of anything and matches its leaves.
    pub(crate) fn flattened_type(&self) -> &'static str {
        match self.distribution {
            Distribution::Elasticsearch => "flattened",
            Distribution::OpenSearch => "flat_object",
        }
    }

    /// Whether the type for objects takes limits of its own.
    pub(crate) fn limits_flattened(&self) -> bool {
        self.distribution == Distribution::Elasticsearch
    }

    /// Where a sort puts lines without a time. There are none, for a search always names a window; but OpenSearch
    /// loses lines of other shards when it pages by `date_nanos`, unless it has a place for those without.
    /// Elasticsearch stops early only in the very order of the index, so there it has to be `_last`.
    pub(crate) fn place_of_missing_times(&self) -> Value {
        match self.distribution {
            Distribution::Elasticsearch => "_last".into(),
            Distribution::OpenSearch => 0.into(),
        }
    }

    /// Whether a template may name parts that are not there.
    pub(crate) fn has_optional_components(&self) -> bool {
        self.distribution == Distribution::Elasticsearch && self.lowest().unwrap_or_default() >= (8, 7)
    }

    /// Whether a request may insist that it writes to a data stream.
    pub(crate) fn can_require_data_stream(&self) -> bool {
        self.distribution == Distribution::Elasticsearch && self.lowest().unwrap_or_default() >= (8, 13)
    }

    /// Whether the setting `index.mode` exists; only there may `logs-*-*` be changed into another mode.
    pub(crate) fn has_index_mode(&self) -> bool {
        self.distribution == Distribution::Elasticsearch && self.lowest().unwrap_or_default() >= (8, 7)
    }
}

/// The versions of the nodes, each once, lowest first.
fn versions_of_nodes(nodes: &Value) -> Vec<String> {
    let nodes = nodes.get("nodes").and_then(Value::as_object);
    let version = |node: &Value| node.get("version").and_then(Value::as_str).map(str::to_owned);
    let mut versions: Vec<_> =
        nodes.into_iter().flat_map(|nodes| nodes.values().filter_map(version)).collect();
    versions.sort_by_key(|version| (numbers(version), version.clone()));
    versions.dedup();
    versions
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|number| number.parse().unwrap_or(0)).collect()
}

/// OpenSearch began again at 1 when Elasticsearch stood at 7.
fn by_version(version: &str) -> Distribution {
    match parse(version) {
        Some((major, _)) if major < 5 => Distribution::OpenSearch,
        Some(_) | None => Distribution::Elasticsearch,
    }
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next().flatten().unwrap_or(0)))
}

#[cfg(test)]
mod tests;
