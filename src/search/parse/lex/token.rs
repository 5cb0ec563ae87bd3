//! The tokens of a query text. A value is one token, however it is written.

/// A token and the number of characters before it.
#[derive(Debug)]
pub(in crate::search::parse) struct Token {
    pub(in crate::search::parse) offset: usize,
    pub(in crate::search::parse) kind: TokenKind,
}

#[derive(Debug)]
pub(in crate::search::parse) enum TokenKind {
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
pub(in crate::search::parse) struct FieldName {
    pub(in crate::search::parse) text: String,
    pub(in crate::search::parse) has_wildcard: bool,
    pub(in crate::search::parse) offset: usize,
}

#[derive(Clone, Debug)]
pub(in crate::search::parse) enum Value {
    Word(Word),
    /// Text in quotes, or a bare block in braces.
    Quoted(String),
    Range(Edge, Edge),
}

/// A run of characters without blanks (other than escaped ones), escapes already undone.
#[derive(Clone, Debug)]
pub(in crate::search::parse) struct Word {
    /// The characters; without the star for `Shape::Prefix`.
    pub(in crate::search::parse) text: String,
    pub(in crate::search::parse) shape: Shape,
}

/// What the unescaped marks of a word make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search::parse) enum Shape {
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
pub(in crate::search::parse) enum Edge {
    Open,
    Included(EdgeText),
    Excluded(EdgeText),
}

#[derive(Clone, Debug)]
pub(in crate::search::parse) struct EdgeText {
    pub(in crate::search::parse) text: String,
    pub(in crate::search::parse) offset: usize,
}
