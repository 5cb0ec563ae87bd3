//! The story stands out from every side, begins with its cause, and the tour through it arrives.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::*;
use crate::demo::corpus::Corpus;
use crate::model::{Level, LogEntry, Micros};

const DAY: i64 = 86_400_000_000;
const MINUTE: i64 = 60_000_000;
const NOON: Micros = Micros::new(1_795_219_200_000_000);

fn corpus(seed: u64) -> Vec<LogEntry> {
    Corpus::new(seed, NOON, DAY, 50_000).map(|line| line.entry).collect()
}

fn is_failure(entry: &LogEntry) -> bool {
    entry.level >= Level::Error
}

/// Errors in buckets of the clock, empty ones included: the largest number and the median.
fn worst_and_median(
    lines: impl Iterator<Item = LogEntry>,
    from: Micros,
    to: Micros,
    bucket: i64,
) -> (usize, usize) {
    let number_of = |time: Micros| time.get().div_euclid(bucket);
    let mut counts: BTreeMap<i64, usize> =
        (number_of(from)..=number_of(to)).map(|number| (number, 0)).collect();
    for entry in lines.filter(is_failure) {
        *counts.get_mut(&number_of(entry.timestamp)).unwrap() += 1;
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_unstable();
    (counts[counts.len() - 1], counts[counts.len() / 2])
}

#[test]
fn the_worst_quarter_of_an_hour_stands_out_whenever_the_demo_starts() {
    for (seed, minutes) in [(0, 0), (1, 5), (2, 7), (3, 13), (Corpus::DEMO_SEED, 5), (Corpus::DEMO_SEED, 0)] {
        let end = NOON.plus(minutes * MINUTE);
        let lines = Corpus::new(seed, end, DAY, 50_000).map(|line| line.entry);

        let (worst, median) = worst_and_median(lines, end.plus(-DAY), end, 15 * MINUTE);

        println!("seed {seed}, {minutes} minutes past: worst {worst}, median {median}");
        assert!((6 * median..20 * median).contains(&worst), "seed {seed}: worst {worst}, median {median}");
    }
}

#[test]
fn the_incident_scales_with_the_window_and_the_number_of_lines() {
    for (span, count) in [(DAY / 4, 50_000), (7 * DAY, 100_000)] {
        let lines = Corpus::new(3, NOON, span, count).map(|line| line.entry);

        let (worst, median) = worst_and_median(lines, NOON.plus(-span), NOON, span / 96);

        assert!(worst >= 6 * median, "span {span}: worst {worst}, median {median}");
    }
}

#[test]
fn the_cause_is_said_once_and_before_its_first_symptom() {
    for seed in [0, 1, Corpus::DEMO_SEED] {
        let lines = corpus(seed);
        let causes: Vec<_> =
            lines.iter().filter(|entry| entry.message.contains("pool_size 64 -> 4")).collect();
        let symptom = lines.iter().find(|entry| entry.message.contains("pool exhausted")).unwrap();

        assert_eq!(causes.len(), 1);
        assert_eq!((causes[0].level, causes[0].timestamp), (Level::Info, NOON.plus(-DAY / 8)));
        let minutes_later = (symptom.timestamp.get() - causes[0].timestamp.get()) / MINUTE;
        assert!((0..5).contains(&minutes_later), "{minutes_later} minutes");
        let tellers = lines.iter().filter(|entry| entry.message.contains("pool_size")).count();
        assert_eq!(tellers, 2, "the change and the change back");
    }
}

#[test]
fn the_five_steps_of_the_tour_lead_to_the_cause() {
    let lines = corpus(Corpus::DEMO_SEED);
    let from = NOON.plus(-DAY / 8);
    let incident: Vec<_> = lines
        .iter()
        .filter(|entry| from <= entry.timestamp && entry.timestamp < from.plus(20 * MINUTE))
        .collect();
    let mut by_service: HashMap<&str, usize> = HashMap::new();
    for entry in incident.iter().filter(|entry| is_failure(entry)) {
        *by_service.entry(&entry.service).or_default() += 1;
    }

    let leader = by_service.iter().max_by_key(|(_, count)| **count).map(|(name, _)| *name).unwrap();
    let first = incident.iter().find(|entry| entry.service == leader && is_failure(entry)).unwrap();
    let trace: Vec<_> = lines.iter().filter(|entry| entry.request_id == first.request_id).collect();
    let reloaded: Vec<_> =
        incident.iter().filter(|entry| entry.message.contains("config reloaded")).collect();

    assert_eq!(leader, "auth-service", "{by_service:?}");
    assert_eq!(first.message, "token refresh failed: redis pool exhausted");
    assert_eq!(first.context["pool_in_use"], 4);
    assert_eq!(trace.iter().map(|entry| &entry.service).collect::<HashSet<_>>().len(), 3);
    assert_eq!(trace.iter().find(|entry| is_failure(entry)).map(|entry| &entry.id), Some(&first.id));
    assert!(reloaded[0].timestamp < first.timestamp && reloaded[0].message.contains("64 -> 4"));
    assert_eq!(reloaded[0].service, leader);
}

#[test]
fn nothing_fails_before_the_cause_or_after_the_end() {
    let mut random = Random::new(1);
    for position in [0, BEGINS - 1, BEGINS, BEGINS + 200, BEGINS + LASTS, 999_999] {
        assert!((0..1_000).all(|_| strikes(position, &mut random).is_none()), "{position}");
    }
    assert!((0..1_000).any(|_| strikes(BEGINS + LASTS / 2, &mut random).is_some()));
}

#[test]
fn symptoms_tell_of_the_full_pool_but_not_of_the_setting_that_was_changed() {
    let symptoms = [WAITING, REFRESH_FAILED, SESSION_LOST, TRYING_AGAIN, PAYMENT_ABANDONED, UPSTREAM_SLOW];
    for template in symptoms.iter().chain(&BREAKER) {
        let mut request = Request::background(1, NOON);
        set_pressure(&mut request, BEGINS + LASTS / 2);
        request.work(1, 1);
        request.write(template);
        let line = request.into_lines().remove(0).entry;

        assert_eq!(
            line.context.len(),
            template.context.len() + 1,
            "every value is known, and the pod: {line:?}"
        );
        let words = [&[template.message], template.context].concat();
        assert!(
            words.iter().all(|word| !word.contains("pool_size") && !word.contains("config")),
            "{words:?}"
        );
    }
}

#[test]
fn requests_wait_as_long_as_they_say() {
    let lines = corpus(Corpus::DEMO_SEED);
    let failed: Vec<_> =
        lines.iter().filter(|entry| entry.message.starts_with("token refresh failed")).collect();

    assert!(failed.len() > 20);
    for pair in failed.iter().filter(|entry| entry.context["attempt"] == 2) {
        let first = failed.iter().find(|entry| entry.request_id == pair.request_id).unwrap();
        let waited = (pair.timestamp.get() - first.timestamp.get()) / 1_000;
        let said = pair.context["wait_ms"].as_i64().unwrap();
        assert!((said..said + 20).contains(&waited), "waited {waited} ms, said {said}");
    }
}
