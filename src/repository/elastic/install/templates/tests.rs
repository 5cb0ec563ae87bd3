//! The templates hold what the field tables say, and stand in the repository as they are installed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::repository::elastic::transport::Distribution;

fn newest(profile: Profile) -> Vec<Template> {
    let indices = IndexNames::new(crate::model::EnvName::default(), Vec::new());
    render(&Flavour::newest(), profile, &indices, RetentionDays::default())
}

fn everything() -> Vec<Template> {
    let mut templates = newest(Profile::Portable);
    for template in newest(Profile::Elastic) {
        if !templates.iter().any(|known| known.file == template.file) {
            templates.push(template);
        }
    }
    templates
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a switch for whoever runs this test by hand")]
fn the_generated_templates_in_the_repository_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("es-templates");
    let templates = everything();
    for template in &templates {
        let path = folder.join(&template.file);
        let rendered = serde_json::to_string_pretty(&template.body).unwrap() + "\n";
        if std::env::var("UPDATE_TEMPLATES").is_ok() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &rendered).unwrap();
        }

        let checked_in = fs::read_to_string(&path).unwrap_or_default();

        assert_eq!(checked_in, rendered, "{}: run this test with UPDATE_TEMPLATES=1", template.file);
    }
    let known: BTreeSet<_> = templates.iter().map(|template| folder.join(&template.file)).collect();
    let left: Vec<_> = json_files(&folder).into_iter().filter(|file| !known.contains(file)).collect();
    assert_eq!(left, Vec::<PathBuf>::new(), "files that nothing renders any more");
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(json_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files
}

/// Dotted names of all fields of a mapping.
fn names(properties: &Value, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, mapping) in properties.as_object().unwrap() {
        let name = format!("{prefix}{name}");
        match mapping.get("properties") {
            Some(inner) => found.extend(names(inner, &format!("{name}."))),
            None => drop(found.insert(name)),
        }
    }
    found
}

#[test]
fn every_field_of_the_tables_is_mapped_and_nothing_else() {
    let logs = log_mappings(&Flavour::newest());
    let audit = audit_mappings(&Flavour::newest());

    let fields = FIELDS.iter().map(|field| field.elastic);
    let expected: BTreeSet<_> = fields.chain([CONTEXT_ORDERED]).map(str::to_owned).collect();
    assert_eq!(names(&logs["properties"], ""), expected);
    let expected: BTreeSet<_> = AUDIT_FIELDS.iter().map(|field| field.name.to_owned()).collect();
    assert_eq!(names(&audit["properties"], ""), expected);
    assert_eq!(logs["properties"]["@timestamp"]["type"], "date_nanos");
    assert_eq!(logs["properties"]["message"]["fields"]["parts"]["analyzer"], "simple");
    assert_eq!((&audit["dynamic"], &logs["dynamic"]), (&json!("strict"), &json!(false)));
}

#[test]
fn the_mapping_is_the_same_in_both_profiles() {
    let components = |profile| {
        let templates = newest(profile);
        templates.into_iter().filter(|template| template.path.contains("component")).collect::<Vec<_>>()
    };

    assert_eq!(components(Profile::Portable), components(Profile::Elastic));
}

#[test]
fn data_streams_and_policies_belong_to_the_elastic_profile_only() {
    let portable = newest(Profile::Portable);
    let elastic = newest(Profile::Elastic);

    assert!(portable.iter().all(|template| template.body.get("data_stream").is_none()));
    assert!(portable.iter().all(|template| !template.path.starts_with("/_ilm")));
    let app =
        elastic.iter().find(|template| template.path == "/_index_template/trailproof-logs-app-dev").unwrap();
    assert_eq!(app.body["index_patterns"], json!(["logs-app-dev"]));
    assert_eq!(app.body["template"]["settings"]["index"]["lifecycle"]["name"], "trailproof-logs-app-dev");
    assert_eq!(elastic.iter().filter(|template| template.path.starts_with("/_ilm")).count(), 4);
}

#[test]
fn servers_get_only_what_they_know() {
    let opensearch = Flavour {
        distribution: Distribution::OpenSearch,
        versions: vec!["3.8.0".to_owned()],
        ..Flavour::newest()
    };

    assert_eq!(log_mapping(FieldKind::Flattened, &opensearch), json!({"type": "flat_object"}));
    assert_eq!(settings(&opensearch).get("mode"), None);
    assert_eq!(settings(&Flavour::newest())["mode"], "standard");
    let composed =
        |flavour: &Flavour| portable_template(Stream::AuditEvents, flavour).body["composed_of"].clone();
    assert_eq!(composed(&opensearch), json!(["trailproof-audit-base"]));
    assert_eq!(composed(&Flavour::newest()), json!(["trailproof-audit-base", "trailproof-custom"]));
}
