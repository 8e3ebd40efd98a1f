//! Bad input gets its own 4xx in the right form, stores nothing, and the next good request works.

use serde_json::{Value, json};
use staff_passport_tests::http::Answer;
use staff_passport_tests::network::{Network, POLL_SECONDS};

use crate::{codes, nurse, placement};

struct Case {
    what: &'static str,
    body: Vec<u8>,
    content_type: &'static str,
    status: u16,
}

fn case(what: &'static str, body: impl Into<Vec<u8>>, status: u16) -> Case {
    Case { what, body: body.into(), content_type: "application/json", status }
}

fn deep() -> String {
    format!("{{\"identity\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000))
}

fn huge() -> Vec<u8> {
    let mut body = b"{\"identity\":\"".to_vec();
    body.resize(4 * 1024 * 1024, b'a');
    body.extend_from_slice(b"\"}");
    body
}

fn assert_problem(answer: &Answer, what: &str, status: u16) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert_eq!(answer.content_type, "application/problem+json", "{what}");
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{what}: {problem}");
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{what}: {problem}");
}

async fn post(network: &Network, url: &str, token: &str, case: &Case) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("content-type", case.content_type)];
    network.http.send("POST", url, &headers, Some(case.body.clone())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuer_refuses_bad_passports_and_goes_on() {
    let network = Network::start(POLL_SECONDS);
    let url = format!("{}/api/v1/passports", network.issuer_url);
    let mut unknown = nurse();
    unknown["favourite_colour"] = json!("blue");
    let mut nested = nurse();
    nested["identity"]["shoe_size"] = json!(39);
    let duplicate = nurse().to_string().replacen('{', "{\"identity\":{},", 1);
    let cases = [
        case("not JSON", "identity: Amara", 400),
        case("cut off", &nurse().to_string().as_bytes()[..200], 400),
        case("a member twice", duplicate, 400),
        case("nested 5,000 deep", deep(), 400),
        case("4 MiB", huge(), 413),
        case("an array", "[]", 422),
        case("an unknown member", unknown.to_string(), 422),
        case("an unknown inner member", nested.to_string(), 422),
        Case { content_type: "text/plain", ..case("plain text", nurse().to_string(), 415) },
    ];

    for case in &cases {
        let answer = post(&network, &url, &network.issuer_token, case).await;
        assert_problem(&answer, case.what, case.status);
    }
    let listed = network.http.get_as(&url, &network.issuer_token).await.json();
    let next = network.http.post_as(&url, &network.issuer_token, &nurse()).await;

    assert_eq!(listed["items"], json!([]), "something was stored");
    assert_eq!(next.status, 201, "{}", next.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_passport_is_named_by_pointer_in_plain_words() {
    let network = Network::start(POLL_SECONDS);
    let url = format!("{}/api/v1/passports", network.issuer_url);
    let mut body = nurse();
    body["identity"]["birth_date"] = json!("20/06/1990");
    body["professional_registration"]["number"] = json!("12345");
    body["criminal_record"]["level"] = json!("SUPER");
    body["core_skills"][2]["level"] = json!(9);
    body["work_health"].as_object_mut().expect("an object").remove("outcome");

    let answer = network.http.post_as(&url, &network.issuer_token, &body).await;

    assert_problem(&answer, "five faults", 422);
    let faults = answer.json()["faults"].as_array().cloned().expect("faults");
    let pointers: Vec<&str> = faults.iter().filter_map(|f| f["pointer"].as_str()).collect();
    for wanted in [
        "/identity/birth_date",
        "/professional_registration/number",
        "/criminal_record/level",
        "/core_skills/2/level",
        "/work_health/outcome",
    ] {
        assert!(pointers.contains(&wanted), "{wanted} is not named: {pointers:?}");
    }
    assert_eq!(faults.len(), 5, "{faults:?}");
    for fault in &faults {
        let message = fault["message"].as_str().expect("a message");
        assert!(message.contains(' ') && !message.contains("serde"), "{message:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verifier_refuses_bad_requests_and_goes_on() {
    let network = Network::start(POLL_SECONDS);
    let url = format!("{}/api/v1/scan", network.verifier_url);
    let good = json!({
        "scan_id": uuid::Uuid::new_v4().to_string(),
        "code": "SP0:THIS IS NO PASSPORT",
        "placement": placement(),
    });
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body.to_string()
    };
    let mut backwards = placement();
    backwards["end"] = json!("2020-01-01");
    let mut unknown_kind = placement();
    unknown_kind["kind"] = json!("HOLIDAY");
    let cases = [
        case("not JSON", "scan please", 400),
        case("nested 5,000 deep", deep(), 400),
        case("4 MiB", huge(), 413),
        case("an unknown member", with("colour", json!("blue")), 422),
        case("a scan_id that is none", with("scan_id", json!("desk 4")), 422),
        case("a code that is a number", with("code", json!(7)), 422),
        case("an end before the start", with("placement", backwards), 422),
        case("an unknown kind", with("placement", unknown_kind), 422),
        Case { content_type: "text/plain", ..case("plain text", good.to_string(), 415) },
    ];

    for case in &cases {
        let answer = post(&network, &url, &network.verifier_token, case).await;
        assert_problem(&answer, case.what, case.status);
    }
    let verdict = network.scan(good["code"].clone(), &placement()).await;

    assert_eq!(verdict["outcome"], "CANNOT_TELL", "{verdict}");
    assert_eq!(codes(&verdict).len(), 1, "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_the_right_token() {
    let network = Network::start(POLL_SECONDS);
    let passports = format!("{}/api/v1/passports", network.issuer_url);
    let scan = format!("{}/api/v1/scan", network.verifier_url);

    let nobody = network.http.post(&passports, &nurse()).await;
    let stranger = network.http.post_as(&passports, "sp_nobody", &nurse()).await;
    let other_service = network.http.post_as(&passports, &network.verifier_token, &nurse()).await;
    let scan_nobody = network.http.post(&scan, &json!({})).await;

    for answer in [&nobody, &stranger, &other_service, &scan_nobody] {
        assert_problem(answer, "no right token", 401);
    }
}
