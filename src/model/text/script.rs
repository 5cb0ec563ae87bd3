//! What kind of characters a search word is made of; decides how it is matched (see `query::TextQuery`).

/// Whether `word` is non-empty and consists of letters only (Unicode `Alphabetic`).
#[must_use]
pub(crate) fn is_letters(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_alphabetic)
}

/// Whether `word` is non-empty and consists of Hangul, Han or Kana only.
#[must_use]
pub(crate) fn is_east_asian(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_east_asian_char)
}

/// Whether `character` is Hangul, Han (ideographs) or Kana, as in the blocks of Unicode 16.
#[must_use]
pub(crate) const fn is_east_asian_char(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11FF}'   // Hangul Jamo
        | '\u{3005}'..='\u{3007}' // iteration mark, closing mark, zero
        | '\u{3041}'..='\u{309F}' // Hiragana
        | '\u{30A1}'..='\u{30FF}' // Katakana
        | '\u{3130}'..='\u{318F}' // Hangul compatibility Jamo
        | '\u{31F0}'..='\u{31FF}' // Katakana extensions
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' // Han
        | '\u{A960}'..='\u{A97F}' // Hangul Jamo extended A
        | '\u{AC00}'..='\u{D7FF}' // Hangul syllables, Jamo extended B
        | '\u{F900}'..='\u{FAFF}' // Han compatibility
        | '\u{FF66}'..='\u{FF9F}' // half-width Katakana
        | '\u{20000}'..='\u{323AF}') // Han, supplementary planes
}

/// Whether `character` is Hangul or Katakana: the analyzers keep runs of these as one word, and take Han and Hiragana
/// character by character.
#[must_use]
pub(crate) const fn joins_words(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{30A1}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_letters_from_everything_else() {
        assert!(is_letters("timeout"));
        assert!(is_letters("결제"));
        assert!(!is_letters("u012016"));
        assert!(!is_letters("user.name"));
        assert!(!is_letters(""));
    }

    #[test]
    fn east_asian_words_hold_no_latin() {
        assert!(is_east_asian("결제"));
        assert!(is_east_asian("東京"));
        assert!(is_east_asian("カード"));
        assert!(!is_east_asian("결제error"));
        assert!(!is_east_asian(""));
    }
}
