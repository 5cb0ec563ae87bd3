//! Indices of a test's own on a real server, made by hand: no template of ours, no call of ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use trailproof::model::Preset;
use trailproof::repository::elastic::ElasticOptions;

use super::shapes::Shape;
use crate::engine::{Engine, install_crypto, server_url};

/// How the fields of an index are mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mapping {
    /// As nobody has thought of it: strings are text with a sub-field `keyword`, numbers are numbers.
    Dynamic,
    /// Strings are keywords, as in the templates of shippers; only the message is text.
    Keyword,
    /// Strings are text and nothing else.
    TextOnly,
}

/// A server, and names on it that no other test has.
pub(crate) struct Server {
    url: String,
    client: reqwest::Client,
    /// All names of this test begin so.
    pub(crate) prefix: String,
}

impl Server {
    /// The server that the variable names.
    pub(crate) fn of(variable: &str) -> Self {
        install_crypto();
        let mut bytes = [0; 6];
        aws_lc_rs::rand::fill(&mut bytes).unwrap();
        let client = reqwest::Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
        Self { url: server_url(variable), client, prefix: format!("foreign-{}", hex::encode(bytes)) }
    }

    /// A name of this test's own.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Sends a request that must succeed.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.client.request(method, format!("{}/{path}", self.url));
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Makes an index.
    pub(crate) async fn make(&self, name: &str, shape: Shape, mapping: Mapping, shards: u32) -> String {
        let name = self.name(name);
        let body = json!({
            "settings": {"number_of_shards": shards, "number_of_replicas": 0},
            "mappings": mappings(shape, mapping),
        });
        self.send(Method::PUT, &name, &body).await;
        name
    }

    /// Writes documents by hand, and makes them visible.
    pub(crate) async fn write(&self, index: &str, documents: impl IntoIterator<Item = (String, Value)>) {
        let mut body = String::new();
        for (id, document) in documents {
            writeln!(body, "{}\n{document}", json!({"create": {"_index": index, "_id": id}})).unwrap();
        }
        let request = self
            .client
            .post(format!("{}/_bulk?refresh=true", self.url))
            .header("content-type", "application/x-ndjson")
            .body(body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["errors"], false, "{answer}");
    }

    /// The product, reading these patterns under the names of a preset.
    pub(crate) fn reading(&self, patterns: &[&str], preset: Preset) -> Engine {
        self.reading_names(patterns, preset, BTreeMap::new())
    }

    /// As [`Self::reading`], with names of one's own.
    pub(crate) fn reading_names(
        &self,
        patterns: &[&str],
        preset: Preset,
        field_names: BTreeMap<String, String>,
    ) -> Engine {
        Engine::reading(ElasticOptions {
            urls: vec![self.url.clone()],
            indices: patterns.iter().map(|pattern| self.name(pattern).parse().unwrap()).collect(),
            preset,
            field_names,
            timeout_ms: 30_000,
            ..ElasticOptions::default()
        })
    }

    /// Names of all indices on the server.
    pub(crate) async fn all_indices(&self) -> Vec<String> {
        let listed = self.send(Method::GET, "_cat/indices?format=json&h=index", &Value::Null).await;
        let mut names: Vec<_> =
            listed.as_array().unwrap().iter().map(|row| row["index"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }
}

fn mappings(shape: Shape, mapping: Mapping) -> Value {
    let strings = |kind: Value| {
        json!([{"message": {"match": shape_of_message(shape), "match_mapping_type": "string", "mapping": {"type": "text"}}},
            {"strings": {"match_mapping_type": "string", "mapping": kind}}])
    };
    match (mapping, shape) {
        (Mapping::Dynamic, _) => json!({}),
        (Mapping::Keyword, Shape::Ecs | Shape::EcsDotted) => {
            json!({"dynamic_templates": strings(json!({"type": "keyword"})),
                "properties": {"client": {"properties": {"ip": {"type": "ip"}}}}})
        }
        (Mapping::Keyword, _) => json!({"dynamic_templates": strings(json!({"type": "keyword"}))}),
        (Mapping::TextOnly, _) => json!({"dynamic_templates": strings(json!({"type": "text"}))}),
    }
}

fn shape_of_message(shape: Shape) -> &'static str {
    match shape {
        Shape::Trailproof | Shape::Ecs | Shape::EcsDotted | Shape::Logstash => "message",
        Shape::Pino | Shape::PinoPlain => "msg",
    }
}
