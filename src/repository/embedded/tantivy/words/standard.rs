//! Finds the words of the analyzer `standard`.

use std::ops::Range;
use std::sync::LazyLock;

use super::MAX_WORD_UNITS;
use super::automaton::{Automaton, DEAD, START, accepts};
use super::classes::{Classes, WORD_BREAK};
use super::code_points::CodePointTable;
use super::grammar;

struct Rules {
    classes: CodePointTable,
    automaton: Automaton,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let classes = Classes::read(WORD_BREAK);
    let automaton = Automaton::new(&grammar::word(), &classes.properties);
    Rules { classes: classes.of, automaton }
});

/// What was found at one place.
enum Found {
    /// A word that ends here.
    Word(usize),
    /// No word; the bytes up to here can begin none either.
    Nothing(usize),
}

/// The first word that starts at or after `offset`.
pub(super) fn next_word(text: &str, offset: usize) -> Option<Range<usize>> {
    let rules = &*RULES;
    let mut start = offset;
    loop {
        let rest = text.get(start..)?;
        let skipped = rest.char_indices().find(|(_, point)| rules.begins_word(*point))?.0;
        start += skipped;
        match rules.word_at(text.get(start..)?) {
            Found::Word(length) => return Some(start..start + length),
            Found::Nothing(length) => start += length,
        }
    }
}

impl Rules {
    fn begins_word(&self, point: char) -> bool {
        self.automaton.step(START, self.classes.get(point)) != DEAD
    }

    /// The longest word at the start of `text`, no more than 255 UTF-16 units of which are looked at.
    fn word_at(&self, text: &str) -> Found {
        let mut state = START;
        let mut units = 0;
        let mut end = None;
        for (place, point) in text.char_indices() {
            units += point.len_utf16();
            if units > MAX_WORD_UNITS {
                return end.map_or_else(|| self.nothing_at(text, MAX_WORD_UNITS - 1), Found::Word);
            }
            state = self.automaton.step(state, self.classes.get(point));
            if state == DEAD {
                break;
            }
            if accepts(state) {
                end = Some(place + point.len_utf8());
            }
        }
        end.map_or_else(|| self.nothing_at(text, 0), Found::Word)
    }

    /// Passes over the run of like characters at the start of `text`, except its last `kept` ones. Underscores, say, begin no
    /// word unless one follows within 255 units, and trying each of a long run anew would take 255 times as long.
    fn nothing_at(&self, text: &str, kept: usize) -> Found {
        let Some(first) = text.chars().next() else { return Found::Nothing(0) };
        let class = self.classes.get(first);
        let begun = self.automaton.step(START, class);
        if self.automaton.step(begun, class) != begun {
            return Found::Nothing(first.len_utf8());
        }
        let run = || text.chars().take_while(|point| self.classes.get(*point) == class);
        let passed = run().count().saturating_sub(kept).max(1);
        Found::Nothing(run().take(passed).map(char::len_utf8).sum())
    }
}
