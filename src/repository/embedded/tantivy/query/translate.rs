//! The typed query as a tantivy query.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops;

use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, ExistsQuery, InvertedIndexRangeQuery, Occur, PhrasePrefixQuery,
    PhraseQuery, Query as TantivyQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::super::hashed;
use super::super::schema::{KEY_END, LineSchema, level_number};
use super::super::words::{letter_runs, standard_words};
use super::excluded::Excluded;
use crate::model::ordered_leaf::{TermRange, address_bits, ends_of_network, terms_between, terms_in_network};
use crate::model::query::Bound;
use crate::model::{FieldKind, FieldRef, LogField, Query, Scalar, TextMatch, TextQuery};

type Boxed = Box<dyn TantivyQuery>;

/// Terms that a prefix may be spelled out into; beyond it a bit set per segment is cheaper.
const MAX_SPELLED_TERMS: usize = 64;
/// Terms of one segment that the last word of a phrase may stand for: about 2 KiB of memory each.
const MAX_PHRASE_SPELLINGS: u32 = 16_384;

/// Translates queries for one searcher.
pub(crate) struct Translator<'a> {
    /// The fields.
    pub schema: &'a LineSchema,
    /// Whose terms a prefix is spelled out from.
    pub searcher: &'a Searcher,
}

