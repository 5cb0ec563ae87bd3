//! What is legal but likely a slip, and what is told about it.

use super::*;

fn warnings(text: &str) -> Vec<String> {
    parse(text, &context()).unwrap().warnings
}

#[test]
fn operators_in_lower_case_are_words_with_a_warning() {
    let parsed = parse("aa and bb", &context()).unwrap();

    assert_eq!(parsed.query, and(["aa", "and", "bb"].map(letters)));
    assert_eq!(parsed.warnings, ["'and' in lower case is searched as a word; write AND for the operator"]);
    assert!(warnings("aa or bb")[0].starts_with("'or'"));
    assert!(warnings("not level:error")[0].starts_with("'not'"));
    assert!(warnings("service:(aa Or bb)")[0].starts_with("'or'"));
    assert_eq!(warnings("aa and bb and cc").len(), 1);
}

#[test]
fn the_same_words_elsewhere_are_no_slip() {
    for text in
        ["and", "and aa", "aa or", "aa not", "aa \"and\" bb", "aa AND bb", "\"aa and bb\"", "brand new"]
    {
        assert!(warnings(text).is_empty(), "{text}");
    }
}

#[test]
fn text_without_a_word_is_left_out_with_a_warning() {
    let parsed = parse("aa = bb", &context()).unwrap();

    assert_eq!(parsed.query, and([letters("aa"), letters("bb")]));
    assert!(parsed.warnings[0].contains("offset 3"), "{:?}", parsed.warnings);
    assert_eq!(query("aa OR --"), letters("aa"));
    assert_eq!(query("NOT = aa"), letters("aa"));
    assert!(warnings("timestamp >= aa")[0].contains("field:>=value"));
}

#[test]
fn a_query_of_nothing_searchable_matches_nothing() {
    for text in ["=", "\"\"", "message:\"--\"", "(- =)", "NOT ="] {
        let parsed = parse(text, &context()).unwrap();

        assert_eq!(parsed.query, Query::None, "{text}");
        assert!(parsed.warnings.iter().any(|warning| warning.contains("no line matches")), "{text}");
    }
}

#[test]
fn a_range_that_ends_before_it_begins_is_pointed_out() {
    for text in [
        "context.status:[500 TO 200]",
        "context.ip:[10.2.0.0 TO 10.0.0.0]",
        "timestamp:[2026-12-02T00:00:00Z TO 2026-12-01T00:00:00Z]",
        "path:[b TO a]",
    ] {
        assert!(warnings(text)[0].contains("swap its ends"), "{text}");
    }
    for text in
        ["context.status:[200 TO 500]", "context.status:[5 TO 5]", "timestamp:>=now-1h", "path:[a TO b]"]
    {
        assert!(warnings(text).is_empty(), "{text}");
    }
}

#[test]
fn a_comma_is_part_of_a_value_with_a_warning() {
    assert_eq!(query("context.tags:a,b"), term("context.tags", "a,b"));
    assert!(warnings("context.tags:a,b")[0].contains("(a OR b)"));
    assert!(warnings("context.tags:\"a,b\"").is_empty());
}

#[test]
fn typographic_quotes_are_pointed_out() {
    assert!(warnings("“key user”")[0].contains("typographic"));
    assert!(warnings("\"“key user”\"").is_empty());
}

#[test]
fn a_name_that_was_read_as_text_is_told() {
    assert!(warnings("INFO:root:started")[0].contains("context.INFO:value"));
    assert!(warnings("jdbc:postgresql://db/x")[0].contains("no field 'jdbc'"));
    for text in ["std::vector", "C:\\Users\\x", "fe80::1", "https://host/a?b", "12:30:15", "Error: refused"] {
        assert!(warnings(text).is_empty(), "{text}");
    }
}

#[test]
fn whoever_finds_nothing_is_told_how_words_match() {
    let hints = |text: &str| parse(text, &context()).unwrap().hints;

    for (text, told) in [
        ("실패", "'실패' is found where a word begins with it"),
        ("カード", "'カード'"),
        ("db1.prod", "write db1.prod*"),
        ("level:error db1.prod", "write db1.prod*"),
        ("order_id: 42", "context.order_id:value"),
    ] {
        assert!(hints(text)[0].contains(told), "{text}: {:?}", hints(text));
    }
    for text in ["失敗", "\"실패\"", "실패*", "lang.String", "3.14", "timeout", "service:실패", "end.", "..."]
    {
        assert_eq!(hints(text), Vec::<String>::new(), "{text}");
    }
}
