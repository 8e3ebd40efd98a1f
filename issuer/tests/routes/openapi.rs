//! The description of the API, held to the router and to what it answers.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode, header};
use jsonschema::Validator;
use serde_json::{Value, json};
use server::testing::matrix::routes_in;

use crate::imports::files;
use crate::world::{Reply, Wallet, World};

const SOURCES: &[&str] = &[
    include_str!("../../src/router.rs"),
    include_str!("../../src/bulk.rs"),
    include_str!("../../src/oversight.rs"),
    include_str!("../../../crates/server/src/health.rs"),
];
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

async fn document(world: &World) -> Value {
    let reply = world.get("/api/v1/openapi.json").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/json");
    assert!(reply.header(header::ETAG).starts_with('"'));
    reply.json()
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .filter(|(name, _)| METHODS.contains(&name.as_str()))
            .map(move |(name, operation)| (name.to_uppercase(), path.clone(), operation))
    });
    all.collect()
}

#[tokio::test]
async fn every_route_is_described_and_every_description_has_its_route() {
    let document = document(&World::new().await).await;

    let described: BTreeSet<String> =
        operations(&document).iter().map(|(method, path, _)| format!("{method} {path}")).collect();

    let routed: BTreeSet<String> = SOURCES.iter().flat_map(|source| routes_in(source)).collect();
    let missing: Vec<_> = routed.difference(&described).collect();
    let gone: Vec<_> = described.difference(&routed).collect();
    assert!(missing.is_empty(), "not described (issuer/src/openapi/operations.rs): {missing:?}");
    assert!(gone.is_empty(), "described, and no route: {gone:?}");
}

#[tokio::test]
async fn under_a_path_the_addresses_are_those_of_the_router() {
    let world = World::at("http://127.0.0.1:8101/trust").await;
    let document = world.get("/trust/api/v1/openapi.json").await.json();

    assert_eq!(document["servers"][0]["url"], "http://127.0.0.1:8101/trust");
    let path = "/.well-known/openid-credential-issuer/trust";
    let server = &document["paths"][path]["servers"][0]["url"];
    assert_eq!(server, "http://127.0.0.1:8101");
    assert_eq!(world.get(path).await.status, StatusCode::OK);
    assert_eq!(document["paths"]["/healthz"]["servers"][0]["url"], *server);
}

/// OpenAPI 3.1: what the specification asks of each object that we write.
#[tokio::test]
async fn the_document_is_openapi_3_1() {
    let document = document(&World::new().await).await;

    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(path.starts_with('/'), "{name}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name}: twice");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.len() > 1, "{name} names an answer besides the default");
        for (status, response) in responses {
            let fits = status == "default" || status.parse::<u16>().is_ok_and(|it| it < 600);
            assert!(fits && response["description"].is_string(), "{name} {status}");
        }
        let mut in_path = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for parameter in operation["parameters"].as_array().unwrap() {
            let (place, title) = (parameter["in"].as_str().unwrap(), parameter["name"].as_str());
            assert!(["path", "query", "header"].contains(&place), "{name}");
            assert!(seen.insert((place, title)), "{name}: {title:?} twice");
            assert!(parameter["schema"].is_object(), "{name}");
            if place == "path" {
                assert_eq!(parameter["required"], true, "{name}");
                in_path.insert(title.unwrap().to_owned());
            }
        }
        let named = path.split('{').skip(1).map(|part| part.split('}').next().unwrap().to_owned());
        assert_eq!(in_path, named.collect(), "{name}");
        for requirement in operation["security"].as_array().unwrap() {
            assert!(requirement.as_object().unwrap().keys().all(|key| schemes.contains_key(key)));
        }
        assert!(method != "GET" || operation.get("requestBody").is_none(), "{name}");
    }
    // Every schema is one (JSON Schema 2020-12), and every reference leads somewhere.
    let names: Vec<_> = document["components"]["schemas"].as_object().unwrap().keys().collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        validator(&document, &json!({ "$ref": format!("#/components/schemas/{name}") }));
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let pointer = reference.split('"').next().unwrap().strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::draft202012::new(&whole).unwrap_or_else(|error| panic!("{schema}: {error}"))
}

