//! What times, lengths and zones are read as.

use super::*;

fn at(text: &str) -> Micros {
    Micros::parse_rfc3339(text).unwrap()
}

/// A Saturday.
fn now() -> Micros {
    at("2026-11-21T04:05:06.789Z")
}

fn zone(name: &str) -> TimeZone {
    parse_zone(name).unwrap()
}

fn time(text: &str) -> String {
    parse_time(text, now(), None).unwrap().to_string()
}

#[test]
fn rfc_3339_is_read_to_the_microsecond() {
    for (text, expected) in [
        ("2026-11-21T00:00:00Z", "2026-11-21T00:00:00.000000Z"),
        ("2026-11-21t00:00:00z", "2026-11-21T00:00:00.000000Z"),
        ("2026-11-21 09:00:00.5+09:00", "2026-11-21T00:00:00.500000Z"),
        ("2026-11-21T09:00+0900", "2026-11-21T00:00:00.000000Z"),
        ("2026-11-20T19:00:00-05", "2026-11-21T00:00:00.000000Z"),
        ("2026-11-21T00:00:00.123456789Z", "2026-11-21T00:00:00.123456Z"),
        ("2026-11-21T00:00:00-00:00", "2026-11-21T00:00:00.000000Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000000Z"),
        ("2017-01-01T08:59:60+09:00", "2016-12-31T23:59:59.000000Z"),
    ] {
        assert_eq!(time(text), expected, "{text}");
    }
}

#[test]
fn our_reader_agrees_with_the_one_of_log_lines() {
    for text in ["2026-11-21T09:00:00.123456+09:00", "0001-01-01T00:00:00Z", "2000-02-29T23:59:59-11:30"] {
        assert_eq!(parse_time(text, now(), None).unwrap(), at(text), "{text}");
    }
}

#[test]
fn the_last_day_of_the_calendar_can_be_asked_for() {
    let last = parse_time("9999-12-31T23:59:59.999999Z", now(), None).unwrap();

    assert_eq!(last.get(), 253_402_300_799_999_999);
}

#[test]
fn epoch_numbers_are_read_by_their_size() {
    assert_eq!(time("0"), "1970-01-01T00:00:00.000000Z");
    assert_eq!(time("1795219200"), "2026-11-21T00:00:00.000000Z");
    assert_eq!(time("1795219200.5"), "2026-11-21T00:00:00.500000Z");
    assert_eq!(time("1795219200123"), "2026-11-21T00:00:00.123000Z");
    assert_eq!(time("1795219200123456"), "2026-11-21T00:00:00.123456Z");
    assert_eq!(time("1795219200123456789"), "2026-11-21T00:00:00.123456Z");
    assert_eq!(time("1795219200||+1d"), "2026-11-22T00:00:00.000000Z");
    assert_eq!(time("-1"), "1969-12-31T23:59:59.000000Z");
}

#[test]
fn a_time_without_an_offset_is_one_of_the_zone_that_is_named() {
    let local = |text: &str, name: &str| parse_time(text, now(), Some(&zone(name))).unwrap();

    assert_eq!(local("2026-11-21T09:00", "Asia/Seoul"), at("2026-11-21T00:00:00Z"));
    assert_eq!(local("2026-11-21 09:00:00.25", "+09:00"), at("2026-11-21T00:00:00.25Z"));
    assert_eq!(local("2026-11-21T09:00:00", "UTC"), at("2026-11-21T09:00:00Z"));
    assert_eq!(local("2026-11-21T09:00:00+02:00", "Asia/Seoul"), at("2026-11-21T07:00:00Z"));
    assert_eq!(local("2026-11-21T09:00:00||-1d/d", "Asia/Seoul"), at("2026-11-19T15:00:00Z"));
    // Clocks in Berlin go from 2 to 3 o'clock in March, and show 2 to 3 o'clock twice in October.
    assert_eq!(local("2026-03-29T02:30:00", "Europe/Berlin"), at("2026-03-29T01:30:00Z"));
    assert_eq!(local("2026-10-25T02:30:00", "Europe/Berlin"), at("2026-10-25T00:30:00Z"));
    let last = parse_time("9999-12-31T23:59:59", now(), Some(&zone("America/New_York")));
    assert_eq!(last.unwrap_err().code, ErrorCode::BadTimeRange);
}

