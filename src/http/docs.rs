//! `/docs`: Swagger UI from inside the binary, and `/openapi.json`, which it shows.
//!
//! The page is ours (`docs.html`), so that no script stands in it: the content security policy allows none.

use std::sync::{Arc, LazyLock};

use axum::Extension;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use utoipa_swagger_ui::Config;

use super::Routes;
use crate::error::{Error, ErrorCode, Result};

/// Scripts, styles and data from here only; styles also in attributes, which Swagger UI sets.
const POLICY: (HeaderName, HeaderValue) = (
    header::CONTENT_SECURITY_POLICY,
    HeaderValue::from_static(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
);

/// The files belong to the version of the binary; an hour is short enough for an upgrade to be seen.
const CACHED: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/openapi.json")
        .use_base_layout()
        .try_it_out_enabled(true)
        .persist_authorization(true)
        .display_request_duration(true)
        .filter(true)
        // The list of schemas is longer than that of routes: closed until somebody opens it.
        .default_models_expand_depth(0)
        .query_config_enabled(false)
        .request_snippets_enabled(true)
        // Unless told not to, the page sends the document's address to a validator on the internet.
        .validator_url("none");
    Arc::new(config)
});

/// The OpenAPI document as it is served; made once.
#[derive(Clone, Debug)]
pub(super) struct OpenApiText(Arc<str>);

impl OpenApiText {
    /// Keeps the document.
    pub(super) fn new(json: String) -> Self {
        Self(json.into())
    }
}

/// The routes of the documentation; they are open, and not part of the document themselves.
pub(super) fn routes() -> Routes {
    Routes::default()
        .page("/docs", get(page))
        .page("/docs/", get(page))
        .page("/docs/{*file}", get(file))
        .page("/openapi.json", get(document))
}

async fn page() -> impl IntoResponse {
    ([POLICY], Html(include_str!("docs.html")))
}

async fn file(Path(name): Path<String>) -> Result<Response> {
    let found = utoipa_swagger_ui::serve(&name, Arc::clone(&CONFIG)).map_err(|error| {
        tracing::error!(%error, "a file of the documentation cannot be served");
        Error::new(ErrorCode::Internal, "the file cannot be served")
    })?;
    let Some(file) = found else {
        return Err(Error::new(
            ErrorCode::NoSuchRoute,
            "the documentation has no such file; it begins at /docs",
        ));
    };
    let kind = HeaderValue::from_str(&file.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    Ok((StatusCode::OK, [POLICY, CACHED, (header::CONTENT_TYPE, kind)], file.bytes.into_owned())
        .into_response())
}

async fn document(Extension(text): Extension<OpenApiText>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text.0.to_string())
}
