//! What the middleware of one listener shares: the state, the rules of the routes, and room for requests and bodies.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::http::rules::RouteTable;
use crate::http::state::AppState;

/// Memory for bodies is handed out in pieces of this size.
pub(super) const PERMIT_BYTES: usize = 1_024;

/// What the middleware shares.
#[derive(Clone)]
pub(in crate::http) struct Pipeline {
    pub(super) state: AppState,
    pub(super) table: Arc<RouteTable>,
    pub(super) requests: Arc<Semaphore>,
    pub(super) bodies: Arc<Semaphore>,
}

impl Pipeline {
    /// Makes the shared part of the middleware of one listener.
    pub(in crate::http) fn new(state: AppState, table: RouteTable) -> Self {
        let requests = Arc::new(Semaphore::new(state.limits.requests));
        let bodies = Arc::new(Semaphore::new(state.limits.bodies_bytes / PERMIT_BYTES));
        Self { state, table: Arc::new(table), requests, bodies }
    }
}
