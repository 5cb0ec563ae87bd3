//! `GET /api/v1/me`.

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn every_role_learns_who_it_is() {
    let app = TestApp::new();

    for role in ["viewer", "developer", "sre", "auditor", "admin", "service"] {
        let me = app.get_as(role, "/api/v1/me").await.json();

        assert_eq!(me["subject"], format!("{role}-1"));
        assert_eq!(me["roles"], json!([role]));
        assert_eq!(me["services"], json!(null));
        assert_eq!(me["max_window_days"], 31);
        assert_eq!(me["limits"]["rows"], 1000);
    }
}
