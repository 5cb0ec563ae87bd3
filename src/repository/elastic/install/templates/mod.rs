//! The templates that we install, rendered from the field tables. `es-templates/` holds them for reading.

use serde_json::{Map, Value, json};

use super::lifecycle::policy;
use super::signature::{VERSION, meta};
use crate::model::audit_field::{AUDIT_FIELDS, AuditFieldKind};
use crate::model::field::{FIELDS, MAX_EXACT_UNITS};
use crate::model::ordered_leaf::CONTEXT_ORDERED;
use crate::model::{FieldKind, RetentionDays};
use crate::repository::elastic::indices::IndexNames;
use crate::repository::elastic::streams::Stream;
use crate::repository::elastic::transport::Flavour;

/// Levels of objects inside an object of anything.
const MAX_DEPTH: u32 = 20;
/// Higher than what clusters and agents bring along for `logs-*`.
pub(crate) const PORTABLE_PRIORITY: u32 = 501;
/// A data stream may be called like an index of the other profile: `logs-app-eu-01`.
const ELASTIC_PRIORITY: u32 = 502;
/// Parts that an operator may add to ours, such as other numbers of shards.
const CUSTOM: &str = "trailproof-custom";

/// How the life of indices is managed. The mapping is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Indices behind write aliases; a job of ours rolls them over and deletes them. For every server.
    Portable,
    /// Data streams with lifecycle policies, where the cluster has those.
    Elastic,
}

impl Profile {
    /// The word in commands and in what they print.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Elastic => "elastic",
        }
    }
}

/// Something that is installed in a cluster.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    /// Name in the cluster.
    pub(crate) name: String,
    /// Where it is put.
    pub(crate) path: String,
    /// File under `es-templates/`.
    pub(crate) file: String,
    /// The body of the request.
    pub(crate) body: Value,
}

/// Everything that is installed, in the order in which that is done.
///
/// Policies, and the templates that name them, belong to one environment: another one may keep its lines longer.
pub(crate) fn render(
    flavour: &Flavour,
    profile: Profile,
    indices: &IndexNames,
    days: RetentionDays,
) -> Vec<Template> {
    let mut templates = Vec::new();
    if profile == Profile::Elastic {
        templates.extend(Stream::ALL.map(|stream| {
            let name = elastic_name(stream, indices);
            Template {
                path: format!("/_ilm/policy/{name}"),
                name,
                file: format!("ilm/{}.json", stream.name()),
                body: policy(stream, days),
            }
        }));
    }
    templates.push(component("logs-base", &log_mappings(flavour), flavour));
    templates.push(component("audit-base", &audit_mappings(flavour), flavour));
    templates.extend(Stream::ALL.map(|stream| match profile {
        Profile::Portable => portable_template(stream, flavour),
        Profile::Elastic => elastic_template(stream, &elastic_name(stream, indices), indices, flavour),
    }));
    templates
}

fn component(base: &str, mappings: &Value, flavour: &Flavour) -> Template {
    let name = format!("trailproof-{base}");
    Template {
        path: format!("/_component_template/{name}"),
        name,
        file: format!("components/{base}.json"),
        body: json!({
            "template": {"settings": {"index": settings(flavour)}, "mappings": mappings},
            "version": VERSION,
            "_meta": meta(),
        }),
    }
}

fn portable_template(stream: Stream, flavour: &Flavour) -> Template {
    let name = format!("trailproof-{}", stream.name());
    // The number at the end tells our indices from data streams of the same beginning.
    let pattern = format!("{}-*-0*", stream.name());
    Template {
        path: format!("/_index_template/{name}"),
        name,
        file: format!("{}.json", stream.name()),
        body: index_template(stream, &pattern, PORTABLE_PRIORITY, flavour).into(),
    }
}

fn elastic_template(stream: Stream, name: &str, indices: &IndexNames, flavour: &Flavour) -> Template {
    let mut body = index_template(stream, &indices.of(stream), ELASTIC_PRIORITY, flavour);
    body.insert("data_stream".to_owned(), json!({}));
    let lifecycle = json!({"settings": {"index": {"lifecycle": {"name": name}}}});
    body.insert("template".to_owned(), lifecycle);
    Template {
        path: format!("/_index_template/{name}"),
        name: name.to_owned(),
        file: format!("elastic/{}.json", stream.name()),
        body: body.into(),
    }
}

/// Name of a policy and of the template that names it.
fn elastic_name(stream: Stream, indices: &IndexNames) -> String {
    format!("trailproof-{}", indices.of(stream))
}

