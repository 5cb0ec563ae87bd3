//! Parameters as handlers take them: from the URL ([`Takes`]), or from the URL and a JSON body ([`TakesInBody`]).

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;

use super::{RouteParams, Takes};
use crate::error::{Error, ErrorCode, Result};
use crate::http::extract::{json_pairs, query_pairs};

impl<R: RouteParams, S: Sync> FromRequestParts<S> for Takes<R> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        Self::read(query_pairs(&parts.uri))
    }
}

/// The same parameters, each in the URL or as a member of a JSON object in the body.
pub(in crate::http) struct TakesInBody<R>(pub(in crate::http) Takes<R>);

impl<R: RouteParams, S: Send + Sync> FromRequest<S> for TakesInBody<R> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (uri, headers) = (request.uri().clone(), request.headers().clone());
        // `middleware::body` has read the body already, so that this does not wait.
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| Error::new(ErrorCode::BadBody, "the body broke off before its end"))?;
        let pairs = query_pairs(&uri).into_iter().chain(json_pairs(&headers, &body)?);
        Takes::read(pairs.collect()).map(Self)
    }
}
