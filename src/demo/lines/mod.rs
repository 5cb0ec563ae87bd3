//! The texts of the log lines, one file a service plus security lines, background work and faults.
//!
//! Each constant is a set of lines that may stand at one point of a journey; `journeys.rs` picks among them.

pub(super) mod auth_service;
pub(super) mod background;
pub(super) mod event_service;
pub(super) mod faults;
pub(super) mod gateway;
pub(super) mod security;

#[cfg(test)]
use super::template::Template;

/// Every set of lines, so that tests can look at each text.
#[cfg(test)]
pub(super) fn all() -> Vec<Template> {
    [
        auth_service::all(),
        background::all(),
        event_service::all(),
        faults::all(),
        gateway::all(),
        security::all(),
    ]
    .concat()
}
