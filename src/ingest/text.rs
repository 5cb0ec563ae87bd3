//! What a line of plain text says about itself: its time and its level, where they stand at its head.
//!
//! The text itself stays whole, so nothing is lost where the head was understood wrongly.

use super::{names, syslog, timestamp};
use crate::model::{Level, LogField, Micros};

/// Words behind the time among which the level is looked for; in between stand host, process, thread.
const HEAD_WORDS: usize = 4;

/// What the head of a line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// When the line was written.
    pub(super) time: Option<Micros>,
    /// Severity, with the word that says so; no word where a number of syslog says it.
    pub(super) level: Option<(Level, Option<&'a str>)>,
}

/// Reads the head of a line; `now` gives the year where the line has none.
pub(super) fn head(line: &str, now: Micros) -> Head<'_> {
    let (priority, line) = match syslog::priority(line) {
        Some((level, rest)) => (Some((level, None)), rest),
        None => (None, line),
    };
    let (time, rest) = leading_time(line, now);
    let level = word_level(rest).map(|(level, word)| (level, Some(word)));
    Head { time: time.filter(|time| time.is_line_time()), level: priority.or(level) }
}

fn leading_time(line: &str, now: Micros) -> (Option<Micros>, &str) {
    let start = line.trim_start_matches(['[', ' ']);
    if let Some((time, rest)) = syslog::time(start, now) {
        return (Some(time), rest);
    }
    let Some(calendar) = timestamp::calendar(start) else { return (None, line) };
    let Some(rest) = start.get(calendar.len..) else { return (None, line) };
    if rest.starts_with(|next: char| next.is_alphanumeric()) {
        return (None, line);
    }
    // PostgreSQL writes the abbreviation of a zone, which names no offset: `09:00:00.123 KST [42] LOG:`.
    let is_known = calendar.has_zone || !has_zone_abbreviation(rest);
    (calendar.time.ok().filter(|_| is_known), rest)
}

fn has_zone_abbreviation(rest: &str) -> bool {
    let mut words = rest.split_ascii_whitespace();
    let (Some(zone), Some(process)) = (words.next(), words.next()) else { return false };
    let is_abbreviation = (2..=5).contains(&zone.len()) && zone.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_process = process
        .strip_prefix('[')
        .and_then(|process| process.strip_suffix(']'))
        .is_some_and(|process| process.bytes().all(|byte| byte.is_ascii_digit()));
    is_abbreviation && is_process && Level::parse(zone).is_none()
}

/// Finds a word that stands as a level: in capitals, in brackets, before a colon, or as `level=word`.
fn word_level(rest: &str) -> Option<(Level, &str)> {
    rest.split_ascii_whitespace().take(HEAD_WORDS).find_map(level_of_word)
}

fn level_of_word(word: &str) -> Option<(Level, &str)> {
    if let Some((key, value)) = word.split_once('=') {
        let is_level = names::find(key).is_some_and(|name| name.field == LogField::Level);
        return is_level.then(|| level_of(value.trim_matches('"'))).flatten();
    }
    let bare = word.trim_matches(|mark: char| mark.is_ascii_punctuation());
    let is_marked = word.starts_with(['[', '<', '(']) || word.ends_with([':', ']', '|']);
    let is_capital = bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (is_marked || is_capital).then(|| level_of(bare)).flatten()
}

/// Reads a level word; a number is none here (it is a process or a thread), `DEBUG2` is `DEBUG`.
fn level_of(word: &str) -> Option<(Level, &str)> {
    let letters = word.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let level = Level::parse(letters).filter(|_| !letters.is_empty())?;
    Some((level, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Micros {
        Micros::parse_rfc3339("2026-11-21T12:00:00Z").unwrap()
    }

    #[test]
    fn reads_the_heads_that_are_common() {
        for (line, time, level) in [
            ("2026-11-21 09:00:00.123 UTC [50] LOG:  checkpoint starting", Some("09:00:00.123"), None),
            ("2026-11-21 09:00:00 UTC [50] u@db ERROR:  deadlock", Some("09:00:00"), Some("ERROR")),
            ("2026-11-21 09:00:00.123 KST [50] FATAL:  no", None, Some("FATAL")),
            ("2026-11-21 09:00:00 DEBUG2 [50] x", Some("09:00:00"), Some("DEBUG2")),
            ("2026-11-21 09:00:00 install zlib1g:amd64", Some("09:00:00"), None),
            ("2026-11-21T09:00:00.5+00:00 warn: slow", Some("09:00:00.5"), Some("warn")),
            ("2026-11-21 09:00:00,123 WARN  [main] c.e.Foo - x", Some("09:00:00.123"), Some("WARN")),
            ("[2026-11-21 09:00:00] [info] ready", Some("09:00:00"), Some("info")),
            ("Nov 21 09:00:00 web-1 sshd[7]: error: no", Some("09:00:00"), Some("error")),
            ("level=error msg=\"no\"", None, Some("error")),
            ("lvl=\"warn\" x", None, Some("warn")),
            ("ERROR: relation missing", None, Some("ERROR")),
            ("2026-02-30 09:00:00 ERROR x", None, Some("ERROR")),
            ("1969-11-21 09:00:00 x", None, None),
            ("an alert, fine so far, notice 50", None, None),
            ("", None, None),
        ] {
            let head = head(line, now());

            let time = time.map(|time| Micros::parse_rfc3339(&format!("2026-11-21T{time}Z")).unwrap());
            assert_eq!(head.time, time, "{line}");
            assert_eq!(head.level.and_then(|(_, word)| word), level, "{line}");
        }
    }

    #[test]
    fn the_priority_of_syslog_outranks_words() {
        let head = head("<11>1 2026-11-21T09:00:00Z web-1 app 7 - - INFO x", now());

        assert_eq!(head.level, Some((Level::Error, None)));
        assert_eq!(head.time, Micros::parse_rfc3339("2026-11-21T09:00:00Z"));
    }
}
