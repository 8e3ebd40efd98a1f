//! Writes the seeds under `corpus/`, the same at each run:
//! `cargo run --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --example seeds`
#![allow(clippy::print_stdout, reason = "a program of one page")]

use std::fs;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use serde_json::{Map, Value, json};
use vc::bitstring::{Bitstring, MIN_ENTRIES, Purpose, StatusEntry};
use vc::jwk::Algorithm;
use vc::jws::SigningInput;
use vc::status_list::StatusList;
use vc::{base64url, did, jcs, qr};

#[path = "../support.rs"]
mod support;

fn seed(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(name), bytes).expect("a seed");
}

/// Bytes of an [`support::Attack`]: nothing flipped, `splice` put in at `place`.
fn attack(place: u16, splice: impl AsRef<[u8]>) -> Vec<u8> {
    [&place.to_le_bytes()[..], &[0], splice.as_ref()].concat()
}

fn main() {
    tokens();
    codes();
    protocols();
    documents();
    let count = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"))
        .expect("the corpus")
        .count();
    println!("seeds of {count} targets");
}

fn tokens() {
    let credential = support::credential();
    let presentation = support::presentation();
    let (jwt, disclosures) = credential.split_once('~').expect("an SD-JWT");
    seed("jws", "issuer", jwt);
    seed("jws", "binding", presentation.rsplit('~').next().expect("a key binding"));
    seed("sd_jwt", "credential", credential);
    seed("sd_jwt", "presentation", presentation);
    seed("sd_jwt", "disclosures", disclosures);
    seed("key_binding", "binding", presentation.rsplit('~').next().expect("a key binding"));
    for (index, disclosure) in disclosures.split('~').filter(|it| !it.is_empty()).enumerate() {
        let json = base64url::decode(disclosure).expect("a disclosure");
        seed("disclosure", &format!("own-{index}"), json);
    }
    seed("disclosure", "nested", r#"["c2FsdA","address",{"_sd":["x"],"...":"y"}]"#);
    seed("disclosure", "element", r#"["c2FsdA",{"...":"x"}]"#);
    seed("verify", "nothing", [0, 0, 0]);
    seed("verify", "tilde", [0, 1, 1, b'~']);
    seed("jwk", "ed25519", support::issuer().to_jwk().to_string());
    seed("jwk", "p256", p256().to_string());
    seed("json", "claims", Value::Object(support::claims().clone()).to_string());
    seed(
        "json",
        "numbers",
        r#"[0,-0,1e3,1.5e-7,9007199254740993,"\u00e9\ud83d\ude00",{"a":null}]"#,
    );
    for key in [support::issuer(), support::holder()] {
        seed("did", &format!("jwk-{}", &key.kid()[..4]), did::jwk(key));
        seed("did", &format!("key-{}", &key.kid()[..4]), did::key(key));
    }
    seed("did", "p256", p256().to_string());
}

/// The base point of P-256, which is a point like any other.
fn p256() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
        "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    })
}

fn codes() {
    let presentation = support::presentation();
    seed("qr_text", "compact", qr::encode(presentation));
    seed("qr_text", "plain", qr::encode_plain(presentation));
    seed("qr_text", "raw", presentation);
    let parts = qr::split(&qr::encode(presentation), 300, &mut ChaCha8Rng::seed_from_u64(1));
    let head = [&300_u16.to_le_bytes()[..], &[3]].concat();
    seed("animated_parts", "sequence", [&head, parts.join("\n").as_bytes()].concat());
    seed("animated_parts", "presentation", [&head, presentation.as_bytes()].concat());
    seed("sp1", "own", attack(0, from_base45(&qr::encode(presentation))));
    seed("sp1", "tilde", attack(300, "~"));
    seed("sp1", "nothing", attack(0, ""));
}

/// The bytes of a compact code, for the target to write them again.
fn from_base45(code: &str) -> Vec<u8> {
    const DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let digits: Vec<usize> =
        code.chars().skip("SP1A:".len()).filter_map(|digit| DIGITS.find(digit)).collect();
    digits
        .chunks(3)
        .flat_map(|digits| {
            let number = digits.iter().rev().fold(0, |number, digit| number * 45 + digit);
            let bytes = u16::try_from(number).expect("two bytes").to_be_bytes();
            bytes[3 - digits.len()..].to_vec()
        })
        .collect()
}

fn protocols() {
    let query = json!({
        "credentials": [
            { "id": "a", "format": "dc+sd-jwt", "meta": { "vct_values": [support::VCT] },
              "claims": [{ "id": "n", "path": ["identity", "given_name"], "values": ["Amara"] },
                         { "id": "s", "path": ["core_skills", null, "level"], "values": [1] },
                         { "id": "p", "path": ["identity", "personal"] }],
              "claim_sets": [["s", "p"], ["n"]] },
            { "id": "b", "format": "dc+sd-jwt", "meta": { "vct_values": [support::VCT] },
              "trusted_authorities": [{ "type": "aki", "values": ["anchor"] }],
              "require_cryptographic_holder_binding": false, "multiple": true },
        ],
        "credential_sets": [{ "options": [["a"], ["b"]] }, { "options": [["b"]], "required": false }],
    });
    seed("dcql", "sets", query.to_string());
    seed(
        "dcql",
        "one",
        json!({ "credentials": [{ "id": "a", "format": "dc+sd-jwt",
        "meta": { "vct_values": [support::VCT] }, "claims": [{ "path": ["employer", "ods"] }] }] })
        .to_string(),
    );

    seed("request_object", "query", json!({ "dcql_query": query, "state": null }).to_string());
    let data = jcs::to_vec(&json!({ "type": "payment", "credential_ids": ["passport"],
        "transaction_data_hashes_alg": ["sha-256"] }));
    seed(
        "request_object",
        "transaction",
        json!({ "transaction_data": [base64url::encode(&data)], "nbf": 1 }).to_string(),
    );
    seed(
        "request_object",
        "encrypted",
        json!({ "response_mode": "direct_post.jwt",
        "client_metadata": { "jwks": { "keys": [p256()] },
        "encrypted_response_enc_values_supported": ["A128GCM"],
        "vp_formats_supported": { "dc+sd-jwt": { "sd-jwt_alg_values": ["EdDSA"] } } } })
        .to_string(),
    );
    seed(
        "request_object",
        "link",
        "openid4vp://?client_id=x509_san_dns%3Av.example&\
        request_uri=https%3A%2F%2Fv.example%2Fr&request_uri_method=post",
    );
    seed("request_object", "post", "wallet_metadata=%7B%22a%22%3A1%7D&wallet_nonce=n");
    seed("request_object", "client_id", "x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

    seed("dc_api", "changes", r#"{"nonce":"n","verifier_info":[{"format":"jwt","data":"x"}]}"#);
    seed("dc_api", "answer", r#"{"vp_token":{"passport":["eyJ.e30.x~"]}}"#);
    seed("dc_api", "declined", r#"{"error":"invalid_request"}"#);
    seed(
        "dc_api",
        "unsigned",
        r#"{"response_type":"vp_token","response_mode":"dc_api","nonce":"n","dcql_query":{"credentials":[{"id":"passport","format":"dc+sd-jwt","meta":{"vct_values":["x"]}}]}}"#,
    );
    seed(
        "dc_api",
        "several",
        r#"{"request":{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJFZERTQSJ9","signature":"AA"}]}}"#,
    );

    let token = json!({ "a": [support::presentation()], "b": ["eyJ.e30.x~", "y~"] });
    seed("response", "payload", json!({ "vp_token": token, "state": "s" }).to_string());
    seed(
        "response",
        "form",
        format!("vp_token=%7B%22a%22%3A%5B%22{}%22%5D%7D&state=s", support::presentation()),
    );
    seed("response", "declined", "error=access_denied&state=s");
    let header = base64url::encode(br#"{"alg":"ECDH-ES","enc":"A128GCM","kid":"k"}"#);
    seed("response", "encrypted", format!("response={header}..AAAA.AAAA.AAAA"));
    seed("response", "reply", r#"{"redirect_uri":"https://verifier.example/done#1"}"#);

    seed(
        "offer",
        "link",
        "openid-credential-offer://?credential_offer_uri=\
        https%3A%2F%2Fissuer.example%2Foffers%2F1",
    );
    seed("offer", "offer", json!({ "credential_issuer": support::ISSUER,
        "credential_configuration_ids": ["employment-checks-1"],
        "grants": { "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
            "pre-authorized_code": "code", "tx_code": { "input_mode": "numeric", "length": 6 } } } })
        .to_string());
    seed(
        "offer",
        "request",
        json!({ "credential_configuration_id": "employment-checks-1",
        "proofs": { "jwt": ["eyJ.e30.x"] } })
        .to_string(),
    );
    seed("offer", "response", json!({ "credentials": [{ "credential": "x~" }] }).to_string());
    seed(
        "offer",
        "token",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3A\
        pre-authorized_code&pre-authorized_code=code&tx_code=123456",
    );
    seed(
        "offer",
        "metadata",
        json!({ "credential_issuer": support::ISSUER,
        "issuer": support::ISSUER, "token_endpoint": "https://issuer.example/token",
        "credential_endpoint": "https://issuer.example/credential",
        "nonce_endpoint": "https://issuer.example/nonce",
        "credential_configurations_supported": { "employment-checks-1": {
            "format": "dc+sd-jwt", "vct": support::VCT,
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": { "jwt": {
                "proof_signing_alg_values_supported": ["EdDSA"] } } } } })
        .to_string(),
    );
}

fn documents() {
    let mut list = StatusList::new(2, 1024).expect("a list");
    list.set(7, 1.into()).expect("an entry");
    let encoded = list.to_json();
    seed("status_list", "list", encoded.to_string());
    let packed = encoded["lst"].as_str().and_then(|lst| base64url::decode(lst).ok());
    seed("status_list", "packed", packed.expect("a list"));

    let head = [&[1][..], &94_567_u32.to_le_bytes(), &[1]].concat();
    let mut list = Bitstring::new(1, MIN_ENTRIES).expect("a list");
    list.set(94_567, 1).expect("an entry");
    seed("bitstring", "list", [&head, list.encode().as_bytes()].concat());
    let entry = StatusEntry::new(Purpose::Revocation, 94_567, "https://issuer.example/status/3");
    seed("bitstring", "entry", [&head, entry.to_json().to_string().as_bytes()].concat());
    let mut wide = entry.to_json();
    wide["statusSize"] = 2.into();
    wide["statusMessage"] =
        (0..4).map(|status| json!({ "status": format!("0x{status}"), "message": "m" })).collect();
    seed("bitstring", "wide", [&head, wide.to_string().as_bytes()].concat());

    seed(
        "type_metadata",
        "extending",
        r#"sha256-AAAA sha512-AAAA
{"extends":"urn:base","display":[{"locale":"de-CH","name":"Typ"}],"claims":[
{"path":["identity"],"mandatory":true,"sd":"always","svg_id":"who"},{"path":["core_skills",0]}]}"#,
    );
    seed(
        "type_metadata",
        "alone",
        "\n{\"claims\":[{\"path\":[\"iss\"],\"display\":[{\"locale\":\"en\",\"label\":\"By\"}]}]}",
    );

    let payload = json!(support::registry().payload());
    seed("registry", "payload", attack(0, payload.to_string()));
    seed("registry", "version", attack(1, r#"{"version":2,"exp":1900000000}"#));
    seed("registry", "document", attack(2, support::registry_document()));

    seed("x5c", "nothing", attack(0, ""));
    for name in ["anchor", "authority", "leaf"] {
        let der = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("chain/{name}.der")));
        seed("x5c", name, attack(40, der.expect("a certificate")));
    }

    seed("vcdm", "nothing", attack(0, ""));
    seed(
        "vcdm",
        "dates",
        attack(
            9,
            r#"{"validFrom":"2026-01-01T00:00:00Z","validUntil":"2027-06-01T12:00:00.5+01:00","name":"x"}"#,
        ),
    );
    seed("vcdm", "date", attack(9, "2026-02-28T23:59:59.25-05:30"));
    let claims = Map::from_iter([("a".to_owned(), json!(1))]);
    let token = SigningInput::new(Algorithm::EdDsa, "vp+jwt", Map::new(), &claims);
    seed("vcdm", "token", attack(9, support::issuer_signs(token)));
    seed(
        "vcdm",
        "envelope",
        attack(
            9,
            r#"{"@context":"https://www.w3.org/ns/credentials/v2","id":"data:application/vc+jwt,e30.e30.x","type":"EnvelopedVerifiableCredential"}"#,
        ),
    );
}
