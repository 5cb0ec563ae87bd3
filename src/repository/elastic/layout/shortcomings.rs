//! What cannot be searched in the indices that are read, said in the log and by `trailproof doctor`.

use super::{Layout, PlaceKind};
use crate::model::FieldKind;
use crate::model::field::FIELDS;
use crate::repository::elastic::query::predicates::{NOT_EXACT, NOT_WORDS};

/// Something that cannot be searched, for whoever may change the mappings.
pub(crate) struct Shortcoming {
    /// Where documents hold the value.
    pub(crate) path: String,
    pub(crate) sentence: String,
    /// Whether lines cannot be found at all.
    pub(crate) hides_lines: bool,
}

/// Says where each field is found, and what cannot be searched.
pub(crate) fn tell(target: &str, layout: &Layout) {
    if layout.indices.is_empty() {
        tracing::warn!(pattern = target, "no index matches; check logs.indices and the rights of the user");
        return;
    }
    let found: Vec<_> = FIELDS
        .iter()
        .filter_map(|field| {
            let layout = layout.fields.get(&field.id)?;
            let paths: Vec<_> = layout.places().into_iter().map(|place| place.path.as_str()).collect();
            (!paths.is_empty()).then(|| format!("{}={}", field.name, paths.join("|")))
        })
        .collect();
    tracing::info!(
        pattern = target,
        indices = layout.indices.len(),
        fields = found.join(" "),
        "reads indices"
    );
    for Shortcoming { sentence, .. } in shortcomings(layout) {
        tracing::warn!(pattern = target, "{sentence}");
    }
}

/// All that cannot be searched.
pub(crate) fn shortcomings(layout: &Layout) -> Vec<Shortcoming> {
    let path = &layout.time.path;
    let of_time = |sentence| Shortcoming { path: path.clone(), sentence, hides_lines: true };
    let mut found = Vec::new();
    if !layout.time.is_usable {
        found.push(of_time(format!("{path} is no date in any index, so no line can be found")));
    }
    for index in &layout.time.unusable {
        let sentence =
            format!("{index}: its times are not in {path} as in most indices, so its lines are left out");
        found.push(of_time(sentence));
    }
    for field in &FIELDS {
        let Some(asked) = layout.fields.get(&field.id) else { continue };
        for place in asked.places() {
            let problem = match (&place.kind, field.kind) {
                (PlaceKind::Other(word), _) => format!("has the type {word}, which cannot be searched"),
                (PlaceKind::Text { exact: None, .. }, FieldKind::Keyword) => NOT_EXACT.to_owned(),
                (PlaceKind::Keyword, FieldKind::Text) => NOT_WORDS.to_owned(),
                _ => continue,
            };
            let sentence = format!("{} ({}) {problem}", place.path, field.name);
            found.push(Shortcoming { path: place.path.clone(), sentence, hides_lines: false });
        }
    }
    found
}
