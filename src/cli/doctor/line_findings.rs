//! What the metrics of a running server tell about the lines that were sent to it: clocks that disagree, and fields that are
//! missing.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::cli::terminal::counted;
use crate::model::Finding;

const STORED: &str = "trailproof_log_lines_total";
/// Number of lines whose time is more than a minute from their receipt.
const FAR: &str = "trailproof_line_clock_skew_seconds_count";
const MISSING: &str = "trailproof_line_missing_fields_total";

const CLOCKS: &str = "line_clocks";
const FIELDS: &str = "line_fields";

/// Services with a finding of their own, for each check.
const MAX_NAMED: usize = 5;

const FIX_CLOCKS: &str = "ahead: set the clock where the service runs (timedatectl set-ntp true); \
                          behind: that too, unless its lines are shipped late or were imported";
const FIX_FIELDS: &str = "let each JSON line carry timestamp, level, msg, serviceId and requestId";

/// One line of the exposition: its labels and its value.
type Sample = (BTreeMap<String, String>, u64);

/// The lines of a service, by a further label.
type OfService = (String, BTreeMap<String, u64>);

/// Reads the exposition; nothing is found where no line was taken in.
pub(super) fn findings(exposition: &str) -> Vec<Finding> {
    let is_stored =
        |labels: &BTreeMap<_, _>| labels.get("outcome").is_some_and(|outcome| outcome == "stored");
    let stored =
        total(samples(exposition, STORED).filter(|(labels, _)| is_stored(labels)).map(|(_, lines)| lines));
    if stored == 0 {
        return Vec::new();
    }
    let far = by_service(samples(exposition, FAR), "side");
    let missing = by_service(samples(exposition, MISSING), "field");
    let far_text = |service: &str, sides: &BTreeMap<String, u64>| {
        let parts: Vec<_> =
            most_first(sides).map(|(side, lines)| format!("{} {side}", counted(lines, "line"))).collect();
        format!("{service}: more than a minute from their receipt: {}", parts.join(", "))
    };
    let missing_text = |service: &str, fields: &BTreeMap<String, u64>| {
        let parts: Vec<_> = most_first(fields)
            .map(|(field, lines)| format!("{} without {field}", counted(lines, "line")))
            .collect();
        format!("{service}: {}", parts.join(", "))
    };
    let lines = counted(stored, "line");
    let agree = format!("of {lines} since the server started, none is more than a minute from its receipt");
    let complete = format!("of {lines} since the server started, no JSON line lacks a required field");
    let mut findings = told(CLOCKS, FIX_CLOCKS, &far, far_text, agree);
    findings.extend(told(FIELDS, FIX_FIELDS, &missing, missing_text, complete));
    findings
}

/// A warning for each of the worst services and one for the rest, or that all is well.
fn told(
    check: &'static str,
    fix: &str,
    services: &[OfService],
    text: impl Fn(&str, &BTreeMap<String, u64>) -> String,
    good: String,
) -> Vec<Finding> {
    if services.is_empty() {
        return vec![Finding::ok(check, good)];
    }
    let (named, rest) = services.split_at(services.len().min(MAX_NAMED));
    let mut findings: Vec<_> =
        named.iter().map(|(service, parts)| Finding::warning(check, text(service, parts), fix)).collect();
    let mut of_rest = BTreeMap::new();
    for (part, lines) in rest.iter().flat_map(|(_, parts)| parts) {
        let of_part: &mut u64 = of_rest.entry(part.clone()).or_default();
        *of_part = of_part.saturating_add(*lines);
    }
    if !rest.is_empty() {
        let services = format!("{} more", counted(rest.len(), "service"));
        findings.push(Finding::warning(check, text(&services, &of_rest), fix));
    }
    findings
}

/// The services that have any, those with the most lines first.
fn by_service(samples: impl Iterator<Item = Sample>, part: &str) -> Vec<OfService> {
    let mut services: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (mut labels, lines) in samples.filter(|(_, lines)| *lines > 0) {
        if let (Some(service), Some(part)) = (labels.remove("service"), labels.remove(part)) {
            services.entry(service).or_default().insert(part, lines);
        }
    }
    let mut services: Vec<_> = services.into_iter().collect();
    services.sort_by_key(|(_, parts)| Reverse(total(parts.values().copied())));
    services
}

