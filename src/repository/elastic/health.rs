//! How the cluster is: can it serve, and which colour does it show.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::repository::elastic::transport::Flavour;
use crate::repository::elastic::transport::{Call, Client};
use crate::repository::{StoreHealth, StoreResult};

/// A health check that takes longer says more by its absence.
pub(super) const BUDGET: Duration = Duration::from_millis(2_500);

/// Asks the cluster how it is; `Null` when it answers but the user may not ask.
pub(super) async fn collect_elasticsearch_health(client: &Client, budget: Duration) -> StoreResult<Value> {
    let call = Call::get("/_cluster/health?master_timeout=1s&timeout=1s");
    let answer = client.read_within(&call, budget).await?;
    if answer.status == 403 {
        return Ok(Value::Null);
    }
    answer.accept()?.json()
}

/// Puts together what is known.
pub(super) fn report(cluster: &Value, flavour: Option<&Flavour>) -> StoreHealth {
    let mut detail = Map::new();
    for name in ["cluster_name", "number_of_nodes", "active_shards_percent_as_number"] {
        if let Some(value) = cluster.get(name) {
            detail.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(flavour) = flavour {
        detail.insert("distribution".to_owned(), flavour.distribution.as_str().into());
        // While nodes are replaced there are several; what holds for all of them is the lowest.
        detail.insert("version".to_owned(), json!(flavour.versions.first()));
        detail.insert("versions".to_owned(), json!(flavour.versions));
        detail.insert("lifecycle".to_owned(), flavour.lifecycle.as_str().into());
        detail.insert("reindex".to_owned(), flavour.reindex.as_str().into());
        detail.insert("point_in_time".to_owned(), flavour.point_in_time.as_str().into());
    }
    let color = cluster.get("status").and_then(Value::as_str).map(str::to_owned);
    StoreHealth { color, detail }
}

#[cfg(test)]
mod tests {
    use super::super::ElasticLogStore;
    use super::*;
    use crate::repository::elastic::transport::ElasticOptions;
    use crate::repository::elastic::transport::{FakeServer, Script, dead_address};
    use crate::repository::{LogStore as _, StoreError};

    fn store(url: String) -> ElasticLogStore {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        ElasticLogStore::connect(ElasticOptions { urls: vec![url], ..ElasticOptions::default() }).unwrap()
    }

    #[tokio::test]
    async fn a_cluster_tells_colour_version_and_distribution() {
        let server = FakeServer::start(vec![
            Script::Say(200, r#"{"status":"yellow","number_of_nodes":1}"#.to_owned()),
            Script::Say(200, r#"{"nodes":{"a":{"version":"9.2.8"}}}"#.to_owned()),
            Script::Say(400, "{}".to_owned()),
            Script::Say(405, "{}".to_owned()),
        ]);

        let health = store(server.url).health().await.unwrap();

        assert_eq!(health.color.as_deref(), Some("yellow"));
        assert_eq!(
            (&health.detail["version"], &health.detail["distribution"]),
            (&"9.2.8".into(), &"elasticsearch".into())
        );
        let capabilities = ["lifecycle", "reindex", "point_in_time"].map(|name| health.detail[name].clone());
        assert_eq!(capabilities, ["absent", "absent", "_pit"]);
    }

    #[tokio::test]
    async fn a_cluster_that_falls_silent_after_its_health_is_up_and_of_unknown_version() {
        let server =
            FakeServer::start(vec![Script::Say(200, r#"{"status":"red"}"#.to_owned()), Script::Hang]);
        let options = ElasticOptions { urls: vec![server.url], timeout_ms: 100, ..ElasticOptions::default() };

        let health = ElasticLogStore::connect(options).unwrap().health().await.unwrap();

        assert_eq!((health.color.as_deref(), health.detail.get("version")), (Some("red"), None));
    }

    #[tokio::test]
    async fn a_user_who_may_not_monitor_sees_a_cluster_that_is_up() {
        let server = FakeServer::saying(403, r#"{"error":{"type":"security_exception","reason":"no"}}"#);

        let health = store(server.url).health().await.unwrap();

        assert_eq!(health.color, None);
        assert_eq!(health.detail["version"], Value::Null);
    }

    #[tokio::test]
    async fn a_store_is_made_while_nobody_answers_and_then_says_so() {
        let health = store(dead_address()).health().await;

        assert!(matches!(health, Err(StoreError::Unavailable { .. })), "{health:?}");
    }
}
