//! Whether the clocks of the cluster go as ours does: a search for the last minute asks one for lines of the other.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::indices::IndexNames;
use crate::model::{Clock, Finding, KindSet};
use crate::repository::StoreResult;
use crate::repository::elastic::transport::{Call, Client};

/// Lines of so few seconds are not missed by anybody.
const TOLERATED: Duration = Duration::from_secs(5);

/// Compares each clock that can be asked.
pub(super) async fn examine(client: &Client, indices: &IndexNames, clock: &dyn Clock) -> Finding {
    let before = millis(clock);
    let clocks = match clocks(client, indices).await {
        Ok(clocks) if !clocks.is_empty() => clocks,
        Ok(_) => return Finding::ok("clock", "the clocks of the cluster cannot be asked for"),
        Err(error) => {
            return Finding::ok("clock", format!("the clocks of the cluster are not known: {error}"));
        }
    };
    let after = millis(clock);
    // What lies between asking and being told is no difference.
    let skew = |(_, millis): &(String, i64)| match *millis {
        millis if millis < before => millis - before,
        millis if millis > after => millis - after,
        _ => 0,
    };
    let Some(worst) = clocks.iter().max_by_key(|clock| skew(clock).abs()) else {
        return Finding::ok("clock", "the clocks of the cluster cannot be asked for");
    };
    let skew_ms = skew(worst);
    let is_tolerated = Duration::from_millis(skew_ms.unsigned_abs()) <= TOLERATED;
    if is_tolerated {
        let seconds = TOLERATED.as_secs();
        return Finding::ok(
            "clock",
            format!("the clocks of the cluster and of this machine agree within {seconds} s"),
        );
    }
    let side = if skew_ms < 0 { "behind" } else { "ahead of" };
    let seconds = Duration::from_millis(skew_ms.unsigned_abs()).as_secs();
    Finding::failed(
        "clock",
        format!(
            "{} is {seconds} s {side} this machine, so that new lines are missed; fix the one that is wrong",
            worst.0
        ),
        "timedatectl set-ntp true",
    )
}

/// The clock of every node, else that of whichever node carries out a search: whoever may only read can ask for that.
async fn clocks(client: &Client, indices: &IndexNames) -> StoreResult<Vec<(String, i64)>> {
    let call = Call::get("/_nodes/stats/jvm").with("filter_path", "nodes.*.timestamp,nodes.*.name");
    let answer = client.read(&call).await?;
    if answer.status == 200 {
        let stats: Value = answer.json()?;
        let nodes = stats.get("nodes").and_then(Value::as_object).into_iter().flatten();
        let clock = |node: &Value| {
            let name = node.get("name").and_then(Value::as_str).unwrap_or("a node");
            Some((format!("node {name}"), node.get("timestamp")?.as_i64()?))
        };
        return Ok(nodes.filter_map(|(_, node)| clock(node)).collect());
    }
    let Some(target) = indices.build_index_pattern(KindSet::APP_AND_ERROR) else { return Ok(Vec::new()) };
    // The field need not exist: only what the server takes `now` for is read.
    let now = json!({"field": "@timestamp", "format": "epoch_millis", "ranges": [{"from": "now"}]});
    let body = json!({"size": 0, "aggs": {"now": {"date_range": now}}});
    let call = Call::post(format!("/{target}/_search"), &body).with("ignore_unavailable", "true");
    let answer: Value = client.read(&call).await?.accept_read()?.json()?;
    let now = answer.pointer("/aggregations/now/buckets/0/from_as_string").and_then(Value::as_str);
    let millis = now.and_then(|now| now.parse().ok());
    Ok(millis.map(|millis| ("the cluster".to_owned(), millis)).into_iter().collect())
}

fn millis(clock: &dyn Clock) -> i64 {
    clock.now().get().div_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Micros, Verdict};
    use crate::repository::elastic::transport::ElasticOptions;
    use crate::repository::elastic::transport::{FakeServer, Script};

    struct StoodStill;

    impl Clock for StoodStill {
        fn now(&self) -> Micros {
            Micros::new(1_795_262_403_000_000)
        }
    }

    async fn examined(answers: Vec<(u16, String)>) -> Finding {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let scripts = answers.into_iter().map(|(status, body)| Script::Say(status, body)).collect();
        let server = FakeServer::start(scripts);
        let options = ElasticOptions { urls: vec![server.url.clone()], ..ElasticOptions::default() };
        let indices = IndexNames::new(crate::model::EnvName::default(), Vec::new());
        examine(&Client::new(&options).unwrap(), &indices, &StoodStill).await
    }

    fn nodes(clocks: [i64; 2]) -> (u16, String) {
        let node = |name: &str, seconds: i64| json!({"name": name, "timestamp": 1_795_262_403_000_i64 + seconds * 1_000});
        let nodes = json!({"nodes": {"x": node("es-1", clocks[0]), "y": node("es-2", clocks[1])}});
        (200, nodes.to_string())
    }

    #[tokio::test]
    async fn the_clock_that_is_farthest_off_is_named() {
        assert_eq!(examined(vec![nodes([5, -5])]).await.verdict, Verdict::Ok);

        let behind = examined(vec![nodes([1, -6])]).await;
        let ahead = examined(vec![nodes([3_600, -6])]).await;

        assert_eq!(behind.verdict, Verdict::Failed);
        assert!(behind.message.starts_with("node es-2 is 6 s behind"), "{}", behind.message);
        assert!(ahead.message.starts_with("node es-1 is 3600 s ahead of"), "{}", ahead.message);
        assert_eq!(ahead.fix.as_deref(), Some("timedatectl set-ntp true"));
    }

    #[tokio::test]
    async fn whoever_may_only_read_learns_the_time_of_a_search() {
        let forbidden = (403, r#"{"error":{"type":"security_exception","reason":"no"}}"#.to_owned());
        let bucket = json!({"from_as_string": "1795262463000"});
        let found = json!({"aggregations": {"now": {"buckets": [bucket]}}});

        let skewed = examined(vec![forbidden.clone(), (200, found.to_string())]).await;
        let unknown = examined(vec![forbidden]).await;

        assert!(skewed.message.starts_with("the cluster is 60 s ahead of"), "{}", skewed.message);
        assert_eq!(unknown.verdict, Verdict::Ok);
    }
}