#[test]
fn date_math_counts_from_now_or_from_an_anchor() {
    for (text, expected) in [
        ("now", "2026-11-21T04:05:06.789000Z"),
        ("now-15m", "2026-11-21T03:50:06.789000Z"),
        ("now+1s", "2026-11-21T04:05:07.789000Z"),
        ("now/s", "2026-11-21T04:05:06.000000Z"),
        ("now/m", "2026-11-21T04:05:00.000000Z"),
        ("now/h", "2026-11-21T04:00:00.000000Z"),
        ("now/d", "2026-11-21T00:00:00.000000Z"),
        ("now/w", "2026-11-16T00:00:00.000000Z"),
        ("now/M", "2026-11-01T00:00:00.000000Z"),
        ("now/y", "2026-01-01T00:00:00.000000Z"),
        ("now-1d/d", "2026-11-20T00:00:00.000000Z"),
        ("now/d+8h-1w", "2026-11-14T08:00:00.000000Z"),
        ("2026-11-21T00:00:00Z||-1h/d", "2026-11-20T00:00:00.000000Z"),
        ("2026-01-31T00:00:00Z||+1M", "2026-02-28T00:00:00.000000Z"),
        ("2024-02-29T00:00:00Z||+1y", "2025-02-28T00:00:00.000000Z"),
        ("0||+1d", "1970-01-02T00:00:00.000000Z"),
        ("2026-11-21T00:00:00Z||", "2026-11-21T00:00:00.000000Z"),
    ] {
        assert_eq!(time(text), expected, "{text}");
    }
}

#[test]
fn days_begin_and_end_in_the_zone() {
    let seoul = parse_span("now/d", now(), Some(&zone("Asia/Seoul"))).unwrap();

    assert_eq!(seoul.from(), at("2026-11-20T15:00:00Z"));
    assert_eq!(seoul.to(), at("2026-11-21T15:00:00Z"));
    assert!(parse_span("now-1d", now(), Some(&zone("Asia/Seoul"))).unwrap().is_empty());
}

#[test]
fn a_day_with_a_change_of_the_clock_is_longer_or_shorter() {
    let hours = |text: &str, zone_name: &str| {
        parse_span(text, now(), Some(&zone(zone_name))).unwrap().len_micros() / 3_600_000_000
    };

    assert_eq!(hours("2026-03-08T12:00:00Z||/d", "America/New_York"), 23);
    assert_eq!(hours("2026-11-01T12:00:00Z||/d", "America/New_York"), 25);
    assert_eq!(hours("2026-11-01T12:00:00Z||/h", "America/New_York"), 1);
    // Here the clock skips midnight: the day begins at one o'clock.
    assert_eq!(hours("2018-11-04T12:00:00Z||/d", "America/Sao_Paulo"), 23);
    assert_eq!(hours("2018-11-03T12:00:00Z||/d", "America/Sao_Paulo"), 24);
}

#[test]
fn a_day_back_keeps_the_time_on_the_wall() {
    let new_york = zone("America/New_York");

    let day_before = parse_time("2026-03-08T12:00:00-04:00||-1d", now(), Some(&new_york)).unwrap();
    let hours_before = parse_time("2026-03-08T12:00:00-04:00||-24h", now(), Some(&new_york)).unwrap();

    assert_eq!(day_before, at("2026-03-07T12:00:00-05:00"));
    assert_eq!(hours_before, at("2026-03-07T11:00:00-05:00"));
}

