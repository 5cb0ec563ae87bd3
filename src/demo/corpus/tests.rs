//! What a corpus promises: the same lines every time, and a believable day.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::*;
use crate::demo::lines;
use crate::demo::template::{Service, Template};
use crate::model::script::is_east_asian_char;
use crate::model::{Level, LogEntry, LogKind};

const DAY: i64 = 86_400_000_000;
const NOON: Micros = Micros::new(1_795_219_200_000_000);

/// The corpus of the demo, made once for all tests.
static DEMO: LazyLock<Vec<LineToStore>> = LazyLock::new(|| corpus(Corpus::DEMO_SEED));

fn corpus(seed: u64) -> Vec<LineToStore> {
    Corpus::new(seed, NOON, DAY, 50_000).collect()
}

/// Percentage of `lines` for which `holds`.
fn percent(lines: &[LineToStore], holds: impl Fn(&LineToStore) -> bool) -> usize {
    lines.iter().filter(|line| holds(line)).count() * 100 / lines.len()
}

#[test]
fn the_same_arguments_give_the_same_lines() {
    let lines: Vec<_> = Corpus::new(7, NOON, DAY, 3_000).collect();

    assert!(Corpus::new(7, NOON, DAY, 3_000).eq(lines.iter().cloned()));
    assert!(Corpus::new(8, NOON, DAY, 3_000).ne(lines));
}

#[test]
fn the_first_line_of_a_seed_never_changes() {
    let line = Corpus::new(7, NOON, DAY, 1_000).next().unwrap();

    assert_eq!(line.entry.id.as_str(), "01a1f644-47bd-7d4c-ac2e-55c80e847cd2");
}

#[test]
fn exactly_the_lines_that_were_asked_for_come_in_order_within_the_window() {
    for (span, count) in
        [(DAY, 50_000), (DAY, 1), (DAY, 2), (DAY, 17), (3_600_000_000, 20_000), (1, 300), (0, 5), (DAY, 0)]
    {
        let lines: Vec<_> = Corpus::new(1, NOON, span, count).collect();

        assert_eq!(u64::try_from(lines.len()).unwrap(), count);
        assert!(lines.is_sorted_by_key(|line| line.entry.timestamp), "{span} {count}");
        let begin = NOON.plus(-span.max(1));
        assert!(lines.iter().all(|line| begin < line.entry.timestamp && line.entry.timestamp <= NOON));
        assert!(lines.last().is_none_or(|line| line.entry.timestamp >= NOON.plus(-2_000_000)));
        let ids: HashSet<_> = lines.iter().map(|line| &line.entry.id).collect();
        assert_eq!(ids.len(), lines.len());
    }
}

#[test]
fn the_number_of_lines_to_come_is_known() {
    let mut corpus = Corpus::new(1, NOON, DAY, 100);
    corpus.next();

    assert_eq!(corpus.size_hint(), (99, Some(99)));
}

#[test]
fn only_the_requests_under_way_are_held_in_memory() {
    let mut corpus = Corpus::new(1, NOON, DAY, 200_000);
    let mut most = 0;
    while corpus.next().is_some() {
        most = most.max(corpus.pending.len());
    }

    assert!(most < 500, "{most} lines waited");
}

#[test]
fn levels_languages_and_services_are_those_of_a_normal_day() {
    let lines = &*DEMO;

    let korean = percent(lines, |line| line.entry.message.chars().any(is_east_asian_char));
    assert!((33..=47).contains(&korean), "{korean} % Korean");
    let info = percent(lines, |line| line.entry.level == Level::Info);
    assert!((60..=85).contains(&info), "{info} % info");
    let per_mille = |level| lines.iter().filter(|line| line.entry.level == level).count() / 50;
    assert!((12..=25).contains(&per_mille(Level::Error)), "{} per mille errors", per_mille(Level::Error));
    assert!((20..=120).contains(&per_mille(Level::Warn)), "{} per mille warnings", per_mille(Level::Warn));
    let fatal = lines.iter().filter(|line| line.entry.level == Level::Fatal).count();
    assert!((2..=25).contains(&fatal), "{fatal} fatal lines");
    for service in [Service::Gateway, Service::Auth, Service::Event] {
        assert!(percent(lines, |line| line.entry.service == service.as_str()) >= 15, "{service:?}");
    }
}

