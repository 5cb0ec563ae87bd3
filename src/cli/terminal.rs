//! What a terminal shows: colours where they are wanted, and text that cannot move the cursor of its reader.

use std::fmt;

use clap::ValueEnum;
use unicode_width::UnicodeWidthStr as _;

use crate::model::Level;

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or TERM is dumb.
    Auto,
    /// Also in a pipe.
    Always,
    /// Not at all.
    Never,
}

/// Colours of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Color {
    Bold,
    Dim,
    Red,
    BoldRed,
    Yellow,
    Green,
    /// One of a few colours that no level has, by number.
    Distinct(usize),
}

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Colored,
    Plain,
}

/// Codes that no level uses, far apart from each other.
const DISTINCT: [&str; 6] = ["36", "35", "34", "96", "95", "94"];

impl ColorChoice {
    /// Decides for a stream, as the conventions of `NO_COLOR` and TERM say.
    pub(super) fn style(self, is_terminal: bool) -> Style {
        let is_wanted = match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let is_refused = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
                is_terminal && !is_refused && variable("TERM").as_deref() != Some("dumb")
            }
        };
        if is_wanted { Style::Colored } else { Style::Plain }
    }
}

#[expect(clippy::disallowed_methods, reason = "conventions of terminals, no settings of this program")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Style {
    /// Text in a colour, or as it is.
    pub(super) const fn paint<T>(self, color: Color, text: T) -> Painted<T> {
        Painted { style: self, color, text }
    }
}

/// A text that is written in a colour.
pub(super) struct Painted<T> {
    style: Style,
    color: Color,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Style::Plain => write!(out, "{}", self.text),
            Style::Colored => write!(out, "\x1b[{}m{}\x1b[0m", self.color.code(), self.text),
        }
    }
}

impl Color {
    /// The colour of a level.
    pub(super) const fn of_level(level: Level) -> Self {
        match level {
            Level::Trace | Level::Debug => Self::Dim,
            Level::Info => Self::Green,
            Level::Warn => Self::Yellow,
            Level::Error => Self::Red,
            Level::Fatal => Self::BoldRed,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::BoldRed => "1;31",
            Self::Yellow => "33",
            Self::Green => "32",
            Self::Distinct(number) => DISTINCT.get(number % DISTINCT.len()).copied().unwrap_or("36"),
        }
    }
}

/// One line of text without control characters, which are shown as `\u{..}`: a log line must not move the cursor of
/// its reader, nor paint over what stands there.
pub(super) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => safe.push_str("  "),
            other if other.is_control() || turns_direction(other) => safe.extend(other.escape_unicode()),
            other => safe.push(other),
        }
    }
    safe
}

/// Marks that make a terminal show text in another order than it stands.
const fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Columns that a text takes on a terminal: Korean, Chinese and Japanese characters take two, marks above others none.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// A number with a comma between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 line`, `2 lines`.
pub(super) fn counted(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_cannot_move_the_cursor_of_its_reader() {
        assert_eq!(printable("a\x1b[2Jb\r\u{9b}c"), "a\\u{1b}[2Jb\\u{d}\\u{9b}c");
        assert_eq!(printable("user \u{202E}nimda"), "user \\u{202e}nimda");
        assert_eq!(printable("\tat 결제"), "  at 결제");
    }

    #[test]
    fn colours_are_a_matter_of_choice_then_of_the_stream() {
        assert_eq!(ColorChoice::Always.style(false), Style::Colored);
        assert_eq!(ColorChoice::Never.style(true), Style::Plain);
        assert_eq!(ColorChoice::Auto.style(false), Style::Plain);
        assert_eq!(Style::Colored.paint(Color::Red, "x").to_string(), "\x1b[31mx\x1b[0m");
        assert_eq!(Style::Plain.paint(Color::Red, "x").to_string(), "x");
    }

    #[test]
    fn numbers_are_read_by_people() {
        let texts = [0, 999, 1_000, 50_000, 1_234_567].map(grouped);

        assert_eq!(texts, ["0", "999", "1,000", "50,000", "1,234,567"]);
        assert_eq!((counted(1, "line"), counted(2, "line")), ("1 line".to_owned(), "2 lines".to_owned()));
    }

    #[test]
    fn hangul_takes_two_columns_and_an_accent_none() {
        assert_eq!((columns("abc"), columns("결제 x"), columns("")), (3, 6, 0));
        assert_eq!((columns("e\u{301}"), columns("ﾊﾝ"), columns("🔥")), (1, 2, 2));
    }
}
