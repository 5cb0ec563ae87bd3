//! Who calls and what they may see: tokens, roles, scope.
//!
//! `door.rs` is what routes ask: credentials and a permission in, a caller with its scope out. Behind it, `jwt` turns a
//! token into a principal and `policy.rs` a principal into a caller; `secret.rs` keeps the key of the tokens that this
//! server makes itself.

mod claims;
mod door;
mod jwt;
pub mod policy;
pub(crate) mod secret;

pub use door::{Admit, Credentials};
pub use policy::Windows;

pub(crate) use door::TokenDoor;
pub(crate) use jwt::{TokenKey, TokenRules, TokenSigner, TokenVerifier};
