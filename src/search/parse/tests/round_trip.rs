//! Any typed query, written as text, is read back as itself.

use proptest::prelude::*;

use super::*;

/// Numbers that are read as milliseconds: smaller ones are seconds.
const MILLIS: std::ops::Range<i64> = 100_000_000_000..9_000_000_000_000;

/// A query and one of its texts.
type Written = (String, Query);

fn leaf() -> impl Strategy<Value = Written> {
    prop_oneof![
        "[b-df-hj-m]{1,8}".prop_map(|word| (word.clone(), letters(&word))),
        "[b-df-hj-m]{3,8}".prop_map(|word| (format!("{word}*"), beginning(&word))),
        "[가-힣]{1,4}".prop_map(|word| (word.clone(), beginning(&word))),
        "[b-m]{1,5}[0-9]{1,3}".prop_map(|word| (word.clone(), exact(&word))),
        "[a-z]{1,5} [a-z]{1,5}".prop_map(|phrase| (format!("\"{phrase}\""), letters(&phrase))),
        "[a-z]{1,8}(-[a-z]{1,4})?".prop_map(|name| (format!("service:\"{name}\""), term("service", &name))),
        "[ -~가-힣]{0,12}".prop_map(|value| (format!("path:{}", quote(&value)), term("path", &value))),
        "[ -~]{1,12}".prop_map(|value| (format!("context.k:{}", escape(&value)), term("context.k", &value))),
        "[a-z]{3,8}".prop_map(|start| (format!("user_id:{start}*"), prefix("user_id", &start))),
        prop::sample::select(&Level::ALL[..]).prop_map(|meant| (format!("level:{meant}"), level(meant))),
        prop::sample::select(&["service", "context.k", "level"][..])
            .prop_map(|name| (format!("{name}:*"), exists(name))),
        (any::<[u8; 4]>(), 0_u8..=32).prop_map(|(bytes, bits)| {
            let address = std::net::Ipv4Addr::from(bytes);
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            let first = std::net::Ipv4Addr::from_bits(address.to_bits() & mask);
            (format!("client_ip:{address}/{bits}"), network(&first.to_string(), bits))
        }),
        (MILLIS, MILLIS).prop_map(|(lower, upper)| {
            let scalar = |millis| Scalar::Time(Micros::from_millis(millis));
            let upper_text = Micros::from_millis(upper);
            let expected = range("timestamp", Bound::Included(scalar(lower)), Bound::Excluded(scalar(upper)));
            (format!("timestamp:[{lower} TO {upper_text}}}"), expected)
        }),
    ]
}

fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn escape(value: &str) -> String {
    let escaped = |character: char| match character {
        ' ' | '!'..='/' | ':'..='@' | '['..='`' | '{'..='~' => vec!['\\', character],
        _ => vec![character],
    };
    // Operators are words even behind a colon.
    if matches!(value, "AND" | "OR" | "NOT") {
        quote(value)
    } else {
        value.chars().flat_map(escaped).collect()
    }
}

fn combined(parts: Vec<Written>, separator: &str, combine: fn(Vec<Query>) -> Query) -> Written {
    let (texts, queries): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    (format!("({})", texts.join(separator)), combine(queries))
}

fn written() -> impl Strategy<Value = Written> {
    leaf().prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 2..4), prop::sample::select(&[" ", " AND ", "\n"][..]))
                .prop_map(|(parts, separator)| combined(parts, separator, Query::And)),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| combined(parts, " OR ", Query::Or)),
            inner.prop_map(|(text, query)| (format!("NOT {text}"), not(query))),
        ]
    })
}

proptest! {
    #[test]
    fn a_written_query_is_read_back((text, expected) in written()) {
        prop_assume!(text.len() <= 2_048);

        match parse(&text, &context()) {
            Ok(parsed) => prop_assert_eq!(parsed.query, expected, "{}", text),
            // A generated tree may hold more terms than a query may.
            Err(error) => prop_assert_eq!(error.code, crate::error::ErrorCode::QueryTooComplex, "{}", text),
        }
    }
}
