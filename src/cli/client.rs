//! Calls to a running server: where it is, who calls, and what its errors mean for a person at a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use reqwest::header::RETRY_AFTER;
use reqwest::{ClientBuilder, Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::{Host, Url};

use super::demo::state;
use super::outcome::Failure;
use super::terminal::{columns, printable};
use crate::model::Role;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For one request: above the server's own bounds, so that its answer is the one that is seen.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// Silence on a stream that means it is dead: the server lets a heartbeat be heard every 15 seconds.
const SILENCE: Duration = Duration::from_secs(40);
/// Where a server listens unless it is told otherwise.
const DEFAULT_URL: &str = "http://127.0.0.1:8002";
/// Tries of a request that the server says is one too many.
const PATIENT_TRIES: usize = 10;
/// Longest pause before such a try.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Refused lines that are shown one by one.
const SHOWN_PLACES: usize = 10;

/// Which server, and as whom.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server")]
pub(super) struct ServerArgs {
    /// Address of the server; a demo running on this machine is found by itself.
    #[arg(long, env = "TRAILPROOF_URL", value_name = "URL")]
    url: Option<String>,
    /// Token; see `trailproof token`. The variable keeps it out of the list of processes.
    #[arg(long, env = "TRAILPROOF_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
}

/// A server and the token it is called with.
pub(super) struct Client {
    http: reqwest::Client,
    streams: reqwest::Client,
    url: String,
    token: SecretString,
}

#[derive(Deserialize)]
struct Problem {
    code: u16,
    detail: String,
    #[serde(default)]
    errors: Vec<ProblemPlace>,
}

/// A place of a problem.
#[derive(Deserialize)]
pub(super) struct ProblemPlace {
    pointer: Option<String>,
    offset: Option<usize>,
    pub(super) line: Option<usize>,
    pub(super) detail: Option<String>,
}

impl Client {
    /// Takes the server of the arguments, else a demo on this machine, as `role`.
    pub(super) fn new(args: &ServerArgs, role: Role) -> Result<Self, Failure> {
        let named = args.url.as_deref().map(checked).transpose()?;
        let demo = state::find(named.as_deref());
        let url = match (named, &demo, &args.token) {
            (Some(url), _, _) => url,
            (None, Some(demo), _) => demo.url.clone(),
            (None, None, Some(_)) => DEFAULT_URL.to_owned(),
            (None, None, None) => {
                let advice = "set TRAILPROOF_URL and TRAILPROOF_TOKEN, or run: trailproof demo";
                return Err(anyhow!("no server is named and no demo runs here; {advice}").into());
            }
        };
        // The tokens of a demo are for the demo alone, never for another server.
        let own = demo.and_then(|mut demo| demo.tokens.remove(role.as_str())).map(SecretString::from);
        let token = args.token.clone().or(own).with_context(|| {
            format!("no token for {url}; set TRAILPROOF_TOKEN to one, see: trailproof token --help")
        })?;
        let builder = || without_proxy_to_oneself(&url).connect_timeout(CONNECT_TIMEOUT);
        let http = builder().timeout(REQUEST_TIMEOUT).build();
        let streams = builder().read_timeout(SILENCE).build();
        Ok(Self {
            http: http.context("the HTTP client cannot be made")?,
            streams: streams.context("the HTTP client cannot be made")?,
            url,
            token,
        })
    }

    /// Begins a request with the token.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(self.token.expose_secret())
    }

    /// Begins a request whose answer has no end.
    pub(super) fn stream(&self, path: &str) -> RequestBuilder {
        self.streams.get(format!("{}{path}", self.url)).bearer_auth(self.token.expose_secret())
    }

    /// Sends a request and turns what is no success into words; `query` is the text that an offset counts in.
    pub(super) async fn send(&self, request: RequestBuilder, query: &str) -> Result<Response, Failure> {
        let response = self.send_at_their_pace(request).await?;
        if response.status().is_success() { Ok(response) } else { Err(self.failure(response, query).await) }
    }

    /// Turns an answer that is no success into words.
    pub(super) async fn failure(&self, response: Response, query: &str) -> Failure {
        self.refusal(response, query).await.1
    }

    /// As [`Self::failure`], with the code of the problem where there is one.
    pub(super) async fn refusal(&self, response: Response, query: &str) -> (Option<u16>, Failure) {
        let status = response.status();
        let body = response.bytes().await.unwrap_or_default();
        let problem: Option<Problem> = serde_json::from_slice(&body).ok();
        let code = problem.as_ref().map(|problem| problem.code);
        let text = match problem {
            Some(problem) => explain(&problem, query),
            None => format!("{} answered {status}; is that a Trailproof?", self.url),
        };
        let error = anyhow!(text);
        (code, if status.is_server_error() { Failure::Unreachable(error) } else { Failure::User(error) })
    }

    /// Sends a request, and again when the server asks for fewer of them: whoever walks through all pages is faster than one
    /// caller may be.
    async fn send_at_their_pace(&self, mut request: RequestBuilder) -> Result<Response, Failure> {
        for _ in 0..PATIENT_TRIES {
            let again = request.try_clone();
            let response = self.send_raw(request).await?;
            let pause = retry_after(&response).filter(|_| response.status() == StatusCode::TOO_MANY_REQUESTS);
            let (Some(again), Some(pause)) = (again, pause) else { return Ok(response) };
            tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
            request = again;
        }
        self.send_raw(request).await
    }

    /// Sends a request; what is no success is the caller's to read.
    pub(super) async fn send_raw(&self, request: RequestBuilder) -> Result<Response, Failure> {
        request.send().await.map_err(|error| self.unreachable(&error))
    }

    /// Says that the server did not answer, with the innermost reason.
    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Failure {
        Failure::Unreachable(anyhow!("{} cannot be reached: {}", self.url, reason(error)))
    }
}

