//! Log lines for a terminal.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use crate::model::{Level, LogEntry};

const RESET: &str = "\x1b[0m";
const DIM: &str = "\x1b[2m";

/// Writes one line: local time, level, service, message, request id.
///
/// Control characters of the log text are shown as `\u{..}`: a log line must not move the cursor of its reader.
pub(super) fn line(out: &mut impl Write, entry: &LogEntry, zone: &TimeZone) -> io::Result<()> {
    let time = entry.timestamp.timestamp().to_zoned(zone.clone());
    let color = color(entry.level);
    let level = entry.level.as_str().to_uppercase();
    write!(out, "{DIM}{}{RESET} ", time.strftime("%m-%d %H:%M:%S%.3f"))?;
    write!(out, "{color}{level:<5}{RESET} {} ", printable(&entry.service))?;
    write!(out, "{}", printable(&entry.message))?;
    if let Some(request_id) = &entry.request_id {
        write!(out, "  {DIM}req={}{RESET}", printable(request_id))?;
    }
    writeln!(out)
}

const fn color(level: Level) -> &'static str {
    match level {
        Level::Trace | Level::Debug => DIM,
        Level::Info => "\x1b[32m",
        Level::Warn => "\x1b[33m",
        Level::Error => "\x1b[31m",
        Level::Fatal => "\x1b[1;31m",
    }
}

/// Text without control characters other than the line breaks of a stack trace, which are indented.
fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => safe.push_str("\n    "),
            '\t' => safe.push_str("  "),
            other if other.is_control() => safe.extend(other.escape_unicode()),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_cannot_move_the_cursor_of_its_reader() {
        assert_eq!(printable("a\x1b[2Jb\r"), "a\\u{1b}[2Jb\\u{d}");
        assert_eq!(printable("first\n\tat second"), "first\n      at second");
    }
}
