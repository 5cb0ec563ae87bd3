//! Whose names the indices that are read use: for each of our fields, where its value stands in a document.

use serde::{Deserialize, Serialize};

use crate::model::LogField;

/// A convention of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Those that we write.
    #[default]
    Trailproof,
    /// Elastic Common Schema, as Filebeat 8 writes it.
    Ecs,
    /// The services' logging standard and plain pino.
    Pino,
    /// Logback and log4j encoders behind Logstash.
    Logstash,
}

impl Preset {
    /// Every convention.
    pub const ALL: [Self; 4] = [Self::Trailproof, Self::Ecs, Self::Pino, Self::Logstash];

    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trailproof => "trailproof",
            Self::Ecs => "ecs",
            Self::Pino => "pino",
            Self::Logstash => "logstash",
        }
    }

    /// Dotted paths at which a document may hold the value of `field`, the first that it has counts. None for the id of a
    /// line means that the document's own id is the only one; none for the time of receipt, that nobody keeps it. Of the context these are prefixes of its keys: the empty one
    /// means that whatever belongs to no field is context.
    #[must_use]
    pub fn names(self, field: LogField) -> Vec<&'static str> {
        match self {
            Self::Trailproof => vec![field.spec().elastic],
            Self::Ecs => ecs(field).to_vec(),
            Self::Pino => pino(field).to_vec(),
            Self::Logstash => logstash(field).to_vec(),
        }
    }
}

const fn ecs(field: LogField) -> &'static [&'static str] {
    match field {
        LogField::Id | LogField::ClientId => &[],
        LogField::Timestamp => &["@timestamp"],
        LogField::ReceivedAt => &["event.ingested"],
        LogField::Level => &["log.level", "level"],
        LogField::Service => &["service.name", "kubernetes.container.name"],
        LogField::Message => &["message"],
        LogField::RequestId => &["http.request.id"],
        LogField::TraceId => &["trace.id"],
        LogField::SpanId => &["span.id"],
        LogField::UserId => &["user.id"],
        LogField::Path => &["url.path"],
        LogField::Method => &["http.request.method"],
        LogField::ClientIp => &["client.ip", "source.ip"],
        LogField::UserAgent => &["user_agent.original"],
        LogField::Component => &["log.logger"],
        LogField::Context => &[""],
    }
}

const fn pino(field: LogField) -> &'static [&'static str] {
    match field {
        LogField::Id | LogField::ClientId | LogField::ReceivedAt => &[],
        LogField::Timestamp => &["timestamp", "time", "@timestamp"],
        LogField::Level => &["level"],
        LogField::Service => &["serviceId", "serviceName", "service", "name"],
        LogField::Message => &["msg", "message"],
        LogField::RequestId => &["requestId", "reqId", "req.id"],
        LogField::TraceId => &["traceId", "trace_id"],
        LogField::SpanId => &["spanId", "span_id"],
        LogField::UserId => &["userId"],
        LogField::Path => &["path", "req.url"],
        LogField::Method => &["method", "req.method"],
        LogField::ClientIp => &["clientIp", "req.remoteAddress"],
        LogField::UserAgent => &["userAgent", "req.headers.user-agent"],
        LogField::Component => &["component"],
        LogField::Context => &["additionalContext", ""],
    }
}

const fn logstash(field: LogField) -> &'static [&'static str] {
    match field {
        LogField::Id | LogField::ClientId | LogField::ReceivedAt => &[],
        LogField::Timestamp => &["@timestamp"],
        LogField::Level => &["level", "log.level"],
        LogField::Service => {
            &["service", "service.name", "serviceName", "service_name", "app_name", "application"]
        }
        LogField::Message => &["message"],
        LogField::RequestId => &["request_id", "requestId"],
        LogField::TraceId => &["trace_id", "traceId", "trace.id"],
        LogField::SpanId => &["span_id", "spanId", "span.id"],
        LogField::UserId => &["user_id", "userId", "user.id"],
        LogField::Path => &["path", "url.path"],
        LogField::Method => &["method", "http.request.method"],
        LogField::ClientIp => &["client_ip", "clientIp", "clientip", "client.ip"],
        LogField::UserAgent => &["user_agent", "userAgent", "user_agent.original"],
        LogField::Component => &["logger_name", "logger", "log.logger"],
        LogField::Context => &[""],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field::FIELDS;

    #[test]
    fn every_preset_has_a_place_for_every_field_that_others_write() {
        for preset in Preset::ALL {
            for field in &FIELDS {
                let names = preset.names(field.id);

                let is_ours_alone = match field.id {
                    LogField::Id | LogField::ClientId => preset != Preset::Trailproof,
                    LogField::ReceivedAt => !matches!(preset, Preset::Trailproof | Preset::Ecs),
                    _ => false,
                };
                assert_eq!(names.is_empty(), is_ours_alone, "{preset:?} {}", field.name);
            }
        }
    }

    #[test]
    fn what_we_write_is_read_under_the_names_of_the_field_table() {
        assert_eq!(Preset::Trailproof.names(LogField::Timestamp), ["@timestamp"]);
        assert_eq!(Preset::default().names(LogField::Context), ["context"]);
    }
}
