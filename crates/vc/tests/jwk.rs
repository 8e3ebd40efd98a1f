//! Public keys: RFC 7517, RFC 7638, RFC 8037, and the unsafe points of SECURITY.md, T8.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "test support: a broken promise must stop the test"
)]

mod common;

use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use vc::base64url;
use vc::jwk::{Algorithm, JwkError, PublicKey};

use common::keys::TestKey;

const RFC_8037_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

/// The eight points of small order, then every other encoding that decodes to one of them.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

fn bytes32(hex: &str) -> [u8; 32] {
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

fn ed25519_jwk(bytes: &[u8]) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url::encode(bytes) })
}

fn p256_jwk() -> Value {
    TestKey::p256().public().to_jwk()
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

#[test]
fn the_thumbprint_of_rfc_8037() {
    // RFC 8037, A.2 and A.3
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": RFC_8037_X });

    let key = PublicKey::from_jwk(&jwk).unwrap();

    assert_eq!(key.thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(key.kid(), "kPrK_qmxVWY");
    assert_eq!(key.to_jwk(), jwk);
    assert_eq!(key.algorithm(), Algorithm::EdDsa);
}

#[test]
fn a_thumbprint_covers_the_required_members_only() {
    // RFC 7638, 3.2 for EC; its own example is RSA, which is no key of ours
    let jwk = p256_jwk();
    let (x, y) = (jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap());
    let covered = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);

    let decorated = with(
        with(with(jwk.clone(), "kid", json!("k")), "use", json!("sig")),
        "alg",
        json!("ES256"),
    );
    let key = PublicKey::from_jwk(&decorated).unwrap();

    assert_eq!(key.thumbprint().0, <[u8; 32]>::from(Sha256::digest(covered)));
    assert_eq!(key.to_jwk(), jwk);
}

#[test]
fn the_signature_of_rfc_8037_verifies() {
    // RFC 8037, A.4
    let key =
        PublicKey::from_jwk(&json!({ "kty": "OKP", "crv": "Ed25519", "x": RFC_8037_X })).unwrap();
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    let signature = base64url::decode(signature).unwrap();

    assert!(key.verify(signed.as_bytes(), &signature).is_ok());
    assert!(key.verify(b"something else", &signature).is_err());
}

#[test]
fn keys_of_small_order_are_refused_at_every_entry() {
    for point in SMALL_ORDER {
        let bytes = bytes32(point);
        let jwk = ed25519_jwk(&bytes);

        assert_eq!(PublicKey::from_ed25519(&bytes), Err(JwkError::BadPoint), "{point}");
        assert_eq!(PublicKey::from_jwk(&jwk), Err(JwkError::BadPoint), "{point}");
        assert!(serde_json::from_value::<PublicKey>(jwk).is_err(), "{point}");
    }
}

#[test]
fn keys_with_a_second_encoding_are_refused() {
    // y = p + k for k in 0..19 fits into 255 bits, so points of small y have two encodings
    let mut safe_but_for_their_encoding = 0;
    for k in 0u8..19 {
        for sign in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            bytes[0] = 0xed + k;
            bytes[31] = sign;
            let lax = ed25519_dalek::VerifyingKey::from_bytes(&bytes);
            safe_but_for_their_encoding += usize::from(lax.is_ok_and(|key| !key.is_weak()));
            assert_eq!(PublicKey::from_ed25519(&bytes), Err(JwkError::BadPoint));
        }
    }
    assert!(safe_but_for_their_encoding > 0, "no case that only the encoding decides");
}

#[test]
fn bytes_off_the_curve_are_refused() {
    let off = (2u8..20).map(|y| {
        let mut bytes = [0; 32];
        bytes[0] = y;
        bytes
    });
    let off: Vec<_> = off.filter(|y| ed25519_dalek::VerifyingKey::from_bytes(y).is_err()).collect();
    assert!(!off.is_empty());
    for bytes in off {
        assert_eq!(PublicKey::from_ed25519(&bytes), Err(JwkError::BadPoint));
    }
}

#[test]
fn an_ed25519_signature_whose_r_is_of_small_order_is_refused() {
    // S = k·a makes S·B = R + k·A for R the neutral element: a check that is not strict takes it
    let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let key = PublicKey::from_ed25519(secret.verifying_key().as_bytes()).unwrap();
    let message = b"any";
    let neutral = bytes32(SMALL_ORDER[0]);
    let hash = Sha512::new_with_prefix(neutral)
        .chain_update(secret.verifying_key().as_bytes())
        .chain_update(message);
    let k = curve25519_dalek::Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let s = k * secret.to_scalar();
    let signature = [neutral, s.to_bytes()].concat();

    // Shows that the case needs the strict check
    let lax = ed25519_dalek::Verifier::verify(
        &secret.verifying_key(),
        message,
        &ed25519_dalek::Signature::from_slice(&signature).unwrap(),
    );

    assert!(lax.is_ok());
    assert!(key.verify(message, &signature).is_err());
}

