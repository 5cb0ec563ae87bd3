//! Names of indices: built from kinds and the name of the environment only, never from what a caller sent.

use serde_json::{Value, json};

use super::streams::Stream;
use crate::model::{EnvName, IndexPattern, KindSet, LogKind};

/// The names under which lines are written and read.
#[derive(Clone, Debug)]
pub(super) struct IndexNames {
    env: EnvName,
    foreign: Vec<IndexPattern>,
}

impl IndexNames {
    /// Names for the environment, and for patterns that are read in place of our own indices.
    pub(super) fn new(env: EnvName, foreign: Vec<IndexPattern>) -> Self {
        Self { env, foreign }
    }

    /// Alias under which lines of `kind` are written; it also covers all rolled-over indices of that kind.
    pub(super) fn alias(&self, kind: LogKind) -> String {
        self.of(Stream::Logs(kind))
    }

    /// Alias, or data stream, of a stream.
    pub(super) fn of(&self, stream: Stream) -> String {
        format!("{}-{}", stream.name(), self.env)
    }

    /// The environment.
    pub(super) fn env(&self) -> &EnvName {
        &self.env
    }

    /// The first index behind the alias.
    pub(super) fn first_index(&self, stream: Stream) -> String {
        format!("{}-000001", self.of(stream))
    }

    /// Whether lines of `kinds` are read from indices that somebody else has named: all but security lines alone are.
    pub(super) fn are_foreign(&self, kinds: KindSet) -> bool {
        !self.foreign.is_empty() && (kinds.app || kinds.error)
    }

    /// Whether lines that are written are among those that are read.
    pub(super) fn reads_what_it_writes(&self) -> bool {
        let is_read = |kind| self.foreign.iter().any(|pattern| matches(pattern.as_str(), &self.alias(kind)));
        self.foreign.is_empty() || [LogKind::App, LogKind::Error].into_iter().all(is_read)
    }

    /// The patterns of the configuration, as a list for a URL path.
    pub(super) fn patterns(&self) -> Option<String> {
        let patterns: Vec<_> = self.foreign.iter().map(IndexPattern::as_str).collect();
        (!patterns.is_empty()).then(|| patterns.join(","))
    }

    /// Where lines of `kinds` are read, as a list for a URL path; `None` for no kind at all.
    pub(super) fn build_index_pattern(&self, kinds: KindSet) -> Option<String> {
        if !self.are_foreign(kinds) {
            let names: Vec<_> = kinds.kinds().into_iter().map(|kind| self.alias(kind)).collect();
            return (!names.is_empty()).then(|| names.join(","));
        }
        self.patterns()
    }
}

/// Whether an index may not be read among lines of these kinds: its name, without that of its cluster and with whatever the
/// server has put before it, is that of security lines or of audit events.
pub(super) fn is_withheld(index: &str, kinds: KindSet) -> bool {
    let name = index.rsplit_once(':').map_or(index, |(_, name)| name);
    withheld(kinds).any(|stream| name.contains(&format!("{}-", stream.name())))
}

/// The condition that a document may be read among lines of these kinds, whatever has led to its index: a wide pattern, an alias,
/// the name of a backing index, or another cluster. `known` are indices that may not be read.
///
/// Servers expand the patterns to open indices that are not hidden, so indices are also named one by one; patterns are for
/// those that come later.
pub(super) fn readable<'a>(kinds: KindSet, known: impl Iterator<Item = &'a String>) -> Value {
    let patterns = withheld(kinds).flat_map(|stream| {
        let name = stream.name();
        // An index of another cluster is named with it; backing indices begin with a dot.
        [format!("*{name}-*"), format!(".*{name}-*"), format!("*:*{name}-*"), format!("*:.*{name}-*")]
    });
    let by_pattern = patterns.map(|pattern| json!({"wildcard": {"_index": {"value": pattern}}}));
    let known: Vec<_> = known.collect();
    let by_name = (!known.is_empty()).then(|| json!({"terms": {"_index": known}}));
    json!({"bool": {"must_not": by_pattern.chain(by_name).collect::<Vec<_>>()}})
}

/// The streams that are no part of lines of these kinds, though a pattern may lead to them.
fn withheld(kinds: KindSet) -> impl Iterator<Item = Stream> {
    let security = (!kinds.security).then_some(Stream::Logs(LogKind::Security));
    security.into_iter().chain([Stream::AuditEvents])
}

/// Whether a name matches a pattern, in which a star stands for any characters.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(patterns: &[&str]) -> IndexNames {
        let patterns = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
        IndexNames::new(EnvName::default(), patterns)
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
    fn a_wide_pattern_opens_neither_security_lines_nor_audit_events() {
        let wide = names(&["logs-*", "filebeat-2026"]);

        let readable = |kinds| readable(kinds, [".ds-logs-security-x-1".to_owned()].iter());
        let hidden = |kinds| readable(kinds).to_string().matches("wildcard").count();

        assert_eq!(wide.build_index_pattern(KindSet::ALL).as_deref(), Some("logs-*,filebeat-2026"));
        assert_eq!(wide.build_index_pattern(KindSet::SECURITY).as_deref(), Some("logs-security-dev"));
        assert_eq!((hidden(KindSet::APP_AND_ERROR), hidden(KindSet::ALL)), (8, 4));
        assert!(readable(KindSet::APP_AND_ERROR).to_string().contains("\".ds-logs-security-x-1\""));
        assert!(readable(KindSet::APP_AND_ERROR).to_string().contains("*logs-security-*"));
        assert!(readable(KindSet::ALL).to_string().contains("*audit-events-*"));
    }

    #[test]
    fn an_index_is_withheld_by_its_name_whatever_stands_before_it() {
        for index in
            ["logs-security-dev", ".ds-logs-security-dev-2026.11.21-000001", "far:logs-security-dev-000001"]
        {
            assert!(
                is_withheld(index, KindSet::APP_AND_ERROR) && !is_withheld(index, KindSet::ALL),
                "{index}"
            );
        }
        assert!(is_withheld(".ds-audit-events-dev-000001", KindSet::ALL));
        for index in ["logs-app-dev-000001", "audit-events-eu:app-1", "logs-security-eu:app-1"] {
            assert!(!is_withheld(index, KindSet::APP_AND_ERROR), "{index}");
        }
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name) in [
            ("*", "logs-app-dev"),
            ("logs-*", "logs-app-dev"),
            ("logs-*-*", "logs-app-dev"),
            ("logs-*-0*", "logs-app-dev-000001"),
            ("*dev", "logs-app-dev"),
            ("logs-app-dev", "logs-app-dev"),
            ("l*p*v", "logs-app-dev"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("logs-app", "logs-app-dev"),
            ("logs-*-1*", "logs-app-dev-000001".trim_end_matches('1')),
            ("audit-*", "logs-app-dev"),
            ("*app", "logs-app-dev"),
            ("logs-app-dev*dev", "logs-app-dev"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
