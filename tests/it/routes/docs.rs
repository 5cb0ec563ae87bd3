//! `/docs` and `/openapi.json`.

use crate::harness::TestApp;

#[tokio::test]
async fn the_page_works_offline_under_a_policy_without_inline_scripts() {
    let app = TestApp::new();

    let page = app.call("GET", "/docs").send().await;

    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'self'; style-src 'self' 'unsafe-inline'"), "{policy}");
    assert!(!policy.contains("script-src") && !policy.contains("eval"), "{policy}");
    assert!(!page.text().contains("//") || !page.text().contains("http"), "{}", page.text());
    for script in page.text().split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/docs/"), "an inline script: {script}");
    }
    for address in page.text().split('"').filter(|part| part.starts_with("/docs/")) {
        let file = app.call("GET", address).send().await;
        assert_eq!(file.status, 200, "{address}");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(!file.body.is_empty());
    }
    assert_eq!(app.call("GET", "/docs/").send().await.body, page.body);
}

#[tokio::test]
async fn the_page_is_set_up_for_trying_things_out_and_asks_nobody_outside() {
    let app = TestApp::new();

    let script = app.call("GET", "/docs/swagger-initializer.js").send().await;

    assert!(script.header("content-type").contains("javascript"));
    for setting in [
        "\"url\": \"/openapi.json\"",
        "\"tryItOutEnabled\": true",
        "\"persistAuthorization\": true",
        "\"displayRequestDuration\": true",
        "\"filter\": true",
        "\"queryConfigEnabled\": false",
        "\"validatorUrl\": \"none\"",
    ] {
        assert!(script.text().contains(setting), "{setting}\n{}", script.text());
    }
    assert!(!script.text().contains("http"), "{}", script.text());
}

#[tokio::test]
async fn the_document_is_served_as_it_stands_in_the_repository() {
    let answer = TestApp::new().call("GET", "/openapi.json").send().await;

    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.text(), trailproof::http::openapi_document().unwrap());
}
