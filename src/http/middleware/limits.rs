//! Size and form of a request's head: URL, headers, `Host`, percent-escapes.

use std::borrow::Cow;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use percent_encoding::percent_decode_str;

use super::pipeline::Pipeline;
use super::refuse;
use crate::error::{Error, ErrorCode, Result};
use crate::http::state::Limits;

/// Refuses a request whose head is too large or malformed.
pub(super) async fn check(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    match head(&request, &pipeline.state.limits) {
        Ok(()) => next.run(request).await,
        Err(error) => refuse::refuse(request, error).await,
    }
}

fn head(request: &Request, limits: &Limits) -> Result<()> {
    let uri = request.uri();
    let url_bytes = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if url_bytes > limits.url_bytes {
        let detail = format!("the URL has {url_bytes} bytes; at most {} are taken", limits.url_bytes);
        return Err(Error::new(ErrorCode::UrlTooLong, detail));
    }
    let header_bytes: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if header_bytes > limits.header_bytes {
        let detail =
            format!("the headers have {header_bytes} bytes; at most {} are taken", limits.header_bytes);
        return Err(Error::new(ErrorCode::HeadersTooLarge, detail));
    }
    host(request.version(), request.headers(), uri)?;
    escapes(uri)
}

/// HTTP/1.1 needs exactly one `Host`; in HTTP/2 the authority of the URL stands for it.
fn host(version: Version, headers: &HeaderMap, uri: &Uri) -> Result<()> {
    let hosts = headers.get_all(header::HOST).iter().count();
    let may_be_absent =
        version < Version::HTTP_11 || (version > Version::HTTP_11 && uri.authority().is_some());
    if hosts == 1 || (hosts == 0 && may_be_absent) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::BadRequest, format!("the request has {hosts} Host headers; send one")))
}

fn escapes(uri: &Uri) -> Result<()> {
    let path = decoded(uri.path()).filter(|path| !path.contains('\0'));
    if path.is_none() {
        return Err(Error::new(
            ErrorCode::BadRequest,
            "the path holds a malformed escape, a NUL, or is not UTF-8",
        ));
    }
    if decoded(uri.query().unwrap_or_default()).is_none() {
        let detail = "the query string holds a malformed percent-escape or is not UTF-8; write '%' as %25";
        return Err(Error::new(ErrorCode::BadRequest, detail));
    }
    Ok(())
}

/// The text behind the percent-escapes; `None` when one is malformed or the whole is not UTF-8.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    // The library would leave a malformed one as it is.
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let is_well_formed = text.split('%').skip(1).all(is_escape);
    percent_decode_str(text).decode_utf8().ok().filter(|_| is_well_formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_to_utf8_or_refused() {
        assert_eq!(decoded("%EA%B2%B0%2f").as_deref(), Some("결/"));
        for malformed in ["%", "%z", "%zz", "a%2", "%2%20", "%é", "%ff", "%ed%a0%80"] {
            assert_eq!(decoded(malformed), None, "{malformed}");
        }
    }

    #[test]
    fn a_nul_is_refused_in_a_path_only() {
        assert!(escapes(&Uri::from_static("/a%00")).is_err());
        assert!(escapes(&Uri::from_static("/a?q=%00")).is_ok());
    }

    #[test]
    fn one_host_is_needed_unless_the_version_has_another_place_for_it() {
        let none = HeaderMap::new();
        let relative = Uri::from_static("/a");
        let absolute = Uri::from_static("http://localhost/a");

        assert!(host(Version::HTTP_11, &none, &relative).is_err());
        assert!(host(Version::HTTP_11, &none, &absolute).is_err());
        assert!(host(Version::HTTP_10, &none, &relative).is_ok());
        assert!(host(Version::HTTP_2, &none, &absolute).is_ok());
        assert!(host(Version::HTTP_2, &none, &relative).is_err());
    }
}
