//! Near names for a search that found nothing: `service:gatway` is answered with the services whose names are like it.
//!
//! The names come from the reader like every line, so a caller learns of no service outside their scope.

use super::service::SearchService;
use crate::model::nearest::nearest;
use crate::model::query::{CountRequest, Selection};
use crate::model::{Caller, FieldKind, FieldRef, LogField, Query};

/// Questions that one empty answer asks the store at most.
const MAX_QUESTIONS: usize = 2;
/// Values among which near ones are looked for, the most frequent of the window.
const MAX_KNOWN: usize = 100;
/// Near values that are named for one that was not found.
const MAX_NAMED: usize = 3;
/// Sentences of one answer.
const MAX_SENTENCES: usize = 3;

/// A field, and the values one of which every line had to have.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    field: LogField,
    values: Vec<String>,
}

impl SearchService {
    /// Sentences about values that no line of the window has while lines have others that are like them. To be asked
    /// when nothing was found.
    ///
    /// A value that some line has is not spoken of, though nothing has it together with the other conditions. Nothing is
    /// said where the store fails or answers in part: the search itself was answered.
    pub(super) async fn near_values(&self, caller: &Caller, selection: &Selection) -> Vec<String> {
        let mut sentences = Vec::new();
        let mut questions = 0;
        if selection.range.is_empty() {
            return sentences;
        }
        for asked in asked(&selection.query) {
            if questions == MAX_QUESTIONS {
                break;
            }
            questions += 1;
            let Some(known) = self.known_values(caller, selection, asked.field).await else { continue };
            let missing = asked.values.into_iter().filter(|value| !known.contains(value));
            for value in missing.collect::<Vec<_>>() {
                let near = near(&value, &known);
                if near.is_empty() {
                    continue;
                }
                // Beyond the most frequent values there may still be the one that was asked for.
                if known.len() == MAX_KNOWN {
                    if questions == MAX_QUESTIONS {
                        return sentences;
                    }
                    questions += 1;
                    if self.exists(caller, selection, asked.field, &value).await != Some(false) {
                        continue;
                    }
                }
                sentences.push(sentence(asked.field, &value, &near));
            }
        }
        sentences.truncate(MAX_SENTENCES);
        sentences
    }

    /// The most frequent values of a field in the window; `None` when not everything answered.
    async fn known_values(
        &self,
        caller: &Caller,
        selection: &Selection,
        field: LogField,
    ) -> Option<Vec<String>> {
        let selection = Selection { query: Query::All, ..selection.clone() };
        let request =
            CountRequest { selection, bounds: Vec::new(), by: Some(field), top: MAX_KNOWN, prefix: None };
        let mut counts = self.reader.counts(caller, &request).await.ok()?;
        let values = counts.buckets.pop().unwrap_or_default().by;
        (!counts.completeness.partial).then(|| values.into_iter().map(|(value, _)| value).collect())
    }

    /// Whether a line of the window has the value; `None` when not everything answered.
    async fn exists(
        &self,
        caller: &Caller,
        selection: &Selection,
        field: LogField,
        value: &str,
    ) -> Option<bool> {
        let selection = Selection { query: Query::term(field, value), ..selection.clone() };
        let request = CountRequest { selection, bounds: Vec::new(), by: None, top: MAX_KNOWN, prefix: None };
        let mut counts = self.reader.counts(caller, &request).await.ok()?;
        let count = counts.buckets.pop().unwrap_or_default().count;
        (!counts.completeness.partial).then_some(count > 0)
    }
}

/// What every line had to be: the terms of a query, also inside AND.
fn asked(query: &Query) -> Vec<Asked> {
    let mut found = Vec::new();
    let mut left = vec![query];
    while let Some(query) = left.pop() {
        let (field, values) = match query {
            Query::And(queries) => {
                left.extend(queries.iter().rev());
                continue;
            }
            Query::Term { field, value } => (field, vec![value.clone()]),
            Query::Terms { field, values } => (field, values.clone()),
            Query::All
            | Query::None
            | Query::Or(_)
            | Query::Not(_)
            | Query::Levels(_)
            | Query::Text(_)
            | Query::Prefix { .. }
            | Query::Range { .. }
            | Query::Network { .. }
            | Query::Exists(_) => continue,
        };
        if let FieldRef::Known(field) = field
            && has_names(*field)
            && !found.iter().any(|other: &Asked| other.field == *field && other.values == values)
        {
            found.push(Asked { field: *field, values });
        }
    }
    found
}

/// Whether the values of a field are names. An id that is nearly the same is another request, or another person.
fn has_names(field: LogField) -> bool {
    field.spec().kind == FieldKind::Keyword && !is_unique(field) && field != LogField::UserId
}

/// Whether a field has nearly as many values as there are lines.
pub(super) const fn is_unique(field: LogField) -> bool {
    matches!(field, LogField::Id | LogField::RequestId | LogField::TraceId | LogField::SpanId)
}

/// The values like `value`, the nearest first.
fn near<'a>(value: &str, known: &'a [String]) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    while found.len() < MAX_NAMED {
        let others = known.iter().map(String::as_str).filter(|name| !found.contains(name));
        let Some(next) = nearest(value, others) else { break };
        found.push(next);
    }
    found
}

fn sentence(field: LogField, value: &str, near: &[&str]) -> String {
    let names: Vec<_> = near.iter().map(|name| format!("'{name}'")).collect();
    format!("no line of the window has {} '{value}'; near: {}", field.name(), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn near_values_are_slips_beginnings_and_other_cases() {
        let services = known(&["gateway", "auth-service", "auth-proxy", "authz", "event-service"]);

        assert_eq!(near("gatway", &services), ["gateway"]);
        assert_eq!(near("Gateway", &services), ["gateway"]);
        assert_eq!(near("auth", &services), ["authz", "auth-proxy", "auth-service"]);
        assert!(near("billing", &services).is_empty());
    }

    #[test]
    fn only_names_that_every_line_had_to_have_are_looked_at() {
        let term = |field, value: &str| Query::term(field, value);
        let service = term(LogField::Service, "a");
        let nested = Query::And(vec![
            service.clone(),
            Query::And(vec![term(LogField::Method, "GTE"), term(LogField::RequestId, "r")]),
            Query::Not(Box::new(term(LogField::Component, "c"))),
            Query::Or(vec![term(LogField::Path, "/"), term(LogField::UserAgent, "u")]),
            term(LogField::UserId, "u"),
            Query::Term { field: FieldRef::Context("key".to_owned()), value: "x".to_owned() },
            service.clone(),
        ]);

        let fields: Vec<_> = asked(&nested).into_iter().map(|asked| asked.field).collect();

        assert_eq!(fields, [LogField::Service, LogField::Method]);
        assert_eq!(asked(&service), [Asked { field: LogField::Service, values: vec!["a".to_owned()] }]);
        assert!(asked(&Query::All).is_empty());
    }
}
