//! "Did you mean …": the nearest valid word, and foreign text made fit for a message.

/// Longer words get no suggestion: the comparison takes time with the product of the lengths.
const MAX_WORD_CHARS: usize = 80;
/// Characters of foreign text that a message repeats.
const MAX_SHOWN_CHARS: usize = 60;

/// The candidate that is nearest to `word`, if one is near enough to be a slip of the keyboard.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(MAX_WORD_CHARS + 1).count();
    if length > MAX_WORD_CHARS {
        return None;
    }
    let allowed = (length / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The end of a message: `; did you mean 'x'?`, or nothing.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |found| format!("; did you mean '{found}'?"))
}

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
    fn suggests_what_is_near_and_nothing_else() {
        assert_eq!(nearest("htp", ["http", "redis"]), Some("http"));
        assert_eq!(
            nearest("elasticsearch.ulr", ["elasticsearch.url", "redis.url"]),
            Some("elasticsearch.url")
        );
        assert_eq!(nearest("completely-other", ["http", "redis"]), None);
        assert_eq!(nearest(&"h".repeat(100_000), ["http"]), None);
    }

    #[test]
    fn shows_foreign_text_on_one_line() {
        assert_eq!(shown("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(shown("it's"), "it's");
        assert_eq!(shown(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
