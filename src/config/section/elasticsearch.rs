//! Section `elasticsearch`: the cluster engine.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::config::key::{Key, Print};
use crate::config::kind::{Kind, http_url};
use crate::config::origin::Problem;
use crate::config::settings::Settings;

const URLS: Kind = Kind::List(http_url);

pub(super) const TABLE: Key = Key::table(
    "elasticsearch",
    &[
        Key::printed("url", "ELASTICSEARCH_URL", URLS, Print::WithoutPasswords),
        Key::printed("fallback_url", "ELASTICSEARCH_FALLBACK_URL", URLS, Print::WithoutPasswords),
        Key::value("username", "ELASTICSEARCH_USERNAME", Kind::ANY),
        Key::secret("password", "ELASTICSEARCH_PASSWORD", Kind::ANY),
        Key::secret("api_key", "ELASTICSEARCH_API_KEY", Kind::ANY),
        Key::value("ca_file", "ELASTICSEARCH_CA_FILE", Kind::ANY),
        Key::value(
            "timeout_ms",
            "TRAILPROOF_ELASTICSEARCH_TIMEOUT_MS",
            Kind::Number { min: 1, max: 600_000 },
        ),
    ],
);

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

pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    let found = [
        settings.needs("elasticsearch.username", "elasticsearch.password"),
        settings.needs("elasticsearch.password", "elasticsearch.username"),
        settings.needs("elasticsearch.fallback_url", "elasticsearch.url"),
        settings.excludes("elasticsearch.api_key", "elasticsearch.username"),
    ];
    found.into_iter().flatten().collect()
}
