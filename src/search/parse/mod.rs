//! Query text to typed query.
//!
//! The stages: `lex` cuts the text into tokens, `guard` bounds them, `grammar` makes a syntax tree,
//! `resolve` gives names and values their meaning. What the language is stands at [`parse`].

mod address;
mod context;
mod grammar;
mod guard;
mod hints;
mod lex;
mod message;
mod parsed;
mod pasted;
mod refusal;
mod resolve;
mod suggest;
#[cfg(test)]
mod tests;
mod value;

use crate::error::Result;
use crate::model::Query;

pub(crate) use parsed::{ParseContext, Parsed};

/// Reads the text of a query.
///
/// # The language
/// - `word` searches the message; `"several words"` is a phrase; `field:value`, `field:"value"`, `field:(a OR b)`.
/// - Side by side means AND. NOT binds before AND before OR, all in upper case; `&&` and `||` are AND and OR.
///   `-` and `!` directly before a term are NOT, as in Lucene; `+` directly before a term changes nothing, since
///   every term is required anyway. Inside a word all of these are part of the word, and so is a second dash (`--x`).
/// - `prefix*` (three characters; two in Hangul, Han or Kana; one digit on a key of the context), `field:*` for lines that
///   have the field.
/// - `field:[a TO b]`, `{a TO b}`, mixed, `*` as an open end; `field:>=a`, `>`, `<=`, `<`. A rounded time stands for
///   its whole unit: `timestamp:now/d` is today, `timestamp:<=now/d` ends with today.
/// - `context.<key>:value` compares text, `context.status:>=500` and other ranges compare numbers, or addresses;
///   `context.ip:10.0.0.0/8` is a network, and one address is found however it was spelled. JSON numbers are numbers, and
///   so is a text of plain digits of at most 30 characters, perhaps with a minus and a fraction. Keys may hold dots, slashes
///   and other marks; a dot means the same as an object inside an object.
/// - A word of letters and dots is also found inside a longer one: `lang.NullPointerException`.
/// - Text is compared in its composed form (NFC), however it was typed.
/// - A backslash takes the punctuation mark or blank after it as a character like any other; before anything else, and at
///   the end of a word that has one, it stands for itself.
/// - A colon makes a field only of a name before it: a time of day, a URL, `${a:b}` and a block in braces
///   (`{"script": "x"}`, searched as a phrase) are text. So are parentheses inside a word: `main(String)`, and `?`, `~`
///   and `^` behind a slash. Of the names that are no field, nor nearly one, `pasted` tells fields from text:
///   `std::vector`, `C:\Users`, `fe80::1` and `Error: no route` are text.
/// - No fuzzy search, boost, regular expression, or wildcard other than at the end.
///
/// # Why no text can exhaust the stack
/// The lexer is a loop. `guard` counts while it runs, and stops at 2 KiB, 64 terms, or 16 levels, where a
/// parenthesis and a NOT are a level each. Only then does the recursive descent begin: four calls a level. A level
/// adds at most two nodes to the tree (a NOT, or an OR with an AND in it), so with the outermost two and the term
/// itself (an address is two: how it is written, or what it means) the typed query is at most 36 nodes deep, and whatever walks or drops it later is bounded too.
///
/// # Errors
/// `QuerySyntax` for what cannot be read (nesting over the limit included), `QueryTooComplex` over the limits of
/// length and terms, `UnknownField`, `UnsupportedOperation`, `BadParameter` for an unknown level or a bad address,
/// `BadTime` and `BadTimeRange`; each with the offset in characters.
pub(crate) fn parse(text: &str, context: &ParseContext) -> Result<Parsed> {
    let tokens = guard::scan(text)?;
    if tokens.is_empty() {
        return Ok(Parsed { query: Query::All, warnings: Vec::new(), hints: Vec::new() });
    }
    let tree = grammar::parse(tokens)?;
    resolve::resolve(tree, context)
}
