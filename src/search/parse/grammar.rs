//! Tokens to a syntax tree by recursive descent; `guard` has bounded how deep it can go.
//!
//! ```text
//! either  := both (OR both)*
//! both    := operand (AND? operand)*
//! operand := NOT operand | '(' either ')' | field? value | field '(' either ')'
//! ```

use std::iter::Peekable;
use std::rc::Rc;
use std::vec::IntoIter;

use super::lex::{FieldName, Token, TokenKind, Value};
use super::refusal::syntax;
use crate::error::Result;

/// A syntax tree: fields still by name, values still as text.
#[derive(Debug)]
pub(super) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Leaf(Leaf),
}

/// A value and the field that it is looked for in; no field means the message.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) field: Option<Rc<FieldName>>,
    pub(super) value: Value,
    pub(super) offset: usize,
}

/// Reads tokens, of which there must be at least one.
pub(super) fn parse(tokens: Vec<Token>) -> Result<Node> {
    let end = tokens.last().map_or(0, |token| token.offset);
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), last: end };
    let node = parser.either(None)?;
    match parser.tokens.next() {
        None => Ok(node),
        Some(token) => {
            Err(syntax("this ) closes nothing; expected a ( before it, or quotes around it", token.offset))
        }
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    /// Offset of the last token, where errors about the end point to.
    last: usize,
}

/// The field of an enclosing `field:( … )`.
type Field<'a> = Option<&'a Rc<FieldName>>;

impl Parser {
    fn either(&mut self, field: Field<'_>) -> Result<Node> {
        let mut nodes = vec![self.both(field)?];
        while self.tokens.next_if(|token| matches!(token.kind, TokenKind::Or)).is_some() {
            nodes.push(self.both(field)?);
        }
        Ok(single_or(nodes, Node::Or))
    }

    fn both(&mut self, field: Field<'_>) -> Result<Node> {
        let mut nodes = vec![self.operand(field)?];
        loop {
            match self.tokens.peek().map(|token| &token.kind) {
                None | Some(TokenKind::Or | TokenKind::Close) => return Ok(single_or(nodes, Node::And)),
                Some(TokenKind::And) => drop(self.tokens.next()),
                Some(TokenKind::Not | TokenKind::Open | TokenKind::Field(_) | TokenKind::Value(_)) => {}
            }
            nodes.push(self.operand(field)?);
        }
    }

    fn operand(&mut self, field: Field<'_>) -> Result<Node> {
        let Some(token) = self.tokens.next() else {
            return Err(syntax(
                "the query ends too early; expected a word or field:value after this",
                self.last,
            ));
        };
        match token.kind {
            TokenKind::Not => self.operand(field).map(|node| Node::Not(Box::new(node))),
            TokenKind::Open => self.group(field, token.offset),
            TokenKind::Field(name) => self.field_value(name),
            TokenKind::Value(value) => {
                Ok(Node::Leaf(Leaf { field: field.cloned(), value, offset: token.offset }))
            }
            TokenKind::And | TokenKind::Or => {
                Err(syntax("expected a word or field:value before this operator", token.offset))
            }
            TokenKind::Close => Err(syntax("expected a word or field:value before this )", token.offset)),
        }
    }

    fn field_value(&mut self, name: FieldName) -> Result<Node> {
        let name = Rc::new(name);
        match self.tokens.next() {
            Some(Token { kind: TokenKind::Value(value), offset }) => {
                Ok(Node::Leaf(Leaf { field: Some(name), value, offset }))
            }
            Some(Token { kind: TokenKind::Open, offset }) => self.group(Some(&name), offset),
            _ => Err(syntax(
                "expected a value after the colon; text that holds a colon needs quotes",
                name.offset,
            )),
        }
    }

    /// The rest of a group whose parenthesis stood at `opened`.
    fn group(&mut self, field: Field<'_>, opened: usize) -> Result<Node> {
        let node = self.either(field)?;
        match self.tokens.next() {
            Some(_) => Ok(node),
            None => Err(syntax("this ( is not closed; expected ) at the end", opened)),
        }
    }
}

fn single_or(mut nodes: Vec<Node>, combine: fn(Vec<Node>) -> Node) -> Node {
    match (nodes.pop(), nodes.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            nodes.push(last);
            combine(nodes)
        }
        (None, _) => combine(nodes),
    }
}
