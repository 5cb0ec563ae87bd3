//! The typed query: what every engine must be able to answer, free of any engine's types.
//!
//! `search::parse` makes it from text, each engine's `translate.rs` turns it into its own, without a
//! wildcard arm, so that a new node does not compile until both engines know it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Serialize;

use super::page::PageStart;
use crate::model::normal::into_nfc;
use crate::model::{Decimal, FieldRef, Level, LogField, Micros, TimeRange};
use crate::model::{KindSet, SortOrder, TotalMode};

/// A condition on log lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Every line.
    All,
    /// No line.
    None,
    /// Lines that meet every condition.
    And(Vec<Query>),
    /// Lines that meet at least one condition.
    Or(Vec<Query>),
    /// Lines that do not meet the condition; includes lines without the field it names.
    Not(Box<Query>),
    /// Lines whose keyword, or whose leaf of `context`, is exactly `value`.
    Term {
        /// A `Keyword` or `Flattened` field.
        field: FieldRef,
        /// The whole value, case-sensitive.
        value: String,
    },
    /// Lines whose keyword is one of `values`.
    Terms {
        /// A `Keyword` field.
        field: FieldRef,
        /// The whole values, case-sensitive.
        values: Vec<String>,
    },
    /// Lines of one of these levels, in any spelling.
    Levels(Vec<Level>),
    /// Lines whose message holds this text.
    Text(TextQuery),
    /// Lines whose keyword, or leaf of `context`, begins with `prefix`.
    Prefix {
        /// A `Keyword` or `Flattened` field.
        field: FieldRef,
        /// Beginning of the value, case-sensitive.
        prefix: String,
    },
    /// Lines whose value lies between two bounds.
    Range {
        /// A `Date`, `Ip` or `Keyword` field, or a key of `context`, which takes numbers and addresses.
        field: FieldRef,
        /// Lower end.
        lower: Bound,
        /// Upper end.
        upper: Bound,
    },
    /// Lines whose address lies in a network.
    Network {
        /// An `Ip` field, or a key of `context`.
        field: FieldRef,
        /// An address of the network.
        address: IpAddr,
        /// Number of leading bits that count: 0 to 32, IPv6 0 to 128.
        prefix_bits: u8,
    },
    /// Lines that have a value in the field.
    Exists(FieldRef),
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No end on this side.
    Open,
    /// The value itself belongs to the range.
    Included(Scalar),
    /// The value itself does not belong to the range.
    Excluded(Scalar),
}

impl Bound {
    /// The value at the end; `None` where it is open.
    pub(crate) const fn scalar(&self) -> Option<&Scalar> {
        match self {
            Self::Open => None,
            Self::Included(scalar) | Self::Excluded(scalar) => Some(scalar),
        }
    }
}

/// A value of a range; values of one kind are in the order of their field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// For `Keyword` fields; compared by bytes.
    Keyword(String),
    /// For `Date` fields.
    Time(Micros),
    /// For `Ip` fields and keys of `context`.
    Ip(IpAddr),
    /// For keys of `context`.
    Number(Decimal),
}

/// Text that a message must hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TextQuery {
    /// The text as it was written, not yet split into tokens.
    pub text: String,
    /// How the tokens must stand.
    pub mode: TextMatch,
}

/// How the tokens of a text must stand in a message.
///
/// Each engine splits the text with the analysis of the field (`message`: UAX #29 words, `message.parts`: runs
/// of letters). `parts_too` is true where the text consists of words of letters; such a text matches in either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextMatch {
    /// One after the other, whole: a bare word or a phrase.
    Whole {
        /// Whether `message.parts` is searched as well.
        parts_too: bool,
    },
    /// One after the other, of which the last may go on: `word*`, and a bare word in Hangul, Han or Kana.
    LastMayGoOn {
        /// Whether `message.parts` is searched as well.
        parts_too: bool,
    },
}

impl TextMatch {
    /// Whether runs of letters (`message.parts`) are searched as well as words.
    #[must_use]
    pub const fn parts_too(self) -> bool {
        match self {
            Self::Whole { parts_too } | Self::LastMayGoOn { parts_too } => parts_too,
        }
    }
}

