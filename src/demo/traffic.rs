//! How much is going on when: the curve of a day, laid over any window so that it ends at the window's end.
//!
//! Everything is counted relative to the end, so that a demo started at any hour looks the same.

use super::incident;
use crate::model::Micros;

/// A whole window in parts per million, the unit of every position in it.
pub(super) const WHOLE: u64 = 1_000_000;

/// Where in the window the sale of a much wanted concert opens: 7 h before the end of a day.
pub(super) const SALE_OPENS: u64 = 708_333;
/// How long the rush lasts: 10 minutes of a day.
const SALE_LASTS: u64 = 6_944;

/// Slots of equal length with one rate each: 5 minutes of a day.
const SLOTS: u64 = 288;
const SLOTS_PER_HOUR: u64 = 12;

/// Rate at each full hour, from the beginning of a day's window to its end.
const RATES: [u64; 25] = [
    104, 112, 118, 120, 114, 102, 86, 70, 58, 50, 46, 48, 56, 68, 82, 94, 102, 106, 104, 108, 112, 114, 112,
    114, 118,
];

/// A window of time through which a number of lines is spread.
#[derive(Clone, Debug)]
pub(super) struct Traffic {
    begin: Micros,
    span: u128,
    /// Length of the part in which requests begin; the rest lets the last ones finish.
    open: u128,
    lines: u128,
    /// Sum of the rates up to the end of each slot.
    sums: Vec<u128>,
}

impl Traffic {
    /// Spreads `lines` over the `span_micros` before `end`; a span below a microsecond counts as one.
    pub(super) fn new(end: Micros, span_micros: i64, lines: u64) -> Self {
        let span = span_micros.max(1);
        let last_requests = (span / 100).min(3_000_000);
        let sums = (0..SLOTS)
            .scan(0_u128, |sum, slot| {
                *sum += u128::from(rate(slot));
                Some(*sum)
            })
            .collect();
        Self {
            begin: end.plus(-span),
            span: u128::from(span.unsigned_abs()),
            open: u128::from((span - last_requests).unsigned_abs()),
            lines: u128::from(lines.max(1)),
            sums,
        }
    }

    /// When line number `line` (from 0) is due; never decreasing, within the window.
    pub(super) fn time_of(&self, line: u64) -> Micros {
        let total = self.sums.last().copied().unwrap_or(1);
        let due = u128::from(line).min(self.lines) * total;
        let slot = self.sums.partition_point(|sum| sum * self.lines <= due);
        let before = slot.checked_sub(1).and_then(|earlier| self.sums.get(earlier)).copied().unwrap_or(0);
        let Some(sum) = self.sums.get(slot) else {
            return self.at(self.open);
        };
        let share = (due - before * self.lines) * self.open / ((sum - before) * self.lines);
        let whole_slots = u128::try_from(slot).unwrap_or(0) * self.open;
        self.at((whole_slots + share) / u128::from(SLOTS))
    }

    /// A second before the end (a thousandth of a short window): when the last line is due.
    pub(super) fn last_moment(&self) -> Micros {
        self.at(self.span - (self.span / 1_000).min(1_000_000))
    }

    /// When a position (in parts per million of the window) is reached.
    pub(super) fn time_at(&self, position: u64) -> Micros {
        self.at(self.span * u128::from(position) / u128::from(WHOLE))
    }

    /// The position of a time, in parts per million of the window.
    pub(super) fn position_of(&self, time: Micros) -> u64 {
        let gone = time.get().saturating_sub(self.begin.get()).max(0).unsigned_abs();
        u64::try_from(u128::from(gone) * u128::from(WHOLE) / self.span).unwrap_or(WHOLE)
    }

    /// `micros` after the beginning, which itself does not belong to the window.
    fn at(&self, micros: u128) -> Micros {
        self.begin.plus(i64::try_from(micros.max(1)).unwrap_or(i64::MAX))
    }
}

/// How many lines fall into a slot, relative to the others: straight lines between the full hours, plus the
/// visitors of the sale and the retries of the incident.
fn rate(slot: u64) -> u64 {
    let mut hours = RATES.iter().skip(usize::try_from(slot / SLOTS_PER_HOUR).unwrap_or(0)).copied();
    let from = hours.next().unwrap_or(100);
    let to = hours.next().unwrap_or(from);
    let into = slot % SLOTS_PER_HOUR;
    let base = from * (SLOTS_PER_HOUR - into) + to * into;
    let middle = (2 * slot + 1) * WHOLE / (2 * SLOTS);
    if (SALE_OPENS..SALE_OPENS + SALE_LASTS).contains(&middle) {
        return base * 17 / 10;
    }
    if incident::is_under_way(middle) {
        return base * 15 / 10;
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;
    const END: Micros = Micros::new(1_795_219_200_000_000);

    #[test]
    fn lines_fill_the_window_in_order() {
        let traffic = Traffic::new(END, DAY, 10_000);
        let times: Vec<_> = (0..=10_000).map(|line| traffic.time_of(line)).collect();

        assert!(times.is_sorted());
        assert_eq!(times[0], END.plus(1 - DAY));
        assert_eq!(times[10_000], END.plus(-3_000_000));
    }

    #[test]
    fn nights_are_quieter_than_evenings() {
        let traffic = Traffic::new(END, DAY, 24_000);
        let lines_in_hour = |hour: i64| {
            let from = END.plus(-DAY + hour * 3_600_000_000);
            (0..24_000)
                .filter(|line| (0..3_600_000_000).contains(&(traffic.time_of(*line).get() - from.get())))
                .count()
        };

        assert!(lines_in_hour(3) > 2 * lines_in_hour(10));
    }

    #[test]
    fn positions_scale_with_the_window() {
        for span in [DAY, DAY / 24, 7 * DAY] {
            let traffic = Traffic::new(END, span, 1_000);

            assert_eq!(traffic.time_at(875_000), END.plus(-span / 8));
            assert_eq!(traffic.position_of(END.plus(-span / 8)), 875_000);
        }
    }

    #[test]
    fn a_window_without_length_stays_at_its_end() {
        let traffic = Traffic::new(END, 0, 5);

        assert!((0..5).all(|line| traffic.time_of(line) == END));
    }
}
