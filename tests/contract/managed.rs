//! A real server that seems to manage lifecycles: the servers that run in tests lack that module, and nothing else.
//!
//! Policies are kept here, the name of its policy is taken out of a template and put back when it is read, and a data stream is
//! made as its first document makes it. Everything else reaches the server as it was sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::engine::http_client;

/// What the server would hold.
struct Managed {
    server: String,
    client: reqwest::Client,
    policies: Mutex<BTreeMap<String, Value>>,
    lifecycles: Mutex<BTreeMap<String, Value>>,
}

/// Address of a server with lifecycle management over the one at `server`.
pub(crate) async fn start(server: String) -> String {
    let managed =
        Managed { server, client: http_client(), policies: Mutex::default(), lifecycles: Mutex::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(answer).with_state(Arc::new(managed));
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    format!("http://{address}")
}

async fn answer(State(managed): State<Arc<Managed>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let is_put = request.method() == Method::PUT;
    let json = |status, value: &Value| (status, value.to_string()).into_response();
    if path == "/_ilm/status" {
        return json(StatusCode::OK, &json!({"operation_mode": "RUNNING"}));
    }
    if let Some(name) = path.strip_prefix("/_ilm/policy/") {
        if is_put {
            let policy = body(request).await;
            managed.policies.lock().unwrap().insert(name.to_owned(), policy);
            return json(StatusCode::OK, &json!({"acknowledged": true}));
        }
        let policy = managed.policies.lock().unwrap().get(name).cloned();
        return match policy {
            Some(policy) => json(
                StatusCode::OK,
                &json!({name: {"version": 1, "modified_date": "2026-11-21T00:00:00Z", "policy": policy["policy"]}}),
            ),
            None => json(StatusCode::NOT_FOUND, &json!({"error": {"type": "resource_not_found_exception"}})),
        };
    }
    if let (Some(name), true) = (path.strip_prefix("/_data_stream/"), is_put) {
        return managed.make_data_stream(name).await;
    }
    match path.strip_prefix("/_index_template/") {
        Some(name) if is_put => managed.put_template(name, body(request).await).await,
        Some(name) => managed.get_template(name).await,
        None => managed.pass_on(request).await,
    }
}

async fn body(request: Request) -> Value {
    serde_json::from_slice(&to_bytes(request.into_body(), usize::MAX).await.unwrap()).unwrap()
}

impl Managed {
    async fn pass_on(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let mut headers = parts.headers;
        headers.remove("host");
        let url = format!("{}{}", self.server, parts.uri);
        let sent = self.client.request(parts.method, url).headers(headers).body(body).send().await.unwrap();
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = sent.status();
        *answer.headers_mut() = sent.headers().clone();
        answer.headers_mut().remove("transfer-encoding");
        *answer.body_mut() = Body::from(sent.bytes().await.unwrap());
        answer
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let url = format!("{}/{path}", self.server);
        let mut request = self.client.request(method, url);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn put_template(&self, name: &str, mut template: Value) -> Response {
        let lifecycle = template
            .pointer_mut("/template/settings/index")
            .and_then(Value::as_object_mut)
            .and_then(|index| index.remove("lifecycle"));
        if let Some(lifecycle) = lifecycle {
            self.lifecycles.lock().unwrap().insert(name.to_owned(), lifecycle);
        }
        let (status, answer) = self.send(Method::PUT, &format!("_index_template/{name}"), &template).await;
        (status, answer.to_string()).into_response()
    }

    async fn get_template(&self, name: &str) -> Response {
        let (status, mut answer) =
            self.send(Method::GET, &format!("_index_template/{name}"), &Value::Null).await;
        let lifecycle = self.lifecycles.lock().unwrap().get(name).cloned();
        if let (Some(lifecycle), Some(template)) =
            (lifecycle, answer.pointer_mut("/index_templates/0/index_template"))
        {
            template["template"]["settings"] = json!({"index": {"lifecycle": lifecycle}});
        }
        (status, answer.to_string()).into_response()
    }

    async fn make_data_stream(&self, name: &str) -> Response {
        let document = json!({"@timestamp": "1970-01-01T00:00:00Z"});
        let (status, made) = self.send(Method::POST, &format!("{name}/_doc"), &document).await;
        if !status.is_success() {
            return (status, made.to_string()).into_response();
        }
        let (index, id) = (made["_index"].as_str().unwrap(), made["_id"].as_str().unwrap());
        let (status, _) =
            self.send(Method::DELETE, &format!("{index}/_doc/{id}?refresh=true"), &Value::Null).await;
        assert!(status.is_success(), "{index}");
        (StatusCode::OK, Bytes::from_static(br#"{"acknowledged":true}"#)).into_response()
    }
}
