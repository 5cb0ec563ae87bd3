//! What is installed in a cluster: templates, lifecycle policies, first indices.
//!
//! `bootstrap/` compares and installs, `templates/` and `lifecycle.rs` render, `signature.rs` is how we know our own again.

mod bootstrap;
mod lifecycle;
mod signature;
mod templates;

pub(crate) use bootstrap::Bootstrap;
pub use bootstrap::{Action, BootstrapMode, Bootstrapped, Outcome};
pub(crate) use signature::{MANAGED_BY, VERSION};
pub(crate) use templates::PORTABLE_PRIORITY;
pub use templates::Profile;