#[test]
fn an_ed25519_signature_with_s_plus_the_order_is_refused() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let signer = TestKey::ed25519(3);
    let mut signature = signer.sign(b"m");
    assert!(signer.public().verify(b"m", &signature).is_ok());

    let mut carry = 0u16;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }

    assert!(signer.public().verify(b"m", &signature).is_err());
}

#[test]
fn an_es256_signature_with_r_or_s_out_of_range_is_refused() {
    let order = bytes32("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let signer = TestKey::p256();
    let good = signer.sign(b"m");
    let (r, s) = good.split_at(32);
    let edges = [[0; 32], order, [0xff; 32], bytes32(&format!("{:064x}", 1))];
    for edge in &edges {
        for signature in [[edge, s].concat(), [r, edge].concat()] {
            assert!(signer.public().verify(b"m", &signature).is_err());
        }
        for other in &edges {
            assert!(signer.public().verify(b"m", &[*edge, *other].concat()).is_err());
        }
    }
    assert!(signer.public().verify(b"m", &good).is_ok());
}

#[test]
fn a_der_signature_is_no_es256_signature() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let key = PublicKey::from_p256(pair.public_key().as_ref().try_into().unwrap()).unwrap();

    let der = pair.sign(&aws_lc_rs::rand::SystemRandom::new(), b"m").unwrap();

    assert!(key.verify(b"m", der.as_ref()).is_err());
}

#[test]
fn points_that_are_not_of_p_256_are_refused() {
    let jwk = p256_jwk();
    let coordinate = |name: &str| base64url::decode(jwk[name].as_str().unwrap()).unwrap();
    let good = [vec![0x04], coordinate("x"), coordinate("y")].concat();
    let good: [u8; 65] = good.try_into().unwrap();
    assert!(PublicKey::from_p256(&good).is_ok());
    for at in 0..65 {
        let mut bad = good;
        bad[at] ^= 1;
        assert_eq!(PublicKey::from_p256(&bad), Err(JwkError::BadPoint), "byte {at}");
    }
    // Hybrid form: same point, but 0x06 or 0x07 in front (X9.62, 4.3.6)
    for prefix in [0x00, 0x02, 0x03, 0x05, 0x06, 0x07] {
        let mut bad = good;
        bad[0] = prefix;
        assert_eq!(PublicKey::from_p256(&bad), Err(JwkError::BadPoint), "prefix {prefix}");
    }
    let mut zero = [0; 65];
    zero[0] = 0x04;
    assert_eq!(PublicKey::from_p256(&zero), Err(JwkError::BadPoint));
    // Coordinates not reduced modulo p
    let mut beyond = [0xff; 65];
    beyond[0] = 0x04;
    assert_eq!(PublicKey::from_p256(&beyond), Err(JwkError::BadPoint));
}

#[test]
fn a_private_or_symmetric_member_is_refused() {
    for jwk in [ed25519_jwk(&base64url::decode(RFC_8037_X).unwrap()), p256_jwk()] {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            let refused = PublicKey::from_jwk(&with(jwk.clone(), name, json!("AA"))).unwrap_err();
            assert_eq!(refused, JwkError::PrivateMember, "{name}");
        }
    }
}

#[test]
fn a_coordinate_is_canonical_base64url_of_32_bytes() {
    let okp = ed25519_jwk(&base64url::decode(RFC_8037_X).unwrap());
    let bad = [
        json!(null),
        json!(1),
        json!(""),
        json!(format!("{RFC_8037_X}=")),
        json!(format!("{RFC_8037_X}A")),
        json!(&RFC_8037_X[..42]),
        json!(format!("{}p", &RFC_8037_X[..42])),
        json!(RFC_8037_X.replace('_', "/")),
        json!(format!(" {}", &RFC_8037_X[..42])),
        json!(base64url::encode(&[1; 31])),
        json!(base64url::encode(&[1; 33])),
    ];
    for value in bad {
        let refused = PublicKey::from_jwk(&with(okp.clone(), "x", value.clone())).unwrap_err();
        assert_eq!(refused, JwkError::BadMember("x"), "{value}");
        for name in ["x", "y"] {
            let refused = PublicKey::from_jwk(&with(p256_jwk(), name, value.clone())).unwrap_err();
            assert_eq!(refused, JwkError::BadMember(name), "{value}");
        }
    }
    assert_eq!(
        PublicKey::from_jwk(&json!({ "kty": "OKP", "crv": "Ed25519" })),
        Err(JwkError::BadMember("x"))
    );
}

