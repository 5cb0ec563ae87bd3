//! What differs between Elasticsearch 7.17, 8, 9 and OpenSearch: found out by asking, never by configuration.

use serde_json::Value;

use super::client::{Call, Client};
use crate::repository::StoreResult;

/// A kind of server and what it can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flavour {
    /// Who makes it.
    pub(super) distribution: Distribution,
    /// Its version as it says it; `None` where the user may not ask.
    pub(super) version: Option<String>,
    /// Whether it can manage the life of indices by itself.
    pub(super) lifecycle: Lifecycle,
}

/// Who makes a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distribution {
    /// Elasticsearch, or something that says nothing else.
    Elasticsearch,
    /// OpenSearch.
    OpenSearch,
}

/// Whether index lifecycle management is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lifecycle {
    /// `_ilm/status` answers.
    Present,
    /// There is no such interface.
    Absent,
    /// The user may not ask.
    Unknown,
}

impl Distribution {
    /// The word that operators know it by.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::OpenSearch => "opensearch",
        }
    }
}

impl Lifecycle {
    /// The word for health reports.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }
}

impl Flavour {
    /// What the checked-in templates are rendered for.
    #[cfg(test)]
    pub(super) fn newest() -> Self {
        Self {
            distribution: Distribution::Elasticsearch,
            version: Some("9.0.0".to_owned()),
            lifecycle: Lifecycle::Absent,
        }
    }

    /// Asks a server. Refusals to answer are no failure: a user with read rights only is enough to search.
    pub(super) async fn probe(client: &Client) -> StoreResult<Self> {
        let nodes = client.read(&Call::get("/_nodes/_local?filter_path=nodes.*.version")).await?;
        let mut version = nodes.json::<Value>().ok().and_then(|nodes| version_of_nodes(&nodes));
        let mut distribution = version.as_deref().map(by_version);
        if version.is_none() {
            let root = client.read(&Call::get("/")).await?.json::<Value>().unwrap_or_default();
            let text = |path: &str| root.pointer(path).and_then(Value::as_str).map(str::to_owned);
            version = text("/version/number");
            distribution = match text("/version/distribution").as_deref() {
                Some("opensearch") => Some(Distribution::OpenSearch),
                Some(_) | None => version.as_deref().map(by_version),
            };
        }
        let lifecycle = match client.read(&Call::get("/_ilm/status")).await?.status {
            200 => Lifecycle::Present,
            403 => Lifecycle::Unknown,
            _ => Lifecycle::Absent,
        };
        let distribution = distribution.unwrap_or(Distribution::Elasticsearch);
        Ok(Self { distribution, version, lifecycle })
    }

    /// Name of the type that takes an object of anything and matches its leaves.
    pub(super) fn flattened_type(&self) -> &'static str {
        match self.distribution {
            Distribution::Elasticsearch => "flattened",
            Distribution::OpenSearch => "flat_object",
        }
    }

    /// Whether the type for objects takes limits of its own.
    pub(super) fn limits_flattened(&self) -> bool {
        self.distribution == Distribution::Elasticsearch
    }

    /// Where a sort puts lines without a time. There are none, for a search always names a window; but OpenSearch
    /// loses lines of other shards when it pages by `date_nanos`, unless it has a place for those without.
    /// Elasticsearch stops early only in the very order of the index, so there it has to be `_last`.
    pub(super) fn place_of_missing_times(&self) -> Value {
        match (self.distribution, &self.version) {
            (Distribution::Elasticsearch, Some(_)) => "_last".into(),
            (Distribution::OpenSearch, _) | (Distribution::Elasticsearch, None) => 0.into(),
        }
    }

    /// Whether the setting `index.mode` exists; only there may `logs-*-*` be changed into another mode.
    pub(super) fn has_index_mode(&self) -> bool {
        let version = self.version.as_deref().and_then(parse).unwrap_or_default();
        self.distribution == Distribution::Elasticsearch && version >= (8, 7)
    }
}

fn version_of_nodes(nodes: &Value) -> Option<String> {
    nodes.get("nodes")?.as_object()?.values().next()?.get("version")?.as_str().map(str::to_owned)
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
mod tests {
    use super::super::ElasticOptions;
    use super::super::fake_server::{FakeServer, Script};
    use super::*;

    async fn probe(answers: &[(u16, &str)]) -> Flavour {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let scripts = answers.iter().map(|(status, body)| Script::Say(*status, (*body).to_owned())).collect();
        let server = FakeServer::start(scripts);
        let options = ElasticOptions { urls: vec![server.url], ..ElasticOptions::default() };
        Flavour::probe(&Client::new(&options).unwrap()).await.unwrap()
    }

    fn flavour(version: &str) -> Flavour {
        Flavour { version: Some(version.to_owned()), distribution: by_version(version), ..Flavour::newest() }
    }

    #[tokio::test]
    async fn a_server_without_a_root_page_is_known_by_its_nodes() {
        let found =
            probe(&[(200, r#"{"nodes":{"a":{"version":"9.2.8"}}}"#), (400, r#"{"error":"no handler"}"#)])
                .await;

        assert_eq!(found.version.as_deref(), Some("9.2.8"));
        assert_eq!((found.distribution, found.lifecycle), (Distribution::Elasticsearch, Lifecycle::Absent));
    }

    #[tokio::test]
    async fn a_user_who_may_not_see_nodes_asks_the_root_page() {
        let root = r#"{"version":{"number":"7.10.2","distribution":"opensearch"}}"#;

        let found = probe(&[(403, "{}"), (200, root), (405, "{}")]).await;

        assert_eq!(found.version.as_deref(), Some("7.10.2"));
        assert_eq!((found.distribution, found.lifecycle), (Distribution::OpenSearch, Lifecycle::Absent));
    }

    #[tokio::test]
    async fn a_user_who_may_ask_nothing_still_has_a_server() {
        let found = probe(&[(403, "{}")]).await;

        assert_eq!((found.version, found.lifecycle), (None, Lifecycle::Unknown));
    }

    #[test]
    fn features_follow_from_distribution_and_version() {
        for (version, index_mode, flattened) in [
            ("7.17.29", false, "flattened"),
            ("8.6.2", false, "flattened"),
            ("8.19.16", true, "flattened"),
            ("9.2.8", true, "flattened"),
            ("3.8.0", false, "flat_object"),
        ] {
            let flavour = flavour(version);

            assert_eq!(
                (flavour.has_index_mode(), flavour.flattened_type()),
                (index_mode, flattened),
                "{version}"
            );
        }
        let unknown = Flavour { version: None, ..Flavour::newest() };
        assert!(!unknown.has_index_mode());
        assert_eq!(
            (unknown.place_of_missing_times(), flavour("9.2.8").place_of_missing_times()),
            (0.into(), "_last".into())
        );
    }
}
