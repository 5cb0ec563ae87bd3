//! Who calls and what they may do: roles, permissions, and the one matrix that joins them.

use serde::{Deserialize, Serialize};

use super::normal::nfc;
use super::{LogField, Query};
use crate::error::{Error, ErrorCode, Result};

/// A role of a token; a caller may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads the logs of own services, without security logs.
    Viewer,
    /// Reads the logs of own services, as a viewer does.
    Developer,
    /// Reads all logs, security logs included, and how the back ends are.
    Sre,
    /// Reads all logs, security logs included.
    Auditor,
    /// Everything that a person may do.
    Admin,
    /// A producer: writes logs, reads nothing.
    Service,
}

impl Role {
    /// All roles, in the order of the documentation.
    pub(crate) const ALL: [Self; 6] =
        [Self::Viewer, Self::Developer, Self::Sre, Self::Auditor, Self::Admin, Self::Service];

    /// The word in tokens and parameters.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Sre => "sre",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Service => "service",
        }
    }

    /// Reads a role; `None` for a word that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether the role sees nothing until its token names services.
    #[must_use]
    pub(crate) const fn needs_services(self) -> bool {
        match self {
            Self::Viewer | Self::Developer => true,
            Self::Sre | Self::Auditor | Self::Admin | Self::Service => false,
        }
    }

    /// Whether one request may span a year rather than a month.
    #[must_use]
    pub(crate) const fn has_wide_window(self) -> bool {
        match self {
            Self::Viewer | Self::Developer | Self::Service => false,
            Self::Sre | Self::Auditor | Self::Admin => true,
        }
    }
}

/// Something a route asks its caller to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Search application and error logs.
    SearchLogs,
    /// Send log lines.
    WriteLogs,
    /// Read security logs.
    ReadSecurityLogs,
    /// Ask who one is; every role may.
    ReadSelf,
    /// See what back ends there are, their versions and latencies.
    ReadHealthDetail,
    /// Read audit trails.
    ReadAuditTrail,
}

impl Permission {
    /// All permissions, in the order of the documentation.
    pub(crate) const ALL: [Self; 6] = [
        Self::SearchLogs,
        Self::WriteLogs,
        Self::ReadSecurityLogs,
        Self::ReadSelf,
        Self::ReadHealthDetail,
        Self::ReadAuditTrail,
    ];

    /// One row of the matrix of roles and permissions: the scope word, and what each role is given, in the order of
    /// [`Role::ALL`]. This is the only place that says who may do what.
    const fn row(self) -> (&'static str, [Grant; 6]) {
        use Grant::{Full, No, OwnOnly, WithPurpose};
        match self {
            //                                          viewer developer sre auditor admin service
            Self::SearchLogs => ("logs:search", [Full, Full, Full, Full, Full, No]),
            Self::WriteLogs => ("logs:write", [No, No, No, No, Full, Full]),
            Self::ReadSecurityLogs => ("logs:security", [No, No, Full, Full, Full, No]),
            Self::ReadSelf => ("me:read", [Full, Full, Full, Full, Full, Full]),
            Self::ReadHealthDetail => ("health:detail", [No, No, Full, No, Full, No]),
            Self::ReadAuditTrail => ("audit:read", [OwnOnly, OwnOnly, No, WithPurpose, WithPurpose, No]),
        }
    }

    /// The scope word that stands in the OpenAPI document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// Finds a permission by its scope word.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == text)
    }
}

/// How much of what a permission names a role is given.
///
/// Whoever asks matches on it without a wildcard: a grant with a condition does not compile until everybody who asks says
/// what the condition means there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Grant {
    /// Nothing.
    No,
    /// What is about the caller.
    OwnOnly,
    /// All of it, once the caller says what for.
    WithPurpose,
    /// All of it, within the scope of the token.
    Full,
}

/// What `role` is given of what `permission` names.
#[must_use]
pub(crate) const fn grant(role: Role, permission: Permission) -> Grant {
    let [viewer, developer, sre, auditor, admin, service] = permission.row().1;
    match role {
        Role::Viewer => viewer,
        Role::Developer => developer,
        Role::Sre => sre,
        Role::Auditor => auditor,
        Role::Admin => admin,
        Role::Service => service,
    }
}

/// Whose lines a caller may see.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Those of every service.
    All,
    /// Those of these services, sorted.
    Services(Vec<String>),
}

impl Scope {
    /// Whether lines of `service` may be seen.
    #[must_use]
    pub(crate) fn contains(&self, service: &str) -> bool {
        match self {
            Self::All => true,
            Self::Services(services) => services.iter().any(|own| nfc(own) == nfc(service)),
        }
    }

    /// The scope as a condition on lines.
    #[must_use]
    pub(crate) fn condition(&self) -> Query {
        match self {
            Self::All => Query::All,
            Self::Services(services) => Query::Terms {
                field: LogField::Service.into(),
                values: services.iter().map(|service| nfc(service).into_owned()).collect(),
            },
        }
    }
}

/// The caller of a request, as its token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// `sub` of the token.
    pub subject: String,
    /// Roles, at least one.
    pub roles: Vec<Role>,
    /// Services the token narrows its roles to; empty means that none are named.
    pub services: Vec<String>,
}

impl Principal {
    /// Whether one of the roles is given all that `permission` names.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| match grant(*role, permission) {
            Grant::Full => true,
            Grant::No | Grant::OwnOnly | Grant::WithPurpose => false,
        })
    }
}

/// A caller that has been let in, with everything that bounds what it sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who calls.
    pub principal: Principal,
    /// Whose lines the caller may see.
    pub scope: Scope,
    /// Longest window of one request, in days.
    pub max_window_days: u32,
}

impl Caller {
    /// Refuses a service outside the scope, in the same words whether or not there is such a service.
    ///
    /// # Errors
    /// `OutsideScope`.
    pub(crate) fn check_log_access(&self, service: &str) -> Result<()> {
        if self.scope.contains(service) {
            return Ok(());
        }
        let detail = "this service is outside your scope; ask for a token that names it";
        Err(Error::new(ErrorCode::OutsideScope, detail).at("service"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_reads_row_by_row_as_documented() {
        let given_in_full = |permission: Permission| -> Vec<&str> {
            let roles = Role::ALL.into_iter().filter(|role| grant(*role, permission) == Grant::Full);
            roles.map(Role::as_str).collect()
        };

        assert_eq!(given_in_full(Permission::SearchLogs), ["viewer", "developer", "sre", "auditor", "admin"]);
        assert_eq!(given_in_full(Permission::WriteLogs), ["admin", "service"]);
        assert_eq!(given_in_full(Permission::ReadSecurityLogs), ["sre", "auditor", "admin"]);
        assert_eq!(given_in_full(Permission::ReadSelf).len(), Role::ALL.len());
        assert_eq!(given_in_full(Permission::ReadHealthDetail), ["sre", "admin"]);
        let of_trails = Role::ALL.map(|role| grant(role, Permission::ReadAuditTrail));
        let (no, own, purpose) = (Grant::No, Grant::OwnOnly, Grant::WithPurpose);
        assert_eq!(of_trails, [own, own, no, purpose, purpose, no]);
    }

    #[test]
    fn every_permission_is_found_by_its_scope_word() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
        }
        assert_eq!(Permission::parse("logs:everything"), None);
    }
}
