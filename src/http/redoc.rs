//! `/redoc`: the OpenAPI document as a page to read, by ReDoc from inside the binary (`assets/redoc`).

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::Routes;
use crate::error::{Error, ErrorCode, Result};

/// Scripts and data from here only. ReDoc writes its styles into the page, and its search runs in a worker that it
/// makes from a blob.
const POLICY: (HeaderName, HeaderValue) = (
    header::CONTENT_SECURITY_POLICY,
    HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; worker-src blob:; style-src 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
);

/// The files belong to the version of the binary; an hour is short enough for an upgrade to be seen.
const CACHED: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));

/// The address of the one picture that ReDoc would load from elsewhere.
const FOREIGN_PICTURE: &str = "https://cdn.redoc.ly/redoc/logo-mini.svg";
/// A picture of nothing.
const NO_PICTURE: &str = "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E";

static BUNDLE: LazyLock<String> = LazyLock::new(|| {
    include_str!("../../assets/redoc/redoc.standalone.js").replace(FOREIGN_PICTURE, NO_PICTURE)
});

/// The routes of the page; they are open, and not part of the document themselves.
pub(super) fn routes() -> Routes {
    Routes::default().page("/redoc", get(page)).page("/redoc/", get(page)).page("/redoc/{file}", get(file))
}

async fn page() -> impl IntoResponse {
    ([POLICY], Html(include_str!("redoc.html")))
}

async fn file(Path(name): Path<String>) -> Result<Response> {
    let text = match name.as_str() {
        "redoc.standalone.js" => BUNDLE.as_str(),
        "redoc-start.js" => include_str!("redoc-start.js"),
        _ => {
            let detail = "this page has no such file; it begins at /redoc";
            return Err(Error::new(ErrorCode::NoSuchRoute, detail));
        }
    };
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    Ok(([CACHED, (header::CONTENT_TYPE, kind)], text).into_response())
}
