//! What a cursor is bound to, when it ends, and what it carries from page to page.

use std::time::Duration;

use trailproof::error::{Error, ErrorCode};
use trailproof::model::{Caller, Total};

use crate::callers::{caller, sre};
use crate::engine::{Engine, ids, params};

/// How long a cursor lives after its last use.
const IDLE: Duration = Duration::from_mins(5);

const LINES: &str = r#"{"id":"a","timestamp":"2026-11-21T11:00:00Z","level":"error","service":"gateway","message":"upstream is slow"}
{"id":"b","timestamp":"2026-11-21T11:01:00Z","level":"error","service":"gateway","message":"upstream is slow"}
{"id":"c","timestamp":"2026-11-21T11:02:00Z","level":"error","service":"gateway","message":"upstream is slow"}
{"id":"d","timestamp":"2026-11-21T11:03:00Z","level":"error","service":"gateway","message":"upstream is slow"}
"#;

pub(crate) async fn a_cursor_is_bound_to_its_query_and_caller_and_expires(engine: &Engine) {
    engine.ingest(LINES.to_owned()).await.unwrap();
    let page = engine.search(&[("query", "slow"), ("limit", "1")]).await.unwrap();
    let cursor = page.next_cursor.unwrap();
    let refused =
        async |caller: &Caller, given: &[(&str, &str)]| engine.search_as(caller, given).await.unwrap_err();
    let with = |cursor| [("query", "slow"), ("cursor", cursor)];

    let mut tampered = cursor.clone().into_bytes();
    let middle = tampered.len() / 2;
    tampered[middle] = if tampered[middle] == b'A' { b'B' } else { b'A' };
    let tampered = String::from_utf8(tampered).unwrap();
    assert_code(&refused(&sre(), &with(&tampered)).await, ErrorCode::BadCursor, 3008);
    assert_code(&refused(&sre(), &with(&cursor[1..])).await, ErrorCode::BadCursor, 3008);
    assert_code(&refused(&sre(), &with("")).await, ErrorCode::BadCursor, 3008);

    for other in [
        [("query", "fast"), ("sort", "desc")],
        [("query", "slow"), ("sort", "asc")],
        [("query", "slow"), ("from", "now-2h")],
        [("query", "slow"), ("service", "gateway")],
        [("query", "slow"), ("min_level", "warn")],
    ] {
        let given = [other[0], other[1], ("cursor", cursor.as_str())];
        assert_code(&refused(&sre(), &given).await, ErrorCode::CursorOfOtherQuery, 3009);
    }
    let other_view = params(&with(&cursor)).unwrap();
    let refusal = engine.service.search_error_logs(&sre(), &other_view).await.unwrap_err();
    assert_code(&refusal, ErrorCode::CursorOfOtherQuery, 3009);

    let auditor = caller("auditor").unwrap();
    assert_code(&refused(&auditor, &with(&cursor)).await, ErrorCode::CursorOfOtherCaller, 3011);
    let mut narrowed = caller("sre(gateway)").unwrap();
    narrowed.principal.subject.clone_from(&sre().principal.subject);
    assert_code(&refused(&narrowed, &with(&cursor)).await, ErrorCode::CursorOfOtherQuery, 3009);

    engine.clock.advance(IDLE);
    let other_limit = [("query", "slow"), ("cursor", cursor.as_str()), ("limit", "2")];
    let second = engine.search(&other_limit).await.unwrap();
    assert_eq!(ids(&second), ["c", "b"]);
    engine.clock.advance(Duration::from_micros(1));
    assert_code(&refused(&sre(), &with(&cursor)).await, ErrorCode::CursorExpired, 3013);
    engine.clock.advance(Duration::from_mins(4));
    let third = engine.search(&with(&second.next_cursor.unwrap())).await.unwrap();
    assert_eq!((ids(&third), third.next_cursor), (vec!["a".to_owned()], None));
}

pub(crate) async fn later_pages_repeat_the_total_and_the_meaning_of_now(engine: &Engine) {
    engine.ingest(LINES.to_owned()).await.unwrap();
    let window = [("from", "now-1h"), ("to", "now"), ("limit", "1")];

    let exact = engine.search(&[window.as_slice(), &[("total", "exact")]].concat()).await.unwrap();
    let without = engine.search(&[window.as_slice(), &[("total", "none")]].concat()).await.unwrap();
    engine.clock.advance(Duration::from_mins(4));
    let newer =
        "{\"id\":\"e\",\"timestamp\":\"2026-11-21T12:01:00Z\",\"message\":\"after the first page\"}\n";
    engine.ingest(newer.to_owned()).await.unwrap();

    assert_eq!((ids(&exact), exact.total), (vec!["d".to_owned()], Some(Total::exactly(3))));
    assert_eq!(without.total, None);
    let mut cursor = exact.next_cursor;
    for expected in ["c", "b"] {
        let given = [window.as_slice(), &[("cursor", cursor.as_deref().unwrap())]].concat();
        let page = engine.search(&given).await.unwrap();
        assert_eq!((ids(&page), page.total), (vec![expected.to_owned()], Some(Total::exactly(3))));
        cursor = page.next_cursor;
    }
    assert_eq!(cursor, None);
    let given = [window.as_slice(), &[("cursor", without.next_cursor.as_deref().unwrap())]].concat();
    assert_eq!(engine.search(&given).await.unwrap().total, None);
    assert_eq!(engine.ids(&window).await, ["e"]);
}

fn assert_code(error: &Error, code: ErrorCode, number: u16) {
    assert_eq!((error.code, error.code.number()), (code, number), "{error}");
}
