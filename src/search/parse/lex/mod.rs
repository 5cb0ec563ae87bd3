//! Text to tokens: words with their marks, quotes, ranges, fields, operators.
//!
//! [`Lexer`] is where the reading stands; `tokens.rs` cuts one token after the other, `quoted.rs` reads what stands between quotes,
//! brackets or braces, `shape.rs` says what the marks of a word make of it. `token.rs` is what comes out.

mod lexer;
mod quoted;
mod shape;
mod token;
mod tokens;

pub(super) use lexer::Lexer;
pub(super) use token::{Edge, EdgeText, FieldName, Shape, Token, TokenKind, Value, Word};
