//! Errors that several stages share, and the rule about short prefixes.

use crate::error::{Error, ErrorCode, Result};
use crate::model::script::is_east_asian;

/// A text that is no query.
pub(super) fn syntax(detail: impl Into<String>, offset: usize) -> Error {
    Error::new(ErrorCode::QuerySyntax, detail).at_offset("query", offset)
}

/// A query that the field does not take.
pub(super) fn unsupported(detail: impl Into<String>, offset: usize) -> Error {
    Error::new(ErrorCode::UnsupportedOperation, detail).at_offset("query", offset)
}

pub(super) fn nul(offset: usize) -> Error {
    syntax("the query holds a NUL character; remove it", offset)
}

pub(super) fn wildcard(offset: usize) -> Error {
    let detail = "the only wildcard is one * at the end of a word; quotes search for the mark itself";
    unsupported(detail, offset)
}

pub(super) fn regex(offset: usize) -> Error {
    syntax("regular expressions are not offered; quotes search for the text itself", offset)
}

pub(super) fn fuzzy(offset: usize) -> Error {
    syntax("fuzzy search (~) is not offered; quotes search for the mark itself", offset)
}

pub(super) fn boost(offset: usize) -> Error {
    syntax("boosts (^) are not offered; quotes search for the mark itself", offset)
}

/// Refuses a prefix that would match too much.
pub(super) fn check_prefix(prefix: &str, offset: usize) -> Result<()> {
    let needed = if is_east_asian(prefix) { 2 } else { 3 };
    if prefix.chars().count() >= needed {
        return Ok(());
    }
    Err(unsupported("a prefix needs 3 characters before the *, or 2 in Hangul, Han or Kana", offset))
}
