//! The events of one tail: asks the store twice a second, gives signs of life, survives failures of the store.
//!
//! Nothing runs beside the connection: the stream works only while its client reads, and ends with it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::Event;
use futures_util::Stream;
use serde_json::json;
use tokio::time::Instant;

use crate::access::{Admit, Credentials};
use crate::error::{Error, ErrorCode, Result};
use crate::http::AppState;
use crate::http::middleware::credentials;
use crate::http::middleware::request_id::RequestId;
use crate::http::problem::ErrorResponse;
use crate::http::seats::Seat;
use crate::http::state::{Lifecycle, TailTimes};
use crate::model::Permission;
use crate::resilience::Deadline;
use crate::search::SearchService;
use crate::search::fields::{FieldSelection, SelectedEntry};
use crate::search::tail::{Tail, TailBatch};
use crate::telemetry::metrics::Held;

/// After this time a client whose connection broke comes back.
const RETRY: Duration = Duration::from_secs(2);

/// One tail and everything that it needs to go on.
pub(super) struct Feed {
    search: Arc<SearchService>,
    tail: Tail,
    fields: FieldSelection,
    door: Arc<dyn Admit>,
    credentials: Credentials,
    request_id: RequestId,
    lifecycle: Arc<Lifecycle>,
    times: TailTimes,
    patience: Duration,
    next_poll: Instant,
    next_beat: Instant,
    failures: u32,
    ready: VecDeque<Event>,
    is_over: bool,
    _seat: Seat,
    _held: Held,
}

impl Feed {
    /// Begins with an event that only says where to go on, so that no line is lost before the first one.
    pub(super) fn new(
        state: &AppState,
        tail: Tail,
        fields: FieldSelection,
        headers: &HeaderMap,
        request_id: RequestId,
        seat: Seat,
    ) -> Result<Self> {
        let now = Instant::now();
        let begin = Event::default().retry(RETRY).id(state.search.tail_cursor(&tail)?);
        Ok(Self {
            search: Arc::clone(&state.search),
            tail,
            fields,
            door: Arc::clone(&state.door),
            credentials: credentials(headers)?,
            request_id,
            lifecycle: Arc::clone(&state.lifecycle),
            times: state.limits.tail,
            patience: state.limits.request_time,
            next_poll: now,
            next_beat: now + state.limits.tail.heartbeat,
            failures: 0,
            ready: VecDeque::from([begin]),
            is_over: false,
            _seat: seat,
            _held: state.metrics.log_tails.hold(()),
        })
    }

    /// The events, until the server drains, the token is refused, or the client goes away.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures_util::stream::unfold(self, Self::next)
    }

    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let lifecycle = Arc::clone(&self.lifecycle);
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                biased;
                () = lifecycle.draining() => return None,
                () = self.step() => {}
            }
        }
    }

    /// Waits for whatever is due first, and does it.
    async fn step(&mut self) {
        tokio::time::sleep_until(self.next_poll.min(self.next_beat)).await;
        let now = Instant::now();
        if now >= self.next_beat {
            self.beat(now).await;
        }
        if now >= self.next_poll && !self.is_over {
            self.poll().await;
        }
    }

    /// A sign of life with a fresh cursor (the one before grows old while nothing comes in), unless the token is no
    /// longer good.
    async fn beat(&mut self, now: Instant) {
        self.next_beat = now + self.times.heartbeat;
        let admitted = self.door.admit(&self.credentials, Permission::SearchLogs).await;
        let still_good = admitted.and_then(|_| self.search.tail_cursor(&self.tail));
        match still_good {
            Ok(cursor) => self.ready.push_back(Event::default().comment("heartbeat").id(cursor)),
            Err(error) => {
                self.tell(&error);
                self.is_over = true;
            }
        }
    }

    async fn poll(&mut self) {
        let asking = Deadline::after(self.patience).run(self.search.poll_tail(&mut self.tail));
        let late = || Error::new(ErrorCode::EngineTimeout, "the search engine did not answer in time");
        match asking.await.unwrap_or_else(|_| Err(late())) {
            Ok(batch) => {
                self.failures = 0;
                self.show(batch);
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.tell(&error);
            }
        }
        let pause = self.times.poll.saturating_mul(2_u32.saturating_pow(self.failures));
        self.next_poll = Instant::now() + pause.min(self.times.heartbeat).max(self.times.poll);
    }

    fn show(&mut self, batch: TailBatch) {
        for warning in batch.warnings {
            self.ready.push_back(Event::default().event("warning").data(warning));
        }
        let mut dropped = batch.dropped;
        for (cursor, entry) in batch.events {
            let line = SelectedEntry { entry, fields: self.fields.clone() };
            match Event::default().event("message").id(cursor).json_data(line) {
                Ok(event) => self.ready.push_back(event),
                Err(_) => dropped += 1,
            }
        }
        if dropped > 0 {
            let count = json!({ "count": dropped }).to_string();
            self.ready.push_back(Event::default().event("dropped").data(count));
        }
    }

    fn tell(&mut self, error: &Error) {
        let problem = ErrorResponse::new(error, self.request_id.as_str());
        let body = serde_json::to_string(&problem).unwrap_or_default();
        self.ready.push_back(Event::default().event("error").data(body));
    }
}
