//! The most frequent values of a keyword, without reading the text of every value.
//!
//! Each segment numbers its values by itself, so counts of several segments can only be added by text. But a value whose
//! count is small in every segment cannot be among the most frequent; so the text of the best of each segment is
//! enough, as long as all others together stay below what was found (the threshold algorithm of Fagin, Lotem and Naor, 2001).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io;

use tantivy::columnar::StrColumn;

/// Values of each segment that are looked at first, beyond those that are wanted.
const MARGIN: usize = 6;

/// How often each value occurs in one segment.
pub(crate) struct SegmentTally {
    pub(crate) column: StrColumn,
    /// By the number of the value.
    pub(crate) counts: Vec<u64>,
}

/// The best values of a segment.
struct Best {
    /// Number and count, by number.
    values: Vec<(u64, u64)>,
    /// The largest count of the others.
    others: u64,
}

/// What is known of a value so far.
#[derive(Default)]
struct Known {
    count: u64,
    /// Numbers of the segments that are counted in.
    segments: Vec<usize>,
}

/// The `top` most frequent values with their counts, in no order, and perhaps others; never without one that is as frequent
/// as the last of them.
pub(crate) fn most_frequent(tallies: &[SegmentTally], top: usize) -> io::Result<HashMap<String, u64>> {
    let best: Vec<_> = tallies.iter().map(|tally| tally.best(top + MARGIN)).collect();
    match from_best(tallies, &best, top)? {
        Some(found) => Ok(found),
        None => all(tallies),
    }
}

/// `None` when a value that is not among the best of any segment may be one of the most frequent.
fn from_best(
    tallies: &[SegmentTally],
    best: &[Best],
    top: usize,
) -> io::Result<Option<HashMap<String, u64>>> {
    let mut known: HashMap<String, Known> = HashMap::new();
    for (segment, (tally, best)) in tallies.iter().zip(best).enumerate() {
        tally.read(&best.values, |text, count| {
            let known = known.entry(text.to_owned()).or_default();
            known.count += count;
            known.segments.push(segment);
        })?;
    }
    let most = |known: &Known| {
        let elsewhere = best.iter().enumerate().filter(|(segment, _)| !known.segments.contains(segment));
        known.count + elsewhere.map(|(_, best)| best.others).sum::<u64>()
    };
    let unseen: u64 = best.iter().map(|best| best.others).sum();
    let mut candidates: Vec<_> = known.into_iter().map(|(text, known)| (most(&known), text, known)).collect();
    candidates.sort_unstable_by_key(|(most, ..)| Reverse(*most));
    let may_suffice = |(most, ..): &(u64, String, Known)| unseen < *most;
    if unseen > 0 && !top.checked_sub(1).and_then(|last| candidates.get(last)).is_some_and(may_suffice) {
        return Ok(None);
    }
    let mut found = HashMap::new();
    let mut border = Border { top, counts: BinaryHeap::new() };
    for (most, text, known) in candidates {
        // All that follow are no more frequent.
        if border.least().is_some_and(|least| most < least) {
            break;
        }
        let mut count = known.count;
        for (segment, (tally, best)) in tallies.iter().zip(best).enumerate() {
            if best.others > 0 && !known.segments.contains(&segment) {
                count += tally.count_of(&text)?;
            }
        }
        border.add(count);
        found.insert(text, count);
    }
    let suffices = unseen == 0 || border.least().is_some_and(|least| unseen < least);
    Ok(suffices.then_some(found))
}

fn all(tallies: &[SegmentTally]) -> io::Result<HashMap<String, u64>> {
    let mut found = HashMap::new();
    for tally in tallies {
        tally.read_all(|text, count| *found.entry(text.to_owned()).or_default() += count)?;
    }
    Ok(found)
}

impl SegmentTally {
    fn best(&self, count: usize) -> Best {
        let numbered = (0..).zip(self.counts.iter().copied());
        let mut values: Vec<(u64, u64)> = numbered.filter(|(_, count)| *count > 0).collect();
        let mut others = 0;
        if values.len() > count {
            let (_, first_other, _) = values.select_nth_unstable_by_key(count, |(_, count)| Reverse(*count));
            others = first_other.1;
            values.truncate(count);
        }
        values.sort_unstable();
        Best { values, others }
    }

