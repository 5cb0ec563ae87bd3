//! A small matcher: a pattern over classes becomes a table that finds the longest match, one look-up a character.

use std::collections::HashMap;
use std::mem;

use super::classes::Properties;

/// A pattern over the properties of code points.
#[derive(Clone)]
pub(super) enum Pattern {
    /// One code point with any of these properties.
    One(Properties),
    /// One after the other.
    Sequence(Vec<Pattern>),
    /// Any of these.
    Either(Vec<Pattern>),
    /// None, one or more.
    Repeated(Box<Pattern>),
}

/// A state of the matcher; [`MATCHED`] is set in those where what was read so far matches.
pub(super) type State = u16;

/// Set in accepting states.
const MATCHED: State = 1 << 15;

/// Nothing can match any more.
pub(super) const DEAD: State = 0;
/// Nothing is read yet.
pub(super) const START: State = 1;

/// Columns of the table; a class beyond them would match nothing.
pub(super) const CLASSES: usize = 64;

/// A deterministic matcher.
pub(super) struct Automaton {
    /// One row a state, one column a class.
    next: Vec<State>,
}

impl Automaton {
    /// Compiles `pattern` for classes that have these properties.
    pub(super) fn new(pattern: &Pattern, classes: &[Properties]) -> Self {
        let mut graph = Graph::default();
        let first = graph.state();
        let last = graph.add(pattern, first);

        let start = graph.closed(vec![first]);
        let mut numbers = HashMap::from([(Vec::new(), DEAD), (start.clone(), START)]);
        let mut sets = vec![Vec::new(), start];
        let mut next = Vec::new();
        let mut done = 0;
        while let Some(set) = sets.get(done).cloned() {
            done += 1;
            for properties in classes.iter().take(CLASSES) {
                let reached = graph.closed(graph.step(&set, *properties));
                let number = *numbers.entry(reached).or_insert_with_key(|reached| {
                    let number = State::try_from(sets.len()).unwrap_or(DEAD);
                    sets.push(reached.clone());
                    if reached.contains(&last) { number | MATCHED } else { number }
                });
                next.push(number);
            }
            next.resize(done * CLASSES, DEAD);
        }
        Self { next }
    }

    /// The state after a code point of `class`.
    #[inline]
    pub(super) fn step(&self, state: State, class: u8) -> State {
        self.next.get(usize::from(state & !MATCHED) * CLASSES + usize::from(class)).copied().unwrap_or(DEAD)
    }
}

/// Whether what was read so far matches.
#[inline]
pub(super) fn accepts(state: State) -> bool {
    state & MATCHED != 0
}

/// The pattern as states with labelled arrows; an arrow without a label costs no character.
#[derive(Default)]
struct Graph {
    arrows: Vec<Vec<(Option<Properties>, usize)>>,
}

impl Graph {
    fn state(&mut self) -> usize {
        self.arrows.push(Vec::new());
        self.arrows.len() - 1
    }

    fn arrow(&mut self, from: usize, label: Option<Properties>, to: usize) {
        if let Some(arrows) = self.arrows.get_mut(from) {
            arrows.push((label, to));
        }
    }

    /// Adds the states of `pattern` behind `from`, and returns the one that is reached by a match.
    fn add(&mut self, pattern: &Pattern, from: usize) -> usize {
        match pattern {
            Pattern::One(properties) => {
                let to = self.state();
                self.arrow(from, Some(*properties), to);
                to
            }
            Pattern::Sequence(parts) => parts.iter().fold(from, |from, part| self.add(part, from)),
            Pattern::Either(choices) => {
                let to = self.state();
                for choice in choices {
                    let entry = self.state();
                    self.arrow(from, None, entry);
                    let end = self.add(choice, entry);
                    self.arrow(end, None, to);
                }
                to
            }
            Pattern::Repeated(part) => {
                let hub = self.state();
                self.arrow(from, None, hub);
                let end = self.add(part, hub);
                self.arrow(end, None, hub);
                let to = self.state();
                self.arrow(hub, None, to);
                to
            }
        }
    }

    /// States reached from `set` by one code point.
    fn step(&self, set: &[usize], properties: Properties) -> Vec<usize> {
        let arrows = set.iter().filter_map(|state| self.arrows.get(*state)).flatten();
        arrows
            .filter(|(label, _)| label.is_some_and(|label| label.meets(properties)))
            .map(|(_, to)| *to)
            .collect()
    }

    /// What `waiting` reaches without a character, in order; states that only pass on are left out, the last one stays.
    fn closed(&self, mut waiting: Vec<usize>) -> Vec<usize> {
        let mut is_reached = vec![false; self.arrows.len()];
        let mut reached = Vec::new();
        while let Some(state) = waiting.pop() {
            if is_reached.get_mut(state).is_none_or(|known| mem::replace(known, true)) {
                continue;
            }
            let Some(arrows) = self.arrows.get(state) else { continue };
            waiting.extend(arrows.iter().filter(|(label, _)| label.is_none()).map(|(_, to)| *to));
            if arrows.is_empty() || arrows.iter().any(|(label, _)| label.is_some()) {
                reached.push(state);
            }
        }
        reached.sort_unstable();
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_pattern_describes_and_nothing_else() {
        let (letter, digit) = (Properties::A_LETTER, Properties::NUMERIC);
        let pattern = Pattern::Sequence(vec![
            Pattern::One(letter),
            Pattern::Repeated(Box::new(Pattern::Either(vec![Pattern::One(letter), Pattern::One(digit)]))),
            Pattern::One(digit),
        ]);

        let automaton = Automaton::new(&pattern, &[Properties::default(), letter, digit]);

        let matches = |classes: &[u8]| {
            accepts(classes.iter().fold(START, |state, class| automaton.step(state, *class)))
        };
        assert!(matches(&[1, 2]) && matches(&[1, 2, 1, 2]));
        assert!(!matches(&[]) && !matches(&[2, 2]) && !matches(&[1, 2, 1]) && !matches(&[1, 0, 2]));
    }
}
