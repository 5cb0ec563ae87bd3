//! Foreign text made fit for a message.

/// Characters of foreign text that a message repeats.
const MAX_SHOWN_CHARS: usize = 60;

/// Foreign text on one line, without control characters, cut to a readable length.
pub(crate) fn shown(text: &str) -> String {
    let mut line: String = text.chars().take(MAX_SHOWN_CHARS).flat_map(printable).collect();
    if text.chars().nth(MAX_SHOWN_CHARS).is_some() {
        line.push('…');
    }
    line
}

fn printable(character: char) -> Vec<char> {
    if character == '\'' || character == '"' {
        return vec![character];
    }
    character.escape_debug().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_foreign_text_on_one_line() {
        assert_eq!(shown("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(shown("it's"), "it's");
        assert_eq!(shown(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
