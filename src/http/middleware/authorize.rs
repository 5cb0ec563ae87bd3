//! Who calls, and whether they may. Before the body is read, for every route, from the one route table.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::pipeline::Pipeline;
use super::refuse;
use super::request_log::Subject;
use crate::access::Credentials;
use crate::error::{Error, ErrorCode, Result};
use crate::http::extract::Known;
use crate::http::rules::{Access, Match};

/// Lets a request pass that its route is open to; leaves the caller as [`Known`] for the handler.
pub(super) async fn check(State(pipeline): State<Pipeline>, mut request: Request, next: Next) -> Response {
    let access = match pipeline.table.find(&request) {
        // Their own handlers answer these, with 404 and 405.
        Match::NoRoute | Match::OtherMethod => Access::Open,
        Match::Undeclared => {
            let error =
                Error::new(ErrorCode::Forbidden, "nobody may call this route: it declares no permission");
            return refuse::refuse(request, error).await;
        }
        Match::Route(rule) => rule.access,
    };
    let Access::Needs(permission) = access else {
        return next.run(request).await;
    };
    let caller = match credentials(request.headers()) {
        Ok(credentials) => pipeline.state.door.admit(&credentials, permission).await,
        Err(error) => Err(error),
    };
    let caller = match caller {
        Ok(caller) => caller,
        Err(error) => return refuse::refuse(request, error).await,
    };
    let subject = Subject(caller.principal.subject.clone());
    request.extensions_mut().insert(Known(caller));
    let mut response = next.run(request).await;
    response.extensions_mut().insert(subject);
    response
}

/// What the caller shows: the token of the one `Authorization: Bearer` header.
///
/// # Errors
///
/// No such header, several, another scheme, or nothing behind it.
pub(in crate::http) fn credentials(headers: &HeaderMap) -> Result<Credentials> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(Error::new(
            ErrorCode::Unauthenticated,
            "send a token in the header 'Authorization: Bearer <token>'",
        ));
    };
    if values.next().is_some() {
        return Err(Error::new(
            ErrorCode::BadToken,
            "the request has several Authorization headers; send one",
        ));
    }
    let parts = value.to_str().ok().and_then(|text| text.split_once(' '));
    let Some((_, token)) = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        let detail = "the Authorization header must be 'Bearer <token>'";
        return Err(Error::new(ErrorCode::Unauthenticated, detail));
    };
    let token = token.trim_matches(' ');
    if token.is_empty() || token.contains(' ') {
        return Err(Error::new(
            ErrorCode::BadToken,
            "the Authorization header holds no token after 'Bearer'",
        ));
    }
    Ok(Credentials::Bearer(token.into()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use secrecy::ExposeSecret as _;

    use super::*;

    fn of(values: &[&'static str]) -> Result<String> {
        let values = values.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_static(value)));
        let Credentials::Bearer(token) = credentials(&values.collect())?;
        Ok(token.expose_secret().to_owned())
    }

    #[test]
    fn takes_the_token_whatever_the_case_of_the_scheme() {
        assert_eq!(of(&["Bearer abc"]), Ok("abc".to_owned()));
        assert_eq!(of(&["bearer  abc"]), Ok("abc".to_owned()));
    }

    #[test]
    fn anything_else_is_no_token_and_is_never_repeated() {
        for values in [
            &[][..],
            &["Basic secret"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a secret"],
            &["Bearer a", "Bearer a"],
        ] {
            let error = of(values).unwrap_err();

            assert!(matches!(error.code, ErrorCode::Unauthenticated | ErrorCode::BadToken), "{values:?}");
            assert!(!error.detail.contains("secret"));
        }
    }
}
