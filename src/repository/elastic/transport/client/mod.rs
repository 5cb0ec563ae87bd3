//! Sends one request to whichever node answers, within one deadline.
//!
//! The official client has no deadline, no limit on bodies and no memory of dead nodes; all three are here.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use elasticsearch::http::Method;
use elasticsearch::http::headers::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use elasticsearch::http::response::Response;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::options::ElasticOptions;
use super::unsent::innermost;
use super::{answer::Answer, answer::Fault, answer::bad_answer, answer::unavailable};
use super::{pool::Node, pool::Pool};
use crate::repository::elastic::STORE;
use crate::repository::{StoreError, StoreResult};
use crate::resilience::{Deadline, RetryPolicy, retry};

/// Largest body that is taken in; the client library can only take bodies whole.
const MAX_BODY_BYTES: u64 = 32 * 1024 * 1024;
/// How long a connection to a node may take while there are others.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection to a cluster.
#[derive(Debug)]
pub(crate) struct Client {
    pool: Pool,
    timeout: Duration,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, &'static str)>,
    content_type: &'static str,
    body: Option<Bytes>,
    repeat: Repeat,
}

/// Whether a request may be carried out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeat {
    Harmless,
    Never,
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            content_type: "application/json",
            body: None,
            repeat: Repeat::Harmless,
        }
    }

    /// A request that reads something.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path)
    }

    /// A request with a JSON body that reads something.
    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { body: Some(body.to_string().into()), ..Self::new(Method::Post, path) }
    }

    /// A request without a body that makes something that ends by itself.
    pub(crate) fn post_nothing(path: impl Into<String>) -> Self {
        Self::new(Method::Post, path)
    }

    /// A request that puts something in a place.
    pub(crate) fn put(path: impl Into<String>, body: &Value) -> Self {
        Self { body: Some(body.to_string().into()), ..Self::new(Method::Put, path) }
    }

    /// A request without a body that makes something in a place.
    pub(crate) fn put_nothing(path: impl Into<String>) -> Self {
        Self::new(Method::Put, path)
    }

    /// A request that removes something.
    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::Delete, path)
    }

    /// A request with a JSON body that removes something.
    pub(crate) fn delete_with(path: impl Into<String>, body: &Value) -> Self {
        Self { body: Some(body.to_string().into()), ..Self::new(Method::Delete, path) }
    }

    /// A request of many lines of JSON.
    pub(crate) fn lines(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self {
            content_type: "application/x-ndjson",
            body: Some(body.into()),
            ..Self::new(Method::Post, path)
        }
    }

    /// Adds a parameter.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.query.push((name, value));
        self
    }

    /// Marks a request that must not be carried out twice.
    #[must_use]
    pub(crate) fn once(mut self) -> Self {
        self.repeat = Repeat::Never;
        self
    }
}

impl Client {
    /// Prepares connections; makes none yet.
    pub(crate) fn new(options: &ElasticOptions) -> StoreResult<Self> {
        Ok(Self { pool: Pool::new(options)?, timeout: Duration::from_millis(options.timeout_ms) })
    }

    /// All nodes that can be asked, in the order of the configuration.
    pub(crate) fn nodes(&self) -> &[Node] {
        self.pool.nodes()
    }

    /// The deadline of one call.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends a request that reads; one that nobody could answer is tried once more within the deadline.
    pub(crate) async fn read(&self, call: &Call) -> StoreResult<Answer> {
        self.read_within(call, self.timeout).await
    }

    /// As [`Self::read`], with a deadline of its own.
    pub(crate) async fn read_within(&self, call: &Call, budget: Duration) -> StoreResult<Answer> {
        let deadline = Deadline::after(budget.min(self.timeout));
        let may_pass = |fault: &Fault| matches!(fault, Fault::NotReached(_) | Fault::Broken(_));
        let policy = RetryPolicy::once(deadline.remaining());
        retry(&policy, may_pass, || self.ask_nodes(call, deadline)).await.map_err(Fault::into_error)
    }

    /// Sends a request that changes something, once.
    pub(crate) async fn write(&self, call: &Call) -> StoreResult<Answer> {
        self.ask_nodes(call, Deadline::after(self.timeout)).await.map_err(Fault::into_error)
    }

