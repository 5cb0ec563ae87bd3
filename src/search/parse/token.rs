//! The tokens of a query text. A value is one token, however it is written.

/// A token and the number of characters before it.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) offset: usize,
    pub(super) kind: TokenKind,
}

#[derive(Debug)]
pub(super) enum TokenKind {
    And,
    Or,
    Not,
    Open,
    Close,
    /// A name and its colon; a value or `Open` should follow.
    Field(FieldName),
    Value(Value),
}

/// A field as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldName {
    pub(super) text: String,
    pub(super) has_wildcard: bool,
    pub(super) offset: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Word(Word),
    /// Text in quotes, or a bare block in braces.
    Quoted(String),
    Range(Edge, Edge),
}

/// A run of characters without blanks (other than escaped ones), escapes already undone.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The characters; without the star for `Shape::Prefix`.
    pub(super) text: String,
    pub(super) shape: Shape,
}

/// What the unescaped marks of a word make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing but its characters.
    Plain,
    /// `abc*`
    Prefix,
    /// `*`
    Star,
    /// A wildcard anywhere else: `*a`, `a*b`, `a?`.
    Wildcard,
    /// `/abc/`. `certain` when the inside holds a mark that no path holds.
    Regex { certain: bool },
    /// `abc~`, `abc~2`
    Fuzzy,
    /// `abc^2`
    Boost,
}

/// One end of a range, as it is written.
#[derive(Clone, Debug)]
pub(super) enum Edge {
    Open,
    Included(EdgeText),
    Excluded(EdgeText),
}

#[derive(Clone, Debug)]
pub(super) struct EdgeText {
    pub(super) text: String,
    pub(super) offset: usize,
}
