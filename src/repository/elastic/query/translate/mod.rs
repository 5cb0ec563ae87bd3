//! Typed query to the query language of Elasticsearch: a total function without a wildcard arm.
//!
//! Everything is a filter, nothing is scored. Never emitted with a caller's text, which could make them arbitrarily
//! expensive: `query_string`, `regexp`, `wildcard`, `intervals`, `script`. `predicates/` says what one place is asked.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::dsl::{self, any_of, dates_between, filtered, nothing, path_exists};
use super::normal_form::normalise;
use super::predicates::{self, Refusal};
use crate::model::ordered_leaf::{CONTEXT_ORDERED, TermRange, terms_between, terms_in_network};
use crate::model::query::{ArrivalsRequest, Bound, Selection};
use crate::model::{FieldRef, KindSet, Level, LogField, Micros, Query, Scalar, TextQuery};
use crate::repository::elastic::STORE;
use crate::repository::elastic::layout::resolve::is_all_context;
use crate::repository::elastic::layout::{Group, IndexSet, Layout, Place, PlaceKind, Ties};
use crate::repository::{StoreError, StoreResult};

/// Service of a line that names none.
pub(crate) const UNKNOWN_SERVICE: &str = "unknown";

/// A query in the language of the server, and what it cannot ask everywhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Translated {
    /// The condition.
    pub(crate) query: Value,
    /// Whether some indices are left out, because they cannot answer.
    pub(crate) is_partial: bool,
    /// Sentences about what is left out.
    pub(crate) warnings: Vec<String>,
    /// A sentence for whoever finds nothing.
    pub(crate) hint: Option<&'static str>,
}

/// Words of letters are searched for as a whole only, where an index has no runs of letters.
const WHOLE_WORDS: &str = "the indices that are read hold whole words only; a part of a word, as Exception is of \
                           java.lang.Exception, is not found";

/// The condition of a whole selection, window and query, nested no deeper than servers allow. Kinds are chosen by index.
///
/// # Errors
/// [`StoreError::Unsupported`] when a field cannot be asked this way in any of the indices.
pub(crate) fn build_search_query(selection: &Selection, layout: &Layout) -> StoreResult<Translated> {
    let translator = Translator::new(layout)?;
    let window = translator.window(selection.range.from(), selection.range.to());
    within(translator, window, &selection.query, selection.kinds)
}

/// The condition that a line arrived after one point in time and not after another: by the time of its receipt, and where
/// none is kept, by its own.
///
/// # Errors
/// As for [`build_search_query`].
pub(crate) fn build_arrivals_query(
    request: &ArrivalsRequest,
    until: Micros,
    layout: &Layout,
) -> StoreResult<Translated> {
    let translator = Translator::new(layout)?;
    let after = Bound::Excluded(Scalar::Time(request.after));
    let until = Bound::Included(Scalar::Time(until));
    let by_own_time = translator.time_range(&after, &until);
    let has_arrived = match &layout.receipt {
        None => by_own_time,
        Some(path) => {
            let (from, to) = nanos_between(&after, &until);
            any_of(&[dates_between(path, from, to), filtered(vec![by_own_time], vec![path_exists(path)])])
        }
    };
    within(translator, has_arrived, &request.query, request.kinds)
}

fn within(
    mut translator: Translator<'_>,
    times: Value,
    query: &Query,
    kinds: KindSet,
) -> StoreResult<Translated> {
    let mut filter = vec![times];
    match normalise(query) {
        Query::All => {}
        query => filter.push(translator.translate(&query)?),
    }
    filter.extend(translator.layout.readable(kinds));
    filter.extend(translator.without_left_out());
    Ok(Translated {
        query: json!({"bool": {"filter": filter}}),
        is_partial: !translator.left_out.is_empty(),
        warnings: translator.warnings.into_iter().collect(),
        hint: translator.hint,
    })
}

/// Translates conditions, and remembers which indices cannot answer them.
pub(crate) struct Translator<'a> {
    layout: &'a Layout,
    left_out: Vec<IndexSet>,
    warnings: BTreeSet<String>,
    hint: Option<&'static str>,
}

impl<'a> Translator<'a> {
    pub(crate) fn new(layout: &'a Layout) -> StoreResult<Self> {
        let time = &layout.time;
        if !time.is_usable {
            let reason =
                "is no date in any of the indices that are read; name the one that is in logs.fields";
            return Err(unsupported(&LogField::Timestamp.into(), reason));
        }
        let mut translator = Self { layout, left_out: Vec::new(), warnings: BTreeSet::new(), hint: None };
        if !time.unusable.is_empty() {
            let reason = "is no date, or has another name";
            translator.leave_out(&LogField::Timestamp.into(), reason, IndexSet::Only(time.unusable.clone()));
        }
        Ok(translator)
    }

    /// Lines from `from` on and before `to`.
    pub(crate) fn window(&self, from: Micros, to: Micros) -> Value {
        self.time_range(&Bound::Included(Scalar::Time(from)), &Bound::Excluded(Scalar::Time(to)))
    }