impl Translator<'_> {
    /// Translates a query.
    pub(crate) fn translate(&self, query: &Query) -> tantivy::Result<Boxed> {
        Ok(match query {
            Query::All => Box::new(AllQuery),
            Query::None => Box::new(EmptyQuery),
            Query::And(queries) => self.all_of(queries)?,
            Query::Or(queries) => self.any_of(queries)?,
            Query::Not(query) => self.all_of(std::slice::from_ref(&Query::Not(query.clone())))?,
            Query::Term { field, value } => self.term(field, value),
            Query::Terms { field, values } => self.terms(field, values),
            Query::Levels(levels) => {
                let term = |level: &_| exact(Term::from_field_u64(self.schema.level, level_number(*level)));
                one_of(levels.iter().map(term).collect())
            }
            Query::Text(text) => self.text(text)?,
            Query::Prefix { field, prefix } => self.prefix(field, prefix)?,
            Query::Range { field, lower, upper } => self.range(field, lower, upper),
            Query::Network { field, address, prefix_bits } => self.network(field, *address, *prefix_bits),
            Query::Exists(field) => self.exists(field),
        })
    }

    fn all_of(&self, queries: &[Query]) -> tantivy::Result<Boxed> {
        let mut clauses = Vec::with_capacity(queries.len() + 1);
        for query in queries {
            clauses.push(match query {
                Query::Not(inner) => (Occur::MustNot, self.excluded(inner)?),
                other => (Occur::Must, self.translate(other)?),
            });
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn excluded(&self, query: &Query) -> tantivy::Result<Boxed> {
        let translated = self.translate(query)?;
        Ok(if is_plain(query) { translated } else { Box::new(Excluded(translated)) })
    }

    fn any_of(&self, queries: &[Query]) -> tantivy::Result<Boxed> {
        let clauses = queries.iter().map(|query| self.translate(query)).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(BooleanQuery::union(clauses)))
    }

    fn term(&self, field: &FieldRef, value: &str) -> Boxed {
        match field {
            FieldRef::Known(known) => match (self.schema.keyword(*known), self.schema.hashed(*known)) {
                (Some(place), _) => exact(Term::from_field_text(place, value)),
                (None, Some(place)) => hashed::equals(*known, place, value),
                (None, None) => Box::new(EmptyQuery),
            },
            FieldRef::Context(key) => exact(self.leaf(key, value)),
        }
    }

    fn terms(&self, field: &FieldRef, values: &[String]) -> Boxed {
        one_of(values.iter().map(|value| self.term(field, value)).collect())
    }

    fn leaf(&self, key: &str, value: &str) -> Term {
        Term::from_field_text(self.schema.context, &format!("{key}{KEY_END}{value}"))
    }

    fn text(&self, text: &TextQuery) -> tantivy::Result<Boxed> {
        let words = self.tokens(self.schema.words, &standard_words(&text.text), text.mode)?;
        if !text.mode.parts_too() {
            return Ok(words);
        }
        let parts = self.tokens(self.schema.parts, &letter_runs(&text.text), text.mode)?;
        Ok(Box::new(BooleanQuery::union(vec![words, parts])))
    }

    fn tokens(&self, field: Field, tokens: &[String], mode: TextMatch) -> tantivy::Result<Boxed> {
        let mut terms: Vec<_> = tokens.iter().map(|token| Term::from_field_text(field, token)).collect();
        Ok(match (mode, terms.len()) {
            (_, 0) => Box::new(EmptyQuery),
            (TextMatch::Whole { .. }, 1) => exact(terms.remove(0)),
            (TextMatch::Whole { .. }, _) => Box::new(PhraseQuery::new(terms)),
            (TextMatch::LastMayGoOn { .. }, 1) => self.beginning_with(&terms.remove(0))?,
            (TextMatch::LastMayGoOn { .. }, _) => {
                let last = terms.last().map_or(Ok(0), |last| self.count_spellings(last))?;
                let mut phrase = PhrasePrefixQuery::new(terms);
                phrase.set_max_expansions(last);
                Box::new(phrase)
            }
        })
    }

    fn prefix(&self, field: &FieldRef, prefix: &str) -> tantivy::Result<Boxed> {
        match field {
            FieldRef::Known(known) => match (self.schema.keyword(*known), self.schema.hashed(*known)) {
                (Some(place), _) => self.beginning_with(&Term::from_field_text(place, prefix)),
                (None, Some(place)) => {
                    let prefix = prefix.to_owned();
                    Ok(having(*known, place, hashed::holds(*known, move |id| id.starts_with(&prefix))))
                }
                (None, None) => Ok(Box::new(EmptyQuery)),
            },
            FieldRef::Context(key) => self.beginning_with(&self.leaf(key, prefix)),
        }
    }

    /// Documents with a term that begins like `start`: spelled out where these are few, so that a page of the newest
    /// lines need not look at all documents.
    fn beginning_with(&self, start: &Term) -> tantivy::Result<Boxed> {
        let end = end_of_prefix(start);
        // A set: segments hold the same terms, which must not count twice against the limit.
        let mut spelled = BTreeSet::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(start.field())?;
            let range = index.terms().range().ge(start.serialized_value_bytes());
            let range = match &end {
                Some(end) => range.lt(end.serialized_value_bytes()),
                None => range,
            };
            let mut terms = range.into_stream()?;
            while spelled.len() <= MAX_SPELLED_TERMS && terms.advance() {
                spelled.insert(terms.key().to_vec());
            }
        }
        if spelled.len() > MAX_SPELLED_TERMS {
            let upper = end.map_or(ops::Bound::Unbounded, ops::Bound::Excluded);
            return Ok(Box::new(InvertedIndexRangeQuery::new(ops::Bound::Included(start.clone()), upper)));
        }
        let term = |bytes: Vec<u8>| {
            String::from_utf8(bytes).ok().map(|text| Term::from_field_text(start.field(), &text))
        };
        Ok(one_of(spelled.into_iter().filter_map(term).map(exact).collect()))
    }

    /// The most terms of one segment that begin like `start`, up to what one phrase may stand for.
    ///
    /// tantivy makes room for all terms that it is allowed, so it must be told how many there are.
    fn count_spellings(&self, start: &Term) -> tantivy::Result<u32> {
        let mut most = 0;
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(start.field())?;
            let prefix = start.serialized_value_bytes();
            let mut terms = index.terms().range().ge(prefix).into_stream()?;
            let mut count = 0;
            while count < MAX_PHRASE_SPELLINGS && terms.advance() && terms.key().starts_with(prefix) {
                count += 1;
            }
            most = most.max(count);
        }
        Ok(most)
    }

    fn range(&self, field: &FieldRef, lower: &Bound, upper: &Bound) -> Boxed {
        let known = match field {
            FieldRef::Known(known) => known,
            FieldRef::Context(_) if (lower, upper) == (&Bound::Open, &Bound::Open) => {
                return self.exists(field);
            }
            FieldRef::Context(key) => {
                return match terms_between(key, lower, upper) {
                    Some(terms) => self.ordered(terms),
                    None => Box::new(EmptyQuery),
                };
            }
        };
        if let Some(place) = self.schema.hashed(*known) {
            let (lower, upper) = (lower.clone(), upper.clone());
            return having(*known, place, hashed::holds(*known, move |id| is_between(id, &lower, &upper)));
        }
        let Some(place) = self.place(*known) else {
            return Box::new(EmptyQuery);
        };
        match (range_bound(place, lower), range_bound(place, upper)) {
            (ops::Bound::Unbounded, ops::Bound::Unbounded) => self.exists(field),
            (lower, upper) if field.kind() == FieldKind::Keyword => {
                Box::new(InvertedIndexRangeQuery::new(lower, upper))
            }
            (lower, upper) => Box::new(RangeQuery::new(lower, upper)),
        }
    }

    fn place(&self, field: LogField) -> Option<Field> {
        match field {
            LogField::Timestamp => Some(self.schema.time),
            LogField::ReceivedAt => Some(self.schema.received),
            LogField::ClientIp => Some(self.schema.client_ip),
            other => self.schema.keyword(other),
        }
    }

    fn network(&self, field: &FieldRef, address: IpAddr, prefix_bits: u8) -> Boxed {
        match field {
            FieldRef::Context(key) => self.ordered(terms_in_network(key, address, prefix_bits)),
            FieldRef::Known(LogField::ClientIp) => {
                let (first, last) = ends_of_network(address, prefix_bits);
                let bound =
                    |address| ops::Bound::Included(Term::from_field_ip_addr(self.schema.client_ip, address));
                Box::new(RangeQuery::new(bound(first), bound(last)))
            }
            FieldRef::Known(_) => Box::new(EmptyQuery),
        }
    }

    /// Lines with a number or an address of the context in a range of terms.
    fn ordered(&self, (lower, upper): TermRange) -> Boxed {
        let term = |text: String| Term::from_field_text(self.schema.context_ordered, &text);
        if let (ops::Bound::Included(first), ops::Bound::Included(last)) = (&lower, &upper)
            && first == last
        {
            return exact(term(first.clone()));
        }
        Box::new(InvertedIndexRangeQuery::new(lower.map(term), upper.map(term)))
    }

    /// Every line has an id, two times, a level, a service and a message, if only an empty one.
    fn exists(&self, field: &FieldRef) -> Boxed {
        match field {
            FieldRef::Known(
                LogField::Id
                | LogField::Timestamp
                | LogField::ReceivedAt
                | LogField::Level
                | LogField::Service
                | LogField::Message,
            ) => Box::new(AllQuery),
            FieldRef::Known(LogField::ClientIp) => Box::new(ExistsQuery::new("client_ip".to_owned(), false)),
            FieldRef::Known(LogField::Context) => any_term(Term::from_field_text(self.schema.context, "")),
            FieldRef::Known(known) => match (self.schema.keyword(*known), self.schema.hashed(*known)) {
                (Some(place), _) => any_term(Term::from_field_text(place, "")),
                (None, Some(place)) => any_term(Term::from_field_u64(place, 0)),
                (None, None) => Box::new(EmptyQuery),
            },
            FieldRef::Context(key) => {
                let start = self.leaf(key, "");
                let upper = end_of_prefix(&start).map_or(ops::Bound::Unbounded, ops::Bound::Excluded);
                Box::new(InvertedIndexRangeQuery::new(ops::Bound::Included(start), upper))
            }
        }
    }
}

