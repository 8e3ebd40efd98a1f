//! JWE behind its guard (RFC 7516, RFC 7518, 4.6; SECURITY T12).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use keys::SigningKey;
use keys::jwe::{ContentEncryption, DecryptionKey, JweError, MAX_JWE_BYTES, Recipient};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vc::base64url;
use vc::jwk::Algorithm;
use vc::jws::UnverifiedJws;

use super::sealing::rng;
use super::vectors::{from_hex, wycheproof};

fn pair() -> (DecryptionKey, Recipient) {
    let key = DecryptionKey::generate(&mut rng(1));
    let recipient = Recipient::from_jwk(&key.public_jwk()).unwrap();
    (key, recipient)
}

/// A good message with its header changed.
fn with_header(jwe: &str, change: impl FnOnce(&mut Value)) -> String {
    let (header, rest) = jwe.split_once('.').unwrap();
    let mut header: Value = serde_json::from_slice(&base64url::decode(header).unwrap()).unwrap();
    change(&mut header);
    format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()))
}

fn set(name: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |header| header[name] = value
}

#[test]
fn what_is_encrypted_to_a_key_decrypts_with_it_alone() {
    let (key, recipient) = pair();
    let other = DecryptionKey::from_secret_bytes(
        key.public_jwk()["kid"].as_str().map(str::to_owned),
        &DecryptionKey::generate(&mut rng(2)).to_secret_bytes(),
    )
    .unwrap();

    for enc in ContentEncryption::ALL {
        let jwe = recipient.encrypt(b"vp_token", enc).unwrap();

        assert_eq!(key.decrypt(&jwe).unwrap().as_slice(), b"vp_token");
        assert_eq!(other.decrypt(&jwe).unwrap_err(), JweError::DoesNotDecrypt);
    }
}

#[test]
fn the_header_says_what_was_agreed() {
    let (key, recipient) = pair();

    let jwe = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();

    let header = base64url::decode(jwe.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["alg"], "ECDH-ES");
    assert_eq!(header["enc"], "A256GCM");
    assert_eq!(header["kid"], key.public_jwk()["kid"]);
    assert_eq!(header["epk"].get("d"), None);
}

#[test]
fn a_changed_character_does_not_decrypt() {
    let (key, recipient) = pair();
    let jwe = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();

    for at in 0..jwe.len() {
        let mut changed = jwe.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();

        assert!(key.decrypt(&changed).is_err(), "character {at}");
    }
}

#[test]
fn compressed_content_is_refused_before_it_is_inflated() {
    // 200 MB of zeros in some 200 kB.
    let (key, recipient) = pair();
    let bomb = josekit_zip_bomb(&key);

    assert!(bomb.len() < MAX_JWE_BYTES);
    assert_eq!(key.decrypt(&bomb).unwrap_err(), JweError::Compressed);

    let plain = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();
    for zip in [json!("DEF"), json!(null), json!(7)] {
        let changed = with_header(&plain, set("zip", zip));
        assert_eq!(key.decrypt(&changed).unwrap_err(), JweError::Compressed);
    }
}

fn josekit_zip_bomb(key: &DecryptionKey) -> String {
    let mut jwk = josekit::jwk::Jwk::from_bytes(key.public_jwk().to_string()).unwrap();
    jwk.set_parameter("key_ops", None).unwrap();
    let encrypter = josekit::jwe::ECDH_ES.encrypter_from_jwk(&jwk).unwrap();
    let mut header = josekit::jwe::JweHeader::new();
    header.set_content_encryption("A256GCM");
    header.set_compression("DEF");
    josekit::jwe::serialize_compact(&vec![0; 150_000_000], &header, &encrypter).unwrap()
}

#[test]
fn other_algorithms_are_refused_before_any_cryptography() {
    let (key, recipient) = pair();
    let good = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();

    for alg in ["none", "dir", "ecdh-es", "ECDH-ES+A256KW", "RSA1_5", "A256KW"] {
        let changed = with_header(&good, set("alg", alg.into()));
        assert_eq!(key.decrypt(&changed).unwrap_err(), JweError::WrongAlgorithm, "{alg}");
    }
    let costly = with_header(&good, |header| {
        header["alg"] = "PBES2-HS512+A256KW".into();
        header["p2c"] = 2_000_000_000_u64.into();
        header["p2s"] = "AAAAAAAAAAA".into();
    });
    assert_eq!(key.decrypt(&costly).unwrap_err(), JweError::WrongAlgorithm);
    for enc in ["A192GCM", "A128CBC-HS256", "a256gcm", ""] {
        let changed = with_header(&good, set("enc", enc.into()));
        assert_eq!(key.decrypt(&changed).unwrap_err(), JweError::WrongAlgorithm, "{enc}");
    }
}

