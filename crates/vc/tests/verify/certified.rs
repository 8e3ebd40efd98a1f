//! Issuers known by certificates up to the network root (`x5c`; HAIP 1.0), and their status lists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, IsCa, Issuer, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData, SanType,
    SignatureAlgorithm, date_time_ymd,
};
use serde_json::{Map, Value, json};
use vc::base64url;
use vc::jwk::Algorithm;
use vc::registry::IssuerEntry;
use vc::status_list::{
    Status, StatusList, StatusListError, TokenClaims, VerifiedStatusList, token_input_with_x5c,
};
use vc::time::UnixTime;
use vc::verify::{Reason, Rejection, Verified};

use crate::certificates::Wish;
use crate::common::keys::TestKey;
use crate::scene::{ISSUER, LIST, NOW, Scene, issuer, key};

/// The public half of a key, as certificates hold it.
struct Subject(Vec<u8>, Algorithm);

impl Subject {
    fn of(key: &TestKey) -> Self {
        let jwk = key.public().to_jwk();
        let member = |name: &str| {
            jwk.get(name).map(|text| base64url::decode(text.as_str().unwrap()).unwrap())
        };
        match key.algorithm() {
            Algorithm::EdDsa => Self(member("x").unwrap(), Algorithm::EdDsa),
            Algorithm::Es256 => {
                let point = [vec![4], member("x").unwrap(), member("y").unwrap()].concat();
                Self(point, Algorithm::Es256)
            }
        }
    }
}

impl PublicKeyData for Subject {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.1 {
            Algorithm::EdDsa => &PKCS_ED25519,
            Algorithm::Es256 => &PKCS_ECDSA_P256_SHA256,
        }
    }
}

fn in_force(wish: Wish) -> Wish {
    wish.with(|params| params.not_after = date_time_ymd(2028, 1, 1))
}

fn network_root() -> Wish {
    in_force(Wish::authority("network root", &PKCS_ECDSA_P256_SHA256))
}

fn leaf_named(uri: &str) -> Wish {
    in_force(Wish::leaf(&PKCS_ECDSA_P256_SHA256))
        .with(|params| params.subject_alt_names = vec![SanType::URI(uri.try_into().unwrap())])
}

fn certify(wish: &Wish, subject: &TestKey, authority: &Wish) -> Vec<u8> {
    let issuer = Issuer::from_params(&authority.params, &authority.key);
    wish.params.signed_by(&Subject::of(subject), &issuer).unwrap().der().to_vec()
}

/// A scene whose issuer signs with a key that only a certificate names.
struct Certified {
    scene: Scene,
    root: Wish,
    key: TestKey,
    chain: Vec<Vec<u8>>,
    kid: Option<String>,
}

impl Certified {
    fn good() -> Self {
        let mut scene = Scene::good();
        let (root, key) = (network_root(), TestKey::p256());
        let chain = vec![certify(&leaf_named(ISSUER), &key, &root)];
        scene.anchors = vec![root.anchor()];
        scene.registry["organisations"][0]["issuer"]["x5c"] = json!(true);
        let kid = Some(key.kid());
        Self { scene, root, key, chain, kid }
    }

    /// One that names the issuer by what `wish` says.
    fn with_leaf(wish: &Wish) -> Self {
        let mut certified = Self::good();
        certified.chain = vec![certify(wish, &certified.key, &certified.root)];
        certified
    }

    fn header(&self) -> Map<String, Value> {
        let mut header = Map::new();
        let chain: Vec<String> = self.chain.iter().map(|der| STANDARD.encode(der)).collect();
        header.insert("x5c".to_owned(), json!(chain));
        if let Some(kid) = &self.kid {
            header.insert("kid".to_owned(), json!(kid));
        }
        header
    }

    fn scan_with(&self, header: Map<String, Value>) -> Result<Verified, Rejection> {
        let jwt = self.key.token_with_header("dc+sd-jwt", header, &self.scene.claims);
        let code = self.scene.holder.bind(&(jwt + "~"), &self.scene.binding);
        self.scene.scan_code(&code, &Scene::policy())
    }

    fn scan(&self) -> Result<Verified, Rejection> {
        self.scan_with(self.header())
    }

    fn reason(&self) -> Reason {
        self.scan().map(|_| ()).expect_err("rejected").reason
    }

    fn entry(&self) -> IssuerEntry {
        self.scene.verified_registry().issuer(ISSUER).unwrap().1.clone()
    }

    /// The issuer's list, signed by the certified key.
    fn list_token(&self, status: Status) -> String {
        let mut entries = StatusList::new(2, 64).unwrap();
        entries.set(7, status).unwrap();
        let claims = TokenClaims {
            uri: LIST.to_owned(),
            issued_at: NOW.plus(-60),
            expires_at: Some(NOW.plus(3600)),
            ttl: Some(30),
        };
        let kid = self.key.kid();
        let input =
            token_input_with_x5c(self.key.algorithm(), &kid, &self.chain, &claims, &entries);
        let signature = self.key.sign(input.signing_input());
        input.finish(&signature)
    }

