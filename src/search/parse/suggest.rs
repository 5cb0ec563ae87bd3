//! The sentence about a field that does not exist.

use crate::model::LogField;
use crate::model::field::FIELDS;
use crate::model::nearest::nearest;

/// Characters of a name that are looked at and shown.
const MAX_CHARACTERS: usize = 64;

/// Says that a field does not exist, and what was most likely meant: a field of ours, or a key of the context.
pub(super) fn unknown_field(name: &str) -> String {
    let shown: String = name.chars().take(MAX_CHARACTERS).collect();
    let quoted = shown.escape_debug();
    if let Some(key) = misspelt_context(&shown) {
        return format!("unknown field '{quoted}'; did you mean 'context.{}'?", key.escape_debug());
    }
    if let Some(field) = nearest_field(&shown) {
        return format!("unknown field '{quoted}'; did you mean '{}'?", field.name());
    }
    if !shown.starts_with(char::is_alphabetic) || shown.contains('*') {
        let names: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
        return format!("unknown field '{quoted}'; there are {}", names.join(", "));
    }
    format!(
        "unknown field '{quoted}'; did you mean 'context.{quoted}', the key of that name in the lines? text that holds a \
         colon needs quotes"
    )
}

/// Whether a name is most likely a slip of the keyboard for a field, or for a key of the context.
pub(super) fn is_close(name: &str) -> bool {
    misspelt_context(name).is_some() || nearest_field(name).is_some()
}

/// The key of `contxt.key`.
fn misspelt_context(name: &str) -> Option<&str> {
    let (object, key) = name.split_once('.')?;
    (nearest(object, ["context"]).is_some() && !key.is_empty()).then_some(key)
}

/// The field with the nearest name, be it one of its other names.
fn nearest_field(name: &str) -> Option<LogField> {
    let names = FIELDS.iter().flat_map(|field| field.aliases.iter().copied().chain([field.name]));
    nearest(name, names).and_then(LogField::by_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_answered_with_the_field_meant() {
        for (name, meant) in [
            ("servce", "service"),
            ("Service", "service"),
            ("mesage", "message"),
            ("timestmap", "timestamp"),
            ("leve", "level"),
            ("requestid", "request_id"),
            ("user", "user_id"),
            ("trace", "trace_id"),
            ("cleint_ip", "client_ip"),
            ("contxt.order_id", "context.order_id"),
        ] {
            assert_eq!(unknown_field(name), format!("unknown field '{name}'; did you mean '{meant}'?"));
        }
    }

    #[test]
    fn a_name_far_from_all_may_be_a_key_that_was_sent() {
        let detail = unknown_field("order_id");

        assert!(detail.starts_with("unknown field 'order_id'; did you mean 'context.order_id'"), "{detail}");
        assert!(detail.contains("'context.order_id'"), "{detail}");
    }

    #[test]
    fn names_of_the_engine_are_no_keys() {
        for name in ["_id", "_index", "_exists_", "secret.*"] {
            assert!(!unknown_field(name).contains("context."), "{name}");
        }
    }

    #[test]
    fn a_long_or_odd_name_is_shown_short_and_escaped() {
        let detail = unknown_field(&format!("\n{}", "x".repeat(2_000)));

        assert!(detail.len() < 400, "{}", detail.len());
        assert!(!detail.contains('\n'), "{detail}");
    }
}