/// What another server says may be more than a number holds.
fn total(lines: impl Iterator<Item = u64>) -> u64 {
    lines.fold(0, u64::saturating_add)
}

fn most_first(parts: &BTreeMap<String, u64>) -> impl Iterator<Item = (&str, u64)> {
    let mut parts: Vec<_> = parts.iter().map(|(part, lines)| (part.as_str(), *lines)).collect();
    parts.sort_by_key(|(_, lines)| Reverse(*lines));
    parts.into_iter()
}

/// The samples of one counter in the text format of Prometheus; lines of another form are passed over.
fn samples<'a>(exposition: &'a str, name: &'a str) -> impl Iterator<Item = Sample> + 'a {
    exposition.lines().filter_map(move |line| {
        let mut rest = line.strip_prefix(name)?.strip_prefix('{')?;
        let mut labels = BTreeMap::new();
        while let Some((label, after)) = rest.split_once("=\"") {
            let (value, after) = unquoted(after)?;
            labels.insert(label.to_owned(), value);
            rest = after.strip_prefix(',').unwrap_or(after);
            if rest.starts_with('}') {
                break;
            }
        }
        let lines = rest.strip_prefix('}')?.trim().parse().ok()?;
        Some((labels, lines))
    })
}

/// Reads a value up to its closing quotation mark, and gives what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(match chars.next()? {
                'n' => '\n',
                other => other,
            }),
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Verdict;
    use crate::telemetry::Metrics;
    use crate::telemetry::labels::{LineOutcome, LineSide, RequiredField};
    use std::time::Duration;

    fn metrics() -> Metrics {
        let metrics = Metrics::new().unwrap();
        metrics.log_lines.inc_by(LineOutcome::Stored, 2_000);
        metrics
    }

    fn messages(metrics: &Metrics) -> Vec<String> {
        findings(&metrics.text().unwrap()).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_server_without_lines_tells_nothing_and_one_in_order_says_so() {
        let found = findings(&metrics().text().unwrap());

        assert_eq!(messages(&Metrics::new().unwrap()), Vec::<String>::new());
        assert_eq!(
            found.iter().map(|finding| (finding.check, finding.verdict)).collect::<Vec<_>>(),
            [(CLOCKS, Verdict::Ok), (FIELDS, Verdict::Ok)]
        );
        assert!(found[0].message.starts_with("of 2,000 lines since the server started, none"), "{found:?}");
    }

    #[test]
    fn each_service_is_told_with_its_sides_and_fields_the_most_first() {
        let metrics = metrics();
        let hour = Duration::from_hours(1);
        metrics.line_clock_skew.observe("auth-service", LineSide::Behind, &vec![hour; 1_200]);
        metrics.line_clock_skew.observe("auth-service", LineSide::Ahead, &[hour; 4]);
        metrics.line_missing_fields.inc_by("gate\"},\\way\n", RequiredField::RequestId, 300);
        metrics.line_missing_fields.inc_by("gate\"},\\way\n", RequiredField::Level, 1);
        metrics.line_missing_fields.inc_by("event-service", RequiredField::Level, 400);

        assert_eq!(
            messages(&metrics),
            [
                "auth-service: more than a minute from their receipt: 1,200 lines behind, 4 lines ahead",
                "event-service: 400 lines without level",
                "gate\"},\\way\n: 300 lines without request_id, 1 line without level",
            ]
        );
    }

    #[test]
    fn the_services_beyond_the_worst_share_a_finding() {
        let metrics = metrics();
        for number in 1..=8 {
            metrics.line_missing_fields.inc_by(&format!("s{number}"), RequiredField::Service, number);
        }

        let messages = messages(&metrics);

        assert_eq!(messages.len(), 1 + MAX_NAMED + 1);
        assert_eq!(messages[1], "s8: 8 lines without service");
        assert_eq!(messages.last().unwrap(), "3 services more: 6 lines without service");
    }
}
