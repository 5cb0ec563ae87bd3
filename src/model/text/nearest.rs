//! "Did you mean …": the one place that says which known name a misspelt one most likely stands for.

/// Longer words get no suggestion: the comparison takes time with the product of the lengths.
const MAX_WORD_CHARS: usize = 80;
/// A word of fewer letters begins too many names.
const MIN_BEGINNING_CHARS: usize = 3;

/// The candidate that `word` is a slip of, or the beginning of; the nearest one where there are several.
///
/// Upper and lower case are the same. At least half of the longer name must be right, so that `xy` stands for no `id`.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(MAX_WORD_CHARS + 1).count();
    if length > MAX_WORD_CHARS {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&word, length, &candidate.to_lowercase())?, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The end of a message: `; did you mean 'x'?`, or nothing.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |found| format!("; did you mean '{found}'?"))
}

/// Slips of the keyboard between two names; `None` where there are too many.
fn distance(word: &str, length: usize, candidate: &str) -> Option<usize> {
    let slips = strsim::damerau_levenshtein(word, candidate);
    let is_slip = slips <= (length / 3).max(2) && slips * 2 < length.max(candidate.chars().count());
    let is_beginning = length >= MIN_BEGINNING_CHARS && candidate.starts_with(word);
    (slips == 0 || is_slip || is_beginning).then_some(slips)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_is_near_and_nothing_else() {
        for (word, candidates, expected) in [
            ("htp", ["http", "redis"], Some("http")),
            ("elasticsearch.ulr", ["elasticsearch.url", "storage.dir"], Some("elasticsearch.url")),
            ("completely-other", ["http", "redis"], None),
            ("xy", ["id", "tz"], None),
            ("", ["id", "tz"], None),
        ] {
            assert_eq!(nearest(word, candidates), expected, "{word}");
        }
        assert_eq!(nearest(&"h".repeat(100_000), ["http"]), None);
    }

    #[test]
    fn case_is_no_slip_and_a_beginning_stands_for_the_whole() {
        assert_eq!(nearest("SERVICE", ["services", "service"]), Some("service"));
        assert_eq!(
            nearest("limits.search", ["limits.search_burst", "log.level"]),
            Some("limits.search_burst")
        );
        assert_eq!(nearest("li", ["limit_of_lines"]), None);
    }

    #[test]
    fn the_end_of_a_message_is_empty_where_nothing_is_near() {
        assert_eq!(did_you_mean("leve", ["level"]), "; did you mean 'level'?");
        assert_eq!(did_you_mean("order", ["level"]), "");
    }
}
