//! The door: whoever shows credentials is let in with a scope, or refused.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

use super::{TokenVerifier, Windows, policy};
use crate::error::Result;
use crate::model::{Caller, Clock, Permission};

/// What a caller shows to be let in.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A token, as it stands behind `Authorization: Bearer`.
    Bearer(SecretString),
}

/// Lets callers in. Asynchronous, because not everything that proves who somebody is lies in this process.
#[async_trait]
pub trait Admit: Send + Sync + 'static {
    /// Lets the owner of `credentials` in to something that asks for `permission`.
    ///
    /// # Errors
    /// `Unauthenticated` or `BadToken` for credentials that are not accepted, `Forbidden` when no role of theirs holds the
    /// permission, `OutsideScope` when those that hold it see nothing.
    async fn admit(&self, credentials: &Credentials, permission: Permission) -> Result<Caller>;
}

/// Lets in who shows a token that this server accepts.
pub(crate) struct TokenDoor {
    verifier: TokenVerifier,
    windows: Windows,
    clock: Arc<dyn Clock>,
}

impl TokenDoor {
    /// Makes the door; `windows` bounds what those who are let in may ask for.
    pub(crate) fn new(verifier: TokenVerifier, windows: Windows, clock: Arc<dyn Clock>) -> Self {
        Self { verifier, windows, clock }
    }
}

#[async_trait]
impl Admit for TokenDoor {
    async fn admit(&self, credentials: &Credentials, permission: Permission) -> Result<Caller> {
        let principal = match credentials {
            Credentials::Bearer(token) => self.verifier.verify(token.expose_secret(), self.clock.now())?,
        };
        policy::admit(principal, permission, &self.windows)
    }
}