    fn list(&self, status: Status) -> Result<VerifiedStatusList, StatusListError> {
        let (entry, anchors) = (self.entry(), &self.scene.anchors);
        VerifiedStatusList::verify_of_issuer(&self.list_token(status), LIST, &entry, anchors, NOW)
    }
}

#[test]
fn a_certified_key_signs_with_or_without_a_kid() {
    for kid in [None, Some("a name of its own".to_owned())] {
        let certified = Certified { kid, ..Certified::good() };

        let verified = certified.scan().unwrap();

        assert_eq!(verified.issuer().ods, "RBV");
        assert_eq!(verified.signing_kid(), certified.key.kid());
    }
}

#[test]
fn an_ed25519_leaf_and_an_authority_in_between_are_taken() {
    let mut certified = Certified::good();
    let between = in_force(Wish::authority("between", &PKCS_ECDSA_P256_SHA256));
    certified.key = TestKey::ed25519(77);
    certified.chain = vec![
        certify(&leaf_named(ISSUER), &certified.key, &between),
        between.signed_by(&certified.root),
    ];

    certified.scan().unwrap();
}

#[test]
fn without_the_registrys_word_a_certificate_is_nothing() {
    // P13: the attacker must not choose the mechanism.
    let mut certified = Certified::good();
    for word in [Some(json!(false)), None] {
        let entry = &mut certified.scene.registry["organisations"][0]["issuer"];
        match word {
            Some(word) => entry["x5c"] = word,
            None => drop(entry.as_object_mut().unwrap().remove("x5c")),
        }
        assert_eq!(certified.reason(), Reason::IssuerNotTrusted);
    }
}

#[test]
fn without_an_anchor_a_certificate_is_nothing() {
    let mut certified = Certified::good();

    certified.scene.anchors = Vec::new();
    assert_eq!(certified.reason(), Reason::IssuerNotTrusted);
    certified.scene.anchors = vec![network_root().anchor()];
    assert_eq!(certified.reason(), Reason::IssuerNotTrusted);
}

#[test]
fn the_leaf_names_exactly_this_issuer() {
    for other in ["https://rbv.example/", "https://r0a.example", "ods:RBV"] {
        let certified = Certified::with_leaf(&leaf_named(other));
        assert_eq!(certified.reason(), Reason::IssuerNotTrusted, "{other}");
    }
}

#[test]
fn the_anchor_is_left_out_and_the_leaf_is_not_self_signed() {
    // HAIP 1.0
    let mut certified = Certified::good();

    certified.chain.push(certified.root.self_signed());
    assert_eq!(certified.reason(), Reason::IssuerNotTrusted);
    certified.chain = vec![leaf_named(ISSUER).self_signed()];
    assert_eq!(certified.reason(), Reason::IssuerNotTrusted);
}

