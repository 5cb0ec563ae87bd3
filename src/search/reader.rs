//! The one place where stored lines are read: every question passes here, and so does every answer.
//!
//! What holds for all reading stands here and nowhere else, so that a new way of looking at lines cannot forget it: a caller sees
//! lines of their services and of the kinds that their roles may read.

use std::sync::Arc;

use super::failure::told;
use crate::error::Result;
use crate::model::page::{Arrivals, Counts, Row, Rows};
use crate::model::query::{ArrivalsRequest, CountRequest, PageRequest, Selection};
use crate::model::{Caller, KindSet, LogId, Permission, Query};
use crate::repository::LogStore;

/// Reads lines for callers.
pub(super) struct LogReader {
    store: Arc<dyn LogStore>,
}

impl LogReader {
    pub(super) fn new(store: Arc<dyn LogStore>) -> Self {
        Self { store }
    }

    /// One line by its id; `None` when there is none that the caller may see.
    ///
    /// # Errors
    /// Failures of the store (305x).
    pub(super) async fn line(&self, caller: &Caller, id: &LogId) -> Result<Option<Row>> {
        let row = self.store.get(id, readable_kinds(caller)).await.map_err(|error| told(&error))?;
        Ok(row.filter(|row| caller.scope.contains(&row.entry.service)))
    }

    /// One page of the lines that the caller may see.
    ///
    /// # Errors
    /// Failures of the store (305x).
    pub(super) async fn page(&self, caller: &Caller, request: &PageRequest) -> Result<Rows> {
        let PageRequest { selection, sort, limit, start, wants_next, total } = request;
        let request = PageRequest {
            selection: visible(caller, selection),
            sort: *sort,
            limit: *limit,
            start: start.clone(),
            wants_next: *wants_next,
            total: *total,
        };
        self.store.search(&request).await.map_err(|error| told(&error))
    }

    /// Lines that the caller may see, in the order in which they arrived.
    ///
    /// # Errors
    /// Failures of the store (305x).
    pub(super) async fn arrivals(&self, caller: &Caller, request: &ArrivalsRequest) -> Result<Arrivals> {
        let request = ArrivalsRequest {
            kinds: request.kinds.and(readable_kinds(caller)),
            query: Query::and([caller.scope.condition(), request.query.clone()]),
            ..*request
        };
        self.store.arrivals(&request).await.map_err(|error| told(&error))
    }

    /// Counts of the lines that the caller may see.
    ///
    /// # Errors
    /// Failures of the store (305x).
    pub(super) async fn counts(&self, caller: &Caller, request: &CountRequest) -> Result<Counts> {
        let CountRequest { selection, bounds, by, top, prefix } = request;
        let request = CountRequest {
            selection: visible(caller, selection),
            bounds: bounds.clone(),
            by: *by,
            top: *top,
            prefix: prefix.clone(),
        };
        self.store.count_by(&request).await.map_err(|error| told(&error))
    }
}

/// The kinds of lines that a caller reads in a search.
pub(super) fn readable_kinds(caller: &Caller) -> KindSet {
    if caller.principal.may(Permission::ReadSecurityLogs) { KindSet::ALL } else { KindSet::APP_AND_ERROR }
}

/// The part of a selection that a caller may see.
fn visible(caller: &Caller, selection: &Selection) -> Selection {
    Selection {
        kinds: selection.kinds.and(readable_kinds(caller)),
        range: selection.range,
        query: Query::and([caller.scope.condition(), selection.query.clone()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LogField, Micros, Principal, Role, Scope, TimeRange};

    fn caller(role: Role, scope: Scope) -> Caller {
        let principal = Principal { subject: "a".to_owned(), roles: vec![role], services: Vec::new() };
        Caller { principal, scope, max_window_days: 31 }
    }

    #[test]
    fn whatever_is_asked_the_scope_and_the_kinds_of_the_caller_bound_it() {
        let range = TimeRange::new(Micros::new(0), Micros::new(1)).unwrap();
        let asked = Selection { kinds: KindSet::ALL, range, query: Query::All };
        let scope = Scope::Services(vec!["gateway".to_owned()]);

        let narrow = visible(&caller(Role::Viewer, scope), &asked);
        let wide = visible(&caller(Role::Sre, Scope::All), &asked);

        assert_eq!(narrow.kinds, KindSet::APP_AND_ERROR);
        assert!(narrow.query.fields().contains(&LogField::Service.into()), "{:?}", narrow.query);
        assert_eq!(wide, asked);
    }
}
