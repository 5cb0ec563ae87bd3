//! What one route declares: its permission, its class, and whether the two can be enforced.

use axum::http::Method;
use serde_json::{Map, Value};

use super::access::Access;
use super::class::Class;
use crate::model::Permission;

/// A route whose declarations are missing or cannot be enforced.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "route {method} {path} {fault}; declare one permission with security((\"bearer\" = [\"logs:search\"])), and the \
     class that goes with it where the route is added"
)]
pub struct UndeclaredRoute {
    /// Method of the route.
    pub method: Method,
    /// Template of its path.
    pub path: String,
    /// What is wrong with the declaration.
    pub fault: String,
}

/// One route as it was added.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) class: Class,
    /// The operation as it stands in the OpenAPI document; its own type hides the scopes.
    pub(super) operation: Value,
}

impl Declaration {
    /// What the route asks of its caller; `schemes` are the security schemes that the document knows.
    pub(super) fn access(&self, schemes: &[&str]) -> Result<Access, UndeclaredRoute> {
        let access = access(&self.operation, schemes).and_then(|access| {
            let fault = || format!("is added as {:?}, which does not go with {}", self.class, words(access));
            if self.class.goes_with(access) { Ok(access) } else { Err(fault()) }
        });
        access.map_err(|fault| UndeclaredRoute {
            method: self.method.clone(),
            path: self.path.clone(),
            fault,
        })
    }

    /// Media types of the successful answers; empty where they vary.
    pub(super) fn produces(&self) -> Vec<String> {
        let responses = self.operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let successes = responses.filter(|(status, _)| status.starts_with('2'));
        let contents = successes.filter_map(|(_, response)| response.get("content")?.as_object());
        contents.flat_map(|content| content.keys().cloned()).collect()
    }
}

fn words(access: Access) -> String {
    match access {
        Access::Open => "an open route".to_owned(),
        Access::Needs(permission) => format!("the permission '{}'", permission.as_str()),
    }
}

/// Reads the security of an operation: alternatives, of which each names one scheme and all name the same permission.
/// An empty one makes the route open; what is beside it then only adds to the answer.
fn access(operation: &Value, schemes: &[&str]) -> Result<Access, String> {
    let alternatives = operation.get("security").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut is_open = false;
    let mut needed: Option<Permission> = None;
    for alternative in alternatives.iter().filter_map(Value::as_object) {
        if alternative.is_empty() {
            is_open = true;
            continue;
        }
        let permission = permission(alternative, schemes)?;
        if let Some(other) = needed.replace(permission).filter(|other| *other != permission) {
            let (one, other) = (other.as_str(), permission.as_str());
            return Err(format!("declares two permissions, '{one}' and '{other}', for its security schemes"));
        }
    }
    match needed {
        _ if is_open => Ok(Access::Open),
        Some(permission) => Ok(Access::Needs(permission)),
        None => Err("declares no permission".to_owned()),
    }
}

/// The one permission of the one scheme of an alternative.
fn permission(alternative: &Map<String, Value>, schemes: &[&str]) -> Result<Permission, String> {
    let mut members = alternative.iter();
    let (Some((scheme, scopes)), None) = (members.next(), members.next()) else {
        return Err("asks for several security schemes at once".to_owned());
    };
    if !schemes.contains(&scheme.as_str()) {
        return Err(format!("names the security scheme '{scheme}', which the document does not have"));
    }
    let scopes = scopes.as_array().map_or(&[][..], Vec::as_slice);
    let [Value::String(scope)] = scopes else {
        return Err(format!("declares {} permissions instead of one for '{scheme}'", scopes.len()));
    };
    Permission::parse(scope).ok_or_else(|| format!("declares the unknown permission '{scope}'"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(security: &Value) -> Result<Access, String> {
        access(&json!({ "security": security }), &["bearer", "apiKey"])
    }

    #[test]
    fn one_known_permission_is_needed_nothing_less_and_nothing_more() {
        assert_eq!(of(&json!([{"bearer": ["logs:search"]}])), Ok(Access::Needs(Permission::SearchLogs)));
        assert!(of(&json!([{"bearer": ["logs:everything"]}])).unwrap_err().contains("logs:everything"));
        for wrong in [json!([]), json!([{"bearer": []}]), json!([{"bearer": ["logs:search", "logs:write"]}])]
        {
            assert!(of(&wrong).is_err(), "{wrong}");
        }
        assert!(access(&json!({}), &["bearer"]).is_err());
    }

    #[test]
    fn several_schemes_are_taken_when_all_name_the_same_permission() {
        let same = json!([{"bearer": ["logs:write"]}, {"apiKey": ["logs:write"]}]);
        let two = json!([{"bearer": ["logs:search"]}, {"apiKey": ["logs:write"]}]);
        let both_at_once = json!([{"bearer": ["logs:write"], "apiKey": ["logs:write"]}]);

        assert_eq!(of(&same), Ok(Access::Needs(Permission::WriteLogs)));
        let fault = of(&two).unwrap_err();
        assert!(fault.contains("'logs:search' and 'logs:write'"), "{fault}");
        assert!(of(&both_at_once).unwrap_err().contains("at once"));
    }

    #[test]
    fn a_scheme_that_the_document_does_not_have_is_refused() {
        for unknown in [json!([{"basic": ["logs:search"]}]), json!([{}, {"basic": ["logs:search"]}])] {
            assert!(of(&unknown).unwrap_err().contains("'basic'"), "{unknown}");
        }
    }

    #[test]
    fn a_route_with_an_empty_alternative_is_open_and_what_is_beside_it_is_read_all_the_same() {
        assert_eq!(of(&json!([{}])), Ok(Access::Open));
        assert_eq!(of(&json!([{}, {"bearer": ["health:detail"]}])), Ok(Access::Open));
        assert!(of(&json!([{}, {"bearer": ["health:everything"]}])).is_err());
    }
}
