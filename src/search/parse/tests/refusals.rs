//! What is refused: with which code, and at which character.

use super::*;
use crate::error::ErrorCode::{
    self, BadParameter, BadTime, BadTimeRange, QuerySyntax, QueryTooComplex, UnknownField,
    UnsupportedOperation,
};

fn check<'a>(code: ErrorCode, cases: impl IntoIterator<Item = (&'a str, usize)>) {
    for (text, offset) in cases {
        let shown: String = text.chars().take(40).collect();
        let error = match parse(text, &context()) {
            Err(error) => error,
            Ok(parsed) => panic!("{shown} was read as {parsed:?}"),
        };
        let place = error.places.first().unwrap();

        assert_eq!(error.code, code, "{shown}: {error}");
        assert_eq!(error.places.len(), 1, "{shown}: {error:?}");
        assert_eq!(place.pointer.as_deref(), Some("query"), "{shown}");
        assert_eq!(place.offset, Some(offset), "{shown}: {error}");
        assert!(!error.detail.ends_with('.'), "{shown}: {error}");
    }
}

#[test]
fn broken_syntax_is_told_with_its_place() {
    check(
        QuerySyntax,
        [
            ("\"abc", 0),
            ("결제 \"abc", 3),
            ("abc\"", 3),
            ("service:\"abc", 8),
            ("\"abc\\\"", 0),
            ("\\", 0),
            ("abc\\", 3),
            ("AND aa", 0),
            ("aa AND", 3),
            ("aa OR OR bb", 6),
            ("aa AND OR bb", 7),
            ("NOT", 0),
            ("NOT AND aa", 4),
            ("(aa", 0),
            ("aa)", 2),
            ("()", 1),
            ("aa (", 3),
            (")", 0),
            ("service:", 0),
            ("service: AND aa", 0),
            ("service:NOT aa", 0),
            ("service:)", 0),
            ("service:()", 9),
            ("service:>", 9),
            ("service:>(aa)", 9),
            ("a\0b", 1),
            ("\"a\0b\"", 2),
            ("id:[a\0 TO b]", 5),
            ("{\0}", 1),
        ],
    );
}

#[test]
fn broken_ranges_are_told_with_their_place() {
    check(
        QuerySyntax,
        [
            ("[1 TO", 0),
            ("[1 TO 2]", 0),
            ("{1 TO 2}", 0),
            ("id:[1 TO", 8),
            ("id:[1 TO 2", 10),
            ("id:[1 to 2]", 6),
            ("id:[1 TO2]", 6),
            ("id:[1 2]", 6),
            ("id:[]", 4),
            ("id:[1 TO ]", 9),
            ("id:[TO 2]", 7),
            ("id:{\"a\":1}", 7),
        ],
    );
}

#[test]
fn parts_of_lucene_that_are_not_offered_are_named() {
    check(
        QuerySyntax,
        [
            ("/.*a.{30}/", 0),
            ("/regex/", 0),
            ("aa /err(a|b)+/", 3),
            ("path:/api.*/", 5),
            ("a~9", 0),
            ("roam~", 0),
            ("service:roam~0.8", 8),
            ("\"aa bb\"~5", 7),
            ("aa^2", 0),
            ("(aa bb)^4", 7),
            ("_source", 0),
        ],
    );
    assert!(parse("/regex/", &context()).unwrap_err().detail.contains("regular expressions"));
}

#[test]
fn a_service_is_one_name() {
    check(
        QuerySyntax,
        [
            ("service:a,b", 8),
            ("service:remote:x", 8),
            ("service:<x-{now/d}>", 9),
            ("service:(a,b)", 9),
            ("service:[a,b TO c]", 9),
        ],
    );
}

#[test]
fn wildcards_but_at_the_end_of_enough_characters_are_refused() {
    check(
        UnsupportedOperation,
        [
            ("*", 0),
            ("?", 0),
            ("*a", 0),
            ("a*b", 0),
            ("abc**", 0),
            ("why?", 0),
            ("a*", 0),
            ("ab*", 0),
            ("결*", 0),
            ("가a*", 0),
            ("--a*", 0),
            ("service:*a", 8),
            ("service:a*", 8),
            ("service:결*", 8),
            ("service:au?h", 8),
            ("context.a:ab*", 10),
            ("context.a:-*", 10),
            ("context.a:5a*", 10),
            ("service:5*", 8),
            ("5*", 0),
            ("id:[a* TO b]", 4),
            ("id:>=a*", 5),
            ("\"aa\"*", 4),
        ],
    );
}