/// Whether the documents of a condition are those of one scorer that stands at its first document.
fn is_plain(query: &Query) -> bool {
    query.children().is_empty() && !matches!(query, Query::Text(_))
}

fn exact(term: Term) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn one_of(mut queries: Vec<Boxed>) -> Boxed {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

/// Looks only at lines that have a client id, where these are asked for: most have none, and each look costs the reading
/// of a line.
fn having(field: LogField, place: Field, condition: Boxed) -> Boxed {
    if field != LogField::ClientId {
        return condition;
    }
    Box::new(BooleanQuery::intersection(vec![any_term(Term::from_field_u64(place, 0)), condition]))
}

fn any_term(lowest: Term) -> Boxed {
    Box::new(InvertedIndexRangeQuery::new(ops::Bound::Included(lowest), ops::Bound::Unbounded))
}

/// The first term after all those that begin like `start`; `None` when there is no such term.
fn end_of_prefix(start: &Term) -> Option<Term> {
    let mut bytes = start.serialized_value_bytes().to_vec();
    while let Some(last) = bytes.pop() {
        if last < u8::MAX {
            bytes.push(last + 1);
            let mut end = start.clone();
            end.set_bytes(&bytes);
            return Some(end);
        }
    }
    None
}

fn range_bound(place: Field, bound: &Bound) -> ops::Bound<Term> {
    let term = |scalar: &Scalar| match scalar {
        Scalar::Keyword(text) => Term::from_field_text(place, text),
        Scalar::Time(time) => Term::from_field_i64(place, time.get()),
        Scalar::Ip(address) => Term::from_field_ip_addr(place, address_bits(*address)),
        Scalar::Number(number) => Term::from_field_text(place, &number.ordered()),
    };
    match bound {
        Bound::Open => ops::Bound::Unbounded,
        Bound::Included(scalar) => ops::Bound::Included(term(scalar)),
        Bound::Excluded(scalar) => ops::Bound::Excluded(term(scalar)),
    }
}

fn is_between(id: &str, lower: &Bound, upper: &Bound) -> bool {
    let is_above = match lower {
        Bound::Included(Scalar::Keyword(text)) => id >= text.as_str(),
        Bound::Excluded(Scalar::Keyword(text)) => id > text.as_str(),
        Bound::Open | Bound::Included(_) | Bound::Excluded(_) => true,
    };
    let is_below = match upper {
        Bound::Included(Scalar::Keyword(text)) => id <= text.as_str(),
        Bound::Excluded(Scalar::Keyword(text)) => id < text.as_str(),
        Bound::Open | Bound::Included(_) | Bound::Excluded(_) => true,
    };
    is_above && is_below
}
