//! Query texts and the typed queries that they are.

use super::*;
use Bound::{Excluded, Included, Open};

fn check(cases: impl IntoIterator<Item = (&'static str, Query)>) {
    for (text, expected) in cases {
        assert_eq!(query(text), expected, "{text}");
    }
}

#[test]
fn a_blank_text_is_every_line() {
    check([
        ("", Query::All),
        ("   ", Query::All),
        ("\r\n\t", Query::All),
        ("\u{FEFF}", Query::All),
        ("\u{3000}", Query::All),
    ]);
}

#[test]
fn words_are_searched_by_what_they_are_made_of() {
    check([
        ("timeout", letters("timeout")),
        ("message:timeout", letters("timeout")),
        ("msg:timeout", letters("timeout")),
        ("ＥＲＲＯＲ", letters("ＥＲＲＯＲ")),
        ("NullPointerException", letters("NullPointerException")),
        ("결제", beginning("결제")),
        ("결", beginning("결")),
        ("ㄱㄴ", beginning("ㄱㄴ")),
        ("カード", beginning("カード")),
        ("東京", beginning("東京")),
        ("결제error", letters("결제error")),
        ("결제3", exact("결제3")),
        ("u012016", exact("u012016")),
        ("java.lang.NullPointerException", letters("java.lang.NullPointerException")),
        ("lang.NullPointerException", letters("lang.NullPointerException")),
        ("lang.Null*", beginning("lang.Null")),
        ("\"in java.lang.String\"", letters("in java.lang.String")),
        ("db1.prod", exact("db1.prod")),
        ("v1.2", exact("v1.2")),
        ("x-request-id", exact("x-request-id")),
        ("can't", exact("can't")),
        ("🔥", exact("🔥")),
        ("\u{202E}abc", exact("\u{202E}abc")),
        ("\u{1b}[31mERR\u{1b}[0m", exact("\u{1b}[31mERR\u{1b}[0m")),
        ("\u{FEFF}timeout", letters("timeout")),
    ]);
}

#[test]
fn composed_and_decomposed_texts_are_the_same_query() {
    check([
        ("\u{1100}\u{1167}\u{11AF}\u{110C}\u{1166}", beginning("결제")),
        ("cafe\u{301}", letters("café")),
        ("\"cafe\u{301} olé\"", letters("café olé")),
    ]);
}

#[test]
fn phrases_search_runs_of_letters_only_when_they_are_such() {
    check([
        ("\"key user\"", letters("key user")),
        ("\"결제 실패\"", letters("결제 실패")),
        ("\"결제\"", letters("결제")),
        ("\"user u012016\"", exact("user u012016")),
        ("\"a \\\"b\\\" c\"", exact("a \"b\" c")),
        ("\"c:\\temp\\new\"", exact("c:\\temp\\new")),
        ("\"5\\*5\"", exact("5*5")),
        ("\"abc*\"", exact("abc*")),
        ("\"AND\"", letters("AND")),
        ("message:\"key user\"", letters("key user")),
        ("key\\ user", letters("key user")),
        ("\"(a OR b)\"", exact("(a OR b)")),
    ]);
}

#[test]
fn operators_bind_not_before_and_before_or() {
    let [a, b, c] = ["aa", "bb", "cc"].map(letters);
    check([
        ("aa bb", and([a.clone(), b.clone()])),
        ("aa AND bb", and([a.clone(), b.clone()])),
        ("aa && bb || cc", or([and([a.clone(), b.clone()]), c.clone()])),
        ("aa bb AND cc", and([a.clone(), b.clone(), c.clone()])),
        ("aa OR bb cc", or([a.clone(), and([b.clone(), c.clone()])])),
        ("aa OR bb OR cc", or([a.clone(), b.clone(), c.clone()])),
        ("(aa OR bb) cc", and([or([a.clone(), b.clone()]), c.clone()])),
        ("NOT aa bb", and([not(a.clone()), b.clone()])),
        ("NOT aa OR bb", or([not(a.clone()), b.clone()])),
        ("aa NOT bb", and([a.clone(), not(b.clone())])),
        ("NOT(aa OR bb)", not(or([a.clone(), b.clone()]))),
        ("NOT NOT aa", not(not(a.clone()))),
        ("aa AND(bb)", and([a.clone(), b.clone()])),
        ("((aa))", a.clone()),
        ("aa (bb cc)", and([a.clone(), and([b.clone(), c])])),
        ("\"aa\"\"bb\"", and([a.clone(), b.clone()])),
        ("aa\r\nbb", and([a, b])),
    ]);
}

#[test]
fn signs_before_a_term_are_operators_and_elsewhere_text() {
    let [a, b] = ["aa", "bb"].map(letters);
    check([
        ("-aa", not(a.clone())),
        ("!aa", not(a.clone())),
        ("+aa", a.clone()),
        ("+aa -bb", and([a.clone(), not(b.clone())])),
        ("-(aa bb)", not(and([a.clone(), b.clone()]))),
        ("-\"aa\"", not(a.clone())),
        ("-service:api", not(term("service", "api"))),
        ("+service:api", term("service", "api")),
        ("service:-x", term("service", "-x")),
        ("NOT -aa", not(not(a.clone()))),
        ("--aa", exact("--aa")),
        ("aa-bb", exact("aa-bb")),
        ("aa! bb", and([exact("aa!"), b.clone()])),
        ("aa - bb", and([a, b])),
    ]);
}

#[test]
fn an_id_is_that_of_the_line_or_the_one_that_its_sender_gave_it() {
    check([
        ("id:42", or([term("id", "42"), term("client_id", "42")])),
        ("event.id:\"4 2\"", or([term("id", "4 2"), term("client_id", "4 2")])),
        ("id:req*", or([prefix("id", "req"), prefix("client_id", "req")])),
        ("id:<a", or(["id", "client_id"].map(|name| range(name, Open, Excluded(word_bound("a")))))),
        ("id:*", exists("id")),
        ("client_id:42", term("client_id", "42")),
    ]);
}

#[test]
fn keywords_are_whole_values_prefixes_and_ranges() {
    check([
        ("service:auth-service", term("service", "auth-service")),
        ("serviceName:auth-service", term("service", "auth-service")),
        ("service.name:api", term("service", "api")),
        ("service: api", term("service", "api")),
        ("service:\"odd, name\"", term("service", "odd, name")),
        ("service:\"\"", term("service", "")),
        ("service:Auth", term("service", "Auth")),
        ("service:auth*", prefix("service", "auth")),
        ("service:결제*", prefix("service", "결제")),
        ("service:\"auth*\"", term("service", "auth*")),
        ("user_agent:abc\\*", term("user_agent", "abc*")),
        ("path:/api/v1/*", prefix("path", "/api/v1/")),
        ("path:/health/", term("path", "/health/")),
        ("path:/a:b", term("path", "/a:b")),
        ("path:/orders(1)", term("path", "/orders(1)")),
        ("service:*", exists("service")),
        ("service:(api OR gateway)", or([term("service", "api"), term("service", "gateway")])),
        ("service:(api level:error)", and([term("service", "api"), level(Level::Error)])),
        ("NOT service:(api)", not(term("service", "api"))),
        ("component:[a TO b]", range("component", Included(word_bound("a")), Included(word_bound("b")))),
        ("component:{a TO b}", range("component", Excluded(word_bound("a")), Excluded(word_bound("b")))),
        ("component:[a TO b}", range("component", Included(word_bound("a")), Excluded(word_bound("b")))),
        ("component:{a TO b]", range("component", Excluded(word_bound("a")), Included(word_bound("b")))),
        ("component:[ \"a b\"  TO  * ]", range("component", Included(word_bound("a b")), Open)),
        ("component:{* TO b}", range("component", Open, Excluded(word_bound("b")))),
        ("component:[* TO *]", exists("component")),
        ("component:>=a", range("component", Included(word_bound("a")), Open)),
        ("component:>\"a b\"", range("component", Excluded(word_bound("a b")), Open)),
        ("component:<= a", range("component", Open, Included(word_bound("a")))),
        ("component:<a", range("component", Open, Excluded(word_bound("a")))),
    ]);
}

#[test]
fn context_is_asked_by_key() {
    check([
        ("context.order_id:42", term("context.order_id", "42")),
        ("additionalContext.order_id:42", term("context.order_id", "42")),
        ("context.a.b:x", term("context.a.b", "x")),
        ("context.url:http://host/x", term("context.url", "http://host/x")),
        ("context.a\\ b:x", term("context.a b", "x")),
        ("context.이름:홍길동", term("context.이름", "홍길동")),
        ("context.order_id:ab1*", prefix("context.order_id", "ab1")),
        ("context.order_id:*", exists("context.order_id")),
        ("context:*", exists("context")),
        ("context.amount:\"1,000\"", term("context.amount", "1,000")),
        ("context.labels.app.kubernetes.io/name:web", term("context.labels.app.kubernetes.io/name", "web")),
        ("context.$metadata#1[0]:x", term("context.$metadata#1[0]", "x")),
        ("context.a/b:*", exists("context.a/b")),
        ("-context.a/b:x", not(term("context.a/b", "x"))),
        ("context.a::b", term("context.a", ":b")),
        ("context.cafe\u{301}:cafe\u{301}", term("context.café", "café")),
        ("context.cafe\u{301}:\"cafe\u{301}\"", term("context.café", "café")),
        ("user_id:cafe\u{301}*", prefix("user_id", "café")),
        ("user_id:>=cafe\u{301}", range("user_id", Included(word_bound("café")), Open)),
    ]);
}

#[test]
fn numbers_of_the_context_are_ranges_and_prefixes() {
    let status = |lower, upper| range("context.status", lower, upper);
    check([
        ("context.status:>=500", status(Included(number("500")), Open)),
        ("context.status:>500", status(Excluded(number("500")), Open)),
        ("context.status:<= 599.5", status(Open, Included(number("599.5")))),
        ("context.status:<-1e3", status(Open, Excluded(number("-1000")))),
        ("context.status:>\"5\"", status(Excluded(number("5")), Open)),
        ("context.status:[500 TO 599]", status(Included(number("500")), Included(number("599")))),
        ("context.status:{-0.5 TO 0.50]", status(Excluded(number("-0.5")), Included(number("0.5")))),
        ("context.status:[* TO 7}", status(Open, Excluded(number("7")))),
        ("context.status:[* TO *]", exists("context.status")),
        (
            "context.status:(>=500 OR 404)",
            or([status(Included(number("500")), Open), term("context.status", "404")]),
        ),
        ("context.status:500", term("context.status", "500")),
        ("context.status:5*", prefix("context.status", "5")),
        ("context.status:50*", prefix("context.status", "50")),
        ("context.status:-5*", prefix("context.status", "-5")),
    ]);
}

#[test]
fn addresses_of_the_context_are_networks_and_ranges() {
    let ip = |text: &str| Scalar::Ip(text.parse().unwrap());
    let inside = |address: &str, prefix_bits| Query::Network {
        field: field("context.ip"),
        address: address.parse().unwrap(),
        prefix_bits,
    };
    check([
        ("context.ip:10.0.0.1", inside("10.0.0.1", 32)),
        ("context.ip:\"10.0.0.1\"", inside("10.0.0.1", 32)),
        ("context.ip:::1", inside("::1", 128)),
        ("context.ip:2001:db8::1", inside("2001:db8::1", 128)),
        (
            "context.ip:\"2001:DB8::0:1\"",
            or([term("context.ip", "2001:DB8::0:1"), inside("2001:db8::1", 128)]),
        ),
        ("context.ip:10.0.0.0/8", or([term("context.ip", "10.0.0.0/8"), inside("10.0.0.0", 8)])),
        (
            "context.ip:[10.0.0.1 TO 10.0.0.9}",
            range("context.ip", Included(ip("10.0.0.1")), Excluded(ip("10.0.0.9"))),
        ),
        ("context.ip:10.0.0*", prefix("context.ip", "10.0.0")),
        ("context.ip:\"10.0.0.0/99\"", term("context.ip", "10.0.0.0/99")),
    ]);
}

#[test]
fn levels_are_meant_in_any_spelling() {
    check([
        ("level:error", level(Level::Error)),
        ("level:WARNING", level(Level::Warn)),
        ("log.level:50", level(Level::Error)),
        ("level:\"crit\"", level(Level::Fatal)),
        ("level:notice", level(Level::Info)),
        ("level:(error OR fatal)", or([level(Level::Error), level(Level::Fatal)])),
        ("level:*", exists("level")),
    ]);
}

#[test]
fn addresses_are_networks_and_ranges() {
    let ip = |text: &str| Scalar::Ip(text.parse().unwrap());
    check([
        ("client_ip:10.0.0.0/8", network("10.0.0.0", 8)),
        ("client_ip:10.1.2.3/8", network("10.0.0.0", 8)),
        ("clientIp:203.0.113.7", network("203.0.113.7", 32)),
        ("client_ip:\"2001:db8::1\"", network("2001:db8::1", 128)),
        ("client_ip:\"2001:db8::/48\"", network("2001:db8::", 48)),
        ("client_ip:(10.0.0.1 OR \"::1\")", or([network("10.0.0.1", 32), network("::1", 128)])),
        (
            "client_ip:[10.0.0.1 TO 10.0.0.9]",
            range("client_ip", Included(ip("10.0.0.1")), Included(ip("10.0.0.9"))),
        ),
        ("client_ip:>10.0.0.1", range("client_ip", Excluded(ip("10.0.0.1")), Open)),
        ("client_ip:*", exists("client_ip")),
    ]);
}

#[test]
fn times_are_points_units_and_ranges() {
    let midnight = || time("2026-11-20T15:00:00Z");
    let next_midnight = || time("2026-11-21T15:00:00Z");
    let point = || time("2026-11-21T00:00:00Z");
    check([
        ("timestamp:2026-11-21T00:00:00Z", range("timestamp", Included(point()), Included(point()))),
        ("timestamp:\"2026-11-21 09:00:00+09:00\"", range("timestamp", Included(point()), Included(point()))),
        ("@timestamp:1795219200000", range("timestamp", Included(point()), Included(point()))),
        ("timestamp:now/d", range("timestamp", Included(midnight()), Excluded(next_midnight()))),
        ("timestamp:>=now-3h", range("timestamp", Included(point()), Open)),
        ("timestamp:>2026-11-21T00:00:00Z", range("timestamp", Excluded(point()), Open)),
        ("timestamp:<=2026-11-21T00:00:00Z", range("timestamp", Open, Included(point()))),
        ("timestamp:>=now/d", range("timestamp", Included(midnight()), Open)),
        ("timestamp:>now/d", range("timestamp", Included(next_midnight()), Open)),
        ("timestamp:<now/d", range("timestamp", Open, Excluded(midnight()))),
        ("timestamp:<=now/d", range("timestamp", Open, Excluded(next_midnight()))),
        ("timestamp:[now-3h TO now/d}", range("timestamp", Included(point()), Excluded(midnight()))),
        (
            "timestamp:{now/d TO now/d]",
            range("timestamp", Included(next_midnight()), Excluded(next_midnight())),
        ),
        ("time:2026-11-21T01:00:00Z||-1h", range("timestamp", Included(point()), Included(point()))),
        ("timestamp:*", exists("timestamp")),
    ]);
}

#[test]
fn prefixes_of_words_need_some_characters() {
    check([
        ("time*", beginning("time")),
        ("message:time*", beginning("time")),
        ("결제*", beginning("결제")),
        ("user-01*", text("user-01", TextMatch::LastMayGoOn { parts_too: false })),
        ("abc\\*", exact("abc*")),
        ("message:*", exists("message")),
    ]);
}

#[test]
fn what_looks_like_code_is_text() {
    check([
        ("1=1", exact("1=1")),
        ("service:>1 OR 1=1", or([range("service", Excluded(word_bound("1")), Open), exact("1=1")])),
        ("{\"script\":{\"source\":\"x\"}}", exact("{\"script\":{\"source\":\"x\"}}")),
        ("{\"script\": \"a b\"}", exact("{\"script\": \"a b\"}")),
        ("{\"open\":", exact("{\"open\":")),
        ("${jndi:ldap://x/a}", exact("${jndi:ldap://x/a}")),
        ("<script>alert(1)</script>", exact("<script>alert(1)</script>")),
        ("'; DROP TABLE", and([letters("DROP"), letters("TABLE")])),
        ("12:30:15", exact("12:30:15")),
        ("127.0.0.1:8080", exact("127.0.0.1:8080")),
        ("https://host:8080/a", exact("https://host:8080/a")),
        ("Foo.bar(Foo.java:42)", exact("Foo.bar(Foo.java:42)")),
        ("(foo() OR bb)", or([exact("foo()"), letters("bb")])),
        ("[main] bb", and([exact("[main]"), letters("bb")])),
        ("/api/v1/orders/", exact("/api/v1/orders/")),
        ("~/file", exact("~/file")),
        ("a^b", exact("a^b")),
        ("error\\:timeout", exact("error:timeout")),
        ("foo\\bar", exact("foo\\bar")),
        ("key=\"a b\"", and([exact("key="), letters("a b")])),
        ("\"_source\"", exact("_source")),
    ]);
}

#[test]
fn what_was_pasted_is_text() {
    check([
        ("C:\\", exact("C:\\")),
        ("C:\\Users\\x", exact("C:\\Users\\x")),
        ("C:\\Users\\", exact("C:\\Users\\")),
        ("C:/Users/x", exact("C:/Users/x")),
        ("\\\\server\\share", exact("\\server\\share")),
        ("std::vector", exact("std::vector")),
        ("foo::bar", exact("foo::bar")),
        ("time::now", exact("time::now")),
        ("-foo::bar", not(exact("foo::bar"))),
        ("std::vector<int>::at", exact("std::vector<int>::at")),
        ("fe80::1", exact("fe80::1")),
        ("fe80:0:0:0:1:2:3:4", exact("fe80:0:0:0:1:2:3:4")),
        ("fe80::1%eth0", exact("fe80::1%eth0")),
        ("2001:db8::1", exact("2001:db8::1")),
        ("::1", exact("::1")),
        ("https://host/path?a=b&c=d", exact("https://host/path?a=b&c=d")),
        ("/path?a=b", exact("/path?a=b")),
        ("https://host/~kim/a^2", exact("https://host/~kim/a^2")),
        ("path:/a?b=c", term("path", "/a?b=c")),
        ("context.url:https://host/a?b", term("context.url", "https://host/a?b")),
        ("jdbc:postgresql://db/x", exact("jdbc:postgresql://db/x")),
        ("localhost:8080/health?full", exact("localhost:8080/health?full")),
        ("INFO:root:started", exact("INFO:root:started")),
        ("key=value", exact("key=value")),
        ("key=a:b", exact("key=a:b")),
        ("Error: refused", and([letters("Error"), letters("refused")])),
        ("Error:", letters("Error")),
        (
            "java.lang.NullPointerException: null",
            and([letters("java.lang.NullPointerException"), letters("null")]),
        ),
        ("at com.foo.Bar.baz(Bar.java:42)", and([letters("at"), exact("com.foo.Bar.baz(Bar.java:42)")])),
        ("오류: 시간", and([beginning("오류"), beginning("시간")])),
    ]);
}
