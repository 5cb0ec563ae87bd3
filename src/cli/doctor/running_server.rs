//! Looks at a Trailproof that runs somewhere, as a caller meets it.

use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::DATE;
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::line_findings;
use crate::cli::client::{checked, reason, without_proxy_to_oneself};
use crate::model::{Clock, Finding};

const DEADLINE: Duration = Duration::from_secs(5);
/// The header counts whole seconds.
const TOLERATED_SECONDS: i64 = 5;

/// Asks for its health, as whom the token is known, and how the lines are that it has taken in.
pub(super) async fn examine(
    url: &str,
    token: Option<&SecretString>,
    clock: &dyn Clock,
) -> anyhow::Result<Vec<Finding>> {
    let url = match checked(url) {
        Ok(url) => url,
        Err(error) => {
            let fix = "trailproof doctor --url http://127.0.0.1:8002";
            return Ok(vec![Finding::failed("server", error.to_string(), fix)]);
        }
    };
    let client =
        without_proxy_to_oneself(&url).timeout(DEADLINE).build().context("the HTTP client cannot be made")?;
    let get = |path: &str| {
        let request = client.get(format!("{url}{path}"));
        match token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    };
    let health = match get("/health").send().await {
        Ok(health) => health,
        Err(error) => {
            let message = format!("{url} cannot be reached: {}", reason(&error));
            return Ok(vec![Finding::failed("server", message, format!("curl -v '{url}/health'"))]);
        }
    };
    let clock = compare_clocks(&health, clock);
    let report: Value = health.json().await.unwrap_or_default();
    let Some(status) = report.get("status").and_then(Value::as_str) else {
        let message = format!("{url} is not a Trailproof: its /health is not one of ours");
        return Ok(vec![Finding::failed("server", message, format!("curl -v '{url}/health'"))]);
    };
    let mut findings = vec![Finding::ok("server", format!("{url} answers; its status is {status}"))];
    findings.extend(backends(&report, &url));
    findings.extend(clock);
    if token.is_some() {
        findings.push(match get("/api/v1/me").send().await {
            Ok(me) if me.status() == StatusCode::UNAUTHORIZED => Finding::failed(
                "token",
                "the token in TRAILPROOF_TOKEN is refused",
                "trailproof token --role sre",
            ),
            Ok(me) if me.status().is_success() => {
                let me: Value = me.json().await.unwrap_or_default();
                let roles = me.get("roles").and_then(Value::as_array).into_iter().flatten();
                let roles: Vec<_> = roles.filter_map(Value::as_str).collect();
                Finding::ok("token", format!("the token is known, with the roles: {}", roles.join(", ")))
            }
            Ok(other) => {
                let message = format!("the token cannot be checked: status {}", other.status());
                Finding::failed("token", message, format!("curl -v '{url}/api/v1/me'"))
            }
            Err(error) => {
                let message = format!("the token cannot be checked: {}", reason(&error));
                Finding::failed("token", message, format!("curl -v '{url}/api/v1/me'"))
            }
        });
    }
    // Where operators have a listener of their own, there are no metrics here.
    if let Ok(metrics) = get("/metrics").send().await
        && metrics.status().is_success()
        && let Ok(exposition) = metrics.text().await
    {
        findings.extend(line_findings::findings(&exposition));
    }
    Ok(findings)
}

/// The back ends that are down; why is told to operators only.
fn backends(report: &Value, url: &str) -> Vec<Finding> {
    let checks = report.get("checks").and_then(Value::as_object).into_iter().flatten();
    let down = checks.filter(|(_, state)| state.as_str() != Some("up"));
    let finding = |(name, _): (&String, &Value)| {
        let reason = report.pointer(&format!("/detail/{name}/error")).and_then(Value::as_str);
        let message = match reason {
            Some(reason) => format!("{name} is down: {reason}"),
            None => format!("{name} is down; a token of sre or admin is told why"),
        };
        let message = format!("{message}; run doctor where {url} runs, with its configuration");
        Finding::failed("backend", message, "trailproof doctor")
    };
    down.map(finding).collect()
}

fn compare_clocks(answer: &Response, clock: &dyn Clock) -> Option<Finding> {
    let text = answer.headers().get(DATE)?.to_str().ok()?;
    let there: Timestamp = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    let skew = there.as_second() - clock.now().get().div_euclid(1_000_000);
    if skew.abs() <= TOLERATED_SECONDS {
        return Some(Finding::ok(
            "clock",
            format!("its clock and that of this machine agree within {TOLERATED_SECONDS} s"),
        ));
    }
    let side = if skew < 0 { "behind" } else { "ahead of" };
    let message =
        format!("its clock is {} s {side} that of this machine; fix the one that is wrong", skew.abs());
    Some(Finding::failed("clock", message, "timedatectl set-ntp true"))
}
