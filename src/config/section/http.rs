//! Section `http`: listeners.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::config::key::Key;
use crate::config::kind::Kind;
use crate::config::origin::Problem;
use crate::config::settings::Settings;

pub(super) const TABLE: Key = Key::table(
    "http",
    &[
        Key::value("bind", "TRAILPROOF_HTTP_BIND", Kind::ADDRESS),
        Key::value("admin_bind", "TRAILPROOF_HTTP_ADMIN_BIND", Kind::ADDRESS),
    ],
);

/// Section `http`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Listener of the API.
    pub bind: SocketAddr,
    /// Own listener of metrics and health.
    pub admin_bind: Option<SocketAddr>,
}

pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    open_bind(settings).into_iter().collect()
}

/// A server that listens to more than this machine must be given the key of its tokens.
fn open_bind(settings: &Settings) -> Option<Problem> {
    let address: SocketAddr = settings.text("http.bind")?.parse().ok()?;
    if address.ip().is_loopback() || settings.given("auth.hs256_secret").is_some() {
        return None;
    }
    let message = format!(
        "'http.bind' is {address}, which other machines can reach; set auth.hs256_secret \
         (TRAILPROOF_AUTH_HS256_SECRET), or bind to 127.0.0.1"
    );
    settings.problem("http.bind", message)
}
