//! The id of a request: taken from `X-Request-Id` where it is well-formed, else made; echoed on every answer.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_BYTES: usize = 128;

/// Id of a request: 1 to 128 characters of `A-Za-z0-9._:-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that the client sent; `None` when it sent none, several, or one with other characters.
    fn sent(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(X_REQUEST_ID).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        let text = value.to_str().ok()?;
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        let fits = (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(is_allowed);
        fits.then(|| Self(text.to_owned()))
    }

    fn made() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the place where request ids are made")]
        let id = uuid::Uuid::new_v4();
        Self(id.to_string())
    }
}

/// Gives the request its id and the answer the header.
pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = RequestId::sent(request.headers()).unwrap_or_else(RequestId::made);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(values: &[&[u8]]) -> Option<String> {
        let values = values.iter().map(|value| (X_REQUEST_ID, HeaderValue::from_bytes(value).unwrap()));
        RequestId::sent(&values.collect()).map(|id| id.0)
    }

    #[test]
    fn a_well_formed_id_is_taken() {
        assert_eq!(sent(&[b"a.B_c:9-"]).as_deref(), Some("a.B_c:9-"));
        assert!(sent(&["x".repeat(128).as_bytes()]).is_some());
    }

    #[test]
    fn anything_else_is_replaced() {
        let long = [b'x'; 129];
        let refused: [&[&[u8]]; 6] = [&[], &[b""], &[b"a b"], &[b"a", b"b"], &[b"\x80"], &[&long]];
        for values in refused {
            assert_eq!(sent(values), None, "{values:?}");
        }
    }
}
