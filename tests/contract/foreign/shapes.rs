//! One line in the words of the programs that write logs.

use serde_json::{Map, Value, json};
use trailproof::model::{Level, Preset};

const LINES: &str = include_str!("../../fixtures/foreign/lines.ndjson");

/// How documents are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Under our own names.
    Trailproof,
    /// As Filebeat 8 ships it: nested objects.
    Ecs,
    /// As some shippers write the same: dotted keys.
    EcsDotted,
    /// The services' logging standard.
    Pino,
    /// pino as it comes: numbers for levels, epoch milliseconds.
    PinoPlain,
    /// An encoder of logback.
    Logstash,
}

impl Shape {
    pub(crate) const ALL: [Self; 6] =
        [Self::Trailproof, Self::Ecs, Self::EcsDotted, Self::Pino, Self::PinoPlain, Self::Logstash];

    pub(crate) fn preset(self) -> Preset {
        match self {
            Self::Trailproof => Preset::Trailproof,
            Self::Ecs | Self::EcsDotted => Preset::Ecs,
            Self::Pino | Self::PinoPlain => Preset::Pino,
            Self::Logstash => Preset::Logstash,
        }
    }

    /// Our field and where this shape has it; the context lies at the empty path when it is spread over the document.
    fn paths(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Trailproof => &[
                ("timestamp", "@timestamp"),
                ("spelled", "level"),
                ("service", "service"),
                ("message", "message"),
                ("request_id", "request_id"),
                ("trace_id", "trace_id"),
                ("span_id", "span_id"),
                ("user_id", "user_id"),
                ("path", "path"),
                ("method", "method"),
                ("client_ip", "client_ip"),
                ("user_agent", "user_agent"),
                ("component", "component"),
                ("context", "context"),
            ],
            Self::Ecs | Self::EcsDotted => &[
                ("timestamp", "@timestamp"),
                ("spelled", "log.level"),
                ("service", "service.name"),
                ("message", "message"),
                ("request_id", "http.request.id"),
                ("trace_id", "trace.id"),
                ("span_id", "span.id"),
                ("user_id", "user.id"),
                ("path", "url.path"),
                ("method", "http.request.method"),
                ("client_ip", "client.ip"),
                ("user_agent", "user_agent.original"),
                ("component", "log.logger"),
                ("context", ""),
            ],
            Self::Pino => &[
                ("timestamp", "timestamp"),
                ("spelled", "level"),
                ("service", "serviceId"),
                ("message", "msg"),
                ("request_id", "requestId"),
                ("trace_id", "traceId"),
                ("span_id", "spanId"),
                ("user_id", "userId"),
                ("path", "path"),
                ("method", "method"),
                ("client_ip", "clientIp"),
                ("user_agent", "userAgent"),
                ("component", "component"),
                ("context", "additionalContext"),
            ],
            Self::PinoPlain => &[
                ("timestamp", "time"),
                ("spelled", "level"),
                ("service", "name"),
                ("message", "msg"),
                ("request_id", "req.id"),
                ("trace_id", "traceId"),
                ("span_id", "spanId"),
                ("user_id", "userId"),
                ("path", "req.url"),
                ("method", "req.method"),
                ("client_ip", "req.remoteAddress"),
                ("user_agent", "req.headers.user-agent"),
                ("component", "component"),
                ("context", ""),
            ],
            Self::Logstash => &[
                ("timestamp", "@timestamp"),
                ("spelled", "level"),
                ("service", "service"),
                ("message", "message"),
                ("request_id", "request_id"),
                ("trace_id", "trace_id"),
                ("span_id", "span_id"),
                ("user_id", "user_id"),
                ("path", "path"),
                ("method", "method"),
                ("client_ip", "client_ip"),
                ("user_agent", "user_agent"),
                ("component", "logger_name"),
                ("context", ""),
            ],
        }
    }

    /// A document for a line; its id is that of the line.
    pub(crate) fn document(self, line: &Value) -> (String, Value) {
        let mut document = match self {
            Self::Ecs | Self::EcsDotted => {
                json!({"ecs": {"version": "8.0.0"}, "agent": {"type": "filebeat"}})
            }
            Self::Logstash => json!({"@version": "1"}),
            Self::Trailproof | Self::Pino | Self::PinoPlain => json!({}),
        };
        let members = document.as_object_mut().unwrap();
        for (ours, path) in self.paths() {
            let Some(value) = line.get(*ours).filter(|value| !value.is_null()) else { continue };
            let value = self.written(ours, value);
            match (*path, self) {
                ("", _) => members.extend(value.as_object().unwrap().clone()),
                (path, Self::EcsDotted) => drop(members.insert(path.to_owned(), value)),
                (path, _) => insert(members, path, value),
            }
        }
        (line["id"].as_str().unwrap().to_owned(), document)
    }

    fn written(self, ours: &str, value: &Value) -> Value {
        match (self, ours) {
            (Self::PinoPlain, "timestamp") => {
                let time: jiff::Timestamp = value.as_str().unwrap().parse().unwrap();
                time.as_millisecond().into()
            }
            (Self::PinoPlain, "spelled") => match Level::parse(value.as_str().unwrap()) {
                Some(level) => level.spellings().last().unwrap().parse::<u32>().unwrap().into(),
                None => 35.into(),
            },
            _ => value.clone(),
        }
    }
}

/// The lines of the fixture.
pub(crate) fn lines() -> Vec<Value> {
    LINES.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn insert(members: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(members.insert(path.to_owned(), value)),
        Some((head, tail)) => {
            let inner = members.entry(head).or_insert_with(|| json!({}));
            insert(inner.as_object_mut().unwrap(), tail, value);
        }
    }
}