#[test]
fn other_kinds_of_key_are_refused() {
    let x = RFC_8037_X;
    for jwk in [
        json!({}),
        json!({ "kty": "OKP", "x": x }),
        json!({ "crv": "Ed25519", "x": x }),
        json!({ "kty": "EC", "crv": "Ed25519", "x": x, "y": x }),
        json!({ "kty": "OKP", "crv": "P-256", "x": x, "y": x }),
        json!({ "kty": "OKP", "crv": "X25519", "x": x }),
        json!({ "kty": "OKP", "crv": "ed25519", "x": x }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": x, "y": x }),
        json!({ "kty": "EC", "crv": "P-384", "x": x, "y": x }),
        json!({ "kty": "RSA", "n": x, "e": "AQAB" }),
        json!({ "kty": ["OKP"], "crv": "Ed25519", "x": x }),
    ] {
        assert_eq!(PublicKey::from_jwk(&jwk), Err(JwkError::UnsupportedKey), "{jwk}");
    }
    for value in [json!(null), json!([]), json!("jwk"), json!(1)] {
        assert_eq!(PublicKey::from_jwk(&value), Err(JwkError::NotAnObject));
    }
}

#[test]
fn members_that_contradict_verifying_are_refused() {
    // RFC 7517, 4.2 to 4.4
    let (okp, ec) = (ed25519_jwk(&base64url::decode(RFC_8037_X).unwrap()), p256_jwk());
    for (jwk, name, value) in [
        (&okp, "alg", json!("ES256")),
        (&okp, "alg", json!("EdDSA ")),
        (&okp, "alg", json!(1)),
        (&ec, "alg", json!("EdDSA")),
        (&ec, "alg", json!("ES384")),
        (&ec, "alg", json!("ECDH-ES")),
        (&ec, "use", json!("enc")),
        (&ec, "use", json!(["sig"])),
        (&okp, "use", json!("SIG")),
        (&okp, "key_ops", json!([])),
        (&okp, "key_ops", json!(["sign"])),
        (&ec, "key_ops", json!("verify")),
        (&ec, "key_ops", json!(["deriveKey"])),
    ] {
        let refused = PublicKey::from_jwk(&with(jwk.clone(), name, value.clone())).unwrap_err();
        assert_eq!(refused, JwkError::Contradiction(name), "{value}");
    }
    for (jwk, name, value) in [
        (&okp, "alg", json!("EdDSA")),
        (&okp, "alg", json!("Ed25519")),
        (&ec, "alg", json!("ES256")),
        (&ec, "use", json!("sig")),
        (&ec, "key_ops", json!(["verify"])),
        (&ec, "unknown", json!({})),
    ] {
        assert!(PublicKey::from_jwk(&with(jwk.clone(), name, value)).is_ok(), "{name}");
    }
}

#[test]
fn a_key_reads_back_from_what_it_writes() {
    for key in [TestKey::ed25519(9).public(), TestKey::p256().public()] {
        let text = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<PublicKey>(&text).unwrap(), key);
        assert_eq!(
            format!("{key:?}"),
            format!("PublicKey({} {})", key.algorithm().name(), key.kid())
        );
    }
}

#[test]
fn the_keys_of_the_jose_cookbook_are_none_of_ours() {
    // RFC 7520, 3: P-521, RSA and symmetric keys only
    for (file, refusal) in [
        ("3_1.ec_public_key", JwkError::UnsupportedKey),
        ("3_2.ec_private_key", JwkError::PrivateMember),
        ("3_3.rsa_public_key", JwkError::UnsupportedKey),
        ("3_4.rsa_private_key", JwkError::PrivateMember),
        ("3_5.symmetric_key_mac_computation", JwkError::PrivateMember),
        ("3_6.symmetric_key_encryption", JwkError::PrivateMember),
    ] {
        let Some(jwk) = common::json_vectors(&format!("jose-cookbook/jwk/{file}.json")) else {
            return;
        };
        assert_eq!(PublicKey::from_jwk(&jwk), Err(refusal), "{file}");
    }
}
