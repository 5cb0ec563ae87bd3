//! Who calls and what they may see: tokens, roles, scope.
//!
//! `jwt.rs` turns a token into a principal, `policy.rs` a principal and a permission into a caller with its scope;
//! `secret.rs` keeps the key of the tokens that this server makes itself.

pub mod jwt;
pub mod policy;
pub mod secret;

mod claims;

pub use jwt::{TokenKey, TokenRules, TokenSigner, TokenVerifier};
pub use policy::{Windows, admit};
