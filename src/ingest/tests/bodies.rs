//! How bodies are told apart, split and refused.

use super::*;
use crate::error::ErrorCode;
use crate::ingest::body::MAX_LINES;
use crate::ingest::options::body_kind;

fn code(body: &[u8], content: BodyKind) -> ErrorCode {
    decode_with(body, &options(content)).unwrap_err().code
}

fn numbers(decoded: &Decoded) -> (Vec<usize>, Vec<usize>) {
    let stored = decoded.lines.iter().map(|(line, _)| *line).collect();
    (stored, decoded.refusals.iter().filter_map(|place| place.line).collect())
}

#[test]
fn the_content_type_and_the_first_bytes_tell_the_kind() {
    for (content_type, body, kind) in [
        (Some("application/json"), "[{}]", BodyKind::JsonArray),
        (Some("application/json"), "\u{FEFF} [{}]", BodyKind::JsonArray),
        (Some("application/json; charset=utf-8"), "{}", BodyKind::Ndjson),
        (Some("application/json"), "{}\n{}", BodyKind::Ndjson),
        (Some("application/json"), "{\n \"message\": \"m\"\n}\n", BodyKind::JsonObject),
        (Some("application/json"), "{\"a\":\n{\"a\":1}\n", BodyKind::Ndjson),
        (Some("application/json"), "", BodyKind::Ndjson),
        (Some("Application/X-NDJSON"), "[{}]", BodyKind::Ndjson),
        (Some("text/plain;charset=\"UTF-8\""), "[{}]", BodyKind::Text),
        (None, "[{}]", BodyKind::JsonArray),
    ] {
        assert_eq!(body_kind(content_type, body.as_bytes()).unwrap(), kind, "{content_type:?} {body}");
    }
}

#[test]
fn other_types_and_charsets_are_not_understood() {
    for content_type in ["text/xml", "application/x-www-form-urlencoded", "text/plain; charset=euc-kr", ""] {
        let error = body_kind(Some(content_type), b"{}").unwrap_err();

        assert_eq!(error.code, ErrorCode::UnsupportedMediaType, "{content_type}");
    }
}

#[test]
fn blank_lines_count_but_are_skipped() {
    let body = b"\xEF\xBB\xBF{}\r\n\r\n  \n{\"time\":\"soon\"}\n{}\n";

    let decoded = decode_with(body, &options(BodyKind::Ndjson)).unwrap();

    assert_eq!(numbers(&decoded), (vec![1, 5], vec![4]));
    assert_eq!(decoded.refusals[0].code, Some(3012));
}

#[test]
fn a_line_that_is_no_object_is_refused_alone() {
    let body = "{}\n[1]\n\"text\"\n{\"a\":\n{\"a\":1} x\n{\"a\":\"\\ud800\"}\n{}";

    let decoded = decode_with(body.as_bytes(), &options(BodyKind::Ndjson)).unwrap();

    let details: Vec<_> = decoded.refusals.iter().filter_map(|place| place.detail.as_deref()).collect();
    assert_eq!(numbers(&decoded), (vec![1, 7], vec![2, 3, 4, 5, 6]));
    assert!(details[0].starts_with("not a JSON object;"));
    assert!(details[2].starts_with("not JSON: EOF while parsing"), "{}", details[2]);
    assert_eq!(details[3], "not JSON: trailing characters at column 9");
}

#[test]
fn a_place_in_an_array_is_the_position() {
    let body = "[\n{\"message\":\"a\"},\n7, {\"message\":\"b\"}]";

    let decoded = decode_with(body.as_bytes(), &options(BodyKind::JsonArray)).unwrap();

    assert_eq!(numbers(&decoded), (vec![1, 3], vec![2]));
}

#[test]
fn one_object_may_span_lines() {
    let body = b"{\n  \"message\": \"m\",\n  \"time\": 1\n}\n";

    let decoded = decode_with(body, &options(BodyKind::JsonObject)).unwrap();

    assert_eq!(numbers(&decoded), (vec![1], vec![]));
}

#[test]
fn a_body_without_a_line_stores_nothing() {
    for (body, content) in [
        (&b""[..], BodyKind::Ndjson),
        (b" \n\r\n", BodyKind::Ndjson),
        (b"\n", BodyKind::Text),
        (b"", BodyKind::JsonArray),
        (b" ", BodyKind::JsonObject),
        (b"[ ]", BodyKind::JsonArray),
    ] {
        assert_eq!(code(body, content), ErrorCode::RefusedLine, "{content:?}");
    }
}

#[test]
fn a_body_that_cannot_be_read_as_a_whole_is_no_body() {
    assert_eq!(code(b"{}\n\xFF", BodyKind::Ndjson), ErrorCode::BadBody);
    assert_eq!(code(b"[{},", BodyKind::JsonArray), ErrorCode::BadBody);
    assert_eq!(code(b"{", BodyKind::JsonObject), ErrorCode::BadBody);
    let detail = decode_with(b"{}\n\xFF", &options(BodyKind::Ndjson)).unwrap_err().detail;
    assert_eq!(detail, "the body is not UTF-8 in line 2; send UTF-8");
}

#[test]
fn the_number_of_lines_is_bounded() {
    for (body, content) in [
        ("1\n".repeat(MAX_LINES + 1), BodyKind::Ndjson),
        ("x\n".repeat(MAX_LINES + 1), BodyKind::Text),
        (format!("[{}1]", "1,".repeat(MAX_LINES)), BodyKind::JsonArray),
    ] {
        assert_eq!(code(body.as_bytes(), content), ErrorCode::BodyTooLarge, "{content:?}");
    }
}

#[test]
fn the_service_of_the_request_is_checked_once() {
    let long = "x".repeat(256);
    let options = IngestOptions { service: Some(&long), ..options(BodyKind::Text) };

    let error = decode_with(b"a line", &options).unwrap_err();

    assert_eq!((error.code, error.places[0].pointer.as_deref()), (ErrorCode::BadParameter, Some("service")));
}

#[test]
fn plain_text_stays_whole_and_keeps_its_line_end_out() {
    let decoded =
        decode_with(b"  ERROR: \xEA\xB0\x80\r\n{\"level\":\"warn\"}", &options(BodyKind::Text)).unwrap();

    let messages: Vec<_> = decoded.lines.iter().map(|(_, stored)| stored.entry.message.as_str()).collect();
    assert_eq!(messages, ["  ERROR: 가", "{\"level\":\"warn\"}"]);
}

#[test]
fn deep_nesting_refuses_its_line_and_nothing_else() {
    let deep = format!("{{\"a\":{}{}}}\n{{}}", "[".repeat(100_000), "]".repeat(100_000));
    let array = format!("[{}]", deep.replace('\n', ","));

    for (body, content) in [(deep, BodyKind::Ndjson), (array, BodyKind::JsonArray)] {
        let decoded = decode_with(body.as_bytes(), &options(content)).unwrap();

        assert_eq!(numbers(&decoded), (vec![2], vec![1]));
        let detail = decoded.refusals[0].detail.as_deref().unwrap();
        assert!(detail.starts_with("not JSON: recursion limit exceeded"), "{detail}");
    }
}
