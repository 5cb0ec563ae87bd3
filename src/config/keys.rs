//! The one table of settings: path in the file, environment variable, kind of value.
//!
//! Defaults and explanations stand in `default.toml`; `reference.rs` joins both to `docs/configuration.md`.

use super::kind::Kind;

/// One setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// `section.name`, as in the file.
    pub(crate) path: &'static str,
    /// Environment variable; the same name with `_FILE` behind it names a file that holds the value.
    pub(crate) variable: &'static str,
    /// What a value may look like.
    pub(crate) kind: Kind,
    /// Whether the value is never printed.
    pub(crate) is_secret: bool,
}

impl Key {
    const fn open(path: &'static str, variable: &'static str, kind: Kind) -> Self {
        Self { path, variable, kind, is_secret: false }
    }

    const fn secret(path: &'static str, variable: &'static str, kind: Kind) -> Self {
        Self { path, variable, kind, is_secret: true }
    }

    /// Finds a setting by its path.
    pub(crate) fn by_path(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }

    /// The part before the dot.
    pub(crate) fn section(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(section, _)| section)
    }

    /// The part after the dot.
    pub(crate) fn name(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(_, name)| name)
    }

    /// The variable that names a file with the value.
    pub(crate) fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable)
    }
}

const PRESETS: &[&str] = &["trailproof", "ecs", "pino", "logstash"];
const LOG_LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];
const DAYS: Kind = Kind::Number { min: 1, max: 36_500 };
const COUNT: Kind = Kind::Number { min: 1, max: 1_000_000 };

/// All settings, in the order of `default.toml`.
pub(crate) const KEYS: &[Key] = &[
    Key::open("http.bind", "TRAILPROOF_HTTP_BIND", Kind::Address),
    Key::open("http.admin_bind", "TRAILPROOF_HTTP_ADMIN_BIND", Kind::Address),
    Key::open("storage.dir", "TRAILPROOF_STORAGE_DIR", Kind::Text),
    Key::open(
        "storage.max_disk_bytes",
        "TRAILPROOF_STORAGE_MAX_DISK_BYTES",
        Kind::Number { min: 0, max: i64::MAX },
    ),
    Key::open("elasticsearch.url", "ELASTICSEARCH_URL", Kind::ServerUrls),
    Key::open("elasticsearch.fallback_url", "ELASTICSEARCH_FALLBACK_URL", Kind::ServerUrls),
    Key::open("elasticsearch.username", "ELASTICSEARCH_USERNAME", Kind::Text),
    Key::secret("elasticsearch.password", "ELASTICSEARCH_PASSWORD", Kind::Text),
    Key::secret("elasticsearch.api_key", "ELASTICSEARCH_API_KEY", Kind::Text),
    Key::open("elasticsearch.ca_file", "ELASTICSEARCH_CA_FILE", Kind::Text),
    Key::open(
        "elasticsearch.timeout_ms",
        "TRAILPROOF_ELASTICSEARCH_TIMEOUT_MS",
        Kind::Number { min: 1, max: 600_000 },
    ),
    Key::open("logs.preset", "TRAILPROOF_LOGS_PRESET", Kind::Word(PRESETS)),
    Key::open("logs.indices", "TRAILPROOF_LOGS_INDICES", Kind::IndexPatterns),
    Key::open("logs.env", "TRAILPROOF_LOGS_ENV", Kind::EnvironmentName),
    Key::secret("database.url", "DATABASE_URL", Kind::SecretUrl(&["postgres", "postgresql"])),
    Key::secret(
        "database.owner_url",
        "TRAILPROOF_DATABASE_OWNER_URL",
        Kind::SecretUrl(&["postgres", "postgresql"]),
    ),
    Key::secret("redis.url", "REDIS_URL", Kind::SecretUrl(&["redis", "rediss"])),
    Key::secret("auth.hs256_secret", "TRAILPROOF_AUTH_HS256_SECRET", Kind::HmacSecret),
    Key::open("auth.issuer", "TRAILPROOF_AUTH_ISSUER", Kind::Text),
    Key::open("auth.audience", "TRAILPROOF_AUTH_AUDIENCE", Kind::Text),
    Key::open("auth.jwks_url", "TRAILPROOF_AUTH_JWKS_URL", Kind::HttpUrl),
    Key::open("auth.roles_claim", "TRAILPROOF_AUTH_ROLES_CLAIM", Kind::Text),
    Key::open("auth.services_claim", "TRAILPROOF_AUTH_SERVICES_CLAIM", Kind::Text),
    Key::secret("security.master_key", "TRAILPROOF_SECURITY_MASTER_KEY", Kind::MasterKey),
    Key::secret("audit.signing_key", "TRAILPROOF_AUDIT_SIGNING_KEY", Kind::Text),
    Key::open("audit.origin", "TRAILPROOF_AUDIT_ORIGIN", Kind::Text),
    Key::open("audit.archive_dir", "TRAILPROOF_AUDIT_ARCHIVE_DIR", Kind::Text),
    Key::open("log.level", "LOG_LEVEL", Kind::Word(LOG_LEVELS)),
    Key::open("limits.search_per_second", "TRAILPROOF_LIMITS_SEARCH_PER_SECOND", COUNT),
    Key::open("limits.search_burst", "TRAILPROOF_LIMITS_SEARCH_BURST", COUNT),
    Key::open("limits.max_window_days", "TRAILPROOF_LIMITS_MAX_WINDOW_DAYS", DAYS),
    Key::open("limits.max_window_days_wide", "TRAILPROOF_LIMITS_MAX_WINDOW_DAYS_WIDE", DAYS),
    Key::open("retention.app_days", "TRAILPROOF_RETENTION_APP_DAYS", DAYS),
    Key::open("retention.error_days", "TRAILPROOF_RETENTION_ERROR_DAYS", DAYS),
    Key::open("retention.security_days", "TRAILPROOF_RETENTION_SECURITY_DAYS", DAYS),
    Key::open(
        "retention.every_seconds",
        "TRAILPROOF_RETENTION_EVERY_SECONDS",
        Kind::Number { min: 1, max: 86_400 },
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_path_and_no_variable_stands_twice() {
        let paths: BTreeSet<_> = KEYS.iter().map(|key| key.path).collect();
        let variables: BTreeSet<_> =
            KEYS.iter().flat_map(|key| [key.variable.to_owned(), key.file_variable()]).collect();

        assert_eq!(paths.len(), KEYS.len());
        assert_eq!(variables.len(), 2 * KEYS.len());
    }

    #[test]
    fn a_path_is_its_variable_without_prefix_in_lower_case() {
        for key in KEYS {
            let from_path = key.path.replace('.', "_").to_uppercase();

            assert_eq!(key.variable.trim_start_matches("TRAILPROOF_"), from_path, "{}", key.path);
        }
    }
}
