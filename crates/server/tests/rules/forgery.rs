//! Requests that another site's page makes a browser send.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use server::people::Role;

use super::site::{ORIGIN, Site};

fn form(body: String) -> axum::http::request::Builder {
    drop(body);
    Request::post("/things")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
}

#[tokio::test]
async fn a_form_of_our_page_is_taken() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", &[Role::HrIssuer]).await;
    browser.get("/people").await;

    let seen = browser.post("/things", &[("name", "x")]).await;

    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/things"));
    assert_eq!(browser.get("/things").await.body, "x can sign in again.");
    assert_eq!(browser.get("/things").await.body, "Ada", "a notice shows once");
}

#[tokio::test]
async fn a_form_without_the_sessions_token_does_nothing() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", &[Role::HrIssuer]).await;
    let (other, _) = site.somebody("Bea", &[Role::HrIssuer]).await;
    let own = browser.csrf.clone();

    for fields in [
        vec![("name", "x")],
        vec![("csrf", ""), ("name", "x")],
        vec![("csrf", other.csrf.as_str()), ("name", "x")],
        vec![("csrf", own.as_str()), ("csrf", own.as_str()), ("name", "x")],
    ] {
        let seen = browser.post_exactly("/things", &fields).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{fields:?}");
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing_even_with_the_token() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", &[Role::HrIssuer]).await;
    let body = format!("csrf={}&name=x", browser.csrf);

    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site"), ("origin", "http://localhost:8102")],
        vec![("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        vec![("sec-fetch-site", "none"), ("origin", ORIGIN)],
    ] {
        let mut request = form(body.clone());
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let seen = browser.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let taken = form(body.clone()).header("origin", ORIGIN).body(Body::from(body)).unwrap();
    assert_eq!(browser.send(taken).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_api_takes_a_session_only_with_the_header_and_from_our_origin() {
    let site = Site::start();
    let (mut browser, person) = site.somebody("Ada", &[Role::HrIssuer]).await;

    let taken = browser.script(Method::POST, "/api/v1/things", None).await;
    assert_eq!((taken.status, taken.body), (StatusCode::OK, format!("person:{person}")));

    let read = browser.send(Request::get("/api/v1/things").body(Body::empty()).unwrap()).await;
    assert_eq!(read.status, StatusCode::OK, "reading changes nothing and needs no header");

    let bare = Request::post("/api/v1/things").header("origin", ORIGIN).body(Body::empty());
    assert_eq!(browser.send(bare.unwrap()).await.status, StatusCode::FORBIDDEN);
    let elsewhere = Request::post("/api/v1/things")
        .header("origin", "https://evil.example")
        .header("x-csrf-token", browser.csrf.clone())
        .body(Body::empty());
    assert_eq!(browser.send(elsewhere.unwrap()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_is_judged_alone_whatever_cookies_come_along() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", &[Role::HrIssuer]).await;
    let scopes = vec!["passports:read".to_owned()];
    let (secret, token) = site.tokens.create("machine", &scopes, 1).await.unwrap();
    let with_token = |method: Method| {
        Request::builder()
            .method(method)
            .uri("/api/v1/things")
            .header("authorization", format!("Bearer {}", secret.expose()))
            .body(Body::empty())
            .unwrap()
    };

    let read = browser.send(with_token(Method::GET)).await;
    let write = browser.send(with_token(Method::POST)).await;

    assert_eq!(read.body, format!("token:{}", token.id));
    assert_eq!(write.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_that_is_too_long_or_no_form_is_refused_on_a_page() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", &[Role::HrIssuer]).await;
    let long = "x".repeat(600_000);

    let too_long = browser.post("/things", &[("name", &long)]).await;
    let json = Request::post("/things")
        .header("origin", ORIGIN)
        .header("accept", "text/html")
        .header("content-type", "application/json")
        .body(Body::from("{}"));
    let not_a_form = browser.send(json.unwrap()).await;

    assert_eq!(too_long.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(not_a_form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for seen in [too_long, not_a_form] {
        assert!(seen.body.contains("<h1"), "{}", seen.body);
    }
}
