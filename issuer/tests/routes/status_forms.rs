//! A list as gzip, and before the router.

use std::io::Read as _;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use flate2::read::GzDecoder;
use server::serve::{Asked, Precomputed as _, Prepared};

use crate::world::{Reply, World};

const LIST: &str = "/status-lists/0";

async fn asked(world: &World, path: &str, headers: &HeaderMap) -> Reply {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    request.headers_mut().extend(headers.clone());
    world.send(request).await
}

fn accepting(codings: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(codings))])
}

fn standing(world: &World, method: &Method, path: &str, headers: &HeaderMap) -> Option<Prepared> {
    let uri = path.parse().unwrap();
    world.app.standing().answer(&Asked { method, uri: &uri, headers })
}

#[tokio::test]
async fn t4_a_list_comes_as_gzip_to_whoever_takes_it() {
    let world = World::new().await;
    let plain = world.get(LIST).await;

    let zipped = asked(&world, LIST, &accepting("br;q=1.0, GZIP;q=0.5")).await;

    let mut text = Vec::new();
    GzDecoder::new(&zipped.body[..]).read_to_end(&mut text).unwrap();
    assert_eq!(text, plain.body);
    assert_eq!(zipped.header(header::CONTENT_ENCODING), "gzip");
    assert_eq!(zipped.header(header::CONTENT_TYPE), "application/statuslist+jwt");
    assert!(!plain.headers.contains_key(header::CONTENT_ENCODING));
    for reply in [&plain, &zipped] {
        let vary: Vec<_> = reply.headers.get_all(header::VARY).iter().collect();
        assert!(vary.contains(&&HeaderValue::from_static("accept-encoding")), "{vary:?}");
    }
    for refused in ["br", "gzip;q=0", "identity, gzip; q=0.0", "gzipped"] {
        let reply = asked(&world, LIST, &accepting(refused)).await;
        assert_eq!(reply.body, plain.body, "{refused}");
    }
}

#[tokio::test]
async fn t4_each_form_of_a_list_has_its_own_tag() {
    let world = World::new().await;
    let plain = world.get(LIST).await.headers[header::ETAG].clone();
    let mut headers = accepting("gzip");
    let zipped = asked(&world, LIST, &headers).await.headers[header::ETAG].clone();
    assert_ne!(plain, zipped);

    headers.insert(header::IF_NONE_MATCH, zipped.clone());
    let same = asked(&world, LIST, &headers).await;
    headers.insert(header::IF_NONE_MATCH, plain);
    let other = asked(&world, LIST, &headers).await;

    assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(same.headers[header::ETAG], zipped);
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn what_stands_ready_is_what_the_router_answers() {
    let world = World::new().await;
    let etag = world.get(LIST).await.headers[header::ETAG].clone();
    let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]);
    let foreign = HeaderMap::from_iter([(
        header::ORIGIN,
        HeaderValue::from_static("https://elsewhere.example"),
    )]);
    let lists = (0..8).flat_map(|number| {
        let bitstring = |purpose| format!("/bitstring-lists/{number}/{purpose}");
        [format!("/status-lists/{number}"), bitstring("revocation"), bitstring("suspension")]
    });

    let mut compared = 0;
    for path in lists {
        for headers in [HeaderMap::new(), accepting("gzip"), known.clone(), foreign.clone()] {
            let routed = asked(&world, &path, &headers).await;
            let Some(ready) = standing(&world, &Method::GET, &path, &headers) else {
                assert_eq!(routed.status, StatusCode::NOT_FOUND, "{path}");
                continue;
            };

            let sorted = |headers: &HeaderMap| {
                let mut all: Vec<_> = headers
                    .iter()
                    // The number of a request that something may be logged about, and what the
                    // server itself writes.
                    .filter(|(name, _)| *name != "x-request-id" && *name != header::CONTENT_LENGTH)
                    .map(|(name, value)| (name.to_string(), value.clone()))
                    .collect();
                all.sort();
                all
            };
            assert_eq!(ready.status, routed.status, "{path}");
            assert_eq!(ready.body, routed.body, "{path}");
            assert_eq!(sorted(&ready.headers), sorted(&routed.headers), "{path}");
            compared += 1;
        }
    }
    // At least one list of each form, a bitstring list with two purposes.
    assert!(compared >= 4 * 3, "{compared}");
}

#[tokio::test]
async fn what_does_not_stand_ready_is_left_to_the_router() {
    let world = World::new().await;
    let none = HeaderMap::new();

    for path in [
        "/status-lists",
        "/status-lists/",
        "/status-lists/99",
        "/status-lists/0/",
        "/status-lists/0?time=5",
        "/bitstring-lists/0",
        "/bitstring-lists/0/other",
        "/api/v1/passports",
    ] {
        assert!(standing(&world, &Method::GET, path, &none).is_none(), "{path}");
    }
    for method in [Method::HEAD, Method::POST, Method::OPTIONS] {
        assert!(standing(&world, &method, LIST, &none).is_none(), "{method}");
    }
}
