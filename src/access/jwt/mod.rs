//! Tokens: who a bearer is, and how tokens of our own are made.
//!
//! The signature is checked by `jsonwebtoken`. Everything else is checked here: the library reads the system's
//! clock, and takes an `aud` or `iss` of the wrong type for an absent one.

use std::collections::HashSet;
use std::time::Duration;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

use crate::config::Auth;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Micros, Principal, Role};

use super::claims::Claims;

#[cfg(test)]
mod tests;

/// Longest token that is looked at, in bytes.
pub(crate) const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// Longest `sub`, in bytes.
const MAX_SUBJECT_BYTES: usize = 256;
/// How far the clocks of issuer and server may differ.
const LEEWAY_MICROS: i64 = 5_000_000;
/// Headers that bring or choose a key, or change what is signed. None is ever followed, so none is accepted.
const REFUSED_HEADERS: [&str; 9] = ["crit", "jku", "jwk", "x5u", "x5c", "zip", "enc", "b64", "cty"];

/// What checks the signature: one family of algorithms, chosen by the configuration and never by a token.
#[derive(Clone, Debug)]
pub(crate) enum TokenKey {
    /// HMAC with SHA-256 and this secret.
    Hs256(SecretString),
}

/// What a token must say, and where it says it.
#[derive(Clone, Debug)]
pub(crate) struct TokenRules {
    /// Required `iss`.
    pub(crate) issuer: String,
    /// Required `aud`, alone or among others.
    pub(crate) audience: String,
    /// Claim of the roles; a dotted path looks into objects.
    pub(crate) roles_claim: String,
    /// Claim of the services; a dotted path looks into objects.
    pub(crate) services_claim: String,
}

impl From<&Auth> for TokenRules {
    fn from(auth: &Auth) -> Self {
        Self {
            issuer: auth.issuer.clone(),
            audience: auth.audience.clone(),
            roles_claim: auth.roles_claim.clone(),
            services_claim: auth.services_claim.clone(),
        }
    }
}

/// Turns tokens into principals.
#[derive(Debug)]
pub(crate) struct TokenVerifier {
    key: DecodingKey,
    algorithm: &'static str,
    signature_only: Validation,
    rules: TokenRules,
}

impl TokenVerifier {
    /// Makes a verifier that accepts one algorithm.
    #[must_use]
    pub(crate) fn new(key: &TokenKey, rules: TokenRules) -> Self {
        let (key, algorithm, name) = match key {
            TokenKey::Hs256(secret) => {
                (DecodingKey::from_secret(secret.expose_secret().as_bytes()), Algorithm::HS256, "HS256")
            }
        };
        let mut signature_only = Validation::new(algorithm);
        signature_only.required_spec_claims = HashSet::new();
        signature_only.validate_exp = false;
        signature_only.validate_nbf = false;
        signature_only.validate_aud = false;
        Self { key, algorithm: name, signature_only, rules }
    }

    /// Checks a token (without the word `Bearer`) and says who bears it.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`] for no token, [`ErrorCode::BadToken`] for one that is not accepted, and
    /// [`ErrorCode::Forbidden`] for a good one whose roles or services cannot be used.
    pub(crate) fn verify(&self, token: &str, now: Micros) -> Result<Principal> {
        if token.is_empty() {
            return Err(Error::new(
                ErrorCode::Unauthenticated,
                "send a token: `Authorization: Bearer <token>`",
            ));
        }
        if token.len() > MAX_TOKEN_BYTES || !self.has_good_header(token) {
            return Err(refused());
        }
        let data = decode::<Claims>(token, &self.key, &self.signature_only).map_err(|_| refused())?;
        check_times(&data.claims, now)?;
        let subject = self.subject(&data.claims).ok_or_else(refused)?;
        Ok(Principal {
            subject: subject.to_owned(),
            roles: self.roles(&data.claims)?,
            services: self.services(&data.claims)?,
        })
    }

    /// Whether the first of exactly three segments names our algorithm and nothing that we would have to follow.
    fn has_good_header(&self, token: &str) -> bool {
        let mut segments = token.split('.');
        let (Some(header), Some(_), Some(_), None) =
            (segments.next(), segments.next(), segments.next(), segments.next())
        else {
            return false;
        };
        let header = URL_SAFE_NO_PAD.decode(header).ok();
        let Some(header) = header.and_then(|json| serde_json::from_slice::<Claims>(&json).ok()) else {
            return false;
        };
        header.text("alg") == Some(self.algorithm)
            && header.get("typ").is_none_or(is_good_type)
            && header.get("kid").is_none_or(is_good_key_id)
            && REFUSED_HEADERS.iter().all(|name| header.get(name).is_none())
    }

