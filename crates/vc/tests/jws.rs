//! Compact JWS, held against the attacks of SECURITY.md, rows T1 to T9. The tokens are signed
//! by the trusted key wherever the attack allows: only the rule under test can refuse them.

mod common;

use serde_json::{Map, Value, json};
use vc::base64url;
use vc::json::Limits;
use vc::jws::{JwsError, MAX_KID_BYTES, MAX_TOKEN_BYTES, SigningInput, UnverifiedJws};

use common::keys::TestKey;

const TYP: &str = "test+jwt";

/// A compact token with exactly these texts inside, rightly signed whatever they say.
fn token(signer: &TestKey, header: &str, payload: &str) -> String {
    let [header, payload] = [header, payload].map(|part| base64url::encode(part.as_bytes()));
    let signed = format!("{header}.{payload}");
    let signature = base64url::encode(&signer.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn open(token: &str, signer: &TestKey) -> Result<Map<String, Value>, JwsError> {
    UnverifiedJws::parse(token)?.into_verified(&signer.public(), TYP).map(|jws| jws.into_claims())
}

fn header(signer: &TestKey) -> String {
    format!(r#"{{"alg":"{}","typ":"{TYP}"}}"#, signer.algorithm().name())
}

fn both() -> [TestKey; 2] {
    [TestKey::ed25519(1), TestKey::p256()]
}

#[test]
fn what_we_sign_verifies_in_all_three_ways() {
    for signer in both() {
        let claims = json!({ "b": 1, "a": "é" });
        let claims = claims.as_object().unwrap();
        let input = SigningInput::new(signer.algorithm(), TYP, Map::new(), claims);
        let signature = signer.sign(input.signing_input());
        let token = input.finish(&signature);

        let jws = UnverifiedJws::parse(&token).unwrap();

        assert_eq!(jws.text(), token);
        assert_eq!(jws.header().typ.as_deref(), Some(TYP));
        assert_eq!(jws.verify(&signer.public(), TYP).unwrap().claims(), claims);
        assert_eq!(jws.verify_claims(&signer.public(), TYP).unwrap(), claims);
        assert_eq!(jws.into_verified(&signer.public(), TYP).unwrap().into_claims(), *claims);
    }
}

#[test]
fn a_claim_is_read_for_look_up_as_it_stands() {
    let signer = TestKey::ed25519(1);
    let token = token(&signer, &header(&signer), r#"{"iss":"https://rbv.example"}"#);

    let parsed = UnverifiedJws::parse(&token).unwrap();

    assert_eq!(parsed.dangerous_unverified_claim("iss"), Some(json!("https://rbv.example")));
    assert_eq!(parsed.dangerous_unverified_claim("sub"), None);
}

#[test]
fn header_and_payload_are_written_as_rfc_8785_bytes() {
    let header = json!({ "kid": "k", "alg": "none" });
    let claims = json!({ "b": 1.0, "a": [true, null] });

    let input = SigningInput::new(
        vc::jwk::Algorithm::EdDsa,
        TYP,
        header.as_object().unwrap().clone(),
        claims.as_object().unwrap(),
    );

    let expected = format!(
        "{}.{}",
        base64url::encode(br#"{"alg":"EdDSA","kid":"k","typ":"test+jwt"}"#),
        base64url::encode(br#"{"a":[true,null],"b":1}"#)
    );
    assert_eq!(input.signing_input(), expected.as_bytes());
}

#[test]
fn an_alg_that_is_not_the_keys_is_refused() {
    // T1: 30 texts under two keys
    let names = [
        "none",
        "None",
        "NONE",
        "noNE",
        "nOnE",
        "",
        " none",
        "none ",
        "HS256",
        "HS384",
        "HS512",
        "hs256",
        "RS256",
        "PS256",
        "ES384",
        "ES512",
        "ES256K",
        "Ed448",
        "eddsa",
        "EDDSA",
        "ed25519",
        "es256",
        "Es256",
        "ES256 ",
        " ES256",
        "EdDSA ",
        "EdDSA\u{0}",
        "dir",
        "A128KW",
        "ECDH-ES",
    ];
    for signer in both() {
        for name in names {
            let header = json!({ "alg": name, "typ": TYP }).to_string();

            let refused = open(&token(&signer, &header, "{}"), &signer).unwrap_err();

            if name.eq_ignore_ascii_case("none") {
                assert_eq!(refused, JwsError::BadHeaderMember("alg"), "{name:?}");
            } else {
                assert_eq!(refused, JwsError::WrongAlgorithm, "{name:?}");
            }
        }
    }
}

#[test]
fn an_alg_that_is_no_string_or_absent_is_refused() {
    let signer = TestKey::ed25519(1);
    for alg in ["null", "1", "true", "[]", r#"["EdDSA"]"#, r#"{"EdDSA":1}"#] {
        let header = format!(r#"{{"alg":{alg},"typ":"{TYP}"}}"#);
        let refused = open(&token(&signer, &header, "{}"), &signer).unwrap_err();
        assert_eq!(refused, JwsError::BadHeaderMember("alg"), "{alg}");
    }
    let refused = open(&token(&signer, r#"{"typ":"test+jwt"}"#, "{}"), &signer).unwrap_err();
    assert_eq!(refused, JwsError::BadHeaderMember("alg"));
}

#[test]
fn one_algorithms_token_is_refused_under_the_others_key() {
    let [ed25519, p256] = both();
    for (by, under) in [(&ed25519, &p256), (&p256, &ed25519)] {
        let honest = token(by, &header(by), "{}");
        let posing = token(by, &header(under), "{}");

        assert_eq!(open(&honest, under).unwrap_err(), JwsError::WrongAlgorithm);
        assert_eq!(open(&posing, under).unwrap_err(), JwsError::SignatureInvalid);
        assert_eq!(open(&posing, by).unwrap_err(), JwsError::WrongAlgorithm);
    }
}

#[test]
fn a_mac_keyed_with_the_public_key_is_refused() {
    use aws_lc_rs::hmac;
    for signer in both() {
        let public = signer.public();
        let jwk = public.to_jwk();
        let raw = base64url::decode(jwk["x"].as_str().unwrap()).unwrap();
        for secret in [raw, jwk.to_string().into_bytes(), vc::jcs::to_vec(&jwk)] {
            let signed = token(&signer, r#"{"alg":"HS256","typ":"test+jwt"}"#, "{}");
            let (signed, _) = signed.rsplit_once('.').unwrap();
            let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
            let token = format!("{signed}.{}", base64url::encode(mac.as_ref()));

            assert_eq!(open(&token, &signer).unwrap_err(), JwsError::WrongAlgorithm);
        }
    }
}

#[test]
fn both_names_of_ed25519_are_read() {
    let signer = TestKey::ed25519(1);
    for alg in ["EdDSA", "Ed25519"] {
        let header = json!({ "alg": alg, "typ": TYP }).to_string();
        assert!(open(&token(&signer, &header, "{}"), &signer).is_ok());
    }
}

#[test]
fn a_kid_is_only_text() {
    // T2: nothing is made of it, so nothing can be made with it
    let signer = TestKey::ed25519(1);
    for kid in ["../../etc/passwd", "' OR 1=1 --", "http://127.0.0.1/key", "\u{0}", "k\"}"] {
        let header = json!({ "alg": "EdDSA", "typ": TYP, "kid": kid }).to_string();
        let jws = UnverifiedJws::parse(&token(&signer, &header, "{}")).unwrap();
        assert_eq!(jws.header().kid.as_deref(), Some(kid));
    }
}

#[test]
fn a_kid_that_is_no_string_or_too_long_is_refused() {
    let signer = TestKey::ed25519(1);
    let long = "k".repeat(MAX_KID_BYTES + 1);
    for kid in [json!(1), json!(null), json!(["k"]), json!({}), json!(long)] {
        let header = json!({ "alg": "EdDSA", "typ": TYP, "kid": kid }).to_string();
        let refused = UnverifiedJws::parse(&token(&signer, &header, "{}")).unwrap_err();
        assert_eq!(refused, JwsError::BadHeaderMember("kid"));
    }
    let longest = json!({ "alg": "EdDSA", "typ": TYP, "kid": "k".repeat(MAX_KID_BYTES) });
    UnverifiedJws::parse(&token(&signer, &longest.to_string(), "{}")).unwrap();
    let header = json!({ "alg": "EdDSA", "typ": TYP, "kid": "k".repeat(1 << 20) }).to_string();
    let refused = UnverifiedJws::parse(&token(&signer, &header, "{}")).unwrap_err();
    assert_eq!(refused, JwsError::TooLong(MAX_TOKEN_BYTES));
}

#[test]
fn a_key_in_the_header_is_not_used() {
    // T3: the attacker's own key, offered in every member that could carry it
    let (trusted, attacker) = (TestKey::ed25519(1), TestKey::ed25519(2));
    let jwk = attacker.public().to_jwk();
    for (name, value) in [
        ("jwk", jwk.clone()),
        ("jku", json!("http://127.0.0.1:9/jwks")),
        ("x5u", json!("http://127.0.0.1:9/x5u")),
        ("x5c", json!(["MIIB"])),
        ("kid", json!(format!("did:jwk:{}#0", base64url::encode(jwk.to_string().as_bytes())))),
    ] {
        let header = json!({ "alg": "EdDSA", "typ": TYP, name: value }).to_string();
        let token = token(&attacker, &header, "{}");
        assert_eq!(open(&token, &trusted).unwrap_err(), JwsError::SignatureInvalid, "{name}");
    }
}

#[test]
fn any_crit_or_b64_is_refused() {
    // T4; RFC 7515, 4.1.11 and RFC 7797
    let signer = TestKey::ed25519(1);
    for extension in [
        r#""crit":[]"#,
        r#""crit":["exp"],"exp":1"#,
        r#""crit":["unknown"],"unknown":1"#,
        r#""crit":["unknown"]"#,
        r#""crit":["alg"]"#,
        r#""crit":["b64","b64"],"b64":true"#,
        r#""crit":["b64"],"b64":false"#,
        r#""crit":"b64","b64":false"#,
        r#""crit":null"#,
        r#""crit":{}"#,
        r#""crit":1"#,
        r#""b64":false"#,
        r#""b64":true"#,
        r#""\u0063rit":["x"]"#,
    ] {
        let header = format!(r#"{{"alg":"EdDSA","typ":"{TYP}",{extension}}}"#);
        let refused = open(&token(&signer, &header, "{}"), &signer).unwrap_err();
        assert_eq!(refused, JwsError::Critical, "{extension}");
    }
}

#[test]
fn a_member_that_stands_twice_is_refused_at_any_depth() {
    // T5
    let signer = TestKey::ed25519(1);
    let good = header(&signer);
    let cases = [
        (r#"{"alg":"none","typ":"test+jwt","alg":"EdDSA"}"#.to_owned(), "{}", "header"),
        (r#"{"alg":"EdDSA","typ":"test+jwt","\u0061lg":"EdDSA"}"#.to_owned(), "{}", "header"),
        (r#"{"alg":"EdDSA","typ":"test+jwt","jwk":{"a":1,"a":1}}"#.to_owned(), "{}", "header"),
        (good.clone(), r#"{"iss":"a","iss":"b"}"#, "payload"),
        (good.clone(), r#"{"iss":"a","\u0069ss":"a"}"#, "payload"),
        (good.clone(), r#"{"a":[{"b":{"c":1,"c":1}}]}"#, "payload"),
        (good.clone(), r#"{"_sd":["x"],"_sd":["y"]}"#, "payload"),
        (good, r#"{"":1,"":2}"#, "payload"),
    ];
    for (header, payload, part) in cases {
        match open(&token(&signer, &header, payload), &signer).unwrap_err() {
            JwsError::BadJson {
                part: found,
                source: Some(vc::json::JsonError::DuplicateMember(_)),
            } => assert_eq!(found, part),
            other => panic!("{header} {payload}: {other}"),
        }
    }
}

#[test]
fn header_and_payload_are_json_objects() {
    let signer = TestKey::ed25519(1);
    let good = header(&signer);
    for other in ["", "[]", "null", "1", r#""{}""#, "{}{}", "{} x", "{", "\u{feff}{}", "{'a':1}"] {
        let payload = open(&token(&signer, &good, other), &signer).unwrap_err();
        let header = open(&token(&signer, other, "{}"), &signer).unwrap_err();
        assert!(matches!(payload, JwsError::BadJson { part: "payload", .. }), "{other:?}");
        assert!(matches!(header, JwsError::BadJson { part: "header", .. }), "{other:?}");
    }
}

#[test]
fn an_oversize_token_is_refused_and_one_at_the_limit_is_read() {
    // T6
    let signer = TestKey::ed25519(1);
    let fits = |padding: usize| {
        token(&signer, &header(&signer), &format!(r#"{{"a":"{}"}}"#, "x".repeat(padding)))
    };
    let small = fits(0).len();
    // Four characters carry three bytes
    let largest = (MAX_TOKEN_BYTES - small) / 4 * 3;

    assert!(open(&fits(largest), &signer).is_ok());
    assert_eq!(open(&fits(largest + 4), &signer).unwrap_err(), JwsError::TooLong(MAX_TOKEN_BYTES));
}

#[test]
fn a_token_may_be_exactly_as_long_as_the_bound() {
    let signer = TestKey::ed25519(1);
    let text = token(&signer, &format!(r#"{{"alg":"EdDSA","typ":"{TYP}"}}"#), "{}");
    let within =
        |bytes| UnverifiedJws::parse_within(&text, Limits { bytes, ..Limits::TOKEN }).map(|_| ());

    assert_eq!(within(text.len()), Ok(()));
    assert_eq!(within(text.len() - 1), Err(JwsError::TooLong(text.len() - 1)));
}

#[test]
fn there_is_one_text_for_each_token() {
    // T7
    let signer = TestKey::ed25519(1);
    // Lengths that leave spare bits in each part
    let token = token(&signer, &format!(r#"{{"alg":"EdDSA","typ":"{TYP}"}}"#), r#"{"a":12}"#);
    assert!(open(&token, &signer).is_ok());
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let forms = [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        format!("{token}="),
        format!("{token}=="),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}.{payload}==.{signature}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{token}~"),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{header}. {payload}.{signature}"),
        format!(" {token}"),
        format!("{token} "),
        format!("{token}\n"),
        format!("{token}\r\n"),
        format!("{token}\0"),
        token.replace('.', " . "),
        token.replace('.', "．"),
        token.replace('_', "/").replace('-', "+") + if token.contains(['_', '-']) { "" } else { "+" },
        json!({ "protected": header, "payload": payload, "signature": signature }).to_string(),
        json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] })
            .to_string(),
    ];
    for form in forms {
        assert_ne!(form, token);
        let refused = open(&form, &signer).unwrap_err();
        let syntax = matches!(
            refused,
            JwsError::NotCompact | JwsError::BadJson { .. } | JwsError::SignatureInvalid
        );
        assert!(syntax, "{form:?}: {refused}");
    }
}

#[test]
fn spare_bits_must_be_zero_in_each_part() {
    let signer = TestKey::ed25519(1);
    let token = token(&signer, &format!(r#"{{"alg":"EdDSA","typ":"{TYP}"}}"#), r#"{"a":12}"#);
    let parts: Vec<&str> = token.split('.').collect();
    for part in 0..3 {
        let mut other: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let last = other[part].pop().unwrap();
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let next = alphabet.find(last).unwrap() + 1;
        assert_ne!(parts[part].len() % 4, 0, "the part has no spare bits");
        other[part].push(alphabet.chars().nth(next).unwrap());

        assert_eq!(open(&other.join("."), &signer).unwrap_err(), JwsError::NotCompact);
    }
}

#[test]
fn every_substitution_of_one_character_is_refused() {
    for signer in both() {
        let token = token(&signer, &header(&signer), r#"{"a":1}"#);
        for at in 0..token.len() {
            for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=~" {
                let mut bytes = token.clone().into_bytes();
                if bytes[at] == *other {
                    continue;
                }
                bytes[at] = *other;
                let changed = String::from_utf8(bytes).unwrap();
                assert!(open(&changed, &signer).is_err(), "{changed}");
            }
        }
    }
}

#[test]
fn a_signature_of_another_length_is_refused() {
    for signer in both() {
        let token = token(&signer, &header(&signer), "{}");
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = base64url::decode(signature).unwrap();
        let mut longer = signature.clone();
        longer.push(0);
        for other in [&[][..], &signature[..63], &signature[..32], &longer, &longer.repeat(2)] {
            let token = format!("{signed}.{}", base64url::encode(other));
            assert_eq!(open(&token, &signer).unwrap_err(), JwsError::SignatureInvalid);
        }
    }
}

#[test]
fn a_token_of_one_kind_is_refused_where_another_belongs() {
    // T9: all ordered pairs, under the same trusted key
    let kinds = [
        "dc+sd-jwt",
        "kb+jwt",
        "statuslist+jwt",
        "dpop+jwt",
        "openid4vci-proof+jwt",
        "oauth-authz-req+jwt",
        "trust-registry+jwt",
        "openidvci-issuer-metadata+jwt",
        "oauth-client-attestation+jwt",
        "oauth-client-attestation-pop+jwt",
        "vc+jwt",
        "vp+jwt",
        "vc+sd-jwt",
        "JWT",
        "",
    ];
    let signer = TestKey::ed25519(1);
    let key = signer.public();
    for made_as in kinds {
        let header = json!({ "alg": "EdDSA", "typ": made_as }).to_string();
        let jws = UnverifiedJws::parse(&token(&signer, &header, "{}")).unwrap();
        for taken_as in kinds {
            let answer = jws.verify_claims(&key, taken_as);
            if made_as == taken_as {
                assert!(answer.is_ok());
            } else {
                let expected = taken_as.to_owned();
                assert_eq!(answer.unwrap_err(), JwsError::WrongType { expected });
            }
        }
    }
}

#[test]
fn a_token_without_typ_is_refused() {
    let signer = TestKey::ed25519(1);

    let refused = open(&token(&signer, r#"{"alg":"EdDSA"}"#, "{}"), &signer).unwrap_err();

    assert_eq!(refused, JwsError::WrongType { expected: TYP.to_owned() });
}

#[test]
fn a_typ_that_is_no_string_is_refused() {
    let signer = TestKey::ed25519(1);
    for typ in ["null", "1", "[]", r#"["test+jwt"]"#] {
        let header = format!(r#"{{"alg":"EdDSA","typ":{typ}}}"#);
        let refused = open(&token(&signer, &header, "{}"), &signer).unwrap_err();
        assert_eq!(refused, JwsError::BadHeaderMember("typ"), "{typ}");
    }
}

#[test]
fn typ_is_compared_as_a_media_type() {
    // RFC 7515, 4.1.9: `application/` may be left out, case does not count
    let signer = TestKey::ed25519(1);
    let answer = |typ: &str| {
        open(&token(&signer, &json!({ "alg": "EdDSA", "typ": typ }).to_string(), "{}"), &signer)
    };
    for same in ["test+jwt", "TEST+JWT", "application/test+jwt", "Application/Test+JWT"] {
        assert!(answer(same).is_ok(), "{same}");
    }
    let other = [
        "text/test+jwt",
        "application/application/test+jwt",
        // As many characters as `application/` has
        "credentials/test+jwt",
        "test+jwt ",
        "/test+jwt",
        "tést+jwt",
    ];
    for other in other {
        assert!(matches!(answer(other), Err(JwsError::WrongType { .. })), "{other}");
    }
}
