//! Cuts Rust source into the few tokens that the rules look at: names, `::`, strings and single signs.
//!
//! Comments, and with them the examples inside, are left out; numbers and lifetimes are names here, which harms nothing.

/// One token; a string keeps an opening quote in front of its content, so that it is never taken for a name.
pub(crate) type Token = String;

/// The tokens of `source`, in order.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_string(rest) {
            tokens.push("\"".to_owned());
            length
        } else if let Some(opening) = ["\"", "b\"", "c\""].into_iter().find(|start| rest.starts_with(start)) {
            let (content, length) = string(rest, opening.len());
            tokens.push(format!("\"{content}"));
            length
        } else if let Some(length) = character(rest) {
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            let name = name(rest);
            let length = name.len().max(first.len_utf8());
            tokens.push(rest.get(..length).unwrap_or(rest).trim_start_matches("r#").to_owned());
            length
        };
        rest = rest.get(length..).unwrap_or("");
    }
    tokens
}

/// The name or number at the start, if there is one.
fn name(rest: &str) -> &str {
    let raw = if rest.starts_with("r#") { 2 } else { 0 };
    let tail = rest.get(raw..).unwrap_or("");
    let length = tail.find(|point: char| point != '_' && !point.is_alphanumeric()).unwrap_or(tail.len());
    if length == 0 { "" } else { rest.get(..raw + length).unwrap_or("") }
}

/// Length of a comment that may hold further comments.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut place) = (0_usize, 0);
    while let Some(tail) = rest.get(place..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            place += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            place += 2;
        } else {
            place += tail.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return place;
        }
    }
    rest.len()
}

/// Length of `r"…"`, `r#"…"#`, `br"…"` and so on.
fn raw_string(rest: &str) -> Option<usize> {
    let after = ["r", "br", "cr"].into_iter().find_map(|prefix| rest.strip_prefix(prefix))?;
    let signs = after.len() - after.trim_start_matches('#').len();
    let content = after.trim_start_matches('#').strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(signs));
    let length = content.find(&end).map_or(content.len(), |place| place + end.len());
    Some(rest.len() - content.len() + length)
}

/// Content and whole length of a string whose content starts at `opening`.
fn string(rest: &str, opening: usize) -> (&str, usize) {
    let content = rest.get(opening..).unwrap_or("");
    let mut escaped = false;
    for (place, point) in content.char_indices() {
        if point == '"' && !escaped {
            return (content.get(..place).unwrap_or(""), opening + place + 1);
        }
        escaped = point == '\\' && !escaped;
    }
    (content, rest.len())
}

/// Length of a character literal; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let quote = usize::from(rest.starts_with("b'"));
    let content = rest.get(quote..)?.strip_prefix('\'')?;
    let first = content.chars().next()?;
    let end = if first == '\\' {
        let escaped = content.chars().nth(1)?.len_utf8();
        1 + escaped + content.get(1 + escaped..)?.find('\'')?
    } else {
        first.len_utf8()
    };
    content.get(end..)?.starts_with('\'').then_some(quote + 1 + end + 1)
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn comments_strings_and_characters_hide_what_they_hold() {
        let source = concat!(
            "a // b ::\n/* c /* d */ e */ r#\"f \" :: \"# \"g \\\" :: h\" '\"' '\\'' b'x' '\\u{41}' ",
            "<'t> i::{j, r#k} br\"l\" 'é' m",
        );

        let expected =
            ["a", "\"", "\"g \\\" :: h", "<", "'", "t", ">", "i", "::", "{", "j", ",", "k", "}", "\"", "m"];
        assert_eq!(tokens(source), expected);
    }
}