#[test]
fn kinds_follow_levels_and_security_lines_are_there() {
    let lines = &*DEMO;

    let security: Vec<_> = lines.iter().filter(|line| line.kind == LogKind::Security).collect();
    assert!((300..3_000).contains(&security.len()), "{} security lines", security.len());
    assert!(security.iter().all(|line| line.entry.level < Level::Error));
    for words in ["failed login", "계정 잠금", "permission changed"] {
        assert!(security.iter().any(|line| line.entry.message.contains(words)), "{words}");
    }
    let others = lines.iter().filter(|line| line.kind != LogKind::Security);
    assert!(others.into_iter().all(|line| line.kind == line.entry.natural_kind()));
}

#[test]
fn lines_have_the_size_of_real_ones() {
    let lines = &*DEMO;

    let bytes: usize = lines.iter().map(|line| serde_json::to_string(&line.entry).unwrap().len()).sum();

    let average = bytes / lines.len();
    println!("average line: {average} bytes");
    assert!((450..=700).contains(&average), "{average} bytes");
}

#[test]
fn more_than_a_hundred_and_twenty_texts_occur() {
    let lines = &*DEMO;
    let mut missing: Vec<Template> = lines::all();
    let known = missing.len();

    for line in lines {
        missing.retain(|template| !could_be(template, &line.entry));
    }

    assert!(known - missing.len() >= 120, "{} of {known}", known - missing.len());
    assert!(missing.iter().all(|template| template.level == Level::Fatal), "never written: {missing:?}");
}

/// Whether the message holds the fixed parts of the template, in order.
fn could_be(template: &Template, entry: &LogEntry) -> bool {
    if entry.component.as_deref() != Some(template.component) {
        return false;
    }
    let fixed = template.fill(|_, text| text.push('\u{0}'));
    let mut rest = entry.message.as_str();
    fixed.split('\u{0}').all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

#[test]
fn every_name_in_a_text_has_a_value() {
    let scenes = timeline::scenes().into_iter().map(|(_, template)| template);
    for template in lines::all().into_iter().chain(scenes) {
        let mut work = Request::new(1, NOON, crate::demo::visitor::Visitor::customer);
        work.receive("GET", "/api/v1/events");
        incident::set_cause(&mut work);
        work.write(&template);
        let entry = &work.into_lines()[0].entry;

        assert_eq!(entry.context.len(), template.context.len() + 1, "{template:?}");
        template.fill(|name, text| {
            let fixed = ["method", "path", "user_id", "client_ip"];
            assert!(
                fixed.contains(&name)
                    || crate::demo::facts::Facts { user: 1, request: 1, line: 1 }.value(name).is_some(),
                "{name}"
            );
            text.push_str(name);
        });
    }
}

#[test]
fn requests_cross_the_services_under_one_id() {
    let lines = &*DEMO;
    let mut services: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut traces: HashMap<&str, HashSet<&str>> = HashMap::new();
    for entry in lines.iter().map(|line| &line.entry) {
        let (Some(request), Some(trace)) = (&entry.request_id, &entry.trace_id) else { continue };
        services.entry(request).or_default().insert(&entry.service);
        traces.entry(request).or_default().insert(trace);
    }

    let through_all = services.values().filter(|names| names.len() == 3).count();

    assert!(through_all > 1_000, "{through_all} requests meet all three services");
    assert!(traces.values().all(|ids| ids.len() == 1));
}

#[test]
fn some_messages_hold_personal_data_and_stack_traces() {
    let lines = &*DEMO;
    let count = |part: &str| lines.iter().filter(|line| line.entry.message.contains(part)).count();

    for part in
        ["@example.com", "010-0", "\n\tat ", "\n    at ", "key user:u0", "java.lang.NullPointerException"]
    {
        assert!(count(part) > 20, "{part}: {}", count(part));
    }
    assert!(lines.iter().any(|line| line.entry.user_id.as_deref() == Some("u012016")));
    assert!(lines.iter().any(|line| line.entry.message.len() > 1_400));
    let personal =
        percent(lines, |line| line.entry.message.contains('@') || line.entry.message.contains("010-0"));
    assert!((1..=12).contains(&personal), "{personal} %");
}
