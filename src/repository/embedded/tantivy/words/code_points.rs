//! A small table with one number for every code point, and the text format it is read from.

use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Code points in a block; blocks that are alike are stored once.
const BLOCK_SIZE: u32 = 256;
const CODE_POINTS: u32 = 0x11_0000;

/// A number for every code point, 0 unless set, in two steps: block, then place in the block.
pub(super) struct CodePointTable {
    ascii: [u8; 128],
    /// Start in `numbers`, by block.
    starts: Vec<u32>,
    numbers: Vec<u8>,
}

impl CodePointTable {
    /// Builds the table. Of ranges that overlap, the later one counts.
    pub(super) fn new(ranges: impl Iterator<Item = (RangeInclusive<u32>, u8)>) -> Self {
        let mut all = vec![0; index(CODE_POINTS)];
        for (range, number) in ranges {
            if let Some(part) = all.get_mut(index(*range.start())..=index(*range.end())) {
                part.fill(number);
            }
        }
        let mut ascii = [0; 128];
        ascii.iter_mut().zip(&all).for_each(|(place, number)| *place = *number);

        let mut known = HashMap::new();
        let mut starts = Vec::new();
        let mut numbers = Vec::new();
        for block in all.chunks(index(BLOCK_SIZE)) {
            let start = *known.entry(block).or_insert_with(|| {
                let start = u32::try_from(numbers.len()).unwrap_or(0);
                numbers.extend_from_slice(block);
                start
            });
            starts.push(start);
        }
        Self { ascii, starts, numbers }
    }

    /// The number of `point`.
    #[inline]
    pub(super) fn get(&self, point: char) -> u8 {
        let code = u32::from(point);
        if let Some(number) = self.ascii.get(index(code)) {
            return *number;
        }
        let start = self.starts.get(index(code / BLOCK_SIZE)).copied().unwrap_or(0);
        self.numbers.get(index(start + code % BLOCK_SIZE)).copied().unwrap_or(0)
    }
}

/// Reads lines like `0041..005A words after it` or `00AA words after it`; `#` begins a comment line.
pub(super) fn ranges(lines: &str) -> impl Iterator<Item = (RangeInclusive<u32>, &str)> {
    lines.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (codes, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (first, last) = codes.split_once("..").unwrap_or((codes, codes));
        Some((u32::from_str_radix(first, 16).ok()?..=u32::from_str_radix(last, 16).ok()?, rest))
    })
}

/// Code points fit an index on every target this program is built for; a place that is never there stands for the rest.
fn index(code: u32) -> usize {
    usize::try_from(code).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_the_number_of_each_range_and_zero_elsewhere() {
        let lines = "# comment\n0041..0043 x\n10FFFF\nAC00..D7A3\n";

        let table = CodePointTable::new(ranges(lines).zip(1..).map(|((range, _), number)| (range, number)));

        assert_eq!(['@', 'A', 'C', 'D'].map(|point| table.get(point)), [0, 1, 1, 0]);
        assert_eq!(['\u{10FFFE}', '\u{10FFFF}', '가', '힣'].map(|point| table.get(point)), [0, 2, 3, 3]);
    }
}
