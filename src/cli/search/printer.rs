//! Shows lines: one JSON object each, or text with columns for a person.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Context as _;
use jiff::tz::TimeZone;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cli::terminal::{Color, Style, columns, printable};
use crate::model::{Level, LogEntry, Micros};

/// Room for the name of a service; longer ones push their line to the right.
const MAX_SERVICE_COLUMNS: usize = 24;
/// Stands for a field that a line does not have.
const ABSENT: &str = "-";

/// Form of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Text,
}

/// Writes lines in one form.
pub(super) struct Printer {
    form: Form,
    style: Style,
    zone: TimeZone,
    /// Fields that were asked for; none stands for the usual line.
    fields: Vec<String>,
    service_columns: usize,
    /// Services in the order of their first line, where each gets a colour of its own.
    service_colors: Option<BTreeMap<String, usize>>,
}

impl Printer {
    pub(super) const fn new(form: Form, style: Style, zone: TimeZone, fields: Vec<String>) -> Self {
        Self { form, style, zone, fields, service_columns: 0, service_colors: None }
    }

    pub(super) const fn form(&self) -> Form {
        self.form
    }

    pub(super) const fn style(&self) -> Style {
        self.style
    }

    /// Gives each of these services a column wide enough and a colour of its own.
    pub(super) fn know_services<'a>(&mut self, services: impl Iterator<Item = &'a str>) {
        let names: BTreeMap<_, _> =
            services.zip(0..).map(|(name, number)| (name.to_owned(), number)).collect();
        for name in names.keys() {
            self.widen(&printable(name));
        }
        self.service_colors = Some(names);
    }

    /// Writes lines in their order.
    pub(super) fn lines<'a>(
        &mut self,
        out: &mut impl Write,
        items: impl Iterator<Item = &'a RawValue> + Clone,
    ) -> anyhow::Result<()> {
        if self.form == Form::Text && self.fields.is_empty() {
            let entries: Vec<LogEntry> = items.map(entry).collect::<anyhow::Result<_>>()?;
            for entry in &entries {
                self.widen(&printable(&entry.service));
            }
            for entry in &entries {
                self.entry(out, entry, "").context("standard output")?;
            }
            return Ok(());
        }
        for item in items {
            self.item(out, item)?;
        }
        Ok(())
    }

    fn item(&self, out: &mut impl Write, item: &RawValue) -> anyhow::Result<()> {
        match self.form {
            Form::Json => writeln!(out, "{}", item.get()).context("standard output"),
            Form::Text => {
                let value: Value = serde_json::from_str(item.get()).context("a line cannot be read")?;
                let shown: Vec<_> = self.fields.iter().map(|field| self.field(&value, field)).collect();
                writeln!(out, "{}", shown.join("  ")).context("standard output")
            }
        }
    }

    /// Writes a line for a person; `remark` stands at the end of its first row.
    pub(super) fn entry(&self, out: &mut impl Write, entry: &LogEntry, remark: &str) -> io::Result<()> {
        let level = entry.level.as_str().to_uppercase();
        let level = self.style.paint(Color::of_level(entry.level), format!("{level:<5}"));
        let service = printable(&entry.service);
        let padding = " ".repeat(self.service_columns.saturating_sub(columns(&service)));
        let service = match &self.service_colors {
            None => service,
            Some(colors) => {
                let number = colors.get(&entry.service).copied().unwrap_or_default();
                self.style.paint(Color::Distinct(number), service).to_string()
            }
        };
        let mut rows = entry.message.lines();
        let first = printable(rows.next().unwrap_or_default());
        write!(out, "{} {level} {service}{padding}  {first}", self.time(entry.timestamp))?;
        if let (Some(request_id), None) = (&entry.request_id, &self.service_colors) {
            write!(out, "  {}", self.style.paint(Color::Dim, format!("req={}", printable(request_id))))?;
        }
        writeln!(out, "{remark}")?;
        for row in rows.filter(|row| !row.trim().is_empty()) {
            writeln!(out, "    {}", printable(row))?;
        }
        Ok(())
    }

    /// A time in the zone of the reader, in a form that `--from` takes.
    fn time(&self, time: Micros) -> String {
        let mark = if self.zone == TimeZone::UTC { "Z" } else { "" };
        let zoned = time.timestamp().to_zoned(self.zone.clone());
        let text = format!("{}{mark}", zoned.strftime("%Y-%m-%d %H:%M:%S%.3f"));
        self.style.paint(Color::Dim, text).to_string()
    }

    /// A field of a line as text.
    fn field(&self, line: &Value, name: &str) -> String {
        let value = lookup(line, name);
        let text = match value {
            None | Some(Value::Null) => return ABSENT.to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        match name {
            "timestamp" => {
                Micros::parse_rfc3339(&text).map_or_else(|| printable(&text), |time| self.time(time))
            }
            "level" => {
                let color = Level::parse(&text).map_or(Color::Dim, Color::of_level);
                self.style.paint(color, format!("{:<5}", text.to_uppercase())).to_string()
            }
            _ => text.lines().map(printable).collect::<Vec<_>>().join(" \u{23ce} "),
        }
    }

    fn widen(&mut self, service: &str) {
        self.service_columns = self.service_columns.max(columns(service)).min(MAX_SERVICE_COLUMNS);
    }
}

/// Reads a line of an answer.
pub(super) fn entry(item: &RawValue) -> anyhow::Result<LogEntry> {
    serde_json::from_str(item.get()).context("a line of the answer cannot be read")
}

/// A member by its name; a name with dots also leads into objects.
fn lookup<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    if let Some(found) = value.get(name) {
        return Some(found);
    }
    name.match_indices('.').find_map(|(dot, _)| {
        let (head, rest) = (name.get(..dot)?, name.get(dot + 1..)?);
        lookup(value.get(head)?, rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"a","timestamp":"2026-11-21T00:00:00.123456Z","level":"error","service":"gateway","message":"boom\n\tat x","request_id":"r1","context":{"order":{"id":42},"a.b":"c"}}"#;

    fn shown(form: Form, fields: &[&str]) -> String {
        let zone = TimeZone::get("Asia/Seoul").unwrap();
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        let mut printer = Printer::new(form, Style::Plain, zone, fields);
        let item: Box<RawValue> = serde_json::from_str(LINE).unwrap();
        let mut out = Vec::new();
        printer.lines(&mut out, [&*item].into_iter()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_person_sees_local_time_level_service_message_and_request() {
        assert_eq!(
            shown(Form::Text, &[]),
            "2026-11-21 09:00:00.123 ERROR gateway  boom  req=r1\n      at x\n"
        );
    }

    #[test]
    fn a_program_sees_the_line_as_the_server_sent_it() {
        assert_eq!(shown(Form::Json, &[]), format!("{LINE}\n"));
    }

    #[test]
    fn chosen_fields_stand_in_their_order_and_lead_into_the_context() {
        assert_eq!(
            shown(Form::Text, &["context.order.id", "context.a.b", "message", "user_id"]),
            "42  c  boom \u{23ce}   at x  -\n"
        );
    }
}
