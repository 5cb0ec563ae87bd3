//! The known field that a misspelt name most likely means.

use crate::model::field::FIELDS;

/// Characters of a name that are looked at and shown.
const MAX_CHARACTERS: usize = 64;

/// The sentence about a field that does not exist; names the nearest one that does.
pub(super) fn unknown_field(name: &str) -> String {
    let shown: String = name.chars().take(MAX_CHARACTERS).collect();
    let quoted = shown.escape_debug();
    if let Some(key) = misspelt_context(&shown) {
        return format!("unknown field '{quoted}'; did you mean 'context.{}'?", key.escape_debug());
    }
    let (nearest, is_close) = nearest(&shown);
    if is_close || !shown.starts_with(char::is_alphabetic) || shown.contains('*') {
        return format!("unknown field '{quoted}'; did you mean '{nearest}'?");
    }
    format!(
        "unknown field '{quoted}'; did you mean '{nearest}', or 'context.{quoted}' for what was sent under this name? \
         text that holds a colon needs quotes"
    )
}

/// The key of `contxt.key`.
fn misspelt_context(name: &str) -> Option<&str> {
    let (object, key) = name.split_once('.')?;
    let is_close = strsim::osa_distance(&object.to_lowercase(), "context") <= 2;
    (is_close && !key.is_empty()).then_some(key)
}

/// The wire name of the nearest field, and whether it is near enough for a slip of the keyboard.
fn nearest(name: &str) -> (&'static str, bool) {
    let name = name.to_lowercase();
    let mut best = ("message", 0.0, false);
    for field in &FIELDS {
        for known in field.aliases.iter().chain([&field.name]) {
            let known = known.to_lowercase();
            let score = strsim::jaro_winkler(&name, &known);
            if score > best.1 {
                best = (field.name, score, is_slip(&name, &known));
            }
        }
    }
    (best.0, best.2)
}

fn is_slip(name: &str, known: &str) -> bool {
    let distance = strsim::osa_distance(name, known);
    distance * 3 <= known.chars().count() || (name.chars().count() >= 3 && known.starts_with(name))
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

        assert!(detail.starts_with("unknown field 'order_id'; did you mean '"), "{detail}");
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