/// Why a server did not answer: the innermost reason.
pub(super) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

/// How long the server asks to wait before another try.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// The address without a slash at its end; what follows the host is kept, for a server behind a proxy.
pub(super) fn checked(url: &str) -> anyhow::Result<String> {
    let is_http = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let parsed = Url::parse(url).ok().filter(is_http);
    if parsed.is_none() {
        let shown = printable(url);
        return Err(anyhow!("'{shown}' is not the address of a server; write it as {DEFAULT_URL}"));
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// A proxy of the environment is for other machines.
pub(super) fn without_proxy_to_oneself(url: &str) -> ClientBuilder {
    let builder = reqwest::Client::builder();
    let is_oneself = Url::parse(url).ok().is_some_and(|url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    });
    if is_oneself { builder.no_proxy() } else { builder }
}

fn explain(problem: &Problem, query: &str) -> String {
    let mut text = format!("{} (code {})", problem.detail, problem.code);
    for place in problem.errors.iter().take(SHOWN_PLACES) {
        if let (Some(line), Some(detail)) = (place.line, &place.detail) {
            let _ = write!(text, "\n  line {line}: {detail}");
        } else if let Some(offset) = place.offset
            && place.pointer.as_deref() == Some("query")
        {
            text.push_str(&pointed_at(query, offset));
        }
    }
    text
}

/// The query with a mark below the place at fault.
fn pointed_at(query: &str, offset: usize) -> String {
    let before: String = query.chars().take(offset).collect();
    let indent = columns(&printable(&before));
    format!("\n  {}\n  {:indent$}^", printable(query), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_at_fault_is_marked_below_the_query() {
        let problem = Problem {
            code: 3003,
            detail: "unknown field 'servce'; did you mean 'service'?".to_owned(),
            errors: vec![ProblemPlace {
                pointer: Some("query".to_owned()),
                offset: Some(3),
                line: None,
                detail: None,
            }],
        };

        let text = explain(&problem, "결제 servce:x");

        assert_eq!(
            text,
            "unknown field 'servce'; did you mean 'service'? (code 3003)\n  결제 servce:x\n       ^"
        );
    }

    #[test]
    fn an_address_has_a_scheme_and_a_host() {
        assert_eq!(checked("http://h:1/logs/").unwrap(), "http://h:1/logs");
        for wrong in ["localhost:8002", "127.0.0.1:8002", "ftp://h", "http://", ""] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
    }
}