fn index_template(stream: Stream, pattern: &str, priority: u32, flavour: &Flavour) -> Map<String, Value> {
    let base = match stream {
        Stream::Logs(_) => "trailproof-logs-base",
        Stream::AuditEvents => "trailproof-audit-base",
    };
    let mut body = Map::new();
    let mut insert = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    insert("index_patterns", json!([pattern]));
    insert("priority", priority.into());
    if flavour.has_optional_components() {
        insert("composed_of", json!([base, CUSTOM]));
        insert("ignore_missing_component_templates", json!([CUSTOM]));
    } else {
        insert("composed_of", json!([base]));
    }
    insert("version", VERSION.into());
    insert("_meta", meta());
    body
}

fn settings(flavour: &Flavour) -> Value {
    let mut settings = json!({
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        "codec": "best_compression",
        // Set, so that an index that is rarely read is refreshed all the same.
        "refresh_interval": "1s",
        // An answer of 200 means on disk.
        "translog": {"durability": "request"},
        // The order of every page: a search stops as soon as it has enough.
        "sort": {"field": ["@timestamp", "id"], "order": ["desc", "desc"]},
        "query": {"default_field": ["message"]},
    });
    if let (true, Some(members)) = (flavour.has_index_mode(), settings.as_object_mut()) {
        // Newer servers would otherwise turn `logs-*-*` into a mode that does not keep lines as they were sent.
        members.insert("mode".to_owned(), "standard".into());
    }
    settings
}

fn log_mappings(flavour: &Flavour) -> Value {
    let mut properties: Map<String, Value> =
        FIELDS.iter().map(|field| (field.elastic.to_owned(), log_mapping(field.kind, flavour))).collect();
    // Asked by range and nothing else, so it needs no column.
    let ordered = json!({"type": "keyword", "ignore_above": MAX_EXACT_UNITS, "doc_values": false});
    properties.insert(CONTEXT_ORDERED.to_owned(), ordered);
    json!({"_meta": meta(), "dynamic": false, "properties": properties})
}

fn log_mapping(kind: FieldKind, flavour: &Flavour) -> Value {
    match kind {
        FieldKind::Keyword | FieldKind::Level => keyword(),
        FieldKind::Text => json!({
            "type": "text",
            "analyzer": "standard",
            "norms": false,
            "fields": {"parts": {"type": "text", "analyzer": "simple", "norms": false}},
        }),
        FieldKind::Date => json!({"type": "date_nanos"}),
        FieldKind::Ip => json!({"type": "ip", "ignore_malformed": true}),
        FieldKind::Flattened => flattened(flavour),
    }
}

/// Strict: what the table does not know is no part of an event, and must not be dropped without a word.
fn audit_mappings(flavour: &Flavour) -> Value {
    let mut properties = Map::new();
    for field in AUDIT_FIELDS {
        let mapping = match field.kind {
            AuditFieldKind::Keyword => keyword(),
            AuditFieldKind::Text => json!({"type": "text", "analyzer": "standard", "norms": false}),
            AuditFieldKind::Date => json!({"type": "date_nanos"}),
            AuditFieldKind::Ip => json!({"type": "ip"}),
            AuditFieldKind::Integer => json!({"type": "long"}),
            AuditFieldKind::Boolean => json!({"type": "boolean"}),
            AuditFieldKind::Flattened => flattened(flavour),
        };
        insert(&mut properties, field.name, mapping);
    }
    json!({"_meta": meta(), "dynamic": "strict", "properties": properties})
}

fn insert(properties: &mut Map<String, Value>, name: &str, mapping: Value) {
    let Some((head, tail)) = name.split_once('.') else {
        properties.insert(name.to_owned(), mapping);
        return;
    };
    let object = properties.entry(head).or_insert_with(|| json!({"properties": {}}));
    if let Some(inner) = object.get_mut("properties").and_then(Value::as_object_mut) {
        insert(inner, tail, mapping);
    }
}

fn keyword() -> Value {
    json!({"type": "keyword", "ignore_above": MAX_EXACT_UNITS})
}

fn flattened(flavour: &Flavour) -> Value {
    if flavour.limits_flattened() {
        return json!({
            "type": flavour.flattened_type(), "ignore_above": MAX_EXACT_UNITS, "depth_limit": MAX_DEPTH,
        });
    }
    json!({"type": flavour.flattened_type()})
}

#[cfg(test)]
mod tests;