#[test]
fn what_a_kind_does_not_take_is_refused() {
    check(
        UnsupportedOperation,
        [
            ("level:>=warn", 6),
            ("level:[info TO error]", 6),
            ("level:err*", 6),
            ("message:[a TO b]", 8),
            ("message:>a", 8),
            ("context.amount:>a", 16),
            ("context.amount:[1 TO b]", 21),
            ("context.amount:[1 TO 10.0.0.1]", 15),
            ("context.amount:>=2026-11-21", 17),
            ("context:>5", 8),
            ("context:42", 8),
            ("timestamp:2026*", 10),
            ("client_ip:10.0.*", 10),
        ],
    );
}

#[test]
fn values_that_cannot_be_read_are_refused() {
    check(
        BadParameter,
        [
            ("level:loud", 6),
            ("level:FATAL!", 6),
            ("level:error,warn", 6),
            ("level:(error OR loud)", 16),
            ("client_ip:999.1.1.1", 10),
            ("client_ip:10.0.0.0/33", 10),
            ("client_ip:\"::1%eth0\"", 10),
            ("client_ip:0x7f.1", 10),
            ("client_ip:[a TO *]", 11),
        ],
    );
    check(
        BadTime,
        [
            ("timestamp:yesterday", 10),
            ("timestamp:2026-11-21", 10),
            ("timestamp:>=2026-02-30T00:00:00Z", 12),
            ("timestamp:[now-1h TO soon]", 21),
            ("timestamp:\"\"", 10),
        ],
    );
    check(BadTimeRange, [("timestamp:>10000-01-01T00:00:00Z", 11)]);
}

#[test]
fn unknown_fields_are_named_with_the_nearest_one() {
    check(
        UnknownField,
        [
            ("servce:x", 0),
            ("aa -servce:x", 4),
            ("결제 (servce:x)", 4),
            ("_id:x", 0),
            ("_index:x", 0),
            ("_exists_:password", 0),
            ("password:x", 0),
            ("secret.*:x", 0),
            ("context.*:x", 0),
            ("context.:x", 0),
            ("*:*", 0),
            ("field:>1 OR 1=1", 0),
            ("오류:시간", 0),
            ("servce: x", 0),
            ("servce:a:b", 0),
            ("contxt.a:b:c", 0),
            ("Service:C", 0),
            ("redis-master:6379", 0),
            ("c:x", 0),
        ],
    );
    let error = parse("servce:x", &context()).unwrap_err();
    assert_eq!(error.detail, "unknown field 'servce'; did you mean 'service'?");
}

#[test]
fn limits_hold_to_the_character() {
    let words = |count: usize| vec!["aa"; count].join(" ");
    let longest = format!("\"{}\"", "x".repeat(2_046));
    assert!(parse(&words(64), &context()).is_ok());
    assert!(parse(&longest, &context()).is_ok());
    assert!(parse(&format!("{}aa{}", "(".repeat(16), ")".repeat(16)), &context()).is_ok());
    assert!(parse(&format!("{}aa", "NOT ".repeat(16)), &context()).is_ok());

    check(
        QueryTooComplex,
        [
            (words(65).as_str(), 64 * 3),
            (format!("{longest} ").as_str(), 0),
            ("a OR ".repeat(200).as_str(), 64 * 5),
            ("a OR".repeat(200).as_str(), 2 + 63 * 4),
            (format!("e{}", "\u{301}".repeat(10_000)).as_str(), 0),
            ("가".repeat(683).as_str(), 0),
            (format!("\"{}", "x".repeat(3_000)).as_str(), 0),
        ],
    );
    check(
        QuerySyntax,
        [
            ("(".repeat(2_100).as_str(), 16),
            (format!("{}{}", "(".repeat(2_100), ")".repeat(2_100)).as_str(), 16),
            (format!("{}aa{}", "(".repeat(17), ")".repeat(17)).as_str(), 16),
            ("NOT ".repeat(5_000).as_str(), 16 * 4),
            ("NOT (".repeat(9).as_str(), 8 * 5),
            ("-(".repeat(300).as_str(), 8 * 2),
            ("service:(".repeat(200).as_str(), 16 * 9 + 8),
        ],
    );
}

#[test]
fn an_address_with_a_length_that_no_network_has_is_refused_under_a_key_too() {
    check(
        UnsupportedOperation,
        [("context.ip:10.0.0.0/99", 11), ("context.ip:10.0.0.0/", 11), ("context.ip:10.0.0.0/x", 11)],
    );
}
