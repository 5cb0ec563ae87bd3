//! What kind of route a route is. Pace, metrics and bounds of its requests follow from it.

use std::time::Duration;

use super::access::Access;
use crate::http::state::Limits;
use crate::model::Permission;
use crate::telemetry::labels::SearchEndpoint;

/// What kind of route a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Reads log lines: measured under this name, and paced for each caller.
    Search(SearchEndpoint),
    /// Takes log lines in.
    Ingest,
    /// Tells callers who they are.
    Caller,
    /// Probes, metrics and explanations: open to everybody, and answered under any load.
    Open,
}

/// How much one request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Bounds {
    /// Largest body, in bytes, as sent and again after decompression.
    pub(in crate::http) body_bytes: usize,
    /// For the whole body to arrive.
    pub(in crate::http) body_time: Duration,
    /// From the body's arrival to the head of the answer.
    pub(in crate::http) answer_time: Duration,
}

impl Class {
    /// The search that its requests are counted, timed and paced as.
    pub(in crate::http) const fn search(self) -> Option<SearchEndpoint> {
        match self {
            Self::Search(endpoint) => Some(endpoint),
            Self::Ingest | Self::Caller | Self::Open => None,
        }
    }

    /// How much one request may take.
    pub(in crate::http) const fn bounds(self, limits: &Limits) -> Bounds {
        let body_bytes = match self {
            Self::Search(_) | Self::Ingest => limits.body_bytes,
            Self::Caller | Self::Open => 0,
        };
        Bounds { body_bytes, body_time: limits.body_time, answer_time: limits.request_time }
    }

    /// Whether the class goes with what the route asks of its caller: whatever reads log lines is a search.
    pub(super) const fn goes_with(self, access: Access) -> bool {
        match access {
            Access::Open => matches!(self, Self::Open),
            Access::Needs(Permission::SearchLogs | Permission::ReadSecurityLogs) => {
                matches!(self, Self::Search(_))
            }
            Access::Needs(Permission::WriteLogs) => matches!(self, Self::Ingest),
            Access::Needs(Permission::ReadSelf) => matches!(self, Self::Caller),
            // What the first adds stands on routes that are open; the second is given under conditions, and no class can
            // hold them.
            Access::Needs(Permission::ReadHealthDetail | Permission::ReadAuditTrail) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_that_lets_log_lines_be_read_asks_for_a_search() {
        let search = Class::Search(SearchEndpoint::Search);

        for permission in [Permission::SearchLogs, Permission::ReadSecurityLogs] {
            assert!(search.goes_with(Access::Needs(permission)), "{permission:?}");
            for class in [Class::Ingest, Class::Caller, Class::Open] {
                assert!(!class.goes_with(Access::Needs(permission)), "{class:?} {permission:?}");
            }
        }
        assert!(!search.goes_with(Access::Open));
    }

    #[test]
    fn only_searches_and_lines_have_a_body() {
        let limits = Limits::default();
        let body_bytes = |class: Class| class.bounds(&limits).body_bytes;

        assert_eq!(body_bytes(Class::Search(SearchEndpoint::Search)), limits.body_bytes);
        assert_eq!(body_bytes(Class::Ingest), limits.body_bytes);
        assert_eq!((body_bytes(Class::Caller), body_bytes(Class::Open)), (0, 0));
    }
}
