//! One golden answer a node, and what no query may ever become.

use std::net::IpAddr;

use proptest::prelude::*;

use super::foreign_tests::mixed_layout;
use super::*;
use crate::model::{Decimal, KindSet, TextMatch, TimeRange};

fn translate(query: &Query) -> Value {
    let layout = Layout::of_our_own();
    Translator::new(&layout).unwrap().translate(query).unwrap()
}

pub(crate) fn selection(query: Query) -> Selection {
    Selection { kinds: KindSet::ALL, range: TimeRange::everything(), query }
}

fn keyword(field: LogField) -> FieldRef {
    field.into()
}

fn text_query(text: &str) -> Query {
    Query::Text(TextQuery { text: text.to_owned(), mode: TextMatch::Whole { parts_too: true } })
}

fn text_of(text: &str, mode: TextMatch) -> Value {
    translate(&Query::Text(TextQuery { text: text.to_owned(), mode }))
}

fn time(text: &str) -> Scalar {
    Scalar::Time(Micros::parse_rfc3339(text).unwrap())
}

fn ip(text: &str) -> Scalar {
    Scalar::Ip(text.parse().unwrap())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(depth).max().unwrap_or(0) + 1,
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[test]
fn simple_nodes_become_simple_filters() {
    let service = || keyword(LogField::Service);

    for (query, expected) in [
        (Query::All, json!({"match_all": {}})),
        (Query::None, json!({"match_none": {}})),
        (Query::term(LogField::Service, "gw"), json!({"term": {"service": {"value": "gw"}}})),
        (
            Query::Terms { field: service(), values: vec!["a".into(), "b".into()] },
            json!({"terms": {"service": ["a", "b"]}}),
        ),
        (
            Query::Term { field: FieldRef::Context("order.id".into()), value: "42".into() },
            json!({"term": {"context.order.id": {"value": "42"}}}),
        ),
        (
            Query::Prefix { field: service(), prefix: "ga".into() },
            json!({"prefix": {"service": {"value": "ga"}}}),
        ),
        (Query::Exists(keyword(LogField::Timestamp)), json!({"exists": {"field": "@timestamp"}})),
        (Query::Exists(FieldRef::Context("a".into())), json!({"exists": {"field": "context.a"}})),
        (Query::Exists(FieldRef::Context("a*".into())), json!({"prefix": {"context.a*": {"value": ""}}})),
    ] {
        assert_eq!(translate(&query), expected);
    }
}

#[test]
fn negations_stand_beside_conditions_in_one_level() {
    let term = |value: &str| Query::term(LogField::Service, value);
    let dsl = |value: &str| json!({"term": {"service": {"value": value}}});
    let not = |query| Query::Not(Box::new(query));

    for (query, expected) in [
        (
            Query::And(vec![term("a"), not(term("b")), not(term("c"))]),
            json!({"bool": {"filter": [dsl("a")], "must_not": [dsl("b"), dsl("c")]}}),
        ),
        (
            Query::Or(vec![term("a"), term("b")]),
            json!({"bool": {"should": [dsl("a"), dsl("b")], "minimum_should_match": 1}}),
        ),
        (not(term("a")), json!({"bool": {"must_not": [dsl("a")]}})),
        (Query::And(vec![]), json!({"match_all": {}})),
        (Query::Or(vec![]), json!({"match_none": {}})),
    ] {
        assert_eq!(translate(&query), expected);
    }
}

#[test]
fn a_whole_text_is_a_phrase_in_one_or_both_fields() {
    let words = json!({"match_phrase": {"message": {"query": "key user"}}});
    let parts = json!({"match_phrase": {"message.parts": {"query": "key user"}}});

    assert_eq!(text_of("key user", TextMatch::Whole { parts_too: false }), words);
    assert_eq!(
        text_of("key user", TextMatch::Whole { parts_too: true }),
        json!({"bool": {"should": [words, parts], "minimum_should_match": 1}})
    );
}

#[test]
fn a_single_word_that_goes_on_is_a_lower_cased_prefix() {
    let go_on = TextMatch::LastMayGoOn { parts_too: false };

    assert_eq!(text_of("Time", go_on), json!({"prefix": {"message": {"value": "time"}}}));
    assert_eq!(text_of("User.Name", go_on), json!({"prefix": {"message": {"value": "user.name"}}}));
    assert_eq!(text_of("결제", go_on), json!({"prefix": {"message": {"value": "결제"}}}));
    assert_eq!(text_of("İX", go_on), json!({"prefix": {"message": {"value": "ix"}}}));
    // A Greek final sigma is a matter of whole words; analysers look at one code point at a time.
    assert_eq!(text_of("ΑΣ", go_on), json!({"prefix": {"message": {"value": "ασ"}}}));
}

#[test]
fn several_tokens_that_go_on_are_a_phrase_with_a_prefix() {
    let go_on = |parts_too| TextMatch::LastMayGoOn { parts_too };
    let phrase = |field: &str, text: &str| json!({"match_phrase_prefix": {field: {"query": text, "max_expansions": 16_384}}});

    assert_eq!(text_of("redis time", go_on(false)), phrase("message", "redis time"));
    assert_eq!(text_of("foo-ba", go_on(false)), phrase("message", "foo-ba"));
    // Han splits into characters in `message`, and stays one run in `message.parts`.
    assert_eq!(
        text_of("東京", go_on(true)),
        json!({"bool": {"should": [
            phrase("message", "東京"),
            {"prefix": {"message.parts": {"value": "東京"}}},
        ], "minimum_should_match": 1}})
    );
    let long = "x".repeat(256);
    assert_eq!(text_of(&long, go_on(false)), phrase("message", &long));
}

#[test]
fn levels_are_asked_in_every_spelling_and_case() {
    let dsl = translate(&Query::Levels(vec![Level::Warn, Level::Trace]));

    let words: Vec<_> = dsl["bool"]["should"]
        .as_array()
        .unwrap()
        .iter()
        .map(|term| {
            assert_eq!(term["term"]["level"]["case_insensitive"], true);
            term["term"]["level"]["value"].as_str().unwrap()
        })
        .collect();
    assert_eq!(words, ["warn", "warning", "40", "trace", "verbose", "finest", "10"]);
}

#[test]
fn a_level_that_is_missing_or_unreadable_is_info_as_it_is_shown() {
    let others = translate(&Query::Levels(vec![Level::Trace, Level::Debug]));

    let from_info_on = translate(&Query::Levels(Level::Info.and_above()));

    assert_eq!(from_info_on, json!({"bool": {"must_not": [others]}}));
    assert_eq!(translate(&Query::Levels(Level::ALL.to_vec())), json!({"match_all": {}}));
}

#[test]
fn times_are_half_open_in_microseconds_and_stay_in_the_range_of_a_line() {
    let field = keyword(LogField::Timestamp);
    let range = |lower, upper| translate(&Query::Range { field: field.clone(), lower, upper });
    let format = "strict_date_optional_time_nanos";

    assert_eq!(
        range(
            Bound::Excluded(time("2026-11-21T09:00:00.123456+09:00")),
            Bound::Included(time("2026-11-21T01:00:00Z"))
        ),
        json!({"range": {"@timestamp": {
            "gt": "2026-11-21T00:00:00.123456999Z", "lte": "2026-11-21T01:00:00.000000999Z", "format": format,
        }}})
    );
    assert_eq!(
        range(Bound::Included(Scalar::Time(Micros::new(i64::MIN))), Bound::Open),
        json!({"range": {"@timestamp": {"gte": "1970-01-01T00:00:00Z", "format": format}}})
    );
    assert_eq!(
        range(Bound::Open, Bound::Included(Scalar::Time(Micros::new(i64::MAX)))),
        json!({"range": {"@timestamp": {"lte": "2261-12-31T23:59:59.999999999Z", "format": format}}})
    );
    assert_eq!(range(Bound::Open, Bound::Open), json!({"exists": {"field": "@timestamp"}}));
}

#[test]
fn keywords_and_addresses_keep_their_bounds() {
    assert_eq!(
        translate(&Query::Range {
            field: keyword(LogField::Service),
            lower: Bound::Included(Scalar::Keyword("a".into())),
            upper: Bound::Excluded(Scalar::Keyword("b".into())),
        }),
        json!({"range": {"service": {"gte": "a", "lt": "b"}}})
    );
    assert_eq!(
        translate(&Query::Range {
            field: keyword(LogField::ClientIp),
            lower: Bound::Excluded(ip("10.0.0.1")),
            upper: Bound::Included(ip("2001:db8::1")),
        }),
        json!({"range": {"client_ip": {"gt": "10.0.0.1", "lte": "2001:db8::1"}}})
    );
}

#[test]
fn numbers_and_networks_of_the_context_are_ranges_of_terms() {
    let field = || FieldRef::Context("status".into());
    let number = |text: &str| Scalar::Number(Decimal::parse(text).unwrap());

    assert_eq!(
        translate(&Query::Range {
            field: field(),
            lower: Bound::Excluded(number("499.5")),
            upper: Bound::Open
        }),
        json!({"range": {"context_ordered": {"gt": "status\0p5034995", "lt": "status\0q"}}})
    );
    assert_eq!(
        translate(&Query::Network { field: field(), address: "10.0.0.0".parse().unwrap(), prefix_bits: 8 }),
        json!({"range": {"context_ordered": {
            "gte": "status\0a00000000000000000000ffff0a000000", "lte": "status\0a00000000000000000000ffff0affffff",
        }}})
    );
}

#[test]
fn a_selection_is_window_and_condition() {
    let range = TimeRange::new(Micros::new(0), Micros::new(1_000_000)).unwrap();
    let window = json!({"range": {"@timestamp": {
        "gte": "1970-01-01T00:00:00Z", "lte": "1970-01-01T00:00:00.999999999Z",
        "format": "strict_date_optional_time_nanos",
    }}});
    let of = |query| {
        build_search_query(&Selection { kinds: KindSet::ALL, range, query }, &Layout::of_our_own())
            .unwrap()
            .query
    };

    assert_eq!(of(Query::All), json!({"bool": {"filter": [window]}}));
    assert_eq!(of(Query::None), json!({"bool": {"filter": [window, {"match_none": {}}]}}));
}

#[test]
fn the_deepest_query_text_stays_under_the_limit_of_every_server() {
    let mut query = text_query("a");
    for _ in 0..16 {
        let both = Query::And(vec![text_query("b"), query]);
        query = Query::Or(vec![Query::Not(Box::new(text_query("c"))), both]);
    }

    for layout in [Layout::of_our_own(), mixed_layout()] {
        let dsl = build_search_query(&selection(query.clone()), &layout).unwrap().query;

        // A count wraps it once more, and the leaf itself is two objects deep.
        let levels = depth(&dsl) / 2 + 1;
        assert!(levels <= 20, "{levels}");
    }
}

#[test]
fn a_line_without_a_service_is_found_as_it_is_shown() {
    let dsl = translate(&Query::term(LogField::Service, UNKNOWN_SERVICE));

    assert_eq!(
        dsl,
        json!({"bool": {"should": [
            {"term": {"service": {"value": "unknown"}}},
            {"bool": {"must_not": [{"exists": {"field": "service"}}]}},
        ], "minimum_should_match": 1}})
    );
}

fn scalars() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        ".*".prop_map(Scalar::Keyword),
        any::<i64>().prop_map(|micros| Scalar::Time(Micros::new(micros))),
        any::<IpAddr>().prop_map(Scalar::Ip),
        any::<i64>().prop_map(|number| Scalar::Number(Decimal::parse(&number.to_string()).unwrap())),
    ]
}

