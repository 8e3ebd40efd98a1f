//! Bodies of our own API.

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::{Value, json};
use server::StrictJson;
use tower::ServiceExt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    name: String,
    inner: Vec<Inner>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    count: u32,
}

fn router() -> Router {
    Router::new().route(
        "/",
        post(async |StrictJson(outer): StrictJson<Outer, 1024>| {
            format!("{} {}", outer.name, outer.inner.iter().map(|one| one.count).sum::<u32>())
        }),
    )
}

async fn send(content_type: &str, body: impl Into<Body>) -> (StatusCode, String, Value) {
    let request = Request::post("/").header(CONTENT_TYPE, content_type).body(body.into()).unwrap();
    let response = router().oneshot(request).await.unwrap();
    let status = response.status();
    let kind = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, kind, serde_json::from_slice(&body).unwrap_or_default())
}

async fn refused(content_type: &str, body: impl Into<Body>) -> (u16, Value) {
    let (status, kind, problem) = send(content_type, body).await;
    assert_eq!(kind, "application/problem+json");
    assert_eq!(problem["status"], status.as_u16());
    (status.as_u16(), problem)
}

#[tokio::test]
async fn a_good_body_is_taken_with_or_without_its_charset() {
    for content_type in ["application/json", "Application/JSON; charset=UTF-8"] {
        let (status, ..) = send(content_type, r#"{"name":"n","inner":[{"count":2}]}"#).await;

        assert_eq!(status, 200);
    }
}

#[tokio::test]
async fn another_content_type_is_415() {
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/json5"] {
        let (status, problem) = refused(content_type, r#"{"name":"n","inner":[]}"#).await;

        assert_eq!((status, &problem["code"]), (415, &json!("NOT_JSON")));
    }
}

#[tokio::test]
async fn a_body_past_the_limit_is_413_declared_or_not() {
    let long = format!(r#"{{"name":"{}","inner":[]}}"#, "n".repeat(1024));

    let (status, problem) = refused("application/json", long.clone()).await;
    assert_eq!((status, &problem["code"]), (413, &json!("BODY_TOO_LONG")));

    let unknown_length = http_body_util::combinators::BoxBody::new(http_body_util::Full::<
        axum::body::Bytes,
    >::from(long));
    let (status, _) = refused("application/json", Body::new(unknown_length)).await;
    assert_eq!(status, 413);
}

#[tokio::test]
async fn what_is_not_strict_json_is_400() {
    let deep = format!(r#"{{"name":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
    for body in ["", "{", r#"{"name":"n","name":"m","inner":[]}"#, "{} {}", &deep, "\u{feff}{}"] {
        let (status, problem) = refused("application/json", body.to_owned()).await;

        assert_eq!((status, &problem["code"]), (400, &json!("BAD_JSON")), "{body}");
    }
}

#[tokio::test]
async fn a_wrong_shape_is_422_and_says_where() {
    for (body, pointer) in [
        (r#"{"name":"n","inner":[{"count":1},{"count":-1}]}"#, "/inner/1/count"),
        (r#"{"name":7,"inner":[]}"#, "/name"),
        (r#"{"name":"n","inner":[{}]}"#, "/inner/0"),
        (r#"{"name":"n","inner":[{"count":1,"more":2}]}"#, "/inner/0/more"),
        (r#"{"name":"n","inner":[],"extra/~":1}"#, "/extra~1~0"),
        (r#"{"name":"n"}"#, ""),
    ] {
        let (status, problem) = refused("application/json", body.to_owned()).await;

        assert_eq!(status, 422, "{body}");
        assert_eq!(problem["type"], "urn:staff-passport:problem:invalid");
        assert_eq!(problem["faults"][0]["pointer"], pointer, "{body}");
    }
}
