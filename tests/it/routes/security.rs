//! `GET /api/v1/logs/security`.

use serde_json::json;

use super::search::keys;
use crate::harness::{TestApp, line};

const SECURITY: &str = "/api/v1/logs/security";

#[tokio::test]
async fn only_security_lines_come_and_only_for_roles_that_may() {
    let app = TestApp::new();
    app.store.put([line("a", 1)]).await;
    app.store.put_security([line("s", 2)]).await;

    for role in ["sre", "auditor", "admin"] {
        let page = app.get_as(role, SECURITY).await.json();
        assert_eq!(keys(&page), ["items", "page", "total", "took_ms", "cache", "completeness", "warnings"]);
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "{role}");
        assert_eq!(page["items"][0]["id"], "s");
    }
    for role in ["viewer", "developer", "service"] {
        let problem = app.get_as(role, SECURITY).await.problem(403, 3082);
        assert!(problem["detail"].as_str().unwrap().contains("logs:security"), "{problem}");
    }
}

#[tokio::test]
async fn the_scope_of_the_token_narrows_security_lines_too() {
    let app = TestApp::new();
    app.store.put_security([line("s", 2)]).await;

    let page = app.get_as("sre@auth-service", SECURITY).await.json();

    assert_eq!(page["items"], json!([]));
}
