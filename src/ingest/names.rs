//! Which field a key of a line means: every name and alias of `model::field` that a sender may use, ready for one quick
//! look-up.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::model::LogField;
use crate::model::field::FIELDS;

/// One name of a field.
#[derive(Debug)]
pub(super) struct Name {
    /// The key as it is sent; nested objects count as dotted.
    pub(super) text: &'static str,
    /// The field it means.
    pub(super) field: LogField,
    /// 0 for our own name, then the aliases in their order; the lowest of a line wins.
    pub(super) rank: usize,
}

/// All names, by their length in bytes.
struct Names {
    by_length: Vec<Vec<Name>>,
    /// Proper beginnings of dotted names: `http` and `http.request` of `http.request.id`.
    beginnings: BTreeSet<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(Names::collect);

/// Finds what a key means; `None` when it belongs to the context.
pub(super) fn find(key: &str) -> Option<&'static Name> {
    NAMES.by_length.get(key.len())?.iter().find(|name| name.text == key)
}

/// Whether an object under this (dotted) key can hold a field.
pub(super) fn leads_to_a_field(path: &str) -> bool {
    NAMES.beginnings.contains(path)
}

impl Names {
    fn collect() -> Self {
        let mut by_length: Vec<Vec<Name>> = Vec::new();
        let mut beginnings = BTreeSet::new();
        for field in FIELDS.iter().filter(|field| !field.id.is_given()) {
            let texts = std::iter::once(&field.name).chain(field.aliases);
            for (rank, text) in texts.enumerate() {
                if by_length.len() <= text.len() {
                    by_length.resize_with(text.len() + 1, Vec::new);
                }
                if let Some(names) = by_length.get_mut(text.len()) {
                    names.push(Name { text, field: field.id, rank });
                }
                beginnings.extend(text.match_indices('.').filter_map(|(at, _)| text.get(..at)));
            }
        }
        Self { by_length, beginnings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_table_is_found_and_nothing_else() {
        for field in FIELDS.iter().filter(|field| !field.id.is_given()) {
            for (rank, text) in std::iter::once(&field.name).chain(field.aliases).enumerate() {
                let name = find(text).unwrap();

                assert_eq!((name.field, name.rank), (field.id, rank), "{text}");
            }
        }
        for text in ["client_id", "received_at", "event.ingested", "servce"] {
            assert!(find(text).is_none(), "{text}");
        }
        assert!(find("").is_none());
    }

    #[test]
    fn the_beginnings_of_dotted_names_lead_on() {
        for path in ["http", "http.request", "user_agent", "service", "log"] {
            assert!(leads_to_a_field(path), "{path}");
        }
        assert!(!leads_to_a_field("http.request.id"));
        assert!(!leads_to_a_field("message"));
    }
}
