//! The one field table: what a log line has, under which names, of which kind.
//!
//! The Elasticsearch mapping, the tantivy schema, the validation of queries and the OpenAPI text are all
//! derived from [`FIELDS`]; a field is declared nowhere else.

/// Longest keyword, or leaf of `context`, that can be searched, in UTF-16 units: three bytes each still fit into a term of
/// 32,766 bytes. A longer one is stored and answered, but not found.
pub(crate) const MAX_EXACT_UNITS: usize = 8_191;

/// Whether a value is short enough to be found as a whole.
#[must_use]
pub(crate) fn is_findable(value: &str) -> bool {
    // No text has more units than bytes.
    value.len() <= MAX_EXACT_UNITS || value.encode_utf16().count() <= MAX_EXACT_UNITS
}

/// How a field is indexed and what may be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Matched as a whole, case-sensitive: equality, prefix, range, exists, counts.
    Keyword,
    /// Matched by words and phrases.
    Text,
    /// A point in time: equality and range.
    Date,
    /// An IP address: equality, network, range.
    Ip,
    /// One of the six levels, in any spelling.
    Level,
    /// An object of anything whose leaves match as whole strings: equality, prefix, exists; those that are numbers or
    /// addresses also by range.
    Flattened,
}

impl FieldKind {
    /// The word that `/fields` and the documentation use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Date => "date",
            Self::Ip => "ip",
            Self::Level => "level",
            Self::Flattened => "flattened",
        }
    }
}

/// A field with a name of its own (everything but what lies inside `context`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogField {
    /// Unique id of the line.
    Id,
    /// Id that its sender gave it.
    ClientId,
    /// When the line was written.
    Timestamp,
    /// When it was taken in.
    ReceivedAt,
    /// Severity.
    Level,
    /// Service that wrote it.
    Service,
    /// The text.
    Message,
    /// `X-Request-Id` of the request.
    RequestId,
    /// W3C trace id.
    TraceId,
    /// W3C span id.
    SpanId,
    /// Acting user.
    UserId,
    /// URL path.
    Path,
    /// HTTP method.
    Method,
    /// Address of the client.
    ClientIp,
    /// `User-Agent` of the client.
    UserAgent,
    /// Part of the service.
    Component,
    /// Everything else that was sent.
    Context,
}

/// One row of the field table.
#[derive(Debug)]
pub struct Field {
    /// Which field this row describes.
    pub id: LogField,
    /// Name on the wire, in queries and in answers.
    pub name: &'static str,
    /// Name in the indices that we write.
    pub elastic: &'static str,
    /// How it is indexed.
    pub kind: FieldKind,
    /// Other names taken on input and in queries: the services' own, pino's, Logstash's, and ECS.
    pub aliases: &'static [&'static str],
    /// Sentence for the documentation.
    pub doc: &'static str,
    /// Example value for the documentation.
    pub example: &'static str,
}

