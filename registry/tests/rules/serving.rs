//! Serving the signed file.

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ETAG, IF_NONE_MATCH, ORIGIN};
use axum::http::{Request, response::Parts};
use http_body_util::BodyExt;
use registry::serve::router;
use server::serve::{Limits, layered};
use tower::ServiceExt;

async fn get(router: &Router, path: &str, known: Option<&str>) -> (Parts, Vec<u8>) {
    let mut request = Request::get(path).header(ORIGIN, "https://wallet.example");
    if let Some(known) = known {
        request = request.header(IF_NONE_MATCH, known);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn a_service_that_has_the_file_gets_304_until_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trust-registry.json");
    std::fs::write(&file, "[\"one\"]").unwrap();
    let router = layered(router(file.clone()), &Limits::default());

    let (first, body) = get(&router, "/trust-registry.json", None).await;
    assert_eq!((first.status.as_u16(), body.as_slice()), (200, b"[\"one\"]".as_slice()));
    assert_eq!(first.headers[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(first.headers["cache-control"], "no-cache");
    let tag = first.headers[ETAG].to_str().unwrap().to_owned();
    let (unchanged, body) = get(&router, "/trust-registry.json", Some(&tag)).await;
    assert_eq!((unchanged.status.as_u16(), body.len()), (304, 0));

    // The same length, and perhaps the same time stamp: replaced as `sign` replaces it.
    keys::files::replace_file(&file, b"[\"two\"]", 0o644).unwrap();
    let (changed, body) = get(&router, "/trust-registry.json", Some(&tag)).await;
    assert_eq!((changed.status.as_u16(), body.as_slice()), (200, b"[\"two\"]".as_slice()));
}

#[tokio::test]
async fn a_missing_file_is_503_and_not_ready_until_it_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trust-registry.json");
    let router = layered(router(file.clone()), &Limits::default());

    assert_eq!(get(&router, "/trust-registry.json", None).await.0.status, 503);
    assert_eq!(get(&router, "/readyz", None).await.0.status, 503);
    std::fs::write(&file, "[]").unwrap();

    assert_eq!(get(&router, "/trust-registry.json", None).await.0.status, 200);
    assert_eq!(get(&router, "/readyz", None).await.0.status, 200);
}
