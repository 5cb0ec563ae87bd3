//! The same line as different loggers write it.

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::model::LogKind;
use crate::repository::log_store::LineToStore;

/// Who might have written the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// Our own names.
    Trailproof,
    /// Services with NestJS and pino: serviceId, requestId, msg.
    Pino,
    /// Elastic Common Schema with dotted names, as Filebeat and ECS loggers write it.
    Ecs,
    /// Text: time, level, service, message.
    Plain,
}

/// Whether lines carry their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    Written,
    LeftOut,
}

/// What a form calls the members of a line.
struct Names {
    id: &'static str,
    timestamp: &'static str,
    level: &'static str,
    service: &'static str,
    message: &'static str,
    request_id: &'static str,
    trace_id: &'static str,
    span_id: &'static str,
    user_id: &'static str,
    path: &'static str,
    method: &'static str,
    client_ip: &'static str,
    user_agent: &'static str,
    component: &'static str,
    context: &'static str,
}

const TRAILPROOF: Names = Names {
    id: "id",
    timestamp: "timestamp",
    level: "level",
    service: "service",
    message: "message",
    request_id: "request_id",
    trace_id: "trace_id",
    span_id: "span_id",
    user_id: "user_id",
    path: "path",
    method: "method",
    client_ip: "client_ip",
    user_agent: "user_agent",
    component: "component",
    context: "context",
};

const PINO: Names = Names {
    id: "id",
    timestamp: "timestamp",
    level: "level",
    service: "serviceId",
    message: "msg",
    request_id: "requestId",
    trace_id: "traceId",
    span_id: "spanId",
    user_id: "userId",
    path: "path",
    method: "method",
    client_ip: "clientIp",
    user_agent: "userAgent",
    component: "component",
    context: "additionalContext",
};

const ECS: Names = Names {
    id: "event.id",
    timestamp: "@timestamp",
    level: "log.level",
    service: "service.name",
    message: "message",
    request_id: "http.request.id",
    trace_id: "trace.id",
    span_id: "span.id",
    user_id: "user.id",
    path: "url.path",
    method: "http.request.method",
    client_ip: "client.ip",
    user_agent: "user_agent.original",
    component: "log.logger",
    context: "labels",
};

/// Writes one line.
pub(super) fn write(out: &mut impl Write, line: &LineToStore, form: Form, ids: Ids) -> io::Result<()> {
    match form {
        Form::Trailproof => write_json(out, line, &TRAILPROOF, ids),
        Form::Pino => write_json(out, line, &PINO, ids),
        Form::Ecs => write_json(out, line, &ECS, ids),
        Form::Plain => {
            let entry = &line.entry;
            let level = entry.level.as_str().to_uppercase();
            let message = entry.message.replace('\n', "\\n");
            writeln!(out, "{} {level} {} {message}", entry.timestamp, entry.service)
        }
    }
}

fn write_json(out: &mut impl Write, line: &LineToStore, names: &Names, ids: Ids) -> io::Result<()> {
    let entry = &line.entry;
    // The time stands first in every line, so that lines sort as text.
    write!(out, "{{\"{}\":\"{}\"", names.timestamp, entry.timestamp)?;
    member(out, names.level, Some(entry.level.as_str()))?;
    member(out, names.service, Some(&entry.service))?;
    member(out, names.message, Some(&entry.message))?;
    member(out, names.id, (ids == Ids::Written).then_some(&entry.id))?;
    member(out, names.request_id, entry.request_id.as_ref())?;
    member(out, names.trace_id, entry.trace_id.as_ref())?;
    member(out, names.span_id, entry.span_id.as_ref())?;
    member(out, names.user_id, entry.user_id.as_ref())?;
    member(out, names.path, entry.path.as_ref())?;
    member(out, names.method, entry.method.as_ref())?;
    member(out, names.client_ip, entry.client_ip.as_ref())?;
    member(out, names.user_agent, entry.user_agent.as_ref())?;
    member(out, names.component, entry.component.as_ref())?;
    member(out, "kind", (line.kind == LogKind::Security).then_some("security"))?;
    member(out, names.context, (!entry.context.is_empty()).then_some(&entry.context))?;
    out.write_all(b"}\n")
}

/// Writes a member unless the line has none; names are plain words.
fn member(out: &mut impl Write, name: &str, value: Option<impl Serialize>) -> io::Result<()> {
    let Some(value) = value else { return Ok(()) };
    write!(out, ",\"{name}\":")?;
    serde_json::to_writer(out, &value).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::corpus::Corpus;
    use crate::ingest::{BodyKind, IngestOptions, decode};
    use crate::model::{LogContext, LogEntry, LogId, Micros};

    const NOW: Micros = Micros::new(1_790_000_000_000_000);

    fn lines() -> Vec<LineToStore> {
        Corpus::new(7, NOW, 3_600_000_000, 2_000).collect()
    }

    fn read_back(form: Form, ids: Ids) -> Vec<LineToStore> {
        let mut body = Vec::new();
        for line in lines() {
            write(&mut body, &line, form, ids).unwrap();
        }
        let options = IngestOptions { content: BodyKind::Ndjson, service: None, kind: None, now: NOW };
        let decoded = decode(&body, &options, &mut || LogId::stored("made")).unwrap();
        assert!(decoded.refusals.is_empty());
        decoded.lines.into_iter().map(|(_, line)| as_made(line)).collect()
    }

    /// A line that was taken in, without what it was given then and under the id that it was sent with.
    fn as_made(line: LineToStore) -> LineToStore {
        let mut entry = line.entry;
        entry.id = entry.client_id.take().map_or(entry.id, LogId::stored);
        entry.received_at = None;
        LineToStore { kind: line.kind, entry, fingerprint: None }
    }

    #[test]
    fn what_is_written_is_what_the_demo_holds_once_it_is_taken_in() {
        assert_eq!(read_back(Form::Trailproof, Ids::Written), lines());
        assert_eq!(read_back(Form::Pino, Ids::Written), lines());
        assert_eq!(read_back(Form::Trailproof, Ids::LeftOut)[0].entry.id.as_str(), "made");
    }

    #[test]
    fn ecs_keeps_everything_but_puts_the_context_under_labels() {
        let bare = |line: LineToStore| LogEntry { context: LogContext::default(), ..line.entry };
        let (found, made) = (read_back(Form::Ecs, Ids::Written), lines());

        assert!(found.iter().any(|line| line.entry.context.contains_key("labels")));
        assert_eq!(
            found.into_iter().map(bare).collect::<Vec<_>>(),
            made.into_iter().map(bare).collect::<Vec<_>>()
        );
    }

    #[test]
    fn plain_text_is_one_row_a_line() {
        let mut text = Vec::new();
        for line in lines() {
            write(&mut text, &line, Form::Plain, Ids::LeftOut).unwrap();
        }

        assert_eq!(String::from_utf8(text).unwrap().lines().count(), 2_000);
    }
}
