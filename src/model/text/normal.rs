//! The one form of a text: what is typed, stored and compared has its accents and syllables composed.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Normalization form C, so that a text finds the same however its accents and syllables were typed.
#[must_use]
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// The same for a text that is one's own.
#[must_use]
pub(crate) fn into_nfc(text: String) -> String {
    if is_nfc(&text) { text } else { nfc(&text).into_owned() }
}

/// Whether a text has the form already.
#[must_use]
pub(crate) fn is_nfc(text: &str) -> bool {
    text.is_ascii() || ComposingNormalizerBorrowed::new_nfc().is_normalized(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_form_however_it_was_typed() {
        for (typed, composed) in [
            ("plain", "plain"),
            ("cafe\u{301}", "café"),
            ("\u{1100}\u{1167}\u{11AF}\u{110C}\u{1166}", "결제"),
            ("결제", "결제"),
            ("\u{301}a", "\u{301}a"),
        ] {
            assert_eq!(nfc(typed), composed);
            assert_eq!(into_nfc(typed.to_owned()), composed);
            assert_eq!(is_nfc(typed), typed == composed, "{typed}");
        }
    }
}
