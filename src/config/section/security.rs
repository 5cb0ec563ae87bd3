//! Section `security`: keys.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::config::key::Key;
use crate::config::kind::{Complaint, Kind};

pub(super) const TABLE: Key = Key::table(
    "security",
    &[Key::secret("master_key", "TRAILPROOF_SECURITY_MASTER_KEY", Kind::Text(master_key))],
);

/// Section `security`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// Master key as 64 hex digits, whatever the form it was given in.
    pub master_key: Option<SecretString>,
}

impl Security {
    /// The bytes of the master key, if one was given.
    #[must_use]
    pub fn master_key_bytes(&self) -> Option<[u8; 32]> {
        self.master_key.as_ref().and_then(|key| decode(key.expose_secret()))
    }
}

/// Reads 64 hex digits, or base64 of 32 bytes.
fn decode(text: &str) -> Option<[u8; 32]> {
    let bytes = hex::decode(text).or_else(|_| STANDARD.decode(text)).ok()?;
    bytes.try_into().ok()
}

fn master_key(text: &str) -> Result<String, Complaint> {
    let Some(key) = decode(text.trim()) else {
        return Err(
            "must be 64 hex digits or base64 of 32 bytes; `openssl rand -hex 32` makes one".to_owned()
        );
    };
    Ok(hex::encode(key))
}
