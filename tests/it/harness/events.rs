//! Server-sent events as a browser understands them.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::HeaderMap;
use futures_util::StreamExt as _;
use serde_json::Value;

/// Longer than anything that a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer that goes on, event after event.
pub(crate) struct Events {
    pub(crate) headers: HeaderMap,
    body: BodyDataStream,
    unread: String,
    /// The id that a browser would send when it connects again.
    pub(crate) last_id: String,
}

/// One block of lines.
#[derive(Debug, Default)]
pub(crate) struct SentEvent {
    pub(crate) kind: String,
    pub(crate) data: String,
    pub(crate) has_id: bool,
    pub(crate) is_comment: bool,
}

impl Events {
    pub(crate) fn new(headers: HeaderMap, body: Body) -> Self {
        Self { headers, body: body.into_data_stream(), unread: String::new(), last_id: String::new() }
    }

    /// The next block, be it a comment or an id only; `None` at the end.
    pub(crate) async fn next_block(&mut self) -> Option<SentEvent> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                return Some(self.understand(&block));
            }
            let chunk = tokio::time::timeout(PATIENCE, self.body.next()).await.expect("something is sent")?;
            self.unread.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// The next event with data; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<SentEvent> {
        loop {
            let event = self.next_block().await?;
            if !event.data.is_empty() {
                return Some(event);
            }
        }
    }

    /// The ids of the next lines.
    pub(crate) async fn lines(&mut self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        while ids.len() < count {
            let event = self.next().await.unwrap();
            assert_eq!(event.kind, "message", "{event:?}");
            ids.push(event.json()["id"].as_str().unwrap().to_owned());
        }
        ids
    }

    fn understand(&mut self, block: &str) -> SentEvent {
        let mut event = SentEvent { kind: "message".to_owned(), ..SentEvent::default() };
        for line in block.lines() {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "" => event.is_comment = true,
                "id" => {
                    value.clone_into(&mut self.last_id);
                    event.has_id = true;
                }
                "event" => value.clone_into(&mut event.kind),
                "data" => event.data.push_str(value),
                "retry" => assert!(value.parse::<u32>().is_ok(), "{line}"),
                _ => panic!("a browser ignores this: {line}"),
            }
        }
        event
    }
}

impl SentEvent {
    /// The data as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {}", self.data))
    }
}