#[track_caller]
fn fits(document: &Value, schema: &Value, value: &Value, what: &str) {
    let faults: Vec<String> = validator(document, schema)
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{what}: {faults:?} in {value}");
}

/// Each example is of its own schema, and the server reads it: what it refuses is the passport that
/// is not there. Another member is refused before that, so the test would see a body unread.
#[tokio::test]
async fn examples_are_taken_by_the_server() {
    let world = World::new().await;
    let document = document(&world).await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let mut tried = 0;
    for (method, path, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"]["application/json"];
        let name = format!("{method} {path}");
        let Some(example) = body.get("example") else { continue };
        fits(&document, &body["schema"], example, &name);
        if !path.starts_with("/api/v1/passports/{id}") {
            continue;
        }
        let path = path.replace("{id}", nobody);
        let method: Method = method.parse().unwrap();

        let answer = world.body_by(method.clone(), &world.token, &path, example.to_string()).await;
        let other = world.body_by(method, &world.token, &path, r#"{"nonsense":1}"#).await;

        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}: {:?}", answer.body);
        if !name.starts_with("PUT") {
            assert!([400, 422].contains(&other.status.as_u16()), "{name}: {:?}", other.body);
        }
        tried += 1;
    }
    assert!(tried >= 10, "{tried}");
}

/// The schema of an answer's content.
#[track_caller]
fn schema_of<'a>(document: &'a Value, method: &str, path: &str, status: &str) -> &'a Value {
    let content = &document["paths"][path][method]["responses"][status]["content"];
    let content = content.as_object().unwrap_or_else(|| panic!("{method} {path} {status}"));
    &content.values().next().unwrap()["schema"]
}

#[tokio::test]
async fn answers_are_as_described() {
    let world = World::new().await;
    let document = document(&world).await;
    let one = "/api/v1/passports/{id}";
    let check = |method: &str, path: &str, reply: &Reply| {
        let status = reply.status.as_u16().to_string();
        let problem = document["paths"][path][method]["responses"].get(&status).is_none();
        let status = if problem { "default" } else { &status };
        let schema = schema_of(&document, method, path, status);
        fits(&document, schema, &reply.json(), &format!("{method} {path} {status}"));
    };

    let made = world.post_json(&world.token, "/api/v1/passports", &world.nurse()).await;
    check("post", "/api/v1/passports", &made);
    let created = crate::world::Created::of(&made);
    world.receive(&created, &Wallet::new()).await;
    let at = |rest: &str| format!("/api/v1/passports/{}{rest}", created.id);
    for (path, asked) in [
        ("/api/v1/passports", "/api/v1/passports?limit=5".to_owned()),
        (one, at("")),
        ("/api/v1/passports/{id}/progress", at("/progress")),
        ("/api/v1/queues", "/api/v1/queues".to_owned()),
    ] {
        let reply = world.get_as(&world.reader, &asked).await;
        assert_eq!(reply.status, StatusCode::OK, "{asked}");
        check("get", path, &reply);
    }
    let suspended = world.act(&created.id, "suspend", &json!({ "reason": "OTHER" })).await;
    check("post", "/api/v1/passports/{id}/suspend", &suspended);
    let again = world.act(&created.id, "offer", &json!({ "reason": "FIRST" })).await;
    check("post", "/api/v1/passports/{id}/offer", &again);
    let draft = world
        .post_json(&world.token, "/api/v1/passports?draft=true", &json!({ "identity": {} }))
        .await;
    let id = draft.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/passports/{id}/checks");
    let draft = world.put_json(&world.token, &path, &json!({ "identity": {} })).await;
    check("put", "/api/v1/passports/{id}/checks", &draft);
    let refused = world.post_json(&world.token, "/api/v1/passports", &json!({})).await;
    refused.is_problem(422);
    check("post", "/api/v1/passports", &refused);
    let file = files::csv(&[files::nurse(&world, &[("identity.birth_date", "x")])]);
    let forecast = world.post(&world.token, "/api/v1/imports/dry-run", file).await;
    assert_eq!(forecast.json()["bad"], 1);
    check("post", "/api/v1/imports/dry-run", &forecast);
}
