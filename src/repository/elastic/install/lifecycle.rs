//! Lifecycle policies for clusters that manage the life of indices by themselves.
//!
//! An age counts from the rollover, so the oldest document of a stream is older than its retention by the age at which an index
//! is rolled over. `es-templates/ilm/` holds the policies for reading, with the retention of `default.toml`.

use serde_json::{Map, Value, json};

use super::signature::meta;
use crate::model::{LogKind, RetentionDays};
use crate::repository::elastic::streams::Stream;

/// Seven years of 365 days, and two leap days.
const AUDIT_DAYS: u32 = 7 * 365 + 2;

/// When the documents of a stream move on, in days after the rollover of their index.
struct Course {
    rollover: u32,
    warm: Option<u32>,
    cold: Option<u32>,
    delete: u32,
}

impl Course {
    const fn of(stream: Stream, days: RetentionDays) -> Self {
        match stream {
            // A warm phase would begin when the lines are about to go.
            Stream::Logs(LogKind::App) => Self { rollover: 1, warm: None, cold: None, delete: days.app },
            Stream::Logs(LogKind::Error) => {
                Self { rollover: 1, warm: Some(7), cold: None, delete: days.error }
            }
            Stream::Logs(LogKind::Security) => {
                Self { rollover: 7, warm: Some(30), cold: None, delete: days.security }
            }
            Stream::AuditEvents => Self { rollover: 30, warm: Some(30), cold: Some(365), delete: AUDIT_DAYS },
        }
    }
}

/// The policy of a stream.
pub(crate) fn policy(stream: Stream, days: RetentionDays) -> Value {
    let course = Course::of(stream, days);
    let mut phases = Map::new();
    let rollover = json!({"max_age": format!("{}d", course.rollover), "max_primary_shard_size": "50gb"});
    phases.insert(
        "hot".to_owned(),
        json!({"min_age": "0ms", "actions": {"rollover": rollover, "set_priority": {"priority": 100}}}),
    );
    // A retention of one's own may end before a phase begins.
    let begins = |age: &u32| *age < course.delete;
    if let Some(age) = course.warm.filter(begins) {
        let actions = json!({
            "set_priority": {"priority": 50}, "readonly": {}, "forcemerge": {"max_num_segments": 1},
        });
        phases.insert("warm".to_owned(), json!({"min_age": format!("{age}d"), "actions": actions}));
    }
    if let Some(age) = course.cold.filter(begins) {
        let actions = json!({"set_priority": {"priority": 0}, "readonly": {}});
        phases.insert("cold".to_owned(), json!({"min_age": format!("{age}d"), "actions": actions}));
    }
    let delete = json!({"min_age": format!("{}d", course.delete), "actions": {"delete": {"delete_searchable_snapshot": true}}});
    phases.insert("delete".to_owned(), delete);
    json!({"policy": {"_meta": meta(), "phases": phases}})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages(stream: Stream, days: RetentionDays) -> Vec<(String, String)> {
        let policy = policy(stream, days);
        let phases = policy["policy"]["phases"].as_object().unwrap();
        phases
            .iter()
            .map(|(name, phase)| (name.clone(), phase["min_age"].as_str().unwrap().to_owned()))
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, age)| ((*name).to_owned(), (*age).to_owned())).collect()
    }

    #[test]
    fn each_stream_takes_its_course() {
        let days = RetentionDays::default();

        assert_eq!(ages(Stream::Logs(LogKind::App), days), pairs(&[("hot", "0ms"), ("delete", "30d")]));
        assert_eq!(
            ages(Stream::Logs(LogKind::Error), days),
            pairs(&[("hot", "0ms"), ("warm", "7d"), ("delete", "90d")])
        );
        assert_eq!(
            ages(Stream::Logs(LogKind::Security), days),
            pairs(&[("hot", "0ms"), ("warm", "30d"), ("delete", "365d")])
        );
        assert_eq!(
            ages(Stream::AuditEvents, days),
            pairs(&[("hot", "0ms"), ("warm", "30d"), ("cold", "365d"), ("delete", "2557d")])
        );
    }

    #[test]
    fn a_retention_of_ones_own_leaves_out_phases_that_would_come_too_late() {
        let days = RetentionDays { error: 7, ..RetentionDays::default() };

        assert_eq!(ages(Stream::Logs(LogKind::Error), days), pairs(&[("hot", "0ms"), ("delete", "7d")]));
    }
}