#[test]
fn a_leaf_out_of_force_or_of_an_authority_is_refused() {
    let late = leaf_named(ISSUER).with(|params| params.not_after = date_time_ymd(2027, 1, 14));
    let early = leaf_named(ISSUER).with(|params| params.not_before = date_time_ymd(2027, 1, 16));
    let authority =
        leaf_named(ISSUER).with(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    for wish in [late, early, authority] {
        assert_eq!(Certified::with_leaf(&wish).reason(), Reason::IssuerNotTrusted);
    }
}

#[test]
fn a_header_that_brings_no_chain_is_refused() {
    let certified = Certified::good();
    for wrong in [json!([]), json!(["AQID"]), json!("AQID"), json!([1]), json!(null)] {
        let mut header = certified.header();
        header["x5c"] = wrong.clone();

        let rejection = certified.scan_with(header).unwrap_err();

        assert_eq!(rejection.reason, Reason::IssuerNotTrusted, "{wrong}");
    }
}

#[test]
fn another_key_than_the_leafs_did_not_sign() {
    let mut certified = Certified::good();
    certified.key = TestKey::p256();
    certified.kid = None;
    assert_eq!(certified.reason(), Reason::SignatureInvalid);

    certified.key = TestKey::ed25519(77);
    assert_eq!(certified.reason(), Reason::SignatureInvalid);
}

#[test]
fn a_listed_kid_means_the_listed_key_whatever_certificate_comes_along() {
    let mut certified = Certified::good();
    certified.kid = Some(issuer().kid());
    assert_eq!(certified.reason(), Reason::SignatureInvalid);

    certified.key = issuer();
    certified.chain = vec![certify(&leaf_named("https://r0a.example"), &issuer(), &certified.root)];
    certified.scan().unwrap();
}

#[test]
fn a_compromised_key_does_not_come_back_by_its_certificate() {
    let mut certified = Certified::good();
    certified.scene.registry["organisations"][0]["issuer"]["keys"] =
        json!([key(&issuer(), "active"), key(&certified.key, "compromised")]);
    for kid in [None, Some("another name".to_owned()), Some(certified.key.kid())] {
        certified.kid = kid;
        assert_eq!(certified.reason(), Reason::KeyCompromised);
    }
}

#[test]
fn a_retired_key_issues_nothing_new_by_its_certificate() {
    let issued = NOW.0 - 1000;
    let mut certified = Certified { kid: None, ..Certified::good() };
    let mut retire = |at: i64| {
        let mut retired = key(&certified.key, "retired");
        retired["retired_at"] = json!(at);
        certified.scene.registry["organisations"][0]["issuer"]["keys"] =
            json!([key(&issuer(), "active"), retired]);
        certified.scan().map(|_| ()).map_err(|rejection| rejection.reason)
    };

    assert_eq!(retire(issued), Ok(()));
    assert_eq!(retire(issued - 1), Err(Reason::IssuerNotTrusted));
}

#[test]
fn what_the_registry_says_of_the_organisation_holds_for_certified_keys() {
    let mut certified = Certified::good();
    certified.scene.registry["organisations"][0]["types"] = json!([]);
    assert_eq!(certified.reason(), Reason::IssuerNotEntitled);

    certified.scene.registry["organisations"][0]["state"] = json!("suspended");
    assert_eq!(certified.reason(), Reason::IssuerNotTrusted);
}

#[test]
fn a_certified_key_signs_the_status_list() {
    for (status, expected) in [(Status::Valid, None), (Status::Invalid, Some(Reason::Revoked))] {
        let mut certified = Certified::good();
        certified.scene.list = Some(certified.list(status).unwrap());

        let refused = certified.scan().err().map(|rejection| rejection.reason);

        assert_eq!(refused, expected);
    }
}

#[test]
fn a_status_list_of_a_key_that_nothing_proves_is_refused() {
    let wrong_signer = StatusListError::WrongSigner;
    let mut certified = Certified::good();
    certified.scene.registry["organisations"][0]["issuer"]["x5c"] = json!(false);
    assert_eq!(certified.list(Status::Valid).unwrap_err(), wrong_signer);

    let mut certified = Certified::good();
    certified.scene.anchors = Vec::new();
    assert_eq!(certified.list(Status::Valid).unwrap_err(), wrong_signer);

    let certified = Certified::with_leaf(&leaf_named("https://r0a.example"));
    assert_eq!(certified.list(Status::Valid).unwrap_err(), wrong_signer);

    let mut certified = Certified::good();
    certified.key = TestKey::p256();
    assert_eq!(certified.list(Status::Valid).unwrap_err(), wrong_signer);

    let mut certified = Certified::good();
    certified.scene.registry["organisations"][0]["issuer"]["keys"] =
        json!([key(&issuer(), "active"), key(&certified.key, "compromised")]);
    assert_eq!(certified.list(Status::Valid).unwrap_err(), wrong_signer);
}

#[test]
fn a_list_that_verified_before_is_held_to_what_is_said_now() {
    let fetched = || {
        let mut certified = Certified::good();
        certified.scene.list = Some(certified.list(Status::Valid).unwrap());
        certified
    };
    // The credential itself is signed by the listed key: only its list depends on the certificate.
    let reason = |certified: &Certified| certified.scene.scan().map_err(|found| found.reason).err();
    assert_eq!(reason(&fetched()), None);

    let mut certified = fetched();
    certified.scene.registry["organisations"][0]["issuer"]["x5c"] = json!(false);
    assert_eq!(reason(&certified), Some(Reason::StatusWrongSigner));

    let mut certified = fetched();
    certified.scene.anchors = vec![network_root().anchor()];
    assert_eq!(reason(&certified), Some(Reason::StatusWrongSigner));

    let mut certified = fetched();
    certified.scene.registry["organisations"][0]["issuer"]["keys"] =
        json!([key(&issuer(), "active"), key(&certified.key, "compromised")]);
    assert_eq!(reason(&certified), Some(Reason::StatusWrongSigner));
}

#[test]
fn a_listed_key_signs_its_list_as_before() {
    let mut certified = Certified::good();
    certified.key = issuer();
    certified.chain = Vec::new();
    certified.scene.list = Some(certified.list(Status::Valid).unwrap());

    certified.scene.scan().unwrap();
    assert_eq!(certified.scene.list.unwrap().claims().issued_at, UnixTime(NOW.0 - 60));
}

#[test]
fn a_token_that_brings_no_certificate_is_the_only_listed_keys_as_before() {
    let mut certified = Certified::good();
    certified.key = issuer();
    let header = Map::new();
    certified.scan_with(header).unwrap();

    // Nor does a certificate that nothing permits stand in the way of the listed key.
    certified.scene.registry["organisations"][0]["issuer"]["x5c"] = json!(false);
    certified.kid = None;
    certified.scan().unwrap();
}
