use std::path::Path;

use serde_json::{Value, json};

use crate::world::{Wallet, World};

/// Every byte of every file under a folder.
pub(crate) fn bytes_under(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_under(&path));
        } else if path.is_file() {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

pub(crate) fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

fn is_code_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Texts of a document that are about the person.
fn personal(document: &Value) -> Vec<String> {
    match document {
        Value::Object(members) => members.values().flat_map(personal).collect(),
        Value::Array(elements) => elements.iter().flat_map(personal).collect(),
        // Shorter ones and code words such as ACTIVE stand there for other reasons.
        Value::String(text) if text.len() >= 6 && !is_code_word(text) => vec![text.clone()],
        _ => vec![],
    }
}

#[tokio::test]
async fn nothing_personal_and_no_secret_lies_in_the_store_in_clear() {
    let world = World::new().await;
    let mut nurse = world.nurse();
    nurse["identity"]["given_name"] = json!("Canarygiven");
    nurse["identity"]["family_name"] = json!("Canaryfamily");
    nurse["assignment"]["job_title"] = json!("Canary of the ward");
    let created = world.create(&nurse).await;
    let code = world.code(&created).await;
    let wallet = Wallet::new();
    let access = {
        let reply = world.redeem(&code, Some(&created.tx_code)).await;
        reply.json()["access_token"].as_str().unwrap().to_owned()
    };
    world.verified(&world.ask(&access, &world.proof(&wallet).await).await);
    let note = json!({ "reason": "OTHER", "note": "Canarynote of HR" });
    world.done(&created.id, "suspend", &note).await;
    let offer_id = created.offer_path().rsplit('/').next().unwrap().to_owned();

    let mut raw = bytes_under(&world.dir.path().join("store"));
    // Files are filled up with them.
    raw.retain(|byte| *byte != 0);

    // The search does find what lies there.
    assert!(holds(&raw, &created.subject_ref));
    for text in personal(&nurse) {
        assert!(!holds(&raw, &text), "{text:?} lies in the store");
    }
    for text in ["canarygiven", "canaryfamily", "CANARY", "Canarynote"] {
        assert!(!holds(&raw, text), "{text:?} lies in the store");
    }
    for secret in [&code, &access, &offer_id, &world.token, &world.reader] {
        assert!(!holds(&raw, secret), "a secret lies in the store");
    }
}
