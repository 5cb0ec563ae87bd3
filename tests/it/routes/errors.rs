//! `GET /errors/{code}`.

use trailproof::error::ErrorCode;

use crate::harness::TestApp;

#[tokio::test]
async fn every_code_is_explained_without_a_token() {
    let app = TestApp::new();

    for code in ErrorCode::ALL {
        let answer = app.call("GET", &format!("/errors/{}", code.number())).send().await;
        assert_eq!(answer.json()["title"], code.title());
        assert_eq!(answer.json()["meaning"], code.meaning());
        assert_eq!(answer.json()["advice"], code.advice());
    }
    assert_eq!(app.call("GET", "/errors/3003").send().await.json()["status"], 422);
}

#[tokio::test]
async fn a_code_that_does_not_exist_is_404() {
    let app = TestApp::new();

    for code in ["1", "03003", "abc", "99999999999"] {
        app.call("GET", &format!("/errors/{code}")).send().await.problem(404, 3083);
    }
}
