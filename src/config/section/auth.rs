//! Section `auth`: which tokens are accepted.

use secrecy::SecretString;
use serde::Deserialize;

use crate::config::key::Key;
use crate::config::kind::{Complaint, Kind};

/// Least length of an HS256 secret, in bytes: the length of the hash.
const MIN_HMAC_SECRET_BYTES: usize = 32;

pub(super) const TABLE: Key = Key::table(
    "auth",
    &[
        Key::secret("hs256_secret", "TRAILPROOF_AUTH_HS256_SECRET", Kind::Text(hmac_secret)),
        Key::value("issuer", "TRAILPROOF_AUTH_ISSUER", Kind::ANY),
        Key::value("audience", "TRAILPROOF_AUTH_AUDIENCE", Kind::ANY),
        Key::value("roles_claim", "TRAILPROOF_AUTH_ROLES_CLAIM", Kind::ANY),
        Key::value("services_claim", "TRAILPROOF_AUTH_SERVICES_CLAIM", Kind::ANY),
        Key::unsupported(
            "jwks_url",
            "TRAILPROOF_AUTH_JWKS_URL",
            "accepts HS256 tokens only (auth.hs256_secret)",
        ),
    ],
);

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
    /// Claim of the roles.
    pub roles_claim: String,
    /// Claim of the services.
    pub services_claim: String,
}

fn hmac_secret(text: &str) -> Result<String, Complaint> {
    if text.len() < MIN_HMAC_SECRET_BYTES {
        return Err(format!(
            "must be at least {MIN_HMAC_SECRET_BYTES} bytes long, and has {}; `openssl rand -hex 32` makes one",
            text.len()
        ));
    }
    Ok(text.to_owned())
}
