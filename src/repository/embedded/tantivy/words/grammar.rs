//! What a word is for the analyzer `standard`: the word bounds of UAX #29 and the emoji sequences of UTS #51, as Lucene
//! reads them.
//!
//! Lucene keeps South-East Asian runs whole (no dictionary), gives Han and Hiragana one word a character, and drops
//! everything that is in none of these patterns. At each place the longest match counts.

use super::automaton::Pattern;
use super::classes::Properties;

/// All kinds of words.
pub(super) fn word() -> Pattern {
    either([
        letters_and_digits(),
        emoji(),
        one_or_more(extended(Properties::COMPLEX_CONTEXT)),
        extended(Properties::HAN),
        extended(Properties::HIRAGANA),
    ])
}

/// UAX #29, rules 5 to 13b.
fn letters_and_digits() -> Pattern {
    let letter = extended(Properties::A_LETTER.or(Properties::HEBREW_LETTER));
    let hebrew = extended(Properties::HEBREW_LETTER);
    let digit = extended(Properties::NUMERIC);
    let katakana = extended(Properties::KATAKANA);
    let connector = extended(Properties::EXTEND_NUM_LET);
    let single_quote = extended(Properties::SINGLE_QUOTE);
    let double_quote = extended(Properties::DOUBLE_QUOTE);
    let mid_both = Properties::MID_NUM_LET.or(Properties::SINGLE_QUOTE);
    let between_letters =
        either([any_number(connector.clone()), extended(mid_both.or(Properties::MID_LETTER))]);
    let between_digits = either([any_number(connector.clone()), extended(mid_both.or(Properties::MID_NUM))]);

    let hebrew_with_quote =
        either([sequence([hebrew.clone(), single_quote]), sequence([hebrew.clone(), double_quote, hebrew])]);
    let run = either([
        joined(katakana, any_number(connector.clone())),
        one_or_more(either([
            hebrew_with_quote,
            joined(digit, between_digits),
            joined(letter, between_letters),
        ])),
    ]);
    sequence([
        any_number(connector.clone()),
        joined(run, one_or_more(connector.clone())),
        any_number(connector),
    ])
}

/// UTS #51: single emoji, with selector, skin tone, joined or tagged; keycaps; flags.
fn emoji() -> Pattern {
    let joiner = Pattern::One(Properties::ZWJ);
    let selector = Pattern::One(Properties::EMOJI_SELECTOR);
    let pictograph = sequence([
        any_number(joiner.clone()),
        extended_in_emoji(Properties::EMOJI),
        optional(selector.clone()),
    ]);
    let skin_tone_base =
        sequence([any_number(joiner.clone()), extended_in_emoji(Properties::EMOJI_MODIFIER_BASE)]);
    let skin_tone = sequence([optional(skin_tone_base), extended_in_emoji(Properties::EMOJI_MODIFIER)]);
    let element = either([pictograph, skin_tone]);
    let tags = sequence([one_or_more(Pattern::One(Properties::TAG)), Pattern::One(Properties::TAG_END)]);
    let keycap = sequence([
        extended_in_emoji(Properties::KEYCAP_BASE),
        optional(selector),
        extended_in_emoji(Properties::KEYCAP),
    ]);
    let flag = sequence([extended(Properties::REGIONAL_INDICATOR), extended(Properties::REGIONAL_INDICATOR)]);
    either([joined(element.clone(), joiner), sequence([element, tags]), keycap, flag])
}

/// A code point and the marks that cling to it (rule 4).
fn extended(properties: Properties) -> Pattern {
    let selectors = Properties::TEXT_SELECTOR.or(Properties::EMOJI_SELECTOR);
    let marks = Properties::EXTEND.or(Properties::ZWJ).or(selectors);
    sequence([Pattern::One(properties), any_number(Pattern::One(marks))])
}

/// The same inside an emoji, where the selectors have a meaning of their own.
fn extended_in_emoji(properties: Properties) -> Pattern {
    let marks = Properties::EXTEND.or(Properties::ZWJ);
    sequence([Pattern::One(properties), any_number(Pattern::One(marks))])
}

/// One or more of `part`, with `separator` between two of them.
fn joined(part: Pattern, separator: Pattern) -> Pattern {
    sequence([part.clone(), any_number(sequence([separator, part]))])
}

fn one_or_more(part: Pattern) -> Pattern {
    sequence([part.clone(), any_number(part)])
}

fn any_number(part: Pattern) -> Pattern {
    Pattern::Repeated(Box::new(part))
}

fn optional(part: Pattern) -> Pattern {
    either([part, sequence([])])
}

fn sequence<const N: usize>(parts: [Pattern; N]) -> Pattern {
    Pattern::Sequence(parts.into())
}

fn either<const N: usize>(choices: [Pattern; N]) -> Pattern {
    Pattern::Either(choices.into())
}
