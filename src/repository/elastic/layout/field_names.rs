//! Under which names the indices that are read hold our fields: a preset, and what the configuration says otherwise.

use std::collections::BTreeMap;

use crate::model::field::FIELDS;
use crate::model::{LogField, Preset};

/// For each field the dotted paths at which a document may hold its value; the first that it has counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldNames {
    paths: BTreeMap<LogField, Vec<String>>,
}

impl FieldNames {
    /// The names of a preset; a name of one's own replaces all that the preset has for that field.
    pub(crate) fn new(preset: Preset, own_names: &BTreeMap<String, String>) -> Self {
        let paths_of = |field: LogField| match own_names.get(field.name()) {
            Some(name) => vec![name.clone()],
            None => preset.names(field).into_iter().map(str::to_owned).collect(),
        };
        Self { paths: FIELDS.iter().map(|field| (field.id, paths_of(field.id))).collect() }
    }

    /// The names that we write.
    pub(crate) fn of_our_own() -> Self {
        Self::new(Preset::Trailproof, &BTreeMap::new())
    }

    /// Where a document may hold the value of a field. Of the context these are prefixes, of which the empty one means
    /// whatever belongs to no field.
    pub(crate) fn of(&self, field: LogField) -> &[String] {
        self.paths.get(&field).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where a document may hold the value of a key of the context.
    pub(crate) fn of_key(&self, key: &str) -> Vec<String> {
        let below =
            |prefix: &String| if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
        self.of(LogField::Context).iter().map(below).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_ones_own_replaces_those_of_the_preset() {
        let own = BTreeMap::from([("service".to_owned(), "app".to_owned())]);

        let names = FieldNames::new(Preset::Ecs, &own);

        assert_eq!(names.of(LogField::Service), ["app"]);
        assert_eq!(names.of(LogField::Level), ["log.level", "level"]);
    }

    #[test]
    fn keys_of_the_context_stand_where_the_preset_says() {
        let names = |preset| FieldNames::new(preset, &BTreeMap::new());

        assert_eq!(names(Preset::Trailproof).of_key("a.b"), ["context.a.b"]);
        assert_eq!(names(Preset::Ecs).of_key("host.name"), ["host.name"]);
        assert_eq!(names(Preset::Pino).of_key("tenant"), ["additionalContext.tenant", "tenant"]);
    }
}
