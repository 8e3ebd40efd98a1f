//! People as a file of HR has them, and a wallet.

use keys::SigningKey;
use serde_json::{Value, json};
use vc::jwk::Algorithm;
use vc::oid4vci::{OfferLink, ProofInput, Transport};
use vc::time::UnixTime;

use crate::home::Home;
use crate::http::Connection;

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";
pub(crate) const JSON: &str = "content-type: application/json\r\n";

pub(crate) fn nurse() -> Value {
    let now = clock::Clock::system().now();
    let today = chrono::DateTime::from_timestamp(now, 0).expect("a date").date_naive();
    passport::samples::sample_nurse(today)
}

/// A CSV file of so many nurses, under the template's headings.
pub(crate) fn file(people: usize) -> Vec<u8> {
    let mut columns = Vec::new();
    let nurse = nurse();
    for (section, value) in nurse.as_object().expect("members") {
        match value {
            _ if section == "assurance" => {}
            Value::Array(rows) => {
                for (at, row) in rows.iter().enumerate() {
                    flat(&format!("{section}.{}", at + 1), row, &mut columns);
                }
            }
            value => flat(section, value, &mut columns),
        }
    }
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let mut file = line(columns.iter().map(|(name, _)| name.clone()).collect());
    for number in 0..people {
        let cells = columns.iter().map(|(name, cell)| match name.as_str() {
            "identity.given_name" => format!("Amara{number}"),
            // As spreadsheets write it: quoted where it must be.
            _ if cell.contains([',', '"', '\n']) => format!("\"{cell}\""),
            _ => cell.clone(),
        });
        file += &line(cells.collect());
    }
    file.into_bytes()
}

fn flat(prefix: &str, value: &Value, columns: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                flat(&format!("{prefix}.{name}"), value, columns);
            }
        }
        Value::String(text) => columns.push((prefix.to_owned(), text.clone())),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            columns.push((prefix.to_owned(), items.join(";")));
        }
        other => columns.push((prefix.to_owned(), other.to_string())),
    }
}

/// HR makes a passport and its offer.
pub(crate) async fn create(home: &Home, connection: &mut Connection, body: &[u8]) -> Value {
    let headers = format!("{}{JSON}", home.bearer);
    connection.send("POST", "/api/v1/passports", &headers, body).await.expect(201).json()
}

/// From the offer to the credential, as a foreign wallet does it.
pub(crate) async fn receive(home: &Home, connection: &mut Connection, passport: &Value) -> String {
    let url = home.url();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let link = OfferLink::parse(&text(&passport["offer"]["uri"]), Transport::LoopbackHttp);
    let Ok(OfferLink::ByReference(offer)) = link else { panic!("an offer by reference") };
    let path = offer.strip_prefix(&url).expect("a path of the issuer");
    let offer = connection.get(path, "").await.expect(200).json();
    let grant = &offer["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
    let form = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code\
         &pre-authorized_code={}&tx_code={}",
        text(&grant["pre-authorized_code"]),
        text(&passport["offer"]["tx_code"]),
    );
    let token = connection.send("POST", "/token", FORM, form.as_bytes()).await.expect(200).json();
    let nonce = connection.send("POST", "/nonce", "", b"").await.expect(200).json();
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let holder = SigningKey::generate(Algorithm::EdDsa, &mut rng);
    let now = UnixTime(clock::Clock::system().now());
    let proof = ProofInput::new(
        holder.algorithm(),
        holder.public_key(),
        &url,
        nonce["c_nonce"].as_str(),
        now,
        None,
    );
    let signature = holder.sign(proof.signing_input());
    let configuration = &offer["credential_configuration_ids"][0];
    let body = json!({
        "credential_configuration_id": configuration,
        "proofs": { "jwt": [proof.finish(&signature)] },
    });
    let headers = format!("authorization: Bearer {}\r\n{JSON}", text(&token["access_token"]));
    let body = body.to_string();
    let answer = connection.send("POST", "/credential", &headers, body.as_bytes()).await;
    text(&answer.expect(200).json()["credentials"][0]["credential"])
}
