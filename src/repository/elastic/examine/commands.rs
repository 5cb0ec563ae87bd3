//! Commands for a shell that mend something, or show more of it; secrets stay in the variables that hold them.

use serde_json::Value;

use super::super::options::CredentialKind;
use super::super::pool::Node;

/// Calls one node.
pub(super) struct Curl {
    address: String,
    authority: &'static str,
    user: &'static str,
}

impl Curl {
    /// Calls `node` as Trailproof does.
    pub(super) fn to(node: &Node) -> Self {
        Self {
            address: node.address.clone(),
            authority: if node.has_authority { " --cacert \"$ELASTICSEARCH_CA_FILE\"" } else { "" },
            user: match node.credentials {
                CredentialKind::None => "",
                CredentialKind::Basic => " -u \"$ELASTICSEARCH_USERNAME:$ELASTICSEARCH_PASSWORD\"",
                CredentialKind::ApiKey => " -H \"Authorization: ApiKey $ELASTICSEARCH_API_KEY\"",
            },
        }
    }

    /// Reads something.
    pub(super) fn get(&self, path: &str) -> String {
        format!("curl -s{}{} '{}{path}'", self.authority, self.user, self.address)
    }

    /// Reads something that is asked for by POST.
    pub(super) fn post(&self, path: &str) -> String {
        format!("curl -s{}{} -X POST '{}{path}'", self.authority, self.user, self.address)
    }

    /// Changes something, as somebody who may; asks for the password where there are users.
    pub(super) fn put_as_administrator(&self, path: &str, body: &Value) -> String {
        let user = if self.user.is_empty() { "" } else { " -u elastic" };
        format!(
            "curl{}{user} -X PUT '{}{path}' -H 'Content-Type: application/json' -d '{body}'",
            self.authority, self.address
        )
    }
}

/// Shows the certificate of a node.
pub(super) fn show_certificate(node: &Node) -> String {
    let (host, port) = (&node.host, node.port);
    format!(
        "openssl s_client -connect {host}:{port} </dev/null 2>/dev/null | openssl x509 -noout -subject -dates \
         -ext subjectAltName"
    )
}
