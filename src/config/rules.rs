//! Rules between settings: what cannot hold together.

use std::net::SocketAddr;

use toml::Value;

use super::origin::{Origin, Problem};
use super::settings::Settings;

/// Least limit of the disk space of lines.
const MIN_DISK_BYTES: i64 = 1_048_576;
/// Elasticsearch takes 4 KiB of address; some of it is for the rest.
const MAX_INDICES_BYTES: usize = 3_500;

/// Checks every rule. A setting that was given but cannot be read counts as given: its own problem is told already.
pub(crate) fn check(settings: &Settings) -> Vec<Problem> {
    let rules = [
        open_bind(settings),
        needs(settings, "elasticsearch.username", "elasticsearch.password"),
        needs(settings, "elasticsearch.password", "elasticsearch.username"),
        needs(settings, "elasticsearch.fallback_url", "elasticsearch.url"),
        excludes(settings, "elasticsearch.api_key", "elasticsearch.username"),
        excludes(settings, "auth.jwks_url", "auth.hs256_secret"),
        tiny_disk(settings),
        long_indices(settings),
    ];
    rules.into_iter().flatten().collect()
}

/// Whoever listens to more than this machine must be given the key of its tokens.
fn open_bind(settings: &Settings) -> Option<Problem> {
    let address: SocketAddr = settings.text("http.bind")?.parse().ok()?;
    let has_key = settings.given("auth.hs256_secret").is_some() || settings.given("auth.jwks_url").is_some();
    if address.ip().is_loopback() || has_key {
        return None;
    }
    let message = format!(
        "'http.bind' is {address}, which other machines can reach; set auth.hs256_secret \
         (TRAILPROOF_AUTH_HS256_SECRET) or auth.jwks_url, or bind to 127.0.0.1"
    );
    Some(Problem::new(origin(settings, "http.bind")?, message))
}

/// A number that was meant in gigabytes would delete every line.
fn tiny_disk(settings: &Settings) -> Option<Problem> {
    let bytes = settings.given("storage.max_disk_bytes")?.value.as_ref()?.as_integer()?;
    if bytes == 0 || bytes >= MIN_DISK_BYTES {
        return None;
    }
    let message = format!(
        "'storage.max_disk_bytes' is {bytes}, too little for any log; use at least {MIN_DISK_BYTES}, or 0 for no limit"
    );
    Some(Problem::new(origin(settings, "storage.max_disk_bytes")?, message))
}

/// All patterns stand in the address of every search.
fn long_indices(settings: &Settings) -> Option<Problem> {
    let patterns = settings.given("logs.indices")?.value.as_ref()?.as_array()?;
    let bytes: usize = patterns.iter().filter_map(Value::as_str).map(|pattern| pattern.len() + 1).sum();
    if bytes <= MAX_INDICES_BYTES {
        return None;
    }
    let message = format!(
        "'logs.indices' is {bytes} bytes long; at most {MAX_INDICES_BYTES} fit into a request to Elasticsearch; use \
         patterns with stars, or an alias"
    );
    Some(Problem::new(origin(settings, "logs.indices")?, message))
}

fn needs(settings: &Settings, path: &str, needed: &str) -> Option<Problem> {
    let origin = origin(settings, path)?;
    if settings.given(needed).is_some() {
        return None;
    }
    Some(Problem::new(origin, format!("'{path}' is set without '{needed}'; set both or none")))
}

fn excludes(settings: &Settings, path: &str, other: &str) -> Option<Problem> {
    let origin = origin(settings, path)?;
    settings.given(other)?;
    Some(Problem::new(origin, format!("'{path}' and '{other}' are both set; keep one")))
}

fn origin(settings: &Settings, path: &str) -> Option<Origin> {
    settings.given(path).map(|setting| setting.origin.clone())
}