    /// One condition.
    pub(crate) fn translate(&mut self, query: &Query) -> StoreResult<Value> {
        match query {
            Query::All => Ok(json!({"match_all": {}})),
            Query::None => Ok(nothing()),
            Query::And(queries) => self.all_of(queries),
            Query::Or(queries) => {
                let each: StoreResult<Vec<_>> = queries.iter().map(|query| self.translate(query)).collect();
                each.map(|conditions| any_of(&conditions))
            }
            Query::Not(query) => Ok(json!({"bool": {"must_not": [self.translate(query)?]}})),
            Query::Term { field, value } => self.term(field, value),
            Query::Terms { field, values } => self.terms(field, values),
            Query::Levels(levels) => self.levels(levels),
            Query::Text(text) => self.text(text),
            Query::Prefix { field, .. } | Query::Range { field, .. } if self.is_id_of_document(field) => {
                Err(unsupported(field, "is the id of the document here, which is matched as a whole only"))
            }
            Query::Prefix { field, prefix } => {
                self.ask(field, |place| predicates::begins_with(place, prefix))
            }
            Query::Range { field: FieldRef::Known(LogField::Timestamp), lower, upper } => {
                Ok(self.time_range(lower, upper))
            }
            Query::Range { field, lower: Bound::Open, upper: Bound::Open } | Query::Exists(field) => {
                Ok(self.exists(field))
            }
            Query::Range { field: field @ FieldRef::Known(LogField::ReceivedAt), lower, upper } => {
                let (from, to) = nanos_between(lower, upper);
                self.ask(field, |place| predicates::is_date_between(place, from, to))
            }
            Query::Range { field: FieldRef::Context(key), lower, upper } if self.layout.is_our_own() => {
                Ok(terms_between(key, lower, upper).map_or_else(nothing, |terms| in_order(&terms)))
            }
            Query::Network { field: FieldRef::Context(key), address, prefix_bits }
                if self.layout.is_our_own() =>
            {
                Ok(in_order(&terms_in_network(key, *address, *prefix_bits)))
            }
            Query::Range { field, lower, upper } => {
                self.ask(field, |place| predicates::lies_between(place, lower, upper))
            }
            Query::Network { field, address, prefix_bits } => {
                self.ask(field, |place| predicates::lies_in_network(place, *address, *prefix_bits))
            }
        }
    }

    /// The condition that leaves out the indices that cannot answer.
    pub(crate) fn without_left_out(&self) -> Vec<Value> {
        let excluded = |set: &IndexSet| {
            set.condition().map_or_else(nothing, |inside| json!({"bool": {"must_not": [inside]}}))
        };
        self.left_out.iter().map(excluded).collect()
    }

    /// Conditions side by side become one level, negations included.
    fn all_of(&mut self, queries: &[Query]) -> StoreResult<Value> {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for query in queries {
            match query {
                Query::Not(inner) => unwanted.push(self.translate(inner)?),
                query => wanted.push(self.translate(query)?),
            }
        }
        Ok(filtered(wanted, unwanted))
    }

    fn term(&mut self, field: &FieldRef, value: &str) -> StoreResult<Value> {
        let equal = self.ask(field, |place| predicates::equals(place, value))?;
        Ok(self.or_shown_as(field, &[value], equal))
    }

    fn terms(&mut self, field: &FieldRef, values: &[String]) -> StoreResult<Value> {
        let equal = self.ask(field, |place| predicates::equals_any(place, values))?;
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        Ok(self.or_shown_as(field, &values, equal))
    }

    /// What a line is shown with, it is found by: one without a service as of `unknown`, one without an id by that of its
    /// document.
    fn or_shown_as(&mut self, field: &FieldRef, values: &[&str], equal: Value) -> Value {
        if self.may_be_id_of_document(field) {
            return any_of(&[equal, json!({"ids": {"values": values}})]);
        }
        let is_shown_so = *field == LogField::Service.into() && values.contains(&UNKNOWN_SERVICE);
        if !is_shown_so {
            return equal;
        }
        let missing = json!({"bool": {"must_not": [self.exists(field)]}});
        any_of(&[equal, missing])
    }

    /// Any other level than the levels that are not meant: a line whose level is missing or cannot be read is shown as
    /// `info`.
    fn levels(&mut self, levels: &[Level]) -> StoreResult<Value> {
        let field = LogField::Level.into();
        if !levels.contains(&Level::default()) {
            return self.ask(&field, |place| predicates::has_level(place, levels));
        }
        let others: Vec<_> = Level::ALL.into_iter().filter(|level| !levels.contains(level)).collect();
        if others.is_empty() {
            return Ok(json!({"match_all": {}}));
        }
        let other = self.ask(&field, |place| predicates::has_level(place, &others))?;
        Ok(json!({"bool": {"must_not": [other]}}))
    }

    fn text(&mut self, query: &TextQuery) -> StoreResult<Value> {
        let field = LogField::Message.into();
        let has_no_parts = |place: &&Place| matches!(&place.kind, PlaceKind::Text { parts: None, .. });
        if query.mode.parts_too() && self.layout.of(&field).places().iter().any(has_no_parts) {
            self.hint = Some(WHOLE_WORDS);
        }
        self.ask(&field, |place| predicates::holds(place, query))
    }