fn bounds() -> impl Strategy<Value = Bound> {
    prop_oneof![Just(Bound::Open), scalars().prop_map(Bound::Included), scalars().prop_map(Bound::Excluded),]
}

fn fields() -> impl Strategy<Value = FieldRef> {
    prop_oneof![
        prop::sample::select(crate::model::field::FIELDS.iter().map(|field| field.id).collect::<Vec<_>>())
            .prop_map(FieldRef::Known),
        ".*".prop_map(FieldRef::Context),
        prop::sample::select(FORBIDDEN).prop_map(|key| FieldRef::Context(key.to_owned())),
    ]
}

fn modes() -> impl Strategy<Value = TextMatch> {
    (any::<bool>(), any::<bool>()).prop_map(|(whole, parts_too)| {
        if whole { TextMatch::Whole { parts_too } } else { TextMatch::LastMayGoOn { parts_too } }
    })
}

fn queries() -> impl Strategy<Value = Query> {
    let leaf = prop_oneof![
        Just(Query::All),
        Just(Query::None),
        (fields(), ".*").prop_map(|(field, value)| Query::Term { field, value }),
        (fields(), prop::collection::vec(".*", 0..3))
            .prop_map(|(field, values)| Query::Terms { field, values }),
        prop::collection::vec(prop::sample::select(&Level::ALL), 0..3).prop_map(Query::Levels),
        (".*", modes()).prop_map(|(text, mode)| Query::Text(TextQuery { text, mode })),
        (fields(), ".*").prop_map(|(field, prefix)| Query::Prefix { field, prefix }),
        (fields(), bounds(), bounds()).prop_map(|(field, lower, upper)| Query::Range { field, lower, upper }),
        (fields(), any::<IpAddr>(), any::<u8>()).prop_map(|(field, address, prefix_bits)| Query::Network {
            field,
            address,
            prefix_bits
        }),
        fields().prop_map(Query::Exists),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Query::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Query::Or),
            inner.prop_map(|query| Query::Not(Box::new(query))),
        ]
    })
}

const FORBIDDEN: &[&str] = &[
    "query_string",
    "simple_query_string",
    "regexp",
    "wildcard",
    "script",
    "script_score",
    "intervals",
    "fuzzy",
    "span_multi",
    "more_like_this",
    "percolate",
    "function_score",
];

fn assert_no_forbidden_key(value: &Value) {
    match value {
        Value::Object(members) => {
            for (key, inner) in members {
                assert!(!FORBIDDEN.contains(&key.as_str()), "{key}");
                assert_no_forbidden_key(inner);
            }
        }
        Value::Array(items) => items.iter().for_each(assert_no_forbidden_key),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #[test]
    fn no_query_becomes_something_forbidden(query in queries()) {
        for layout in [Layout::of_our_own(), mixed_layout()] {
            let Ok(dsl) = Translator::new(&layout).unwrap().translate(&query) else { continue };

            assert_no_forbidden_key(&dsl);
            prop_assert_eq!(dsl.as_object().map(serde_json::Map::len), Some(1));
        }
    }
}
