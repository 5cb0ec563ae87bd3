//! Who asks: the callers that the data files name, let in by the product's own rules.

use trailproof::access::policy::{Windows, admit};
use trailproof::error::Result;
use trailproof::model::{Caller, Permission, Principal, Role};

/// Someone who sees everything.
pub(crate) fn sre() -> Caller {
    caller("sre").unwrap()
}

/// A caller as the data files write it: a role, and the services of its token in parentheses.
///
/// `viewer(gateway)` sees the lines of one service, `sre` all.
pub(crate) fn caller(text: &str) -> Result<Caller> {
    let (role, services) = text.split_once('(').unwrap_or((text, ")"));
    let role = Role::parse(role).unwrap_or_else(|| panic!("no role is called '{role}'"));
    let services = services.strip_suffix(')').unwrap_or_else(|| panic!("{text}: expected ) at the end"));
    let services = services.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let principal = Principal { subject: text.to_owned(), roles: vec![role], services };
    admit(principal, Permission::SearchLogs, &Windows { narrow_days: 31, wide_days: 366 })
}
