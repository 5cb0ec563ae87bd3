//! The field table of audit events: what an event has, and how each part is indexed.
//!
//! The Elasticsearch mapping of `audit-events-<env>` is derived from [`AUDIT_FIELDS`]. Names follow the event schema: `actor.id`
//! is the member `id` of the object `actor`.

/// How a part of an event is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFieldKind {
    /// Matched as a whole.
    Keyword,
    /// Matched by words.
    Text,
    /// A point in time.
    Date,
    /// An IP address.
    Ip,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An object of anything whose leaves match as whole strings.
    Flattened,
}

/// One row of the field table.
#[derive(Debug)]
pub struct AuditField {
    /// Dotted name in the index.
    pub name: &'static str,
    /// How it is indexed.
    pub kind: AuditFieldKind,
    /// Sentence for the documentation.
    pub doc: &'static str,
}

const fn row(name: &'static str, kind: AuditFieldKind, doc: &'static str) -> AuditField {
    AuditField { name, kind, doc }
}

/// The field table of audit events.
pub const AUDIT_FIELDS: &[AuditField] = &{
    use AuditFieldKind::{Boolean, Date, Flattened, Integer, Ip, Keyword, Text};
    [
        row("@timestamp", Date, "When it happened (`occurred_at`)."),
        row("id", Keyword, "Unique id of the event."),
        row("schema_version", Keyword, "Version of the event schema."),
        row("received_at", Date, "When the ledger took it in, by the clock of the database."),
        row("time_source", Keyword, "`received` where the producer gave no time."),
        row("domain", Keyword, "Part of the business: auth, payment, ticket and others."),
        row("event_type", Keyword, "Dotted type, such as `auth.login_failed`."),
        row("action", Keyword, "What was done."),
        row("kind", Keyword, "auth, create, read, update, delete, state, export, config or system."),
        row("outcome", Keyword, "success, failure, denied or unknown."),
        row("outcome_code", Keyword, "The producer's code for the outcome."),
        row("outcome_reason", Text, "Why it ended so."),
        row("actor.id", Keyword, "Who acted; `anonymous` where nobody is known."),
        row("actor.type", Keyword, "user, customer, admin, service, api_key, system, agent or anonymous."),
        row("actor.name", Keyword, "Name of the actor, masked."),
        row("actor.roles", Keyword, "Roles of the actor."),
        row("actor.session_id", Keyword, "Session of the actor."),
        row("actor.auth.method", Keyword, "How the actor was authenticated."),
        row("actor.auth.mfa", Boolean, "Whether a second factor was used."),
        row("actor.on_behalf_of.id", Keyword, "For whom the actor acted."),
        row("actor.on_behalf_of.type", Keyword, "What kind of actor that is."),
        row("source.ip", Ip, "Address that the request came from, masked."),
        row("source.user_agent", Keyword, "User agent of the request."),
        row("targets.type", Keyword, "Kind of a thing that was acted on."),
        row("targets.id", Keyword, "Its id."),
        row("targets.name", Keyword, "Its name, masked."),
        row("targets.role", Keyword, "Its part in the action."),
        row("subjects.type", Keyword, "Kind of a person whose data is concerned."),
        row("subjects.ref", Keyword, "Reference to that person."),
        row("subject_count", Integer, "Number of persons concerned."),
        row("changes.path", Keyword, "What was changed."),
        row("changes.op", Keyword, "add, remove or replace."),
        row("changes.old", Keyword, "The value before, masked."),
        row("changes.new", Keyword, "The value after, masked."),
        row("record_count", Integer, "Number of records that were read or exported."),
        row("query", Text, "What was searched for."),
        row("reason", Text, "Purpose that the actor gave."),
        row("case_id", Keyword, "Case that the actor named."),
        row("approval.ref", Keyword, "Approval of the action."),
        row("approval.approver", Keyword, "Who approved it."),
        row("service.name", Keyword, "Service that reports the event."),
        row("service.version", Keyword, "Its version."),
        row("service.instance", Keyword, "Its instance."),
        row("service.env", Keyword, "Its environment."),
        row("trace.trace_id", Keyword, "W3C trace id."),
        row("trace.span_id", Keyword, "W3C span id."),
        row("trace.request_id", Keyword, "`X-Request-Id` of the request."),
        row("data_classification", Keyword, "public, internal, confidential or restricted."),
        row("compliance_tags", Keyword, "Regulations that the event is evidence for."),
        row("details", Flattened, "Everything else that the producer sent, masked."),
        row("producer_seq.stream", Keyword, "The producer's own stream."),
        row("producer_seq.n", Integer, "The producer's own number in it."),
        row("producer.principal", Keyword, "Who sent the event."),
        row("producer.kid", Keyword, "Key that the producer signed with."),
        row("raw.sha256", Keyword, "Hash of the event as it was sent."),
        row("raw.bytes", Integer, "Length of the event as it was sent."),
        row("masked.path", Keyword, "Part that was masked."),
        row("masked.rule", Keyword, "Rule that masked it."),
        row("masked.policy_version", Integer, "Version of the rules."),
        row("retention.class", Keyword, "How long the event is kept."),
        row("retention.expires_at", Date, "When it may be deleted."),
        row("retention.holds", Keyword, "Legal holds that keep it."),
        row("seal.log", Keyword, "Log that the event is a leaf of."),
        row("seal.leaf_hash", Keyword, "Hash of the leaf."),
        row("seal.leaf_index", Integer, "Number of the leaf."),
        row("seal.checkpoint_size", Integer, "Size of the first checkpoint that covers it."),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_twice_or_inside_another() {
        for one in AUDIT_FIELDS {
            let others = AUDIT_FIELDS.iter().filter(|other| !std::ptr::eq(*other, one));
            for other in others {
                assert_ne!(one.name, other.name);
                assert!(!other.name.starts_with(&format!("{}.", one.name)), "{} in {}", other.name, one.name);
            }
            assert!(one.doc.ends_with('.'), "{}", one.name);
        }
    }
}
