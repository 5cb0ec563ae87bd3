//! What each kind of place is asked, and what it cannot be asked.

use super::*;
use crate::model::TextMatch;

fn place(kind: PlaceKind) -> Place {
    Place { path: "p".to_owned(), kind }
}

fn keyword() -> Place {
    place(PlaceKind::Keyword)
}

fn text(exact: Option<&str>) -> Place {
    place(PlaceKind::Text { exact: exact.map(str::to_owned), parts: None })
}

fn long() -> Place {
    place(PlaceKind::Integer { bits: 64, has_sign: true })
}

fn term(path: &str, value: &str) -> Value {
    json!({"term": {path: {"value": value}}})
}

#[test]
fn whole_values_are_asked_where_they_are_kept() {
    assert_eq!(equals(&keyword(), "gw"), Ok(term("p", "gw")));
    assert_eq!(equals(&text(Some("p.keyword")), "gw"), Ok(term("p.keyword", "gw")));
    assert_eq!(equals(&text(None), "gw"), Err(NOT_EXACT));
    assert_eq!(equals(&keyword(), &"x".repeat(9_000)), Ok(nothing()));
}

#[test]
fn a_value_that_a_place_cannot_hold_is_found_nowhere() {
    let byte = place(PlaceKind::Integer { bits: 8, has_sign: true });
    let unsigned = place(PlaceKind::Integer { bits: 64, has_sign: false });

    for (place, holds, does_not) in [
        (long(), "-42", "4.2"),
        (byte, "-128", "128"),
        (unsigned, "18446744073709551615", "-1"),
        (place(PlaceKind::Decimal { bits: 64 }), "4.25", "1e400"),
        (place(PlaceKind::Decimal { bits: 16 }), "65504", "65505"),
        (place(PlaceKind::Boolean), "true", "TRUE"),
        (place(PlaceKind::Ip), "10.0.0.1", "10.0.0"),
    ] {
        assert_eq!(equals(&place, holds), Ok(term("p", holds)), "{place:?}");
        assert_eq!(equals(&place, does_not), Ok(nothing()), "{place:?}");
    }
    assert_eq!(equals(&place(PlaceKind::Object), "x"), Ok(nothing()));
    assert_eq!(equals(&place(PlaceKind::Date), "yesterday"), Ok(nothing()));
    assert_eq!(equals(&place(PlaceKind::Other("geo_point".to_owned())), "x"), Err(NOT_SEARCHABLE));
}

#[test]
fn prefixes_and_ranges_need_keywords_or_addresses() {
    let scalar = |text: &str| Bound::Included(Scalar::Keyword(text.to_owned()));
    let address = |text: &str| Bound::Excluded(Scalar::Ip(text.parse().unwrap()));

    assert_eq!(begins_with(&long(), "4"), Err(NO_PREFIX));
    assert_eq!(begins_with(&text(None), "gw"), Err(NOT_EXACT));
    assert_eq!(
        lies_between(&keyword(), &scalar("a"), &Bound::Open),
        Ok(json!({"range": {"p": {"gte": "a"}}}))
    );
    assert_eq!(lies_between(&long(), &scalar("a"), &Bound::Open), Err(NO_RANGE));
    assert_eq!(
        lies_between(&place(PlaceKind::Ip), &address("10.0.0.1"), &address("10.0.0.9")),
        Ok(json!({"range": {"p": {"gt": "10.0.0.1", "lt": "10.0.0.9"}}}))
    );
    assert_eq!(lies_between(&keyword(), &address("10.0.0.1"), &Bound::Open), Err(NO_ADDRESS_RANGE));
}

#[test]
fn words_need_text_and_levels_do_not() {
    let query = TextQuery { text: "slow".to_owned(), mode: TextMatch::Whole { parts_too: true } };

    assert_eq!(holds(&text(None), &query), Ok(json!({"match_phrase": {"p": {"query": "slow"}}})));
    assert_eq!(holds(&keyword(), &query), Err(NOT_WORDS));
    assert_eq!(
        has_level(&text(None), &[Level::Error]),
        Ok(json!({"match": {"p": {"query": "error err severe 50"}}}))
    );
    assert_eq!(has_level(&long(), &[Level::Error, Level::Fatal]), Ok(json!({"terms": {"p": [50, 60]}})));
}

#[test]
fn networks_lose_the_bits_behind_the_prefix() {
    for (address, bits, expected) in [
        ("10.9.8.7", 8, "10.0.0.0/8"),
        ("10.9.8.7", 32, "10.9.8.7/32"),
        ("10.9.8.7", 0, "0.0.0.0/0"),
        ("10.9.8.7", 200, "10.9.8.7/32"),
        ("2001:db8:ffff::1", 32, "2001:db8::/32"),
        ("::1", 128, "::1/128"),
        ("::1", 0, "::/0"),
        ("::ffff:10.9.8.7", 104, "10.0.0.0/8"),
        ("::ffff:10.9.8.7", 80, "::/80"),
    ] {
        let network = Network::new(address.parse().unwrap(), bits).to_string();

        assert_eq!(network, expected, "{address}/{bits}");
    }
}

#[test]
fn networks_of_written_addresses_are_beginnings() {
    let written = |address: &str, bits| lies_in_network(&keyword(), address.parse().unwrap(), bits);
    let begins = |text: &str| json!({"prefix": {"p": {"value": text}}});

    assert_eq!(written("10.1.2.3", 8), Ok(begins("10.")));
    assert_eq!(written("203.0.113.7", 24), Ok(begins("203.0.113.")));
    assert_eq!(written("203.0.113.7", 32), Ok(term("p", "203.0.113.7")));
    assert_eq!(written("192.168.4.0", 23), Ok(any_of(&[begins("192.168.4."), begins("192.168.5.")])));
    assert_eq!(written("10.0.0.7", 31), Ok(any_of(&[term("p", "10.0.0.6"), term("p", "10.0.0.7")])));
    let wide = written("172.16.0.0", 12).unwrap();
    assert_eq!(wide["bool"]["should"].as_array().unwrap().len(), 16);
    assert_eq!(wide["bool"]["should"][15], begins("172.31."));
    assert_eq!(written("2001:db8::1", 128), Ok(term("p", "2001:db8::1")));
    assert_eq!(written("2001:db8::1", 32), Err(NO_ADDRESS));
    assert_eq!(written("0.0.0.0", 0), Err(NO_ADDRESS));
}
