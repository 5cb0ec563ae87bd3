//! The settings: one file a section, with its keys, its types and what cannot hold together.
//!
//! A new setting is a key and a field in the file of its section; its default and its meaning stand in `default.toml`.

use serde::Deserialize;

use super::key::Key;
use super::origin::Problem;
use super::settings::Settings;

mod auth;
mod elasticsearch;
mod http;
mod limits;
mod log;
mod logs;
mod retention;
mod security;
mod storage;
mod unsupported;

pub use auth::Auth;
pub use elasticsearch::{Elasticsearch, ServerUrl};
pub use http::Http;
pub use limits::Limits;
pub use log::Log;
pub use logs::Logs;
pub use retention::Retention;
pub use security::Security;
pub use storage::Storage;

pub(crate) use elasticsearch::without_password;

/// All sections, in the order of `default.toml`.
pub(crate) const ROOT: &[Key] = &[
    http::TABLE,
    storage::TABLE,
    elasticsearch::TABLE,
    logs::TABLE,
    auth::TABLE,
    security::TABLE,
    log::TABLE,
    limits::TABLE,
    retention::TABLE,
    unsupported::DATABASE,
    unsupported::REDIS,
    unsupported::AUDIT,
];

/// The configuration that the server runs with. `Debug` prints no secret.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Listeners.
    pub http: Http,
    /// Data of the embedded engine.
    pub storage: Storage,
    /// The cluster engine.
    pub elasticsearch: Elasticsearch,
    /// Indices and names.
    pub logs: Logs,
    /// Accepted tokens.
    pub auth: Auth,
    /// Keys.
    #[serde(default)]
    pub security: Security,
    /// The server's own log.
    pub log: Log,
    /// What one caller may ask for.
    pub limits: Limits,
    /// When lines are deleted.
    pub retention: Retention,
}

/// What cannot hold together. A setting that was given but cannot be read counts as given: its own problem is told already.
pub(crate) fn check(settings: &Settings) -> Vec<Problem> {
    [
        http::check(settings),
        storage::check(settings),
        elasticsearch::check(settings),
        logs::check(settings),
        unsupported::check(settings),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::key::paths;

    #[test]
    fn no_path_and_no_variable_stands_twice() {
        let known = paths(ROOT);
        let names: BTreeSet<_> = known.iter().map(|(path, _)| path).collect();
        let variables: Vec<_> = known.iter().filter_map(|(_, shape)| shape.variable()).collect();

        assert_eq!(names.len(), known.len());
        assert_eq!(variables.iter().collect::<BTreeSet<_>>().len(), variables.len());
    }

    #[test]
    fn a_path_is_its_variable_without_prefix_in_lower_case() {
        for (path, shape) in paths(ROOT) {
            let Some(variable) = shape.variable() else { continue };

            let from_path = path.replace('.', "_").to_uppercase();
            assert_eq!(variable.trim_start_matches("TRAILPROOF_"), from_path, "{path}");
        }
    }
}
