//! `/api/v1/logs/search`.

use serde_json::{Value, json};

use crate::harness::{TestApp, line};

const SEARCH: &str = "/api/v1/logs/search";

/// The names of the members of an object, in their order.
#[track_caller]
pub(super) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_page_has_the_shape_of_the_contract() {
    let app = TestApp::new();
    app.store.put([line("a", 2), line("b", 1)]).await;

    let answer = app.get_as("sre", &format!("{SEARCH}?query=level:error&limit=2")).await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    let page = answer.json();
    assert_eq!(page["items"][0]["id"], "b");
    assert_eq!(page["items"][0]["timestamp"], "2026-11-21T11:59:59.000000Z");
    assert_eq!(page["page"], json!({"next_cursor": null}));
    assert_eq!(page["total"], json!({"value": 2, "relation": "eq"}));
    assert!(page["took_ms"].is_u64());
    assert_eq!(page["cache"], "none");
    assert_eq!(page["completeness"], json!({"partial": false, "failed_shards": 0, "stale_seconds": 0}));
    assert_eq!(page["warnings"], json!([]));
}

#[tokio::test]
async fn a_body_takes_the_same_parameters_with_numbers_or_texts() {
    let app = TestApp::new();
    app.store.put([line("a", 2), line("b", 1)]).await;

    for limit in [json!(1), json!("1")] {
        let answer =
            app.call("POST", SEARCH).token("sre").json(&json!({"q": "", "limit": limit})).send().await;

        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_400_and_the_nearest_known_one_is_named() {
    let app = TestApp::new();

    let get = app.get_as("sre", &format!("{SEARCH}?limti=2")).await;
    let post = app.call("POST", SEARCH).token("sre").json(&json!({"limti": 2})).send().await;

    for answer in [get, post] {
        let problem = answer.problem(400, 3000);
        assert_eq!(problem["errors"][0]["pointer"], "limti");
        assert!(problem["detail"].as_str().unwrap().contains("'limit'"), "{problem}");
    }
}

#[tokio::test]
async fn a_parameter_that_comes_twice_is_400_be_it_under_its_alias() {
    let app = TestApp::new();

    for query in ["query=a&query=b", "q=a&query=b", "from=now-1h&start=now-1h"] {
        app.get_as("sre", &format!("{SEARCH}?{query}")).await.problem(400, 3000);
    }
    for body in [r#"{"query":"a","query":"b"}"#, r#"{"q":"a","query":"b"}"#] {
        let call = app.call("POST", SEARCH).token("sre").header("content-type", "application/json");
        call.body(body).send().await.problem(400, 3000);
    }
    let both = app.call("POST", &format!("{SEARCH}?query=a")).token("sre").json(&json!({"query": "a"}));
    both.send().await.problem(400, 3000);
}

#[tokio::test]
async fn a_body_that_is_no_object_of_plain_values_is_400() {
    let app = TestApp::new();

    for (body, code) in
        [("", 3091), ("null", 3091), ("[]", 3091), ("{} x", 3091), (r#"{"query":["a"]}"#, 3000)]
    {
        let call = app.call("POST", SEARCH).token("sre").header("content-type", "application/json");
        call.body(body).send().await.problem(400, code);
    }
}

#[tokio::test]
async fn a_limit_that_is_no_number_is_400_and_one_out_of_range_422() {
    let app = TestApp::new();

    for limit in ["abc", "1.5", "1e3", "%D9%A3", ""] {
        app.get_as("sre", &format!("{SEARCH}?limit={limit}")).await.problem(400, 3000);
    }
    for limit in ["0", "-1", "1001", "18446744073709551616"] {
        app.get_as("sre", &format!("{SEARCH}?limit={limit}")).await.problem(422, 3006);
    }
}

#[tokio::test]
async fn a_search_is_counted_and_timed() {
    let app = TestApp::new();

    app.get_as("sre", SEARCH).await;
    app.get_as("sre", &format!("{SEARCH}?limit=0")).await;
    app.call("PUT", SEARCH).send().await;

    let metrics = app.metrics.text().unwrap();
    for expected in [
        "log_search_requests_total{endpoint=\"search\",outcome=\"ok\"} 1\n",
        "log_search_requests_total{endpoint=\"search\",outcome=\"client_error\"} 1\n",
        "log_search_duration_seconds_count{cache=\"none\",endpoint=\"search\"} 2\n",
        "trailproof_http_requests_total{method=\"GET\",route=\"/api/v1/logs/search\",status=\"200\"} 1\n",
    ] {
        assert!(metrics.contains(expected), "{expected}\n{metrics}");
    }
}
