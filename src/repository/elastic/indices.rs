//! Names of indices: built from kinds and the name of the environment only, never from what a caller sent.

use super::streams::Stream;
use crate::model::{KindSet, LogKind};

/// The names under which lines are written and read.
#[derive(Clone, Debug)]
pub(super) struct IndexNames {
    env: String,
    foreign: Vec<String>,
}

impl IndexNames {
    /// Takes the environment and the patterns of the configuration; `Err` says which of them cannot be used.
    pub(super) fn new(env: &str, patterns: &[String]) -> Result<Self, String> {
        if !is_env(env) {
            return Err(format!(
                "environment '{env}' is not 1 to 32 of a-z, 0-9, _ and -, starting with a letter or digit"
            ));
        }
        if let Some(bad) = patterns.iter().find(|pattern| !is_pattern(pattern)) {
            return Err(format!("index pattern '{bad}' holds characters that no index name has"));
        }
        Ok(Self { env: env.to_owned(), foreign: patterns.to_vec() })
    }

    /// Alias under which lines of `kind` are written; it also covers all rolled-over indices of that kind.
    pub(super) fn alias(&self, kind: LogKind) -> String {
        self.of(Stream::Logs(kind))
    }

    /// Alias, or data stream, of a stream.
    pub(super) fn of(&self, stream: Stream) -> String {
        format!("{}-{}", stream.name(), self.env)
    }

    /// The first index behind the alias.
    pub(super) fn first_index(&self, stream: Stream) -> String {
        format!("{}-000001", self.of(stream))
    }

    /// Whether lines of `kinds` are read from indices that somebody else has named: all but security lines alone are.
    pub(super) fn are_foreign(&self, kinds: KindSet) -> bool {
        !self.foreign.is_empty() && (kinds.app || kinds.error)
    }

    /// The patterns of the configuration, as a list for a URL path.
    pub(super) fn patterns(&self) -> Option<String> {
        (!self.foreign.is_empty()).then(|| self.foreign.join(","))
    }

    /// Where lines of `kinds` are read, as a list for a URL path; `None` for no kind at all.
    pub(super) fn build_index_pattern(&self, kinds: KindSet) -> Option<String> {
        if !self.are_foreign(kinds) {
            let names: Vec<_> = kinds.kinds().into_iter().map(|kind| self.alias(kind)).collect();
            return (!names.is_empty()).then(|| names.join(","));
        }
        let mut names = self.foreign.clone();
        // A wide pattern such as `logs-*` would show security lines to readers who may not see them.
        if !kinds.security && names.iter().any(|name| name.contains('*')) {
            names.push(format!("-logs-{}-*", LogKind::Security.as_str()));
        }
        Some(names.join(","))
    }
}

fn is_env(env: &str) -> bool {
    let starts_well =
        env.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    starts_well && env.len() <= 32 && env.bytes().all(is_allowed)
}

fn is_pattern(pattern: &str) -> bool {
    let starts_well = pattern.bytes().next().is_some_and(|byte| !matches!(byte, b'-' | b'_' | b'+'));
    let is_allowed = |byte: u8| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'_' | b'-' | b'.' | b'*' | b':' | b'+')
    };
    starts_well && pattern.len() <= 255 && pattern.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(patterns: &[&str]) -> IndexNames {
        let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        IndexNames::new("dev", &patterns).unwrap()
    }

    #[test]
    fn own_indices_are_named_by_kind_and_environment() {
        let own = names(&[]);

        assert_eq!(own.alias(LogKind::Security), "logs-security-dev");
        assert_eq!(own.first_index(Stream::AuditEvents), "audit-events-dev-000001");
        assert_eq!(
            own.build_index_pattern(KindSet::APP_AND_ERROR).as_deref(),
            Some("logs-app-dev,logs-error-dev")
        );
        assert_eq!(own.build_index_pattern(KindSet { app: false, error: false, security: false }), None);
    }

    #[test]
    fn a_wide_pattern_does_not_open_the_security_lines() {
        let wide = names(&["logs-*", "filebeat-2026"]);

        let without = wide.build_index_pattern(KindSet::APP_AND_ERROR);
        let with = wide.build_index_pattern(KindSet::ALL);

        assert_eq!(without.as_deref(), Some("logs-*,filebeat-2026,-logs-security-*"));
        assert_eq!(with.as_deref(), Some("logs-*,filebeat-2026"));
        assert_eq!(wide.build_index_pattern(KindSet::SECURITY).as_deref(), Some("logs-security-dev"));
    }

    #[test]
    fn names_that_would_leave_the_path_are_refused() {
        for pattern in ["", "a/b", "a,b", "-a", "_all", "<a-{now/d}>", "a b", "A", "a%2f", "a?b", "a#b", "가"]
        {
            assert!(IndexNames::new("dev", &[pattern.to_owned()]).is_err(), "{pattern}");
        }
        for env in ["", "Prod", "a*", "-a", "a/b", "a.b", &"x".repeat(33)] {
            assert!(IndexNames::new(env, &[]).is_err(), "{env}");
        }
    }
}