    /// Calls `visit` with text and count of each value.
    pub(crate) fn read_all(&self, visit: impl FnMut(&str, u64)) -> io::Result<()> {
        let numbered = (0..).zip(self.counts.iter().copied());
        let values: Vec<_> = numbered.filter(|(_, count)| *count > 0).collect();
        self.read(&values, visit)
    }

    /// Calls `visit` with text and count of some values, which are given by rising number, so that every block of the
    /// dictionary is unpacked once.
    fn read(&self, values: &[(u64, u64)], mut visit: impl FnMut(&str, u64)) -> io::Result<()> {
        let (numbers, counts): (Vec<_>, Vec<_>) = values.iter().copied().unzip();
        let mut counts = counts.into_iter();
        self.column.dictionary().sorted_ords_to_term_cb(&numbers, |text| {
            if let (Ok(text), Some(count)) = (std::str::from_utf8(text), counts.next()) {
                visit(text, count);
            }
        })?;
        Ok(())
    }

    fn count_of(&self, text: &str) -> io::Result<u64> {
        let number = self.column.dictionary().term_ord(text)?;
        let place = number.and_then(|number| usize::try_from(number).ok());
        Ok(place.and_then(|place| self.counts.get(place)).copied().unwrap_or(0))
    }
}

/// The count of the last of the most frequent so far.
struct Border {
    top: usize,
    counts: BinaryHeap<Reverse<u64>>,
}

impl Border {
    fn add(&mut self, count: u64) {
        self.counts.push(Reverse(count));
        if self.counts.len() > self.top {
            self.counts.pop();
        }
    }

    /// `None` while there are fewer than are wanted.
    fn least(&self) -> Option<u64> {
        self.counts.peek().filter(|_| self.counts.len() >= self.top).map(|Reverse(count)| *count)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;
    use tantivy::merge_policy::NoMergePolicy;
    use tantivy::schema::{FAST, Schema};
    use tantivy::{Index, doc};

    use super::*;

    /// Segments in which the values have these counts.
    fn tallies(segments: &[Vec<u64>]) -> Vec<SegmentTally> {
        let mut builder = Schema::builder();
        let field = builder.add_text_field("value", FAST);
        let index = Index::create_in_ram(builder.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for counts in segments {
            for (value, count) in counts.iter().enumerate() {
                for _ in 0..*count {
                    writer.add_document(doc!(field => format!("v{value:02}"))).unwrap();
                }
            }
            writer.commit().unwrap();
        }
        let searcher = index.reader().unwrap().searcher();
        let tally = |segment: &tantivy::SegmentReader| {
            let column = segment.fast_fields().str("value").unwrap().unwrap();
            let mut counts = vec![0; column.num_terms()];
            for number in 0..segment.max_doc() {
                counts[usize::try_from(column.ords().first(number).unwrap()).unwrap()] += 1;
            }
            SegmentTally { column, counts }
        };
        searcher.segment_readers().iter().map(tally).collect()
    }

    fn first(found: HashMap<String, u64>, top: usize) -> Vec<(u64, String)> {
        let mut found: Vec<_> = found.into_iter().map(|(text, count)| (count, text)).collect();
        found.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        found.truncate(top);
        found
    }

    fn counts(range: Range<u64>) -> impl Strategy<Value = Vec<Vec<u64>>> {
        let few_are_frequent = prop_oneof![9 => range, 1 => 20_u64..40];
        prop::collection::vec(prop::collection::vec(few_are_frequent, 40), 1..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn the_most_frequent_are_those_of_all_values(segments in counts(0..4), top in 1_usize..8) {
            let tallies = tallies(&segments);

            let found = first(most_frequent(&tallies, top).unwrap(), top);

            prop_assert_eq!(found, first(all(&tallies).unwrap(), top));
        }
    }

    #[test]
    fn rare_values_are_not_read_where_some_are_frequent() {
        let mut skewed = vec![vec![1; 60]; 3];
        for counts in &mut skewed {
            counts[59] = 30;
        }
        let even = vec![vec![2; 60]; 3];
        let of_best = |segments: &[Vec<u64>]| {
            let tallies = tallies(segments);
            let best: Vec<_> = tallies.iter().map(|tally| tally.best(1 + MARGIN)).collect();
            from_best(&tallies, &best, 1).unwrap()
        };

        assert_eq!(of_best(&skewed).unwrap()["v59"], 90);
        assert_eq!(of_best(&even), None);
    }
}
