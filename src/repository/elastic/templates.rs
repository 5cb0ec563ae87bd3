//! The templates that we install, rendered from the field table. `es-templates/` holds them for reading.

use serde_json::{Map, Value, json};

use super::flavour::Flavour;
use crate::model::field::{FIELDS, MAX_EXACT_UNITS};
use crate::model::{FieldKind, LogKind};

/// Version of the templates; grows with every change of them.
pub(super) const VERSION: u64 = 1;
/// Levels of objects inside `context`.
const MAX_DEPTH: u32 = 20;
/// Higher than what clusters and agents bring along for `logs-*`.
const PRIORITY: u32 = 501;
/// The part that the templates of all kinds share.
pub(super) const BASE: &str = "trailproof-logs-base";

/// One template.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Template {
    /// Name in the cluster.
    pub(super) name: String,
    /// Where it is put.
    pub(super) path: String,
    /// File under `es-templates/`.
    pub(super) file: String,
    /// The body of the request.
    pub(super) body: Value,
}

/// All templates in the order in which they are installed.
pub(super) fn render(flavour: &Flavour) -> Vec<Template> {
    let mut templates = vec![Template {
        name: BASE.to_owned(),
        path: format!("/_component_template/{BASE}"),
        file: "components/logs-base.json".to_owned(),
        body: json!({
            "template": {"settings": {"index": settings(flavour)}, "mappings": mappings(flavour)},
            "version": VERSION,
            "_meta": meta(),
        }),
    }];
    templates.extend(LogKind::ALL.into_iter().map(index_template));
    templates
}

fn index_template(kind: LogKind) -> Template {
    let kind = kind.as_str();
    let name = format!("trailproof-logs-{kind}");
    Template {
        path: format!("/_index_template/{name}"),
        name,
        file: format!("logs-{kind}.json"),
        body: json!({
            // The number at the end tells our indices from data streams of the same beginning.
            "index_patterns": [format!("logs-{kind}-*-0*")],
            "priority": PRIORITY,
            "composed_of": [BASE],
            "version": VERSION,
            "_meta": meta(),
        }),
    }
}

fn meta() -> Value {
    json!({"managed_by": "trailproof", "version": VERSION})
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

fn mappings(flavour: &Flavour) -> Value {
    let properties: Map<String, Value> =
        FIELDS.iter().map(|field| (field.elastic.to_owned(), mapping(field.kind, flavour))).collect();
    json!({"dynamic": false, "properties": properties})
}

fn mapping(kind: FieldKind, flavour: &Flavour) -> Value {
    match kind {
        FieldKind::Keyword | FieldKind::Level => json!({"type": "keyword", "ignore_above": MAX_EXACT_UNITS}),
        FieldKind::Text => json!({
            "type": "text",
            "analyzer": "standard",
            "norms": false,
            "fields": {"parts": {"type": "text", "analyzer": "simple", "norms": false}},
        }),
        FieldKind::Date => json!({"type": "date_nanos"}),
        FieldKind::Ip => json!({"type": "ip", "ignore_malformed": true}),
        FieldKind::Flattened if flavour.limits_flattened() => json!({
            "type": flavour.flattened_type(), "ignore_above": MAX_EXACT_UNITS, "depth_limit": MAX_DEPTH,
        }),
        FieldKind::Flattened => json!({"type": flavour.flattened_type()}),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::flavour::Distribution;
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a switch for whoever runs this test by hand")]
    fn the_generated_templates_in_the_repository_are_up_to_date() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("es-templates");
        for template in render(&Flavour::newest()) {
            let path = folder.join(&template.file);
            let rendered = serde_json::to_string_pretty(&template.body).unwrap() + "\n";
            if std::env::var("UPDATE_TEMPLATES").is_ok() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &rendered).unwrap();
            }

            let checked_in = fs::read_to_string(&path).unwrap_or_default();

            assert_eq!(checked_in, rendered, "{}: run this test with UPDATE_TEMPLATES=1", template.file);
        }
    }

    #[test]
    fn every_field_of_the_table_is_mapped() {
        let mappings = mappings(&Flavour::newest());

        let names: Vec<_> = mappings["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, FIELDS.map(|field| field.elastic));
        assert_eq!(mappings["properties"]["@timestamp"]["type"], "date_nanos");
        assert_eq!(mappings["properties"]["message"]["fields"]["parts"]["analyzer"], "simple");
    }

    #[test]
    fn servers_get_only_what_they_know() {
        let opensearch = Flavour {
            distribution: Distribution::OpenSearch,
            versions: vec!["3.8.0".to_owned()],
            ..Flavour::newest()
        };

        assert_eq!(mapping(FieldKind::Flattened, &opensearch), json!({"type": "flat_object"}));
        assert_eq!(settings(&opensearch).get("mode"), None);
        assert_eq!(settings(&Flavour::newest())["mode"], "standard");
    }
}
