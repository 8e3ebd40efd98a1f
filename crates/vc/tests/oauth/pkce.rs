use vc::oauth::{CodeChallenge, PkceError};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn the_example_of_rfc_7636_fits() {
    let challenge = CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap();

    assert_eq!(challenge.check(VERIFIER), Ok(()));
    assert_eq!(CodeChallenge::of(VERIFIER).unwrap().to_text(), CHALLENGE);
}

#[test]
fn plain_is_refused_named_or_not() {
    for method in [None, Some("plain"), Some("s256"), Some("")] {
        assert_eq!(CodeChallenge::parse(CHALLENGE, method), Err(PkceError::OtherMethod));
    }
}

#[test]
fn another_verifier_is_refused() {
    let challenge = CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap();

    assert_eq!(challenge.check(&VERIFIER.replace('d', "e")), Err(PkceError::Mismatch));
}

#[test]
fn a_verifier_has_43_to_128_unreserved_characters() {
    assert!(CodeChallenge::of(&"a".repeat(43)).is_ok());
    assert!(CodeChallenge::of(&"~".repeat(128)).is_ok());
    for verifier in ["a".repeat(42), "a".repeat(129), "é".repeat(30), "+".repeat(50)] {
        assert_eq!(CodeChallenge::of(&verifier), Err(PkceError::BadVerifier), "{verifier}");
    }
}

#[test]
fn a_challenge_is_a_hash_in_canonical_base64url() {
    for challenge in ["", "abc", &format!("{CHALLENGE}="), &"a".repeat(42)] {
        assert_eq!(CodeChallenge::parse(challenge, Some("S256")), Err(PkceError::BadChallenge));
    }
}
