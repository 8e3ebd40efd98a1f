//! Forgeries for the tests: what an attacker would do to a code.

use serde_json::{Value, json};

/// The code with `exp` in the issuer-signed payload moved a year on; everything else as it was.
///
/// # Panics
/// When the code is not one of a passport.
pub fn issuer_signed_part(code: &Value) -> Value {
    edit_payload(code, |payload| {
        let exp = payload["exp"].as_i64().expect("exp is a number");
        payload["exp"] = json!(exp + 365 * 86_400);
    })
}

/// The code with its issuer-signed payload changed and nothing signed again.
///
/// # Panics
/// When the code is not one of a passport.
pub fn edit_payload(code: &Value, edit: impl FnOnce(&mut Value)) -> Value {
    let text = presentation(code);
    let (jwt, rest) = text.split_once('~').expect("an SD-JWT");
    let mut parts: Vec<String> = jwt.split('.').map(str::to_owned).collect();
    let bytes = vc::base64url::decode(&parts[1]).expect("base64url");
    let mut payload: Value = serde_json::from_slice(&bytes).expect("JSON");
    edit(&mut payload);
    parts[1] = vc::base64url::encode(&vc::jcs::to_vec(&payload));
    json!(vc::qr::encode(&format!("{}~{rest}", parts.join("."))))
}

/// The SD-JWT+KB inside a code of one text or several parts.
///
/// # Panics
/// When the code can't be read.
pub fn presentation(code: &Value) -> String {
    let whole = match code {
        Value::Array(parts) => {
            vc::qr::join(parts.iter().filter_map(Value::as_str)).expect("all parts")
        }
        other => other.as_str().expect("a text").to_owned(),
    };
    vc::qr::decode(&whole).expect("a readable code")
}