    /// The subject of a token that our issuer made for us.
    fn subject<'a>(&self, claims: &'a Claims) -> Option<&'a str> {
        let is_issuer = claims.text("iss")? == self.rules.issuer;
        let is_audience = match claims.get("aud")? {
            Value::String(audience) => *audience == self.rules.audience,
            Value::Array(audiences) => {
                audiences.iter().all(Value::is_string)
                    && audiences.iter().any(|audience| audience.as_str() == Some(&self.rules.audience))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        };
        let subject = claims.text("sub")?;
        let is_subject =
            (1..=MAX_SUBJECT_BYTES).contains(&subject.len()) && !subject.contains(char::is_control);
        (is_issuer && is_audience && is_subject).then_some(subject)
    }

    /// The roles that we know; others are left to other servers.
    fn roles(&self, claims: &Claims) -> Result<Vec<Role>> {
        let claim = &self.rules.roles_claim;
        let words = claims.get(claim).and_then(words);
        let words =
            words.ok_or_else(|| forbidden(format!("claim '{claim}' must be an array of role words")))?;
        let mut roles: Vec<_> = words.into_iter().filter_map(Role::parse).collect();
        roles.sort();
        roles.dedup();
        if roles.is_empty() {
            return Err(forbidden(format!("claim '{claim}' names no role of this server")));
        }
        Ok(roles)
    }

    /// The services, sorted. A claim of the wrong type must not count as an absent one: that would widen the scope.
    fn services(&self, claims: &Claims) -> Result<Vec<String>> {
        let claim = &self.rules.services_claim;
        let Some(value) = claims.get(claim) else {
            return Ok(Vec::new());
        };
        let Some(words) = words(value).filter(|words| words.iter().all(|word| !word.is_empty())) else {
            return Err(forbidden(format!("claim '{claim}' must be an array of service names")));
        };
        let mut services: Vec<_> = words.into_iter().map(str::to_owned).collect();
        services.sort();
        services.dedup();
        Ok(services)
    }
}

/// Makes tokens that a [`TokenVerifier`] with the same secret and rules accepts.
#[derive(Debug)]
pub(crate) struct TokenSigner {
    key: EncodingKey,
    random: SystemRandom,
    rules: TokenRules,
}

impl TokenSigner {
    /// Makes a signer.
    #[must_use]
    pub(crate) fn new(secret: &SecretString, rules: TokenRules) -> Self {
        let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
        Self { key, random: SystemRandom::new(), rules }
    }

    /// Makes a token that is good from `now`, cut to seconds, for `ttl`.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when the system gives no random bytes.
    pub(crate) fn mint(
        &self,
        subject: &str,
        roles: &[Role],
        services: &[String],
        ttl: Duration,
        now: Micros,
    ) -> Result<String> {
        let mut id = [0; 16];
        self.random.fill(&mut id).map_err(|_| not_signed())?;
        let issued = now.get().div_euclid(1_000_000);
        let expiry = issued.saturating_add(i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX));
        let mut claims = Map::new();
        for (name, value) in [
            ("iss", json!(self.rules.issuer)),
            ("aud", json!(self.rules.audience)),
            ("sub", json!(subject)),
            ("iat", json!(issued)),
            ("nbf", json!(issued)),
            ("exp", json!(expiry)),
            ("jti", json!(hex::encode(id))),
            (&self.rules.roles_claim, json!(roles)),
            (&self.rules.services_claim, json!(services)),
        ] {
            claims.insert(name.to_owned(), value);
        }
        encode(&Header::new(Algorithm::HS256), &claims, &self.key).map_err(|_| not_signed())
    }
}

fn check_times(claims: &Claims, now: Micros) -> Result<()> {
    let expiry = claims.time("exp").ok().flatten().ok_or_else(refused)?;
    if now >= expiry.plus(LEEWAY_MICROS) {
        return Err(Error::new(ErrorCode::BadToken, "the token has expired; get a new one"));
    }
    for name in ["nbf", "iat"] {
        let start = claims.time(name).map_err(|_| refused())?;
        if start.is_some_and(|start| start > now.plus(LEEWAY_MICROS)) {
            return Err(Error::new(ErrorCode::BadToken, "the token is not valid yet; check the clocks"));
        }
    }
    Ok(())
}

/// The one answer to every token that is not accepted: which check failed would help whoever forges one.
fn refused() -> Error {
    Error::new(ErrorCode::BadToken, "the token is not accepted; get a new one")
}

fn forbidden(detail: String) -> Error {
    Error::new(ErrorCode::Forbidden, detail)
}

fn not_signed() -> Error {
    Error::new(ErrorCode::Internal, "no token can be made; the system gives no random bytes")
}

/// The words of an array of nothing but words.
fn words(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn is_good_type(value: &Value) -> bool {
    let types = ["jwt", "at+jwt", "application/at+jwt"];
    value.as_str().is_some_and(|word| types.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// Whether a key id is a plain word; with a single key it chooses nothing.
fn is_good_key_id(value: &Value) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'=' | b':');
    value.as_str().is_some_and(|id| (1..=128).contains(&id.len()) && id.bytes().all(is_allowed))
}
