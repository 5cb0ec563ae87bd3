//! How fast one caller may search. After permission, for it counts by the subject of the token; before the body is read.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::pipeline::Pipeline;
use super::refuse;
use crate::http::extract::Known;

/// Refuses a search of a caller who has sent too many.
pub(super) async fn bound(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let is_search = pipeline.table.rule(&request).is_some_and(|rule| rule.class.search().is_some());
    let caller = request.extensions().get::<Known>().filter(|_| is_search);
    let taken = caller.map_or(Ok(()), |Known(caller)| pipeline.state.rate.take(&caller.principal.subject));
    match taken {
        Ok(()) => next.run(request).await,
        Err(error) => refuse::refuse(request, error).await,
    }
}
