//! Whether the caller takes what the route has: 406 when its `Accept` leaves out every media type of the answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::pipeline::Pipeline;
use super::refuse;
use crate::error::{Error, ErrorCode};

/// Refuses a request whose sender could not use the answer.
pub(super) async fn check(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let Some(rule) = pipeline.table.rule(&request) else {
        return next.run(request).await;
    };
    let is_usable =
        rule.produces.is_empty() || rule.produces.iter().any(|kind| accepts(request.headers(), kind));
    if is_usable {
        return next.run(request).await;
    }
    let detail = format!("the Accept header leaves out {}", rule.produces.join(" and "));
    refuse::refuse(request, Error::new(ErrorCode::NotAcceptable, detail)).await
}

/// Whether the `Accept` headers take `kind`; the most specific range decides, and no header takes everything.
fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    if !headers.contains_key(header::ACCEPT) {
        return true;
    }
    let (family, _) = kind.split_once('/').unwrap_or((kind, ""));
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut best: Option<(u8, bool)> = None;
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let precision = match name.as_str() {
            "*/*" => 1,
            name if name == kind => 3,
            name if name.strip_suffix("/*") == Some(family) => 2,
            _ => continue,
        };
        let is_wanted = !parts.any(is_zero_weight);
        if best.is_none_or(|(known, _)| precision > known) {
            best = Some((precision, is_wanted));
        }
    }
    best.is_some_and(|(_, is_wanted)| is_wanted)
}

/// Whether a parameter is `q=0`, in any of its spellings.
fn is_zero_weight(parameter: &str) -> bool {
    let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    weight.and_then(|weight| weight.parse::<f32>().ok()).is_some_and(|weight| weight <= 0.0)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn takes_json(accept: &'static str) -> bool {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        accepts(&headers, "application/json")
    }

    #[test]
    fn ranges_that_hold_json_take_it() {
        for accept in
            ["*/*", "application/*", "Application/JSON", "text/html, */*;q=0.1", "application/json; q=0.5"]
        {
            assert!(takes_json(accept), "{accept}");
        }
        assert!(accepts(&HeaderMap::new(), "application/json"));
    }

    #[test]
    fn ranges_without_json_or_with_weight_zero_do_not() {
        for accept in
            ["image/png", "text/*", "", "*/*, application/json;q=0", "application/json;q=0.0", "*/*;q=0"]
        {
            assert!(!takes_json(accept), "{accept}");
        }
    }
}
