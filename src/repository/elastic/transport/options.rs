//! What a connection to a cluster needs to know.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::model::{EnvName, IndexPattern, Preset, RetentionDays};

/// Addresses, credentials and names of a cluster.
#[derive(Clone)]
pub struct ElasticOptions {
    /// Addresses of equal nodes, asked in turn; at least one.
    pub urls: Vec<String>,
    /// Addresses that are asked only while none of `urls` answers.
    pub fallback_urls: Vec<String>,
    /// User name for Basic authentication; goes with `password`.
    pub username: Option<String>,
    /// Password for Basic authentication.
    pub password: Option<SecretString>,
    /// API key, as `id:key` or in its encoded form; takes precedence over a user name.
    pub api_key: Option<SecretString>,
    /// PEM file with the certificate authorities that signed the nodes' certificates.
    pub ca_file: Option<PathBuf>,
    /// Deadline of one call in milliseconds, all its attempts included.
    pub timeout_ms: u64,
    /// `<env>` in the names of our own indices.
    pub env: EnvName,
    /// Index patterns that are read for application and error lines; empty means our own indices.
    pub indices: Vec<IndexPattern>,
    /// Whose names the documents of `indices` use.
    pub preset: Preset,
    /// Our field to its name in `indices`; wins over the preset.
    pub field_names: BTreeMap<String, String>,
    /// How long lifecycle policies keep lines, where the cluster has such policies.
    pub retention: RetentionDays,
}

/// How a node is told who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    /// Not at all.
    None,
    /// By user name and password.
    Basic,
    /// By an API key as `id:key`.
    ApiKey,
    /// By an API key in its encoded form.
    EncodedApiKey,
}

impl CredentialKind {
    /// What a node means that answers with 401, and what to do then.
    pub(crate) const fn refusal(self) -> &'static str {
        match self {
            Self::None => {
                "it wants to know who asks; set ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD, or \
                 ELASTICSEARCH_API_KEY"
            }
            Self::Basic => {
                "it refuses the user name or the password; check ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD"
            }
            Self::ApiKey | Self::EncodedApiKey => "it refuses the API key; check ELASTICSEARCH_API_KEY",
        }
    }
}

impl Default for ElasticOptions {
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            fallback_urls: Vec::new(),
            username: None,
            password: None,
            api_key: None,
            ca_file: None,
            timeout_ms: 8_000,
            env: EnvName::default(),
            indices: Vec::new(),
            preset: Preset::default(),
            field_names: BTreeMap::new(),
            retention: RetentionDays::default(),
        }
    }
}

// Written by hand: an address may carry a password.
impl fmt::Debug for ElasticOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ElasticOptions")
            .field("timeout_ms", &self.timeout_ms)
            .field("env", &self.env)
            .field("indices", &self.indices)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_no_secret() {
        let options = ElasticOptions {
            urls: vec!["https://elastic:hunter2@es.example.org".to_owned()],
            password: Some("hunter2".into()),
            api_key: Some("hunter2".into()),
            ..ElasticOptions::default()
        };

        let text = format!("{options:?}");

        assert!(!text.contains("hunter2"), "{text}");
    }
}
