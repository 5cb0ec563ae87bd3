//! Syntax tree to typed query: which field each value belongs to, what is left out, what is likely a slip.
//!
//! What a value means is read in `message.rs` for the message and in `value.rs` for all other fields.

use super::grammar::{Leaf, Node};
use super::lex::{FieldName, Shape, Value, Word};
use super::parsed::{ParseContext, Parsed};
use super::pasted::{self, Reading};
use super::suggest::unknown_field;
use super::{context, hints, message, value};
use crate::error::{Error, ErrorCode, Result};
use crate::model::normal::nfc;
use crate::model::{FieldKind, FieldRef, LogField, Query};

/// Gives a syntax tree its meaning.
pub(super) fn resolve(tree: Node, context: &ParseContext) -> Result<Parsed> {
    let mut resolver = Resolver { context, warnings: Vec::new(), hints: Vec::new() };
    let query = resolver.node(tree)?.unwrap_or_else(|| {
        resolver.warn("nothing in the query can be searched for, so no line matches".to_owned());
        Query::None
    });
    Ok(Parsed { query, warnings: resolver.warnings, hints: resolver.hints })
}

struct Resolver<'a> {
    context: &'a ParseContext,
    warnings: Vec<String>,
    hints: Vec<String>,
}

impl Resolver<'_> {
    /// The condition of a node; `None` when it holds nothing that is indexed.
    fn node(&mut self, node: Node) -> Result<Option<Query>> {
        match node {
            Node::And(nodes) => {
                self.warn_of_lower_case(&nodes);
                self.nodes(nodes).map(|queries| single_or(queries, Query::And))
            }
            Node::Or(nodes) => self.nodes(nodes).map(|queries| single_or(queries, Query::Or)),
            Node::Not(node) => Ok(self.node(*node)?.map(|query| Query::Not(Box::new(query)))),
            Node::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn nodes(&mut self, nodes: Vec<Node>) -> Result<Vec<Query>> {
        let mut queries = Vec::with_capacity(nodes.len());
        for node in nodes {
            queries.extend(self.node(node)?);
        }
        Ok(queries)
    }

    fn leaf(&mut self, leaf: Leaf) -> Result<Option<Query>> {
        let Leaf { field: name, value, offset } = leaf;
        let Some(name) = name else {
            let query = message::bare(&value, offset)?;
            self.tell_of_name(&value);
            return Ok(self.kept(query, &value, offset));
        };
        let field = field(&name)?;
        match field.kind() {
            FieldKind::Text => {
                let query = message::named(&value, offset)?;
                return Ok(self.kept(query, &value, offset));
            }
            FieldKind::Level => value::level(&value, offset),
            FieldKind::Date => value::date(field, &value, offset, self.context),
            FieldKind::Ip => value::ip(field, &value, offset),
            FieldKind::Keyword => {
                self.warn_of_comma(&field, &value);
                if field == LogField::Id.into() {
                    value::id(field, value, offset)
                } else {
                    value::keyword(field, value, offset)
                }
            }
            FieldKind::Flattened => {
                self.warn_of_comma(&field, &value);
                context::flattened(field, value, offset)
            }
        }
        .map(|query| {
            self.warn_of_reversed(&query);
            Some(query)
        })
    }

    /// Passes on the condition of a text, and says so when there is none.
    fn kept(&mut self, query: Option<Query>, value: &Value, offset: usize) -> Option<Query> {
        let text = match value {
            Value::Word(word) => word.text.as_str(),
            Value::Quoted(_) | Value::Range(..) => "",
        };
        if query.is_none() {
            let is_comparison = matches!(text, "=" | "==" | "<" | ">" | "<=" | ">=");
            let hint = if is_comparison { "; a comparison is written field:>=value" } else { "" };
            self.warn(format!("the text at offset {offset} holds no word, so it was left out{hint}"));
        }
        self.hint(hints::of_text(value));
        if text.contains(['“', '”', '„']) {
            self.warn(format!("the quote at offset {offset} is typographic; only \" makes a phrase"));
        }
        query
    }

    /// Says how a name before a colon was read, where it could have been meant for a key.
    fn tell_of_name(&mut self, value: &Value) {
        let Value::Word(Word { text, shape: Shape::Plain }) = value else { return };
        match pasted::read_word(text) {
            Some((name, Reading::LikelyText)) => self.warn(hints::read_as_text(name)),
            Some((name, Reading::Heading)) => self.hint(Some(hints::read_as_text(name))),
            Some((_, Reading::Field | Reading::Text)) | None => {}
        }
    }

    fn warn_of_comma(&mut self, field: &FieldRef, value: &Value) {
        if matches!(value, Value::Word(word) if word.text.contains(',')) {
            let advice = "for one of several values write field:(a OR b)";
            self.warn(format!("the comma in the value of '{field}' is part of the value; {advice}"));
        }
    }

    fn warn_of_reversed(&mut self, query: &Query) {
        let Query::Range { field, lower, upper } = query else { return };
        if let (Some(first), Some(last)) = (lower.scalar(), upper.scalar())
            && first > last
        {
            self.warn(format!(
                "the range of '{field}' ends before it begins, so no line lies in it; swap its ends"
            ));
        }
    }

    /// Warns of operators in lower case, where they stand as operators would.
    fn warn_of_lower_case(&mut self, nodes: &[Node]) {
        for (position, node) in nodes.iter().enumerate() {
            let Some(operator) = lower_case_operator(node) else { continue };
            let has_operands = position + 1 < nodes.len() && (position > 0 || operator == "NOT");
            if has_operands {
                let word = operator.to_lowercase();
                self.warn(format!(
                    "'{word}' in lower case is searched as a word; write {operator} for the operator"
                ));
            }
        }
    }

    fn hint(&mut self, hint: Option<String>) {
        self.hints.extend(hint.filter(|hint| !self.hints.contains(hint)));
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

fn lower_case_operator(node: &Node) -> Option<&'static str> {
    let Node::Leaf(Leaf { value: Value::Word(Word { text, shape: Shape::Plain }), .. }) = node else {
        return None;
    };
    ["AND", "OR", "NOT"].into_iter().find(|operator| text.eq_ignore_ascii_case(operator))
}

fn field(name: &FieldName) -> Result<FieldRef> {
    let known = FieldRef::by_name(&nfc(&name.text)).filter(|_| !name.has_wildcard);
    known.ok_or_else(|| {
        Error::new(ErrorCode::UnknownField, unknown_field(&name.text)).at_offset("query", name.offset)
    })
}

/// The queries combined; a single one as it is, and `None` for none.
fn single_or(mut queries: Vec<Query>, combine: fn(Vec<Query>) -> Query) -> Option<Query> {
    if queries.len() > 1 {
        return Some(combine(queries));
    }
    queries.pop()
}
