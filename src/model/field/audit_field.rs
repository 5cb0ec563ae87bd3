//! The field table of audit events: what an event has, and how each part is indexed.
//!
//! The Elasticsearch mapping of `audit-events-<env>` is derived from [`AUDIT_FIELDS`]. Names follow the event schema: `actor.id`
//! is the member `id` of the object `actor`.

/// How a part of an event is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuditFieldKind {
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
pub(crate) struct AuditField {
    /// Dotted name in the index.
    pub name: &'static str,
    /// How it is indexed.
    pub kind: AuditFieldKind,
}

const fn row(name: &'static str, kind: AuditFieldKind) -> AuditField {
    AuditField { name, kind }
}

/// The field table of audit events.
pub(crate) const AUDIT_FIELDS: &[AuditField] = &{
    use AuditFieldKind::{Boolean, Date, Flattened, Integer, Ip, Keyword, Text};
    [
        // When it happened (`occurred_at`).
        row("@timestamp", Date),
        // Unique id of the event.
        row("id", Keyword),
        // Version of the event schema.
        row("schema_version", Keyword),
        // When the ledger took it in, by the clock of the database.
        row("received_at", Date),
        // `received` where the producer gave no time.
        row("time_source", Keyword),
        // Part of the business: auth, payment, ticket and others.
        row("domain", Keyword),
        // Dotted type, such as `auth.login_failed`.
        row("event_type", Keyword),
        // What was done.
        row("action", Keyword),
        // auth, create, read, update, delete, state, export, config or system.
        row("kind", Keyword),
        // success, failure, denied or unknown.
        row("outcome", Keyword),
        // The producer's code for the outcome.
        row("outcome_code", Keyword),
        // Why it ended so.
        row("outcome_reason", Text),
        // Who acted; `anonymous` where nobody is known.
        row("actor.id", Keyword),
        // user, customer, admin, service, api_key, system, agent or anonymous.
        row("actor.type", Keyword),
        // Name of the actor, masked.
        row("actor.name", Keyword),
        // Roles of the actor.
        row("actor.roles", Keyword),
        // Session of the actor.
        row("actor.session_id", Keyword),
        // How the actor was authenticated.
        row("actor.auth.method", Keyword),
        // Whether a second factor was used.
        row("actor.auth.mfa", Boolean),
        // For whom the actor acted.
        row("actor.on_behalf_of.id", Keyword),
        // What kind of actor that is.
        row("actor.on_behalf_of.type", Keyword),
        // Address that the request came from, masked.
        row("source.ip", Ip),
        // User agent of the request.
        row("source.user_agent", Keyword),
        // Kind of a thing that was acted on.
        row("targets.type", Keyword),
        // Its id.
        row("targets.id", Keyword),
        // Its name, masked.
        row("targets.name", Keyword),
        // Its part in the action.
        row("targets.role", Keyword),
        // Kind of a person whose data is concerned.
        row("subjects.type", Keyword),
        // Reference to that person.
        row("subjects.ref", Keyword),
        // Number of persons concerned.
        row("subject_count", Integer),
        // What was changed.
        row("changes.path", Keyword),
        // add, remove or replace.
        row("changes.op", Keyword),
        // The value before, masked.
        row("changes.old", Keyword),
        // The value after, masked.
        row("changes.new", Keyword),
        // Number of records that were read or exported.
        row("record_count", Integer),
        // What was searched for.
        row("query", Text),
        // Purpose that the actor gave.
        row("reason", Text),
        // Case that the actor named.
        row("case_id", Keyword),
        // Approval of the action.
        row("approval.ref", Keyword),
        // Who approved it.
        row("approval.approver", Keyword),
        // Service that reports the event.
        row("service.name", Keyword),
        // Its version.
        row("service.version", Keyword),
        // Its instance.
        row("service.instance", Keyword),
        // Its environment.
        row("service.env", Keyword),
        // W3C trace id.
        row("trace.trace_id", Keyword),
        // W3C span id.
        row("trace.span_id", Keyword),
        // `X-Request-Id` of the request.
        row("trace.request_id", Keyword),
        // public, internal, confidential or restricted.
        row("data_classification", Keyword),
        // Regulations that the event is evidence for.
        row("compliance_tags", Keyword),
        // Everything else that the producer sent, masked.
        row("details", Flattened),
        // The producer's own stream.
        row("producer_seq.stream", Keyword),
        // The producer's own number in it.
        row("producer_seq.n", Integer),
        // Who sent the event.
        row("producer.principal", Keyword),
        // Key that the producer signed with.
        row("producer.kid", Keyword),
        // Hash of the event as it was sent.
        row("raw.sha256", Keyword),
        // Length of the event as it was sent.
        row("raw.bytes", Integer),
        // Part that was masked.
        row("masked.path", Keyword),
        // Rule that masked it.
        row("masked.rule", Keyword),
        // Version of the rules.
        row("masked.policy_version", Integer),
        // How long the event is kept.
        row("retention.class", Keyword),
        // When it may be deleted.
        row("retention.expires_at", Date),
        // Legal holds that keep it.
        row("retention.holds", Keyword),
        // Log that the event is a leaf of.
        row("seal.log", Keyword),
        // Hash of the leaf.
        row("seal.leaf_hash", Keyword),
        // Number of the leaf.
        row("seal.leaf_index", Integer),
        // Size of the first checkpoint that covers it.
        row("seal.checkpoint_size", Integer),
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
        }
    }
}
