//! The form of the input: told from its first lines, and brought into lines of JSON where it is an array.

use serde_json::value::RawValue;

use clap::ValueEnum;

/// Lines that are looked at.
const LOOKED_AT: usize = 20;

/// Form of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// By the first lines.
    Auto,
    /// One JSON object a line, or one array of objects.
    Json,
    /// One message a line.
    Plain,
}

/// Tells JSON from plain text by the first lines that are not blank: most of them must be objects.
pub(super) fn recognise<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Format {
    let lines: Vec<_> = lines.map(trimmed).filter(|line| !line.is_empty()).take(LOOKED_AT).collect();
    if lines.first().is_some_and(|line| opens_array(line)) {
        return Format::Json;
    }
    let objects = lines.iter().filter(|line| is_object(line)).count();
    if objects * 2 > lines.len() { Format::Json } else { Format::Plain }
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii()
}

fn is_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && serde_json::from_slice::<&RawValue>(line).is_ok()
}

/// Whether a text begins as an array of objects does; many a plain log begins with a time in brackets.
pub(super) fn opens_array(text: &[u8]) -> bool {
    let Some(rest) = trimmed(text).strip_prefix(b"[") else { return false };
    let rest = rest.trim_ascii_start();
    rest.is_empty() || rest.starts_with(b"{")
}

/// The objects of an array, one a line.
///
/// # Errors
/// The text is no JSON array.
pub(super) fn lines_of_array(text: &[u8]) -> serde_json::Result<Vec<Vec<u8>>> {
    let items: Vec<&RawValue> = serde_json::from_slice(trimmed(text))?;
    // Line ends stand only between the parts of a JSON text, never inside a string.
    let line = |item: &&RawValue| {
        let flat = item.get().replace(['\n', '\r'], " ");
        [flat.as_bytes(), b"\n"].concat()
    };
    Ok(items.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Format {
        recognise(text.lines().map(str::as_bytes))
    }

    #[test]
    fn the_form_is_that_of_most_of_the_first_lines() {
        assert_eq!(of("\u{FEFF}{\"a\":1}\n\n{\"b\":2}"), Format::Json);
        assert_eq!(of("starting up\n{\"a\":1}\n{\"b\":2}"), Format::Json);
        assert_eq!(of("{ braces in a text }\nand more"), Format::Plain);
        assert_eq!(of("[\n  {\"a\": 1}\n]"), Format::Json);
        assert_eq!(of("[{\"a\":1}]"), Format::Json);
        assert_eq!(of("[2026-11-21 00:00:00] started"), Format::Plain);
        assert_eq!(of("2026-11-21 status installed x"), Format::Plain);
        assert_eq!(of(""), Format::Plain);
    }

    #[test]
    fn an_array_becomes_lines_whatever_its_layout() {
        let lines = lines_of_array(b"[\n  {\"a\": 1,\n   \"b\": \"x\\ny\"},\n {}\n]\n").unwrap();

        assert_eq!(lines, [b"{\"a\": 1,    \"b\": \"x\\ny\"}\n".to_vec(), b"{}\n".to_vec()]);
        assert!(lines_of_array(b"[{},").is_err());
    }
}
