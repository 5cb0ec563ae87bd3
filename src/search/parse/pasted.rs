//! A name and a colon: a field, or part of a text that was pasted.
//!
//! A name of the field table, one that is nearly such a name, and a key of `context` are fields. Any other name is one too, and
//! then unknown, unless what stands behind the colon says that this is text.

use std::net::Ipv6Addr;

use super::suggest::is_close;
use crate::model::FieldRef;

/// What a name before a colon is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A field, known or not.
    Field,
    /// Text, for sure.
    Text,
    /// Text most likely, though the name could be meant for a key.
    LikelyText,
    /// A word at the end of which a colon stands, as in `Error: no route`.
    Heading,
}

/// Reads a name; `value` is what stands behind its colon, up to a blank.
pub(super) fn read(name: &str, value: &str) -> Reading {
    if value.starts_with("//") || (value.starts_with(':') && !value.starts_with("::") && !is_key(name)) {
        return Reading::Text;
    }
    let has_odd_name = name.starts_with(['_', '@']) || name.contains('*');
    if FieldRef::by_name(name).is_some() || is_key(name) || has_odd_name {
        return Reading::Field;
    }
    if is_path_of_windows(name, value) || is_address(name, value) {
        return Reading::Text;
    }
    if is_close(name) {
        return Reading::Field;
    }
    if value.is_empty() {
        return Reading::Heading;
    }
    let is_text = value.contains("://") || value.contains(':') || begins_with_port(value);
    if is_text { Reading::LikelyText } else { Reading::Field }
}

/// The same for a whole word, with the name in it; `None` where no colon follows a name.
pub(super) fn read_word(word: &str) -> Option<(&str, Reading)> {
    let (name, value) = word.split_once(':')?;
    let is_name = name.starts_with(char::is_alphabetic)
        && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '.' | '-'));
    is_name.then(|| (name, read(name, value)))
}

/// Whether a name can only be meant as a key of the context.
pub(super) fn is_key(name: &str) -> bool {
    ["context.", "additionalContext."].iter().any(|object| name.starts_with(object))
}

/// `C:\Users`, `C:/Users`, and a backslash that takes no mark before any name.
fn is_path_of_windows(name: &str, value: &str) -> bool {
    let is_drive = name.len() == 1 && name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let mut characters = value.chars();
    match (characters.next(), characters.next()) {
        (Some('\\'), Some(next)) => is_drive || next.is_alphanumeric(),
        (Some('\\'), None) | (Some('/'), _) => is_drive,
        _ => false,
    }
}

/// An IPv6 address or network whose first part has letters: `fe80:0:0:0:1:2:3:4`, `fe80::1/64`.
fn is_address(name: &str, value: &str) -> bool {
    let text = format!("{name}:{value}");
    let end = text.find(['/', '%', ',', ';', ']', ')']).unwrap_or(text.len());
    text.get(..end).is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

/// `8080/health`, as behind the name of a host.
fn begins_with_port(value: &str) -> bool {
    value.split_once('/').is_some_and(|(port, _)| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_the_colon_tells_text_from_a_field() {
        for (name, value, expected) in [
            ("service", "api", Reading::Field),
            ("service", "", Reading::Field),
            ("service", ":new", Reading::Text),
            ("servce", "x", Reading::Field),
            ("servce", "", Reading::Field),
            ("servce", "a:b", Reading::Field),
            ("order_id", "42", Reading::Field),
            ("redis-master", "6379", Reading::Field),
            ("context.ip", "::1", Reading::Field),
            ("context.a", ":b", Reading::Field),
            ("client_ip", "::1", Reading::Field),
            ("_id", "x:y", Reading::Field),
            ("secret.*", "", Reading::Field),
            ("std", ":vector", Reading::Text),
            ("https", "//host/a?b=c", Reading::Text),
            ("C", "\\Users\\x", Reading::Text),
            ("C", "\\", Reading::Text),
            ("D", "/data", Reading::Text),
            ("x", "/data", Reading::Text),
            ("key", "/data", Reading::Field),
            ("fe80", ":1", Reading::Text),
            ("fe80", "0:0:0:1:2:3:4/64", Reading::Text),
            ("java.lang.NullPointerException", "", Reading::Heading),
            ("jdbc", "postgresql://db/x", Reading::LikelyText),
            ("INFO", "root:started", Reading::LikelyText),
            ("localhost", "8080/health", Reading::LikelyText),
        ] {
            assert_eq!(read(name, value), expected, "{name}:{value}");
        }
    }
}
