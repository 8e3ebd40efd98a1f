//! The list's credential: its form, signer, dates and address (B2, B4 to B6).

use serde_json::{Value, json};
use vc::bitstring::{
    Bitstring, BitstringError, MAX_TTL_MILLISECONDS, MIN_ENTRIES, Purpose, StatusEntry,
    VerifiedBitstring, list_input,
};
use vc::status_list::Status;
use vc::vcdm::VcdmError;

use crate::common::keys::TestKey;
use crate::{
    EXAMPLE, ISSUER, NOW, URL, claims, entry, key, list_claims, sign, verified, verify,
    verify_claims, verify_subject,
};

#[test]
fn b4_wrong_signer_expired_future_and_another_list_are_different_answers() {
    let list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    let token = sign(&list_claims(&[Purpose::Revocation]), &list);
    let at = |now| VerifiedBitstring::verify(&token, URL, ISSUER, |_| Some(key().public()), now);
    let by = |key| VerifiedBitstring::verify(&token, URL, ISSUER, |_| key, NOW).unwrap_err();
    let of = |url, issuer| {
        VerifiedBitstring::verify(&token, url, issuer, |_| Some(key().public()), NOW).unwrap_err()
    };

    assert_eq!(by(None), BitstringError::WrongSigner);
    assert_eq!(by(Some(TestKey::ed25519(9).public())), BitstringError::WrongSigner);
    at(NOW.plus(86_459)).unwrap();
    assert_eq!(at(NOW.plus(86_460)).unwrap_err(), BitstringError::Expired);
    at(NOW.plus(-60)).unwrap();
    assert_eq!(at(NOW.plus(-61)).unwrap_err(), BitstringError::FromFuture);
    assert_eq!(of("https://issuer.example/status/4", ISSUER), BitstringError::WrongSubject);
    assert_eq!(of(URL, "https://other.example"), BitstringError::WrongIssuer);
    let elsewhere = StatusEntry::new(Purpose::Revocation, 0, "https://issuer.example/status/4");
    assert_eq!(verify(&token).unwrap().status(&elsewhere), Err(BitstringError::WrongSubject));
}

#[test]
fn b4_a_list_that_does_not_say_where_it_belongs_is_refused() {
    let mut without = claims();
    without.as_object_mut().unwrap().shift_remove("id");

    assert_eq!(verify_claims(&without).unwrap_err(), BitstringError::WrongSubject);
}

#[test]
fn b4_valid_until_ends_a_list_without_exp() {
    let mut claims = claims();
    claims.as_object_mut().unwrap().shift_remove("exp");
    claims["validUntil"] = json!("2027-01-15T07:59:00Z");
    claims["validFrom"] = json!("2027-01-14T00:00:00Z");

    assert_eq!(verify_claims(&claims).unwrap_err(), BitstringError::Expired);
}

#[test]
fn b5_ttl_is_in_milliseconds_and_cut_to_a_day() {
    let ttl = |value| verify_subject("ttl", value).unwrap().ttl_milliseconds();

    assert_eq!(verify_claims(&claims()).unwrap().ttl_milliseconds(), Some(30_000));
    assert_eq!(ttl(Value::Null), None);
    assert_eq!(ttl(json!(0)), Some(0));
    assert_eq!(ttl(json!(u64::MAX)), Some(MAX_TTL_MILLISECONDS));
    assert_eq!(MAX_TTL_MILLISECONDS, 86_400_000);
}

#[test]
fn b6_the_list_is_secured_as_its_credentials_are() {
    let token =
        sign(&list_claims(&[Purpose::Revocation]), &Bitstring::new(1, MIN_ENTRIES).unwrap());
    let parsed = vc::jws::UnverifiedJws::parse(&token).unwrap();
    assert_eq!(parsed.header().typ.as_deref(), Some("vc+jwt"));

    for typ in ["statuslist+jwt", "vp+jwt", "jwt"] {
        let refused = verify(&key().token(typ, &claims())).unwrap_err();
        let source = Box::new(VcdmError::WrongMediaType("vc+jwt"));
        assert_eq!(refused, BitstringError::Refused(source));
    }
}

#[test]
fn our_list_says_what_was_set() {
    let mut list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    list.set(94_567, 1).unwrap();
    let verified = verified(&[Purpose::Revocation], &list);

    let told = verified.status(&StatusEntry::parse(&entry()).unwrap()).unwrap();

    assert_eq!(told.status, Status::Invalid);
    assert_eq!(verified.url(), URL);
    assert_eq!(verified.purposes(), [Purpose::Revocation]);
    assert_eq!(verified.credential().issuer(), ISSUER);
    assert_eq!(verified.credential().signer(), &key().public());
    assert_eq!(verified.credential().valid_until(), Some(NOW.plus(86_400)));
}

#[test]
fn a_list_without_purpose_is_not_issued() {
    let list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    let refused = list_input(key().algorithm(), &key().kid(), &list_claims(&[]), &list);

    assert_eq!(refused.unwrap_err(), BitstringError::Malformed("statusPurpose"));
}

#[test]
fn a_value_or_width_that_does_not_fit_is_refused() {
    let mut list = Bitstring::new(2, MIN_ENTRIES).unwrap();
    assert_eq!(list.set(0, 4), Err(BitstringError::ValueTooWide(4)));
    for size in [0, 9, 255] {
        let refused = Bitstring::from_bytes(size, vec![0; 1 << 20]).unwrap_err();
        assert_eq!(refused, BitstringError::UnsupportedSize(size.into()));
    }
    let verified = verified(&[Purpose::Revocation], &Bitstring::new(1, 4_000_000).unwrap());
    for size in [0, 9, 16] {
        let mut entry = StatusEntry::new(Purpose::Revocation, 0, URL);
        entry.size = size;
        assert_eq!(verified.status(&entry), Err(BitstringError::UnsupportedSize(size.into())));
    }
}

#[test]
fn b2_the_lists_credential_has_its_types() {
    let mut other = claims();
    other["type"] = json!(["VerifiableCredential"]);
    assert_eq!(verify_claims(&other).unwrap_err(), BitstringError::Malformed("type"));

    for kind in [json!("StatusList2021"), json!(["BitstringStatusList", "Other"]), Value::Null] {
        let refused = verify_subject("type", kind).unwrap_err();
        assert_eq!(refused, BitstringError::Malformed("credentialSubject"));
    }
    let mut two = claims();
    let subject = two["credentialSubject"].clone();
    two["credentialSubject"] = json!([subject.clone(), subject]);
    let refused = verify_claims(&two).unwrap_err();
    assert_eq!(refused, BitstringError::Malformed("credentialSubject"));
}

#[test]
fn b2_a_missing_or_misshapen_member_of_the_list_is_refused() {
    for (name, value) in [
        ("encodedList", Value::Null),
        ("encodedList", json!([EXAMPLE])),
        ("statusPurpose", Value::Null),
        ("statusPurpose", json!([])),
        ("statusPurpose", json!(["revocation", 5])),
        ("statusPurpose", json!("")),
        ("statusSize", json!(0)),
        ("statusSize", json!("1")),
        ("ttl", json!(-1)),
        ("ttl", json!(1.5)),
        ("ttl", json!("30000")),
    ] {
        assert_eq!(verify_subject(name, value).unwrap_err(), BitstringError::Malformed(name));
    }
}
