//! How large the QR codes of passports are (TARGETS.md, "Size").
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use chrono::NaiveDate;
use passport::{EmploymentChecks, samples};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use vc::claim_path::ClaimPath;
use vc::jwk::{Algorithm, PublicKey};
use vc::qr;
use vc::sd_jwt::{Issuance, KeyBinding, key_binding_input};
use vc::time::UnixTime;

/// RFC 8032, 7.1: any valid key.
const HOLDER: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// A presentation of everything but the inner blocks. Signatures are random bytes: as large as real
/// ones.
fn presentation(checks: &Value, seed: u64) -> String {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut random = |bytes: &mut [u8]| rng.fill_bytes(bytes);
    let (mut salt, mut nonce, mut kid) = ([0; 16], [0; 16], [0; 8]);
    let mut signatures = [[0; 64]; 2];
    random(&mut salt);
    random(&mut nonce);
    random(&mut kid);
    for signature in &mut signatures {
        random(signature);
    }
    let issuance: Value =
        serde_json::from_str(include_str!("../../../schemas/employment-checks-1/issuance.json"))
            .unwrap();
    let hide: Vec<ClaimPath> = serde_json::from_value(issuance["hide"].clone()).unwrap();
    let checks = EmploymentChecks::accept(checks, today()).unwrap();
    let mut claims = samples::as_credential(&checks, today());
    let issued_at = 1_795_305_600 + 40_000 + i64::try_from(seed).unwrap() * 977;
    let iss = "https://passport.christie.nhs.uk";
    let Value::Object(technical) = json!({
        "iss": iss, "vct": issuance["vct"], "iat": issued_at, "exp": issued_at + 90 * 86_400,
        "status": {"status_list": {
            "idx": 71_234 + seed, "uri": format!("{iss}/status-lists/0"),
        }},
        "cnf": {"jwk": PublicKey::from_ed25519(&HOLDER).unwrap().to_jwk()},
        "subject_ref": vc::base64url::encode(&salt),
    }) else {
        return String::new();
    };
    claims.extend(technical);
    let kid = vc::base64url::encode(&kid);
    let issuance =
        Issuance { algorithm: Algorithm::EdDsa, kid: &kid, x5c: &[], claims: &claims, hide: &hide };
    let [issuer, holder] = signatures;
    let issued = issuance.prepare(&mut rng).unwrap().finish(&issuer);
    let inner = ["personal", "conditions", "reference", "adjustments", "employment"];
    let shown: String = issued
        .split_terminator('~')
        .filter(|piece| {
            let text = vc::base64url::decode(piece).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            !inner.iter().any(|name| text.contains(&format!("\",\"{name}\",")))
        })
        .flat_map(|piece| [piece, "~"])
        .collect();
    let binding = KeyBinding {
        audience: "ods:R0A".to_owned(),
        nonce: vc::base64url::encode(&nonce),
        issued_at: UnixTime(issued_at + 1_234_567),
    };
    key_binding_input(&shown, Algorithm::EdDsa, &binding).unwrap().finish(&holder)
}

/// Characters that a QR symbol of version 1, 2, … holds at level L in alphanumeric mode
/// (ISO/IEC 18004, table 7).
const CAPACITY: [usize; 40] = [
    25, 47, 77, 114, 154, 195, 224, 279, 335, 395, 468, 535, 619, 667, 758, 854, 938, 1046, 1153,
    1249, 1352, 1460, 1588, 1704, 1853, 1990, 2132, 2223, 2369, 2520, 2677, 2840, 3009, 3183, 3351,
    3537, 3729, 3927, 4087, 4296,
];

/// Bytes and QR version of a presentation's code.
fn size(name: &str, presentation: &str) -> (usize, usize) {
    let code = qr::encode(presentation);
    assert_eq!(qr::decode(&code).unwrap(), presentation);
    assert!(code.starts_with("SP1"), "{name} has no compact code");
    let version = CAPACITY.iter().position(|chars| code.len() <= *chars).unwrap() + 1;
    // Three characters of Base45 are two bytes.
    let bytes = (code.len() - "SP1A:".len()) * 2 / 3;
    println!(
        "{name}: {bytes} bytes, {} characters, QR version {version}-L; {} characters as SD-JWT+KB",
        code.len(),
        presentation.len()
    );
    (bytes, version)
}

#[test]
fn the_sample_nurses_code_has_at_most_600_bytes() {
    let nurse = samples::sample_nurse(today());

    let (bytes, version) = size("sample nurse", &presentation(&nurse, 1));

    assert!(bytes <= 600, "{bytes}");
    assert!(version <= 18, "{version}");
}

#[test]
fn the_worst_of_ten_filled_nurses_has_at_most_900_bytes() {
    for seed in 0..10 {
        let nurse = samples::filled_nurse(today(), seed);

        let (bytes, _) = size(&format!("filled nurse {seed}"), &presentation(&nurse, seed));

        assert!(bytes <= 900, "{bytes}");
    }
}