impl Query {
    /// All of these conditions; flattens nothing, but leaves out `All` and avoids a list of one.
    #[must_use]
    pub(crate) fn and(queries: impl IntoIterator<Item = Self>) -> Self {
        let mut queries: Vec<_> = queries.into_iter().filter(|query| *query != Self::All).collect();
        match queries.len() {
            0 => Self::All,
            1 => queries.remove(0),
            _ => Self::And(queries),
        }
    }

    /// Lines whose keyword field is exactly `value`, however it was typed.
    #[must_use]
    pub fn term(field: LogField, value: impl Into<String>) -> Self {
        Self::Term { field: field.into(), value: into_nfc(value.into()) }
    }

    /// Every field that is asked anywhere in it.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<FieldRef> {
        let mut found = BTreeSet::new();
        let mut left = vec![self];
        while let Some(query) = left.pop() {
            match query {
                Self::Term { field, .. }
                | Self::Terms { field, .. }
                | Self::Prefix { field, .. }
                | Self::Range { field, .. }
                | Self::Network { field, .. }
                | Self::Exists(field) => drop(found.insert(field.clone())),
                Self::Levels(_) => drop(found.insert(LogField::Level.into())),
                Self::Text(_) => drop(found.insert(LogField::Message.into())),
                Self::All | Self::None | Self::And(_) | Self::Or(_) | Self::Not(_) => {}
            }
            left.extend(query.children());
        }
        found
    }

    /// The conditions directly below this one.
    #[must_use]
    pub(crate) fn children(&self) -> &[Self] {
        match self {
            Self::And(queries) | Self::Or(queries) => queries,
            Self::Not(query) => std::slice::from_ref(query),
            Self::All
            | Self::None
            | Self::Term { .. }
            | Self::Terms { .. }
            | Self::Levels(_)
            | Self::Text(_)
            | Self::Prefix { .. }
            | Self::Range { .. }
            | Self::Network { .. }
            | Self::Exists(_) => &[],
        }
    }
}

/// Which lines are meant: kinds, window and condition. The caller's scope is already part of `query`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Selection {
    /// Kinds of lines that are read.
    pub kinds: KindSet,
    /// Window of time.
    pub range: TimeRange,
    /// Condition.
    pub query: Query,
}

/// One page of lines to fetch from a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Which lines.
    pub selection: Selection,
    /// Order of the lines.
    pub sort: SortOrder,
    /// Rows at most, 1 to 1,000.
    pub limit: usize,
    /// Where the page begins, unless at the first line.
    pub start: Option<PageStart>,
    /// Whether the caller may ask for the page after this one; where not, nothing is held open for it.
    pub wants_next: bool,
    /// How exactly to count.
    pub total: TotalMode,
}

/// Lines that arrived after a point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivalsRequest {
    /// Kinds of lines that are read.
    pub kinds: KindSet,
    /// Condition on the lines.
    pub query: Query,
    /// They arrived later than this.
    pub after: Micros,
    /// The time now.
    pub now: Micros,
    /// Lines at most.
    pub limit: usize,
}

/// Lines to count, by time and by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRequest {
    /// Which lines.
    pub selection: Selection,
    /// Ascending bounds of the buckets: n + 1 bounds make n half-open buckets. Empty: one bucket of everything.
    pub bounds: Vec<Micros>,
    /// Counts per value of this field (a keyword, the level, an address) in every bucket. Keys of `context` cannot be
    /// counted: not every server can.
    pub by: Option<LogField>,
    /// Values named at most, the most frequent first.
    pub top: usize,
    /// Only values that begin so.
    pub prefix: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_leaves_out_what_always_holds() {
        let term = Query::term(LogField::Service, "gateway");

        assert_eq!(Query::and([]), Query::All);
        assert_eq!(Query::and([Query::All, term.clone()]), term);
        assert_eq!(Query::and([term.clone(), Query::None]), Query::And(vec![term, Query::None]));
    }
}