    async fn ask_nodes(&self, call: &Call, deadline: Deadline) -> Result<Answer, Fault> {
        let mut last = None;
        for node in self.pool.order(Instant::now()) {
            let fault = match self.ask(node, call, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            match &fault {
                Fault::NotReached(error) => tracing::debug!(node = node.name(), %error, "node not reached"),
                Fault::Broken(error) if call.repeat == Repeat::Harmless => {
                    tracing::debug!(node = node.name(), %error, "node broke off");
                }
                Fault::Broken(_) | Fault::Final(_) => return Err(fault),
            }
            last = Some(fault);
        }
        Err(last.unwrap_or_else(|| Fault::Final(unavailable("there is no node to ask"))))
    }

    async fn ask(&self, node: &Node, call: &Call, deadline: Deadline) -> Result<Answer, Fault> {
        let answer = match deadline.run(self.attempt(node, call, deadline)).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::Final(timed_out(deadline))),
        };
        match &answer {
            Ok(_) => node.note_answer(Instant::now()),
            Err(Fault::NotReached(_) | Fault::Broken(_)) => node.note_failure(Instant::now()),
            Err(Fault::Final(StoreError::Timeout { .. })) => node.note_silence(),
            Err(Fault::Final(_)) => {}
        }
        answer
    }

    async fn attempt(&self, node: &Node, call: &Call, deadline: Deadline) -> Result<Answer, Fault> {
        if self.pool.has_choice() && !node.is_trusted(Instant::now()) {
            look_whether_it_listens(node).await?;
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(call.content_type));
        // Without compression the length of a body is known before it is read.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let response = node
            .transport
            .send(
                call.method,
                &call.path,
                headers,
                Some(&call.query),
                call.body.clone(),
                Some(deadline.remaining()),
            )
            .await
            .map_err(|error| not_sent(node, &error, deadline))?;
        take_in(node, response, deadline).await
    }
}

async fn take_in(node: &Node, response: Response, deadline: Deadline) -> Result<Answer, Fault> {
    let status = response.status_code().as_u16();
    if status == 401 {
        let reason = format!("{}: {}", node.name(), node.credentials.refusal());
        return Err(Fault::Final(unavailable(reason)));
    }
    if let Some(length) = response.content_length().filter(|length| *length > MAX_BODY_BYTES) {
        return Err(Fault::Final(bad_answer(format!("{length} bytes are more than 32 MiB"))));
    }
    let body = response.bytes().await.map_err(|error| {
        if error.is_timeout() {
            return Fault::Final(timed_out(deadline));
        }
        Fault::Final(bad_answer(format!("cut off: {}", innermost(&error))))
    })?;
    Answer::from_http(status, body)
}

/// Connects and hangs up: the client cannot be told to give up connecting before the deadline, and a node that is
/// gone without a trace would use up the time in which another one could answer.
async fn look_whether_it_listens(node: &Node) -> Result<(), Fault> {
    let connect = TcpStream::connect((node.host.as_str(), node.port));
    let reason = match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no connection within {} ms", CONNECT_TIMEOUT.as_millis()),
    };
    Err(Fault::NotReached(unavailable(format!("{}: {reason}", node.name()))))
}

fn not_sent(node: &Node, error: &elasticsearch::Error, deadline: Deadline) -> Fault {
    let http = error.source().and_then(|source| source.downcast_ref::<reqwest::Error>());
    let reason = format!("{}: {}", node.name(), node.unsent(error));
    match http {
        Some(http) if http.is_connect() => Fault::NotReached(unavailable(reason)),
        Some(http) if http.is_timeout() => Fault::Final(timed_out(deadline)),
        Some(http) if http.is_redirect() => Fault::Final(bad_answer(reason)),
        Some(_) => Fault::Broken(unavailable(reason)),
        None => Fault::Final(unavailable(reason)),
    }
}

fn timed_out(deadline: Deadline) -> StoreError {
    let timeout_ms = u64::try_from(deadline.budget().as_millis()).unwrap_or(u64::MAX);
    StoreError::Timeout { store: STORE, timeout_ms }
}

#[cfg(test)]
mod tests;
