//! Commands for a shell that fix something, or show more of it; secrets stay in the variables that hold them.

use serde_json::{Value, json};

use crate::repository::elastic::transport::CredentialKind;
use crate::repository::elastic::transport::Node;

/// Installs what is missing.
pub(super) const BOOTSTRAP: &str = "trailproof es bootstrap";

/// Calls one node.
pub(super) struct Curl {
    address: String,
    authority: &'static str,
    credentials: CredentialKind,
}

impl Curl {
    /// Calls `node` as Trailproof does.
    pub(super) fn to(node: &Node) -> Self {
        Self {
            address: node.address.clone(),
            authority: if node.has_authority { " --cacert \"$ELASTICSEARCH_CA_FILE\"" } else { "" },
            credentials: node.credentials,
        }
    }

    /// Reads something.
    pub(super) fn get(&self, path: &str) -> String {
        format!("curl -s{}{} {}", self.authority, self.user(), self.url(path))
    }

    /// Reads something that is asked for by POST.
    pub(super) fn post(&self, path: &str) -> String {
        format!("curl -s{}{} -X POST {}", self.authority, self.user(), self.url(path))
    }

    /// Does something as somebody who may.
    pub(super) fn post_as_administrator(&self, path: &str) -> String {
        format!("curl --fail-with-body{}{} -X POST {}", self.authority, self.administrator(), self.url(path))
    }

    /// Makes a role of this name with the privileges of `role`, and says how whoever asks now gets it, whose name is `user`.
    pub(super) fn grant(&self, name: &str, role: &Value, user: &str) -> String {
        let (made, then) = match self.credentials {
            CredentialKind::None | CredentialKind::Basic => (
                self.send_as_administrator("PUT", &format!("/_security/role/{name}"), role),
                format!("now give {user} the role {name}"),
            ),
            // What a key may do was decided when it was made.
            CredentialKind::ApiKey | CredentialKind::EncodedApiKey => (
                self.send_as_administrator(
                    "POST",
                    "/_security/api_key",
                    &json!({"name": name, "role_descriptors": {name: role}}),
                ),
                "now set ELASTICSEARCH_API_KEY to what it calls encoded".to_owned(),
            ),
        };
        format!("{made} && echo {}", quoted(&then))
    }

    /// Gives a template of somebody else another priority, and leaves the rest of it as it is.
    pub(super) fn lower_priority(&self, template: &str, priority: u32) -> String {
        let path = format!("/_index_template/{template}");
        // Times of the last change are told, but not taken.
        let change = format!(
            ".index_templates[0].index_template | .priority = {priority} | del(.created_date, .created_date_millis, \
             .modified_date, .modified_date_millis)"
        );
        format!(
            "{} | jq {} | curl --fail-with-body{}{} -X PUT {} -H 'Content-Type: application/json' -d @-",
            self.get(&path),
            quoted(&change),
            self.authority,
            self.administrator(),
            self.url(&path)
        )
    }

    fn send_as_administrator(&self, method: &str, path: &str, body: &Value) -> String {
        format!(
            "curl --fail-with-body{}{} -X {method} {} -H 'Content-Type: application/json' -d {}",
            self.authority,
            self.administrator(),
            self.url(path),
            quoted(&body.to_string())
        )
    }

    fn url(&self, path: &str) -> String {
        quoted(&format!("{}{path}", self.address))
    }

    fn user(&self) -> &'static str {
        match self.credentials {
            CredentialKind::None => "",
            CredentialKind::Basic => " -u \"$ELASTICSEARCH_USERNAME:$ELASTICSEARCH_PASSWORD\"",
            CredentialKind::ApiKey => {
                " -H \"Authorization: ApiKey $(printf %s \"$ELASTICSEARCH_API_KEY\" | base64 | tr -d '\\n')\""
            }
            CredentialKind::EncodedApiKey => " -H \"Authorization: ApiKey $ELASTICSEARCH_API_KEY\"",
        }
    }

    /// Asks for the password where there are users.
    fn administrator(&self) -> &'static str {
        match self.credentials {
            CredentialKind::None => "",
            CredentialKind::Basic | CredentialKind::ApiKey | CredentialKind::EncodedApiKey => " -u elastic",
        }
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

/// One word for a shell, whatever it holds: names come from the cluster.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::elastic::transport::Client;
    use crate::repository::elastic::transport::ElasticOptions;

    fn curl(options: ElasticOptions) -> Curl {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let options = ElasticOptions { urls: vec!["http://es:9200".to_owned()], ..options };
        Curl::to(&Client::new(&options).unwrap().nodes()[0])
    }

    #[test]
    fn what_a_cluster_calls_its_things_cannot_leave_its_quotes() {
        let curl = curl(ElasticOptions::default());

        assert_eq!(
            curl.get("/_index_template/o'$(id)"),
            r"curl -s 'http://es:9200/_index_template/o'\''$(id)'"
        );
        assert!(curl.grant("r", &json!({}), "a'; id").ends_with(r"&& echo 'now give a'\''; id the role r'"));
    }

    #[test]
    fn secrets_stay_in_their_variables() {
        let key = |key: &str| ElasticOptions { api_key: Some(key.into()), ..ElasticOptions::default() };
        let basic = ElasticOptions {
            username: Some("reader".to_owned()),
            password: Some("hunter2".into()),
            ..ElasticOptions::default()
        };

        assert_eq!(
            curl(basic).get("/"),
            "curl -s -u \"$ELASTICSEARCH_USERNAME:$ELASTICSEARCH_PASSWORD\" 'http://es:9200/'"
        );
        let encoded = curl(key("aHVudGVyMg==")).get("/");
        assert!(encoded.contains("ApiKey $ELASTICSEARCH_API_KEY\""), "{encoded}");
        let pair = curl(key("id:hunter2")).get("/");
        assert!(pair.contains("base64") && !pair.contains("hunter2"), "{pair}");
        assert!(curl(key("id:hunter2")).grant("r", &json!({}), "x").contains("/_security/api_key"));
    }
}
