//! Requests of the wrong shape are problems (RFC 9457); the next good one works.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::world::{Reply, World, is, placement, question};

async fn post(world: &World, content_type: &str, body: impl Into<Body>) -> Reply {
    let request = Request::post("/api/v1/scan")
        .header(header::CONTENT_TYPE, content_type)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .body(body.into())
        .unwrap();
    world.send(request).await
}

#[track_caller]
fn is_problem(reply: &Reply, status: StatusCode) -> Value {
    assert_eq!(reply.status, status, "{}", String::from_utf8_lossy(&reply.bytes));
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
    reply.json()
}

async fn works(world: &mut World) {
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn nobody_scans_without_a_token_of_the_scope() {
    let mut world = World::new().await;
    let code = world.code();
    let body = question(&world.session(), code.clone().into());

    for token in ["", "sp_x", "sp_0000000000000000000000000000000000000000000"] {
        is_problem(&world.ask_as(token, &body).await, StatusCode::UNAUTHORIZED);
    }

    // Nothing was used up.
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn an_answer_is_not_cached() {
    let mut world = World::new().await;
    let body = question(&world.session(), "hello".into());

    let reply = world.ask(&body).await;

    assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn a_wrong_content_type_is_refused() {
    let mut world = World::new().await;
    let body = question(&world.session(), "hello".into()).to_string();

    for content_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let reply = post(&world, content_type, body.clone()).await;
        is_problem(&reply, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    works(&mut world).await;
}

#[tokio::test]
async fn a_huge_body_is_refused() {
    let mut world = World::new().await;
    let body = question(&world.session(), "A".repeat(1 << 20).into()).to_string();

    is_problem(&post(&world, "application/json", body).await, StatusCode::PAYLOAD_TOO_LARGE);

    works(&mut world).await;
}

#[tokio::test]
async fn bodies_that_are_deep_doubled_or_no_json_are_refused() {
    let mut world = World::new().await;
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let doubled = r#"{"scan_id":"5f3c6f3e-0a57-4c6e-8f0e-3a5d3a7d9f10","scan_id":"5f3c6f3e-0a57-4c6e-8f0e-3a5d3a7d9f10","code":"x","placement":{"kind":"OBSERVER","staff_group":"ANY","start":"2026-03-09","end":"2026-03-09"}}"#;

    for body in [deep.as_str(), doubled, "", "{", "nonsense", "\u{feff}{}"] {
        is_problem(
            &post(&world, "application/json", body.to_owned()).await,
            StatusCode::BAD_REQUEST,
        );
    }
    works(&mut world).await;
}

#[tokio::test]
async fn members_that_are_unknown_missing_or_of_the_wrong_type_are_named() {
    let mut world = World::new().await;
    let good = question(&world.session(), "hello".into());
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        body
    };
    let without = |pointer: &str| {
        let mut body = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        body
    };

    for body in [
        with("/colour", "blue".into()),
        with("/placement/colour", "blue".into()),
        with("/scan_id", "not a uuid".into()),
        with("/code", 5.into()),
        with("/code", json!({})),
        with("/code", json!([1])),
        with("/code", json!([])),
        with("/code", "".into()),
        with("/desk_code", "12345".into()),
        with("/desk_code", "1234567".into()),
        with("/desk_code", "12345a".into()),
        with("/placement", Value::Null),
        with("/placement/start", "tomorrow".into()),
        with("/placement/start", "2026-02-30".into()),
        with("/placement/end", "2026-03-08".into()),
        with("/placement/end", "2036-03-08".into()),
        without("/scan_id"),
        without("/code"),
        without("/placement"),
        without("/placement/kind"),
        without("/placement/staff_group"),
        without("/placement/start"),
        without("/placement/end"),
    ] {
        let reply = world.ask(&body).await;
        let problem = is_problem(&reply, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["faults"].as_array().is_some_and(|faults| !faults.is_empty()), "{body}");
    }
    works(&mut world).await;
}

#[tokio::test]
async fn a_fault_of_the_request_is_told_in_plain_words() {
    let mut world = World::new().await;

    for (pointer, value, said) in [
        ("/scan_id", json!("x"), "a scan_id is a UUID"),
        ("/code", json!(5), "a code is one text, or a list of texts"),
        ("/placement/start", json!("2026-02-30"), "a day is written like 2026-12-01"),
        ("/placement/start", json!("+2026-12-01"), "a day is written like 2026-12-01"),
        ("/placement/kind", json!("HOLIDAY"), "no kind of placement; it is one of "),
        ("/placement/staff_group", json!("AHP"), "no staff group; it is one of "),
    ] {
        let mut body = question(&world.session(), "hello".into());
        *body.pointer_mut(pointer).unwrap() = value;

        let problem = is_problem(&world.ask(&body).await, StatusCode::UNPROCESSABLE_ENTITY);

        let fault = &problem["faults"][0];
        assert_eq!(fault["pointer"], pointer);
        assert!(fault["message"].as_str().is_some_and(|text| text.starts_with(said)), "{fault}");
    }
}

#[tokio::test]
async fn an_unknown_requirement_is_refused_with_those_there_are() {
    let mut world = World::new().await;

    for (kind, staff_group) in [
        ("TRAINING_EDUCATION_DEVELOPMENT", "ESTATES_AND_ANCILLARY"),
        ("HOLIDAY", "NURSING_AND_MIDWIFERY_REGISTERED"),
    ] {
        let mut body = question(&world.session(), "hello".into());
        body["placement"] = placement();
        body["placement"]["kind"] = kind.into();
        body["placement"]["staff_group"] = staff_group.into();

        let problem = is_problem(&world.ask(&body).await, StatusCode::UNPROCESSABLE_ENTITY);

        let text = problem.to_string();
        assert!(text.contains("TEMPORARY_DEPLOYMENT"), "{text}");
    }
}

#[tokio::test]
async fn requirements_are_open_to_every_page_and_cached() {
    let world = World::new().await;
    let path = "/requirements/TRAINING_EDUCATION_DEVELOPMENT/NURSING_AND_MIDWIFERY_REGISTERED";
    let get = |etag: Option<&str>| {
        let mut request = Request::get(path).header(header::ORIGIN, "https://wallet.example");
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        world.send(request.body(Body::empty()).unwrap())
    };

    let whole = get(None).await;
    let etag = whole.headers[header::ETAG].to_str().unwrap().to_owned();
    let again = get(Some(&etag)).await;
    let other = get(Some("\"other\"")).await;

    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(whole.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert!(!whole.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    assert_eq!(whole.json()["kind"], "TRAINING_EDUCATION_DEVELOPMENT");
    assert!(whole.json()["needs"].as_array().is_some_and(|needs| needs.len() > 3));
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn a_group_without_a_requirement_of_its_own_reads_that_of_any() {
    let world = World::new().await;
    let get = |path: &'static str| world.send(Request::get(path).body(Body::empty()).unwrap());

    let own = get("/requirements/OBSERVER/ADMINISTRATIVE_AND_CLERICAL").await;
    let unknown = get("/requirements/OBSERVER/ASTRONAUTS").await;
    let none = get("/requirements/MUTUAL_AID/MEDICAL_AND_DENTAL").await;
    let list = get("/requirements").await;

    assert_eq!(own.json()["staff_group"], "ANY");
    is_problem(&unknown, StatusCode::NOT_FOUND);
    is_problem(&none, StatusCode::NOT_FOUND);
    assert!(list.json()["requirements"].as_array().is_some_and(|list| list.len() >= 3));
}

#[tokio::test]
async fn the_scan_is_closed_to_other_origins() {
    let world = World::new().await;
    let preflight = Request::options("/api/v1/scan")
        .header(header::ORIGIN, "https://evil.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .body(Body::empty())
        .unwrap();

    let reply = world.send(preflight).await;

    assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[tokio::test]
async fn it_is_healthy_before_it_is_ready() {
    let world = World::before_the_first_look().await;

    let health = world.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;

    assert_eq!(health.status, StatusCode::OK);
}
