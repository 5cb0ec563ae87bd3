//! What a principal may do and see: permission, scope, and the longest window.

use crate::config::Limits;
use crate::error::{Error, ErrorCode, Result};
use crate::model::principal::{Grant, grant};
use crate::model::{Caller, Permission, Principal, Role, Scope};

/// Longest windows of one request, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// For roles without a wide window.
    pub narrow_days: u32,
    /// For roles with one.
    pub wide_days: u32,
}

impl From<&Limits> for Windows {
    fn from(limits: &Limits) -> Self {
        Self { narrow_days: limits.max_window_days, wide_days: limits.max_window_days_wide }
    }
}

/// Lets a principal in to something that asks for `permission`.
///
/// Only roles that hold the permission count: a service token of a viewer does not see all services because the role
/// `service` would.
///
/// # Errors
/// [`ErrorCode::Forbidden`] when no role holds the permission; [`ErrorCode::OutsideScope`] when those that hold it
/// see nothing without services and the token names none.
pub fn admit(principal: Principal, permission: Permission, windows: &Windows) -> Result<Caller> {
    let is_holder = |role: &Role| match grant(*role, permission) {
        Grant::Full => true,
        // Nothing that is asked for here can hold a condition.
        Grant::No | Grant::OwnOnly | Grant::WithPurpose => false,
    };
    let holders: Vec<Role> = principal.roles.iter().copied().filter(is_holder).collect();
    if holders.is_empty() {
        let word = permission.as_str();
        return Err(Error::new(
            ErrorCode::Forbidden,
            format!("none of your roles holds '{word}'; ask for one"),
        ));
    }
    let scope = match scope(&principal, &holders) {
        // Who one is, one may always ask: the answer says that no service is in reach.
        Err(_) if permission == Permission::ReadSelf => Scope::Services(Vec::new()),
        other => other?,
    };
    let is_wide = holders.iter().any(|role| role.has_wide_window());
    let max_window_days = if is_wide { windows.wide_days } else { windows.narrow_days };
    Ok(Caller { principal, scope, max_window_days })
}

fn scope(principal: &Principal, holders: &[Role]) -> Result<Scope> {
    if !principal.services.is_empty() {
        let mut services = principal.services.clone();
        services.sort();
        services.dedup();
        return Ok(Scope::Services(services));
    }
    if holders.iter().all(|role| role.needs_services()) {
        return Err(Error::new(
            ErrorCode::OutsideScope,
            "your role sees the services that its token names, and the token names none",
        ));
    }
    Ok(Scope::All)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: Windows = Windows { narrow_days: 31, wide_days: 366 };

    fn principal(roles: &[Role], services: &[&str]) -> Principal {
        Principal {
            subject: "someone".to_owned(),
            roles: roles.to_vec(),
            services: services.iter().map(|&service| service.to_owned()).collect(),
        }
    }

    fn admitted(
        roles: &[Role],
        services: &[&str],
        permission: Permission,
    ) -> Result<(Scope, u32), ErrorCode> {
        admit(principal(roles, services), permission, &WINDOWS)
            .map(|caller| (caller.scope, caller.max_window_days))
            .map_err(|error| error.code)
    }

    #[test]
    fn every_role_gets_exactly_the_permissions_of_the_matrix() {
        for role in Role::ALL {
            for permission in Permission::ALL {
                let result = admitted(&[role], &["gateway"], permission);

                let expected = (grant(role, permission) != Grant::Full).then_some(ErrorCode::Forbidden);
                assert_eq!(result.err(), expected, "{role:?} {permission:?}");
            }
        }
    }

    #[test]
    fn a_refusal_names_the_permission() {
        let error = admit(principal(&[Role::Viewer], &["a"]), Permission::WriteLogs, &WINDOWS).unwrap_err();

        assert_eq!(error.detail, "none of your roles holds 'logs:write'; ask for one");
    }

    #[test]
    fn a_token_without_services_sees_nothing_as_viewer_and_everything_as_sre() {
        use Permission::SearchLogs;

        assert_eq!(admitted(&[Role::Viewer], &[], SearchLogs), Err(ErrorCode::OutsideScope));
        assert_eq!(admitted(&[Role::Viewer, Role::Developer], &[], SearchLogs), Err(ErrorCode::OutsideScope));
        assert_eq!(admitted(&[Role::Sre], &[], SearchLogs), Ok((Scope::All, 366)));
        assert_eq!(admitted(&[Role::Viewer, Role::Sre], &[], SearchLogs), Ok((Scope::All, 366)));
    }

    #[test]
    fn a_role_without_the_permission_widens_neither_scope_nor_window() {
        let roles = [Role::Viewer, Role::Service];

        assert_eq!(admitted(&roles, &[], Permission::SearchLogs), Err(ErrorCode::OutsideScope));
        assert_eq!(admitted(&roles, &[], Permission::WriteLogs), Ok((Scope::All, 31)));
    }

    #[test]
    fn services_narrow_every_role() {
        for role in [Role::Viewer, Role::Developer, Role::Sre, Role::Auditor, Role::Admin] {
            let (scope, days) = admitted(&[role], &["b", "a", "b"], Permission::SearchLogs).unwrap();

            assert_eq!(scope, Scope::Services(vec!["a".to_owned(), "b".to_owned()]), "{role:?}");
            assert_eq!(days, if role.has_wide_window() { 366 } else { 31 }, "{role:?}");
        }
    }

    #[test]
    fn a_service_outside_the_scope_is_refused_in_the_same_words_whatever_its_name() {
        let caller =
            admit(principal(&[Role::Viewer], &["gateway"]), Permission::SearchLogs, &WINDOWS).unwrap();

        let existing = caller.check_log_access("auth-service").unwrap_err();
        let invented = caller.check_log_access("gateway2").unwrap_err();
        assert_eq!(existing, invented);
        assert_eq!(existing.code, ErrorCode::OutsideScope);
        assert_eq!(caller.check_log_access("gateway"), Ok(()));
    }
}
