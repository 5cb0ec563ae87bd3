//! `trailproof search --trace ID`: one request across services, in order, with its pauses and its first error.

use std::io::{self, BufWriter, Write};

use anyhow::{Context as _, anyhow};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::notes::{self, Completeness};
use super::printer::{Form, Printer, entry};
use super::window::Window;
use crate::cli::client::Client;
use crate::cli::outcome::{Failure, Outcome};
use crate::cli::terminal::{Color, Style, counted, printable};
use crate::model::LogEntry;

/// Lines that one answer holds at most.
const MOST: usize = 1_000;
/// What stands escaped in a segment of a path: everything but what RFC 3986 reserves for no purpose.
const NOT_IN_A_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Characters of the context that are shown.
const MAX_CONTEXT: usize = 120;

#[derive(Deserialize)]
struct Trace {
    items: Vec<Box<RawValue>>,
    services: Vec<ServiceCount>,
    first_error: Option<LineId>,
    gaps: Vec<Gap>,
    #[serde(default)]
    completeness: Completeness,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct ServiceCount {
    service: String,
    count: u64,
}

#[derive(Deserialize)]
struct LineId {
    id: String,
}

#[derive(Deserialize)]
struct Gap {
    after: String,
    seconds: f64,
}

/// Shows the lines of one request or trace.
pub(super) async fn show(client: &Client, id: &str, window: &Window, printer: &mut Printer) -> Outcome {
    let path = format!("/api/v1/logs/trace/{}", path_segment(id)?);
    let request = client.request(Method::GET, &path).query(&window.given());
    let body = client.send(request, "").await?.bytes().await;
    let body = body.map_err(|error| client.unreachable(&error))?;
    let trace: Trace =
        serde_json::from_slice(&body).context("the answer cannot be read; is that a Trailproof?")?;
    let mut out = BufWriter::new(io::stdout().lock());
    match printer.form() {
        Form::Json => printer.lines(&mut out, trace.items.iter().map(|item| &**item))?,
        Form::Text => write_text(&mut out, id, &trace, printer)?,
    }
    out.flush().context("standard output")?;
    notes::tell(&trace.warnings)?;
    trace.completeness.tell()?;
    if trace.items.is_empty() {
        writeln!(io::stderr(), "no line has this request id or trace id").context("standard error")?;
    }
    if trace.items.len() >= MOST {
        writeln!(io::stderr(), "note: the first {MOST} lines; --from shows later ones")
            .context("standard error")?;
    }
    Ok(())
}

fn write_text(out: &mut impl Write, id: &str, trace: &Trace, printer: &mut Printer) -> anyhow::Result<()> {
    let entries: Vec<LogEntry> = trace.items.iter().map(|item| entry(item)).collect::<anyhow::Result<_>>()?;
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
    printer.know_services(trace.services.iter().map(|service| &*service.service));
    let style = printer.style();
    let title = style.paint(Color::Bold, printable(id));
    let micros = last.timestamp.get().saturating_sub(first.timestamp.get());
    let lines = counted(entries.len(), "line");
    let length = seconds(micros);
    writeln!(out, "{title}  {lines}, {length}  {}", services(trace, style)).context("standard output")?;
    let first_error = trace.first_error.as_ref().map(|line| &*line.id);
    for entry in &entries {
        let is_first_error = first_error == Some(entry.id.as_str());
        let mut remark = if is_first_error {
            format!("  {}", style.paint(Color::BoldRed, "<- first error"))
        } else {
            String::new()
        };
        if !entry.context.is_empty() {
            let context = style.paint(Color::Dim, context(entry));
            remark = format!("  {context}{remark}");
        }
        printer.entry(out, entry, &remark).context("standard output")?;
        if let Some(gap) = trace.gaps.iter().find(|gap| gap.after == entry.id.as_str()) {
            let pause = format!("      ... {:.1} s without a line ...", gap.seconds);
            writeln!(out, "{}", style.paint(Color::Dim, pause)).context("standard output")?;
        }
    }
    Ok(())
}

/// What else a line says, one member after the other: `pool_in_use=4 attempt=2`.
fn context(entry: &LogEntry) -> String {
    let member = |(key, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}={}", printable(key), printable(&value))
    };
    let text = entry.context.iter().map(member).collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_CONTEXT) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Every service in its colour, with its number of lines.
fn services(trace: &Trace, style: Style) -> String {
    let named = trace.services.iter().zip(0..).map(|(service, number)| {
        let name = style.paint(Color::Distinct(number), printable(&service.service));
        format!("{name} {}", service.count)
    });
    named.collect::<Vec<_>>().join(", ")
}

fn seconds(micros: i64) -> String {
    let time = std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    if time.as_secs() == 0 {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// An id as one segment of a path.
fn path_segment(id: &str) -> Result<String, Failure> {
    if id.is_empty() || id == "." || id == ".." {
        return Err(anyhow!("--trace needs the id of a request or trace").into());
    }
    Ok(utf8_percent_encode(id, NOT_IN_A_SEGMENT).to_string())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_trace_shows_order_services_pauses_and_the_first_error() {
        let line = |id: &str, time: &str, level: &str, service: &str| {
            let text = format!(
                r#"{{"id":"{id}","timestamp":"2026-11-21T00:00:{time}Z","level":"{level}","service":"{service}","message":"m-{id}","request_id":"r","context":{{"pool":4,"to":"{id}"}}}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        let count = |service: &str, count| ServiceCount { service: service.to_owned(), count };
        let trace = Trace {
            items: vec![
                line("a", "00.000000", "info", "gateway"),
                line("b", "00.500000", "error", "auth-service"),
                line("c", "02.000000", "error", "gateway"),
            ],
            services: vec![count("gateway", 2), count("auth-service", 1)],
            first_error: Some(LineId { id: "b".to_owned() }),
            gaps: vec![Gap { after: "b".to_owned(), seconds: 1.5 }],
            completeness: Completeness::default(),
            warnings: Vec::new(),
        };
        let mut out = Vec::new();

        let mut printer = Printer::new(Form::Text, Style::Plain, TimeZone::UTC, Vec::new());
        write_text(&mut out, "r", &trace, &mut printer).unwrap();

        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\
r  3 lines, 2.0 s  gateway 2, auth-service 1
2026-11-21 00:00:00.000Z INFO  gateway       m-a  pool=4 to=a
2026-11-21 00:00:00.500Z ERROR auth-service  m-b  pool=4 to=b  <- first error
      ... 1.5 s without a line ...
2026-11-21 00:00:02.000Z ERROR gateway       m-c  pool=4 to=c
"
        );
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        assert_eq!(path_segment("a/b?c d").unwrap(), "a%2Fb%3Fc%20d");
        assert!(path_segment("..").is_err());
        assert!(path_segment("").is_err());
    }
}
