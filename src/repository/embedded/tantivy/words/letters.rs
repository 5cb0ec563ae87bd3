//! Finds the words of the analyzer `simple`: runs of letters.

use std::ops::Range;
use std::sync::LazyLock;

use super::MAX_WORD_UNITS;
use super::code_points::{CodePointTable, ranges};

static LETTERS: LazyLock<CodePointTable> =
    LazyLock::new(|| CodePointTable::new(ranges(include_str!("letters.txt")).map(|(range, _)| (range, 1))));

/// The first run that starts at or after `offset`.
pub(super) fn next_word(text: &str, offset: usize) -> Option<Range<usize>> {
    let letters = &*LETTERS;
    let is_letter = |point: char| letters.get(point) == 1;

    let rest = text.get(offset..)?;
    let start = offset + rest.find(is_letter)?;
    let mut end = start;
    let mut units = 0;
    for point in text.get(start..)?.chars().take_while(|point| is_letter(*point)) {
        end += point.len_utf8();
        units += point.len_utf16();
        // A pair that begins inside the limit stays whole, so that such a word has one unit more.
        if units >= MAX_WORD_UNITS {
            break;
        }
    }
    Some(start..end)
}