/// The field table, in the order of the wire format.
pub(crate) const FIELDS: [Field; 17] = [
    Field {
        id: LogField::Id,
        name: "id",
        elastic: "id",
        kind: FieldKind::Keyword,
        aliases: &["event.id"],
        doc: "Unique id of the line, given to it at its receipt; `id:X` also finds lines whose `client_id` is X.",
        example: "019365a0-7c1b-7d3e-9f2a-6b1f0c2d4e5f",
    },
    Field {
        id: LogField::ClientId,
        name: "client_id",
        elastic: "client_id",
        kind: FieldKind::Keyword,
        aliases: &[],
        doc: "What the sender wrote as `id`; other lines may have the same.",
        example: "req-42.7",
    },
    Field {
        id: LogField::Timestamp,
        name: "timestamp",
        elastic: "@timestamp",
        kind: FieldKind::Date,
        aliases: &["@timestamp", "time", "ts"],
        doc: "When the line was written, UTC, in microseconds.",
        example: "2026-11-21T00:00:00.123456Z",
    },
    Field {
        id: LogField::ReceivedAt,
        name: "received_at",
        elastic: "received_at",
        kind: FieldKind::Date,
        aliases: &["event.ingested"],
        doc: "When the line was taken in, UTC, in microseconds; answered where `fields` names it.",
        example: "2026-11-21T00:00:00.345678Z",
    },
    Field {
        id: LogField::Level,
        name: "level",
        elastic: "level",
        kind: FieldKind::Level,
        aliases: &["log.level", "severity", "lvl"],
        doc: "Severity: trace, debug, info, warn, error or fatal.",
        example: "error",
    },
    Field {
        id: LogField::Service,
        name: "service",
        elastic: "service",
        kind: FieldKind::Keyword,
        aliases: &["serviceId", "serviceName", "service_name", "service.name"],
        doc: "Service that wrote the line.",
        example: "auth-service",
    },
    Field {
        id: LogField::Message,
        name: "message",
        elastic: "message",
        kind: FieldKind::Text,
        aliases: &["msg"],
        doc: "The text of the line; bare words of a query search it.",
        example: "token refresh failed: connection to redis timed out",
    },
    Field {
        id: LogField::RequestId,
        name: "request_id",
        elastic: "request_id",
        kind: FieldKind::Keyword,
        aliases: &["requestId", "reqId", "http.request.id"],
        doc: "Id of the request across services (`X-Request-Id`).",
        example: "7f3a0b52-4c8e-4d7a-9a57-0d6b1e2f3c4d",
    },
    Field {
        id: LogField::TraceId,
        name: "trace_id",
        elastic: "trace_id",
        kind: FieldKind::Keyword,
        aliases: &["traceId", "trace.id"],
        doc: "W3C trace id.",
        example: "4bf92f3577b34da6a3ce929d0e0e4736",
    },
    Field {
        id: LogField::SpanId,
        name: "span_id",
        elastic: "span_id",
        kind: FieldKind::Keyword,
        aliases: &["spanId", "span.id"],
        doc: "W3C span id.",
        example: "00f067aa0ba902b7",
    },
    Field {
        id: LogField::UserId,
        name: "user_id",
        elastic: "user_id",
        kind: FieldKind::Keyword,
        aliases: &["userId", "user.id"],
        doc: "Acting user.",
        example: "u012016",
    },
    Field {
        id: LogField::Path,
        name: "path",
        elastic: "path",
        kind: FieldKind::Keyword,
        aliases: &["url.path"],
        doc: "URL path of the request.",
        example: "/api/v1/orders",
    },
    Field {
        id: LogField::Method,
        name: "method",
        elastic: "method",
        kind: FieldKind::Keyword,
        aliases: &["http.request.method"],
        doc: "HTTP method of the request.",
        example: "POST",
    },
    Field {
        id: LogField::ClientIp,
        name: "client_ip",
        elastic: "client_ip",
        kind: FieldKind::Ip,
        aliases: &["clientIp", "client.ip"],
        doc: "Address of the client; `client_ip:10.0.0.0/8` asks for a network.",
        example: "203.0.113.7",
    },
    Field {
        id: LogField::UserAgent,
        name: "user_agent",
        elastic: "user_agent",
        kind: FieldKind::Keyword,
        aliases: &["userAgent", "user_agent.original"],
        doc: "User agent of the client.",
        example: "Mozilla/5.0",
    },
    Field {
        id: LogField::Component,
        name: "component",
        elastic: "component",
        kind: FieldKind::Keyword,
        aliases: &["log.logger", "logger_name"],
        doc: "Part of the service that wrote the line.",
        example: "token-store",
    },
    Field {
        id: LogField::Context,
        name: "context",
        elastic: "context",
        kind: FieldKind::Flattened,
        aliases: &["additionalContext"],
        doc: "Everything else that was sent; `context.order_id:42` matches a value as text, `context.status:>=500` numbers.",
        example: "{\"order_id\":\"42\"}",
    },
];

impl LogField {
    /// The row of the field table.
    #[must_use]
    pub fn spec(self) -> &'static Field {
        let [
            id,
            id_of_client,
            timestamp,
            received_at,
            level,
            service,
            message,
            request_id,
            trace_id,
            span_id,
            user_id,
            path,
            method,
            client_ip,
            user_agent,
            component,
            context,
        ] = const { &FIELDS };
        match self {
            Self::Id => id,
            Self::ClientId => id_of_client,
            Self::Timestamp => timestamp,
            Self::ReceivedAt => received_at,
            Self::Level => level,
            Self::Service => service,
            Self::Message => message,
            Self::RequestId => request_id,
            Self::TraceId => trace_id,
            Self::SpanId => span_id,
            Self::UserId => user_id,
            Self::Path => path,
            Self::Method => method,
            Self::ClientIp => client_ip,
            Self::UserAgent => user_agent,
            Self::Component => component,
            Self::Context => context,
        }
    }

    /// Name on the wire.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        self.spec().name
    }

    /// Whether it is given to a line at its receipt: what a sender writes under its name is context.
    #[must_use]
    pub(crate) const fn is_given(self) -> bool {
        matches!(self, Self::ClientId | Self::ReceivedAt)
    }

    /// Finds a field by its name or one of its aliases.
    #[must_use]
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        FIELDS.iter().find(|field| field.name == name || field.aliases.contains(&name)).map(|field| field.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_each_of_its_names() {
        for field in &FIELDS {
            assert_eq!(field.id.spec().name, field.name);
            for name in field.aliases.iter().chain([&field.name]) {
                assert_eq!(LogField::by_name(name), Some(field.id), "{name}");
            }
        }
    }

    #[test]
    fn no_name_means_two_fields() {
        let mut names: Vec<_> =
            FIELDS.iter().flat_map(|field| field.aliases.iter().chain([&field.name])).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), count);
    }

    #[test]
    fn what_is_findable_is_measured_in_utf_16() {
        assert!(is_findable(&"한".repeat(MAX_EXACT_UNITS)));
        assert!(!is_findable(&"a".repeat(MAX_EXACT_UNITS + 1)));
        assert!(!is_findable(&"🔥".repeat(MAX_EXACT_UNITS / 2 + 1)));
    }
}