#[test]
fn what_is_no_time_is_refused() {
    let long = format!("now{}", "-1d".repeat(25));
    for text in [
        "",
        " ",
        "yesterday",
        "now-1d||/d",
        "now-",
        "now-d",
        "now1d",
        "now 1d",
        "now-1x",
        "now/1d",
        "now-1H",
        "NOW",
        "2026-11-21",
        "2026-11-21T00:00:00",
        "2026-11-21T00:00:00 09:00",
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T00:60:00Z",
        "2026-11-21T00:00:61Z",
        "2026-11-21T00:00:00+25:00",
        "2026-11-21T00:00:00+09:60",
        "2026-11-21T00:00:00+9",
        "2026-11-21T00:00:00+09:",
        "2026-11-21T00:00:00.Z",
        "2026-11-21T00Z",
        "2026-11-21T00:00:00Z ",
        "26-11-21T00:00:00Z",
        "１２３",
        "1e3",
        "1.2.3",
        ".5",
        "--1",
        "||",
        "||-1d",
        "-",
        "0x10",
        "2026-11-21T00:00:00Z||/d||/d",
        "Sat, 21 Nov 2026 00:00:00 GMT",
        "2026-11-21T00:00:00결",
        &long,
    ] {
        let error = parse_time(text, now(), None).unwrap_err();

        assert_eq!(error.code, ErrorCode::BadTime, "{text}: {error}");
    }
}

#[test]
fn what_lies_outside_the_calendar_is_said_so() {
    for text in [
        "10000-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "now-9999y",
        "now+99999999999999999999d",
        "now+9999y/y",
        "99999999999999999999999",
        "-99999999999999999",
        "9999-12-31T23:00:00Z||/y",
    ] {
        let error = parse_time(text, now(), None).unwrap_err();

        assert_eq!(error.code, ErrorCode::BadTimeRange, "{text}: {error}");
    }
}

#[test]
fn refusals_say_what_to_do() {
    let detail = |text: &str| parse_time(text, now(), None).unwrap_err().detail;

    assert_eq!(detail("2026-02-30T00:00:00Z"), "impossible date 2026-02-30");
    assert!(detail("2026-11-21T00:00:00").contains("add Z"));
    assert!(detail("2026-11-21T00:00:00 09:00").contains("%2B"));
    assert!(detail("now 1h").contains("%2B"));
}

#[test]
fn lengths_of_time_are_positive_and_have_a_unit() {
    assert_eq!(parse_duration("90s").unwrap(), 90_000_000);
    assert_eq!(parse_duration("15m").unwrap(), 900_000_000);
    assert_eq!(parse_duration("24h").unwrap(), 86_400_000_000);
    assert_eq!(parse_duration("7d").unwrap(), parse_duration("1w").unwrap());
    for text in ["", "h", "24", "0h", "-1h", "+1h", "1.5h", "1M", "1y", "٣h", " 1h", "1h ", "24hours", "결"]
    {
        assert_eq!(parse_duration(text).unwrap_err().code, ErrorCode::BadParameter, "{text}");
    }
    for text in ["9223372036854775807w", "99999999999999999999s"] {
        assert_eq!(parse_duration(text).unwrap_err().code, ErrorCode::BadTimeRange, "{text}");
    }
}

#[test]
fn zones_are_names_or_offsets() {
    assert_eq!(zone("Asia/Seoul").iana_name(), Some("Asia/Seoul"));
    assert_eq!(zone("UTC").to_offset(now().timestamp()), Offset::UTC);
    assert_eq!(zone("Z").to_offset(now().timestamp()), Offset::UTC);
    assert_eq!(zone("+09:00").to_offset(now().timestamp()), Offset::constant(9));
    assert_eq!(zone("-0330").to_offset(now().timestamp()).seconds(), -12_600);
    let long = "A/".repeat(40);
    for text in
        ["", "../x", "/etc/passwd", "Asia/Nowhere", "Etc/Unknown", "+25:00", " 09:00", "a//b", "서울", &long]
    {
        let error = parse_zone(text).unwrap_err();

        assert_eq!(error.code, ErrorCode::BadParameter, "{text}");
        assert_eq!(error.places[0].pointer.as_deref(), Some("tz"), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(now|2026-11-21T00:00:00Z)?(\\|\\|)?[-+/0-9smhdwMy:TZ. 결]{0,30}") {
        let read = parse_span(&text, now(), Some(&zone("America/New_York")));

        if let Ok(span) = read {
            proptest::prop_assert!(span.from() <= span.to());
        }
        let _ = parse_duration(&text);
        let _ = parse_zone(&text);
    }
}
