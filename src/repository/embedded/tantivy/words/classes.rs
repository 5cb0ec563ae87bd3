//! Properties of code points, read once from `word_break.txt` beside this file.
//!
//! Every combination of properties that occurs gets a small number, its class; class 0 has no property at all.

use super::code_points::{CodePointTable, ranges};

/// A set of properties, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties(u32);

impl Properties {
    pub(super) const A_LETTER: Self = Self(1);
    pub(super) const HEBREW_LETTER: Self = Self(1 << 1);
    pub(super) const NUMERIC: Self = Self(1 << 2);
    pub(super) const KATAKANA: Self = Self(1 << 3);
    pub(super) const MID_LETTER: Self = Self(1 << 4);
    pub(super) const MID_NUM: Self = Self(1 << 5);
    pub(super) const MID_NUM_LET: Self = Self(1 << 6);
    pub(super) const SINGLE_QUOTE: Self = Self(1 << 7);
    pub(super) const DOUBLE_QUOTE: Self = Self(1 << 8);
    pub(super) const EXTEND_NUM_LET: Self = Self(1 << 9);
    pub(super) const EXTEND: Self = Self(1 << 10);
    pub(super) const ZWJ: Self = Self(1 << 11);
    pub(super) const TEXT_SELECTOR: Self = Self(1 << 12);
    pub(super) const EMOJI_SELECTOR: Self = Self(1 << 13);
    pub(super) const REGIONAL_INDICATOR: Self = Self(1 << 14);
    pub(super) const HAN: Self = Self(1 << 15);
    pub(super) const HIRAGANA: Self = Self(1 << 16);
    pub(super) const COMPLEX_CONTEXT: Self = Self(1 << 17);
    pub(super) const EMOJI: Self = Self(1 << 18);
    pub(super) const EMOJI_MODIFIER: Self = Self(1 << 19);
    pub(super) const EMOJI_MODIFIER_BASE: Self = Self(1 << 20);
    pub(super) const KEYCAP: Self = Self(1 << 21);
    pub(super) const KEYCAP_BASE: Self = Self(1 << 22);
    pub(super) const TAG: Self = Self(1 << 23);
    pub(super) const TAG_END: Self = Self(1 << 24);

    /// Has every property of either set.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets share a property.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "ALetter" => Self::A_LETTER,
            "HebrewLetter" => Self::HEBREW_LETTER,
            "Numeric" => Self::NUMERIC,
            "Katakana" => Self::KATAKANA,
            "MidLetter" => Self::MID_LETTER,
            "MidNum" => Self::MID_NUM,
            "MidNumLet" => Self::MID_NUM_LET,
            "SingleQuote" => Self::SINGLE_QUOTE,
            "DoubleQuote" => Self::DOUBLE_QUOTE,
            "ExtendNumLet" => Self::EXTEND_NUM_LET,
            "Extend" => Self::EXTEND,
            "ZWJ" => Self::ZWJ,
            "TextSelector" => Self::TEXT_SELECTOR,
            "EmojiSelector" => Self::EMOJI_SELECTOR,
            "RegionalIndicator" => Self::REGIONAL_INDICATOR,
            "Han" => Self::HAN,
            "Hiragana" => Self::HIRAGANA,
            "ComplexContext" => Self::COMPLEX_CONTEXT,
            "Emoji" => Self::EMOJI,
            "EmojiModifier" => Self::EMOJI_MODIFIER,
            "EmojiModifierBase" => Self::EMOJI_MODIFIER_BASE,
            "Keycap" => Self::KEYCAP,
            "KeycapBase" => Self::KEYCAP_BASE,
            "Tag" => Self::TAG,
            "TagEnd" => Self::TAG_END,
            _ => return None,
        })
    }

    fn from_names(names: &str) -> Option<Self> {
        names.split(' ').try_fold(Self::default(), |set, name| Some(set.or(Self::from_name(name)?)))
    }
}

/// Class of every code point, and the properties of every class.
pub(super) struct Classes {
    /// Class of a code point.
    pub(super) of: CodePointTable,
    /// Properties by class.
    pub(super) properties: Vec<Properties>,
}

impl Classes {
    /// Reads the lines of `word_break.txt`; a line that cannot be read is left out (a test finds none).
    pub(super) fn read(lines: &str) -> Self {
        let mut properties = vec![Properties::default()];
        let classified = ranges(lines).filter_map(|(range, names)| {
            let set = Properties::from_names(names)?;
            let class = properties.iter().position(|known| *known == set).unwrap_or_else(|| {
                properties.push(set);
                properties.len() - 1
            });
            Some((range, u8::try_from(class).ok()?))
        });
        let of = CodePointTable::new(classified);
        Self { of, properties }
    }
}

/// The properties of Unicode 12.1.
pub(super) const WORD_BREAK: &str = include_str!("word_break.txt");

#[cfg(test)]
mod tests {
    use super::super::automaton::CLASSES;
    use super::*;

    #[test]
    fn every_line_of_the_file_names_a_range_and_known_properties() {
        let lines = WORD_BREAK.lines().filter(|line| !line.starts_with('#')).count();

        let read = ranges(WORD_BREAK).filter(|(_, names)| Properties::from_names(names).is_some()).count();

        assert_eq!(read, lines);
        assert!(Properties::from_names("ALetter Unheard").is_none());
    }

    #[test]
    fn code_points_carry_the_properties_of_their_line() {
        let classes = Classes::read(WORD_BREAK);
        let has = |point, property| classes.properties[usize::from(classes.of.get(point))].meets(property);

        assert!(has('a', Properties::A_LETTER));
        assert!(has('7', Properties::NUMERIC.or(Properties::KEYCAP_BASE)));
        assert!(has('\u{1F600}', Properties::EMOJI));
        assert!(!has('½', Properties::NUMERIC));
        assert_eq!(classes.of.get(' '), 0);
        assert!(classes.properties.len() <= CLASSES, "the table of the automaton has no more columns");
    }
}
