//! The typed configuration: one struct a section. What a value means stands in `default.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use super::kind::decode_master_key;
use crate::model::{Preset, RetentionDays};

/// The configuration that the server runs with. `Debug` prints no secret.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Listeners.
    pub http: Http,
    /// Data of the embedded engine.
    pub storage: Storage,
    /// The cluster engine.
    pub elasticsearch: Elasticsearch,
    /// Indices and names.
    pub logs: Logs,
    /// The ledger of a cluster.
    pub database: Database,
    /// The second cache tier.
    pub redis: Redis,
    /// Accepted tokens.
    pub auth: Auth,
    /// Keys.
    pub security: Security,
    /// The audit ledger.
    pub audit: Audit,
    /// The server's own log.
    pub log: Log,
    /// What one caller may ask for.
    pub limits: Limits,
    /// When lines are deleted.
    pub retention: Retention,
}

/// Section `http`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Listener of the API.
    pub bind: SocketAddr,
    /// Own listener of metrics and health.
    pub admin_bind: Option<SocketAddr>,
}

/// Section `storage`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Data directory.
    pub dir: PathBuf,
    /// Bytes that log lines may take; 0 means no limit.
    pub max_disk_bytes: u64,
}

/// Section `elasticsearch`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elasticsearch {
    /// Nodes; none means the embedded engine.
    #[serde(default)]
    pub url: Vec<ServerUrl>,
    /// Nodes that are asked when none of `url` answers.
    #[serde(default)]
    pub fallback_url: Vec<ServerUrl>,
    /// User; there is a password too.
    pub username: Option<String>,
    /// Password of the user.
    pub password: Option<SecretString>,
    /// API key; there is no user.
    pub api_key: Option<SecretString>,
    /// PEM file of the nodes' authority.
    pub ca_file: Option<PathBuf>,
    /// Deadline of one call.
    pub timeout_ms: u64,
}

/// Address of a search engine. Prints without the password that it may hold.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ServerUrl(String);

impl ServerUrl {
    /// The address with everything in it, for the client that connects to it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// An address without its password.
pub(crate) fn without_password(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else {
        return "***".to_owned();
    };
    if url.password().is_none() {
        return address.to_owned();
    }
    match url.set_password(Some("***")) {
        Ok(()) => url.to_string(),
        Err(()) => "***".to_owned(),
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&without_password(&self.0))
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ServerUrl({self})")
    }
}

/// Section `logs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// Names in the indices that are read.
    pub preset: Preset,
    /// Patterns that are read; none means our own indices.
    #[serde(default)]
    pub indices: Vec<String>,
    /// Last part of the names of our own indices.
    pub env: String,
    /// Our field to its name in the indices that are read; wins over the preset.
    pub fields: BTreeMap<String, String>,
}

/// Section `database`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Address for the server's own login.
    pub url: Option<SecretString>,
    /// Address for migrations.
    pub owner_url: Option<SecretString>,
}

/// Section `redis`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// Address.
    pub url: Option<SecretString>,
}

/// Section `auth`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Secret of HS256 tokens; `access::secret::token_secret` says what holds without it.
    pub hs256_secret: Option<SecretString>,
    /// Required `iss`.
    pub issuer: String,
    /// Required `aud`.
    pub audience: String,
    /// Address of a key set; never beside a secret.
    pub jwks_url: Option<String>,
    /// Claim of the roles.
    pub roles_claim: String,
    /// Claim of the services.
    pub services_claim: String,
}

/// Section `security`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// Master key as 64 hex digits, whatever the form it was given in.
    pub master_key: Option<SecretString>,
}

impl Security {
    /// The bytes of the master key, if one was given.
    #[must_use]
    pub fn master_key_bytes(&self) -> Option<[u8; 32]> {
        self.master_key.as_ref().and_then(|key| decode_master_key(key.expose_secret()))
    }
}

/// Section `audit`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Ed25519 key of checkpoints.
    pub signing_key: Option<SecretString>,
    /// Name of the log in its checkpoints.
    pub origin: Option<String>,
    /// Directory of tiles and exports.
    pub archive_dir: Option<PathBuf>,
}

/// Section `log`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Least level: error, warn, info, debug or trace.
    pub level: String,
}

/// Section `limits`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Searches a second for one caller.
    pub search_per_second: u32,
    /// Searches at once for one caller.
    pub search_burst: u32,
    /// Longest window, in days, of a role without a wide one.
    pub max_window_days: u32,
    /// Longest window, in days, of a role with a wide one.
    pub max_window_days_wide: u32,
}

/// Section `retention`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days for application lines.
    pub app_days: u32,
    /// Days for error lines.
    pub error_days: u32,
    /// Days for security lines.
    pub security_days: u32,
    /// Seconds between two looks for lines that are too old.
    pub every_seconds: u64,
}

impl Retention {
    /// Days for which lines are kept, by kind.
    #[must_use]
    pub const fn days(&self) -> RetentionDays {
        RetentionDays { app: self.app_days, error: self.error_days, security: self.security_days }
    }
}
