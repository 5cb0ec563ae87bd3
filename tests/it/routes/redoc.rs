//! `/redoc`.

use crate::harness::TestApp;

#[tokio::test]
async fn the_page_and_its_files_come_from_here_under_a_policy_that_allows_no_more_than_it_needs() {
    let app = TestApp::new();

    let page = app.call("GET", "/redoc").send().await;

    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; worker-src blob:"), "{policy}");
    assert!(!policy.contains("eval") && !policy.contains("http"), "{policy}");
    for script in page.text().split("<script").skip(1) {
        let address = script.strip_prefix(" src=\"").and_then(|rest| rest.split('"').next()).unwrap();
        let file = app.call("GET", address).send().await;
        assert!(file.header("content-type").starts_with("text/javascript"), "{address}");
        assert!(!file.text().contains("cdn.redoc.ly"), "{address} loads a picture from elsewhere");
    }
    assert_eq!(app.call("GET", "/redoc/").send().await.body, page.body);
    app.call("GET", "/redoc/other.js").send().await.problem(404, 3083);
}