    fn exists(&mut self, field: &FieldRef) -> Value {
        if *field == LogField::Timestamp.into() {
            return json!({"exists": {"field": self.layout.time.path}});
        }
        if self.may_be_id_of_document(field) || is_all_context(&self.layout.names, field) {
            return json!({"match_all": {}});
        }
        let conditions: Vec<_> = match field {
            FieldRef::Known(LogField::Context) => {
                let paths = self.layout.names.of(LogField::Context);
                paths.iter().map(|path| path_exists(path)).collect()
            }
            FieldRef::Known(_) => {
                self.layout.of(field).places().into_iter().map(predicates::exists).collect()
            }
            // Servers do not tell of objects, which are there all the same.
            FieldRef::Context(key) => {
                self.layout.names.of_key(key).iter().map(|path| path_exists(path)).collect()
            }
        };
        any_of(&conditions)
    }

    /// Whether the id of every line is that of its document.
    fn is_id_of_document(&self, field: &FieldRef) -> bool {
        self.may_be_id_of_document(field) && self.layout.of(field).groups.is_empty()
    }

    /// Whether the id of a line may be that of its document, and no field.
    fn may_be_id_of_document(&self, field: &FieldRef) -> bool {
        *field == LogField::Id.into() && self.layout.ties == Ties::Engine
    }

    /// Asks every group of indices at each of its places; a place counts where no earlier one has a value.
    fn ask(&mut self, field: &FieldRef, at: impl Fn(&Place) -> Result<Value, Refusal>) -> StoreResult<Value> {
        let groups = self.layout.of(field).groups;
        let mut conditions = Vec::new();
        let mut unable: Vec<(IndexSet, Refusal)> = Vec::new();
        for Group { indices, places } in groups {
            let answers: Result<Vec<_>, _> = places.iter().map(&at).collect();
            match answers {
                Err(reason) => unable.push((indices, reason)),
                Ok(answers) => {
                    for (number, answer) in answers.into_iter().enumerate() {
                        let earlier = places.iter().take(number).map(predicates::exists).collect();
                        let wanted = indices.condition().into_iter().chain([answer]).collect();
                        conditions.push(filtered(wanted, earlier));
                    }
                }
            }
        }
        match unable.first() {
            Some((_, reason)) if conditions.is_empty() => Err(unsupported(field, reason)),
            _ => {
                for (indices, reason) in unable {
                    self.leave_out(field, reason, indices);
                }
                Ok(any_of(&conditions))
            }
        }
    }

    fn leave_out(&mut self, field: &FieldRef, reason: &str, indices: IndexSet) {
        let which = match &indices {
            IndexSet::Only(names) => match names.first() {
                Some(name) if names.len() == 1 => format!("lines of the index {name}"),
                Some(name) => format!("lines of {} indices, such as {name},", names.len()),
                None => return,
            },
            IndexSet::All | IndexSet::AllBut(_) => "lines of most indices".to_owned(),
        };
        self.warnings.insert(format!("{which} are left out: there, {field} {reason}"));
        if !self.left_out.contains(&indices) {
            self.left_out.push(indices);
        }
    }

    fn time_range(&self, lower: &Bound, upper: &Bound) -> Value {
        let (from, to) = nanos_between(lower, upper);
        self.layout.time.between(from, to)
    }
}

/// The half-open span of nanoseconds between two bounds of whole microseconds.
fn nanos_between(lower: &Bound, upper: &Bound) -> (Option<i64>, Option<i64>) {
    // Our times have microseconds, an index may be finer: "after t" begins with the next microsecond.
    let first = |bound: &Bound| match bound {
        Bound::Included(Scalar::Time(time)) => Some(*time),
        Bound::Excluded(Scalar::Time(time)) => Some(time.plus(1)),
        Bound::Open | Bound::Included(_) | Bound::Excluded(_) => None,
    };
    let end = |bound: &Bound| match bound {
        Bound::Included(Scalar::Time(time)) => Some(time.plus(1)),
        Bound::Excluded(Scalar::Time(time)) => Some(*time),
        Bound::Open | Bound::Included(_) | Bound::Excluded(_) => None,
    };
    // Nothing lies outside of the times that `date_nanos` can hold.
    let nanos = |time: Micros| time.clamp(Micros::MIN_LINE, Micros::MAX_LINE).nanos();
    (first(lower).map(nanos), end(upper).map(nanos))
}

/// Lines with a number or an address of the context in a range of terms.
fn in_order((lower, upper): &TermRange) -> Value {
    dsl::terms_between(CONTEXT_ORDERED, lower, upper)
}

fn unsupported(field: &FieldRef, reason: &str) -> StoreError {
    StoreError::Unsupported { store: STORE, field: field.to_string(), reason: reason.to_owned() }
}

#[cfg(test)]
mod foreign_tests;
#[cfg(test)]
mod tests;