#[test]
fn kid_must_be_the_keys() {
    let (key, recipient) = pair();
    let good = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();

    let other = with_header(&good, set("kid", "other".into()));
    let none = with_header(&good, |header| {
        header.as_object_mut().unwrap().remove("kid");
    });

    assert_eq!(key.decrypt(&other).unwrap_err(), JweError::WrongKey);
    assert_eq!(key.decrypt(&none).unwrap_err(), JweError::WrongKey);
    let number = with_header(&good, set("kid", 7.into()));
    assert_eq!(key.decrypt(&number).unwrap_err(), JweError::BadHeader);
}

#[test]
fn an_ephemeral_key_off_the_curve_is_refused() {
    let (key, recipient) = pair();
    let good = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();

    for change in [
        |epk: &mut Value| epk["x"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into(),
        |epk: &mut Value| epk["crv"] = "P-384".into(),
        |epk: &mut Value| epk["crv"] = "secp256k1".into(),
        |epk: &mut Value| epk["kty"] = "OKP".into(),
        |epk: &mut Value| epk["d"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE".into(),
        |epk: &mut Value| *epk = Value::Null,
        |epk: &mut Value| *epk = json!({}),
    ] {
        let changed = with_header(&good, |header| change(&mut header["epk"]));

        assert_eq!(key.decrypt(&changed).unwrap_err(), JweError::BadEphemeralKey, "{changed}");
    }
}

#[test]
fn crit_and_a_loose_header_are_refused() {
    let (key, recipient) = pair();
    let good = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();
    let (header, rest) = good.split_once('.').unwrap();
    let header = String::from_utf8(base64url::decode(header).unwrap()).unwrap();
    let twice = header.replacen('{', r#"{"enc":"A128GCM","#, 1);
    let twice = format!("{}.{rest}", base64url::encode(twice.as_bytes()));

    let critical = with_header(&good, set("crit", json!(["exp"])));
    let party = with_header(&good, set("apu", "not base64url!".into()));

    assert_eq!(key.decrypt(&critical).unwrap_err(), JweError::Critical);
    assert_eq!(key.decrypt(&party).unwrap_err(), JweError::BadHeader);
    assert_eq!(key.decrypt(&twice).unwrap_err(), JweError::BadHeader);
    let array = format!("{}.{rest}", base64url::encode(b"[]"));
    assert_eq!(key.decrypt(&array).unwrap_err(), JweError::BadHeader);
}

#[test]
fn what_is_not_a_compact_jwe_is_refused() {
    let (key, recipient) = pair();
    let good = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, _, nonce, ciphertext, tag] = parts[..] else { panic!("five parts") };

    for bad in [
        String::new(),
        ".....".to_owned(),
        format!("{good}."),
        format!("{good} "),
        format!("{good}="),
        format!("{header}.AAAA.{nonce}.{ciphertext}.{tag}"),
        format!("{header}..{}.{ciphertext}.{tag}", base64url::encode(&[0; 11])),
        format!("{header}..{nonce}.{ciphertext}.{}", base64url::encode(&[0; 15])),
        format!("{header}..{nonce}.{ciphertext}."),
        json!({ "protected": header, "iv": nonce, "ciphertext": ciphertext, "tag": tag })
            .to_string(),
    ] {
        assert_eq!(key.decrypt(&bad).unwrap_err(), JweError::NotCompact, "{bad}");
    }
}

#[test]
fn size_is_looked_at_first() {
    let (key, recipient) = pair();

    let long = key.decrypt(&"A".repeat(MAX_JWE_BYTES + 1)).unwrap_err();
    let too_much = recipient.encrypt(&vec![0; MAX_JWE_BYTES], ContentEncryption::A128Gcm);

    assert_eq!(long, JweError::TooLong);
    assert_eq!(too_much.unwrap_err(), JweError::TooLong);
}

#[test]
fn signed_and_encrypted_are_never_confused() {
    let (key, recipient) = pair();
    let signing = SigningKey::generate(Algorithm::Es256, &mut rng(3));
    let jwe = recipient.encrypt(b"vp_token", ContentEncryption::A256Gcm).unwrap();
    let header = base64url::encode(br#"{"alg":"ES256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", base64url::encode(b"{}"));
    let jws = format!("{signed}.{}", base64url::encode(&signing.sign(signed.as_bytes())));

    assert_eq!(key.decrypt(&jws).unwrap_err(), JweError::NotCompact);
    assert!(UnverifiedJws::parse(&jwe).is_err());
}

#[test]
fn a_key_for_something_else_is_not_encrypted_to() {
    let (key, _) = pair();
    let good = key.public_jwk();

    for (name, value) in [
        ("use", json!("sig")),
        ("use", json!(7)),
        ("alg", json!("ES256")),
        ("alg", json!("ECDH-ES+A128KW")),
        ("kid", json!(7)),
        ("crv", json!("P-384")),
        ("x", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("d", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE")),
    ] {
        let mut bad = good.clone();
        bad[name] = value;

        assert_eq!(Recipient::from_jwk(&bad).unwrap_err(), JweError::UnusableKey, "{bad}");
        // A set's unusable keys are passed over.
        let jwe = Recipient::choose(&json!({ "keys": [bad, good] })).unwrap();
        let jwe = jwe.encrypt(b"m", ContentEncryption::A128Gcm).unwrap();
        key.decrypt(&jwe).unwrap();
    }
    assert!(Recipient::choose(&json!({ "keys": [] })).is_none());
}

#[test]
fn a256gcm_is_preferred() {
    let choose = |names: &[&str]| ContentEncryption::choose(names.iter().copied());

    assert_eq!(choose(&["A128GCM", "A256GCM"]), Some(ContentEncryption::A256Gcm));
    assert_eq!(choose(&["A128CBC-HS256", "A128GCM"]), Some(ContentEncryption::A128Gcm));
    assert_eq!(choose(&["A128CBC-HS256"]), None);
}

/// Wycheproof json_web_encryption: of its 139 messages the two in our profile decrypt, and all
/// others are refused: other algorithms (exception: valid there, outside the profile here), and
/// everything that is invalid.
#[test]
fn wycheproof_messages_decrypt_only_in_our_profile() {
    let mut decrypted = Vec::new();
    let tests = wycheproof("json_web_encryption_test.json");
    for (group, test) in &tests {
        let private = &group["private"];
        let key = match (private["crv"].as_str(), private["d"].as_str()) {
            (Some("P-256"), Some(d)) => {
                DecryptionKey::from_secret_bytes(None, &base64url::decode(d).unwrap()).unwrap()
            }
            _ => pair().0,
        };
        let Some(jwe) = test["jwe"].as_str() else { continue };

        if let Ok(plaintext) = key.decrypt(jwe) {
            assert_eq!(test["result"], "valid", "{test}");
            assert_eq!(*plaintext, from_hex(test["pt"].as_str().unwrap()), "{test}");
            decrypted.push(test["tcId"].as_u64().unwrap());
        }
    }
    if !tests.is_empty() {
        assert_eq!(decrypted, [76, 78]);
    }
}

/// Wycheproof ecdh_secp256r1_webcrypto: each public key as `epk`, the message encrypted here under
/// the content key that follows from the expected shared secret (RFC 7518, 4.6.2).
#[test]
fn wycheproof_key_agreements_give_the_content_key() {
    for (_, test) in wycheproof("ecdh_secp256r1_webcrypto_test.json") {
        let secret = base64url::decode(test["private"]["d"].as_str().unwrap()).unwrap();
        let key = DecryptionKey::from_secret_bytes(None, &secret).unwrap();
        let shared = from_hex(test["shared"].as_str().unwrap());
        let mut epk = test["public"].clone();
        epk.as_object_mut().unwrap().remove("kid");

        let decrypted = key.decrypt(&encrypt_under(&shared, &epk));

        match test["result"].as_str().unwrap() {
            "valid" => assert_eq!(decrypted.unwrap().as_slice(), b"vp_token", "{test}"),
            _ => assert_eq!(decrypted.unwrap_err(), JweError::BadEphemeralKey, "{test}"),
        }
    }
}

fn encrypt_under(shared: &[u8], epk: &Value) -> String {
    let [none, bits] = [0_u32, 128].map(u32::to_be_bytes);
    let name = [&7_u32.to_be_bytes()[..], b"A128GCM"].concat();
    let material = [&1_u32.to_be_bytes()[..], shared, &name, &none, &none, &bits].concat();
    let content_key = &Sha256::digest(material)[..16];

    let header = json!({ "alg": "ECDH-ES", "enc": "A128GCM", "epk": epk }).to_string();
    let header = base64url::encode(header.as_bytes());
    let mut content = b"vp_token".to_vec();
    let tag = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, content_key).unwrap())
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key([9; 12]),
            Aad::from(header.as_bytes()),
            &mut content,
        )
        .unwrap();
    let [nonce, content, tag] = [&[9; 12][..], &content, tag.as_ref()].map(base64url::encode);
    format!("{header}..{nonce}.{content}.{tag}")
}
