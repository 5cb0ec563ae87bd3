//! Calls to a running server: where it is, who calls, and what its errors mean for a person at a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use reqwest::{Method, RequestBuilder, Response};
use serde::Deserialize;

use super::{Failure, demo_state};
use crate::model::Role;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For one request: above the server's own bounds, so that its answer is the one that is seen.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// Which server, and as whom.
#[derive(Clone, Debug, Args)]
pub(super) struct ServerArgs {
    /// Address of the server; a demo running on this machine is found by itself.
    #[arg(long, env = "TRAILPROOF_URL", value_name = "URL")]
    url: Option<String>,
    /// Token; see `trailproof token`.
    #[arg(long, env = "TRAILPROOF_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// A server and the token it is called with.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
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
    pub(super) offset: Option<usize>,
    pub(super) line: Option<usize>,
    pub(super) detail: Option<String>,
}

impl Client {
    /// Takes the server of the arguments, else a demo on this machine, as `role`.
    pub(super) fn new(args: &ServerArgs, role: Role) -> Result<Self, Failure> {
        let demo = if args.url.is_none() || args.token.is_none() { demo_state::find() } else { None };
        let nowhere = || {
            anyhow!("no server named and no demo runs here; set --url and --token, or run: trailproof demo")
        };
        let url = match (&args.url, &demo) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, Some(demo)) => demo.url.clone(),
            (None, None) => return Err(nowhere().into()),
        };
        // The tokens of a demo are for the demo alone, never for another server.
        let own = demo.filter(|demo| demo.url == url).and_then(|mut demo| demo.tokens.remove(role.as_str()));
        let token = args.token.clone().or(own);
        let token =
            token.context("no token: set --token or TRAILPROOF_TOKEN; see trailproof token --help")?;
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .build()
            .context("the HTTP client cannot be made")?;
        Ok(Self { http, url, token })
    }

    /// Begins a request with the token.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    /// Sends a request and turns what is no success into words.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = self.send_raw(request).await?;
        if response.status().is_success() { Ok(response) } else { Err(self.failure(response).await) }
    }

    /// Turns an answer that is no success into words.
    pub(super) async fn failure(&self, response: Response) -> Failure {
        let status = response.status();
        let body = response.bytes().await.unwrap_or_default();
        let problem: Option<Problem> = serde_json::from_slice(&body).ok();
        let text = match problem {
            Some(problem) => explain(&problem),
            None => format!("{} answered {status}; is that a Trailproof?", self.url),
        };
        let error = anyhow!(text);
        if status.is_server_error() { Failure::Unreachable(error) } else { Failure::User(error) }
    }

    /// Sends a request; what is no success is the caller's to read.
    pub(super) async fn send_raw(&self, request: RequestBuilder) -> Result<Response, Failure> {
        request.send().await.map_err(|error| self.unreachable(error))
    }

    fn unreachable(&self, error: reqwest::Error) -> Failure {
        let reason = error.without_url();
        Failure::Unreachable(anyhow!(reason).context(format!("{} cannot be reached", self.url)))
    }
}

fn explain(problem: &Problem) -> String {
    let mut text = format!("{} (code {})", problem.detail, problem.code);
    for place in problem.errors.iter().take(10) {
        if let (Some(line), Some(detail)) = (place.line, &place.detail) {
            let _ = write!(text, "\n  line {line}: {detail}");
        } else if let Some(offset) = place.offset {
            let _ = write!(text, " at character {}", offset + 1);
        }
    }
    text
}
