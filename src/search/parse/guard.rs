//! The bounds of a query, checked in one loop over the tokens before anything recursive sees them.

use super::lex::{Lexer, Token, TokenKind};
use crate::error::{Error, ErrorCode, Result};

/// Longest query, in bytes.
const MAX_BYTES: usize = 2_048;
/// Parentheses and NOTs that may stand around a term.
pub(super) const MAX_DEPTH: usize = 16;
/// Terms: words, phrases, ranges.
pub(super) const MAX_TERMS: usize = 64;

/// Cuts a text into tokens, unless there are too many or they nest too deeply.
pub(super) fn scan(text: &str) -> Result<Vec<Token>> {
    if text.len() > MAX_BYTES {
        return Err(too_long(text));
    }
    let mut lexer = Lexer::new(text);
    let mut depth = Depth::default();
    let mut terms = 0;
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token()? {
        depth.count(&token)?;
        terms += usize::from(matches!(token.kind, TokenKind::Value(_)));
        if terms > MAX_TERMS {
            let detail = format!("the query has more than {MAX_TERMS} terms; split it");
            return Err(Error::new(ErrorCode::QueryTooComplex, detail).at_offset("query", token.offset));
        }
        tokens.push(token);
    }
    Ok(tokens)
}

/// The error for a text over the limit: about its nesting where that shows within the limit, else its length.
fn too_long(text: &str) -> Error {
    let mut lexer = Lexer::new(text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or_default());
    let mut depth = Depth::default();
    while let Ok(Some(token)) = lexer.next_token() {
        if let Err(error) = depth.count(&token) {
            return error;
        }
    }
    Error::new(ErrorCode::QueryTooComplex, format!("the query is longer than {MAX_BYTES} bytes; shorten it"))
        .at_offset("query", 0)
}

#[derive(Default)]
struct Depth {
    /// Levels that each open parenthesis added: itself and the NOTs before it.
    open: Vec<usize>,
    current: usize,
    /// NOTs that wait for their operand.
    pending: usize,
}

impl Depth {
    fn count(&mut self, token: &Token) -> Result<()> {
        match token.kind {
            TokenKind::Not => self.pending += 1,
            TokenKind::Open => {
                self.open.push(self.pending + 1);
                self.current += self.pending + 1;
                self.pending = 0;
            }
            TokenKind::Close => {
                self.current -= self.open.pop().unwrap_or(0);
                self.pending = 0;
            }
            TokenKind::And | TokenKind::Or | TokenKind::Value(_) => self.pending = 0,
            TokenKind::Field(_) => {}
        }
        if self.current + self.pending <= MAX_DEPTH {
            return Ok(());
        }
        let detail =
            format!("parentheses and NOT nest deeper than {MAX_DEPTH} levels; write the query flatter");
        Err(Error::new(ErrorCode::QuerySyntax, detail).at_offset("query", token.offset))
    }
}
