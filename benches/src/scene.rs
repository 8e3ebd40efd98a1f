//! The credential, its presentation, and all that a verifier judges it by.

use chrono::NaiveDate;
use passport::{EmploymentChecks, samples};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Map, Value, json};
use vc::claim_path::ClaimPath;
use vc::jwk::Algorithm;
use vc::registry::{Operators, VerifiedRegistry};
use vc::sd_jwt::{Issuance, KeyBinding, UnverifiedSdJwt, key_binding_input};
use vc::status_list::{StatusList, TokenClaims, VerifiedStatusList, token_input};
use vc::time::UnixTime;
use vc::verify::{Evidence, NoncePolicy, Policy, StatusEvidence, UnverifiedPresentation, Verified};

use crate::keys::Key;

pub const ISSUER: &str = "https://passport.christie.nhs.uk";
pub const LIST: &str = "https://passport.christie.nhs.uk/status-lists/0";
pub const VCT: &str = "urn:staff-passport:employment-checks:1";
pub const AUDIENCE: &str = "ods:R0A";
/// 22 November 2026, noon.
pub const NOW: UnixTime = UnixTime(1_795_348_800);
/// Peers read the computer's clock: nothing here may expire.
const NEVER: i64 = 4_000_000_000;
const SALT: [u8; 32] = [7; 32];

/// What a passport hides: eight objects, and blocks inside them when they are there.
fn passport_hides() -> Vec<ClaimPath> {
    let issuance: Value =
        serde_json::from_str(include_str!("../../schemas/employment-checks-1/issuance.json"))
            .unwrap();
    serde_json::from_value(issuance["hide"].clone()).unwrap()
}

/// Four objects of the passport as they are, and thirteen members of the others taken out of them:
/// the 17 disclosures beside each other, in about 4.5 kB, that other libraries were measured with.
fn seventeen(passport: &Map<String, Value>) -> (Map<String, Value>, Vec<ClaimPath>) {
    let mut flat = Map::new();
    for name in ["identity", "right_to_work", "criminal_record", "work_health"] {
        flat.insert(name.to_owned(), passport[name].clone());
    }
    for (object, names) in [
        ("professional_registration", ["body", "number", "profession", "part", "expires_on"]),
        (
            "assignment",
            ["department", "staff_group", "job_role", "job_title", "assignment_category"],
        ),
    ] {
        for name in names {
            flat.insert(name.to_owned(), passport[object][name].clone());
        }
    }
    for name in ["period_covered_years", "references_received", "gaps_explained"] {
        flat.insert(name.to_owned(), passport["employment_history"][name].clone());
    }
    let hide = flat.keys().map(|name| ClaimPath::of_names([name])).collect();
    for name in ["employer", "assurance"] {
        flat.insert(name.to_owned(), passport[name].clone());
    }
    (flat, hide)
}

pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

pub struct Scene {
    pub issuer: Key,
    pub holder: Key,
    /// In clear.
    pub claims: Map<String, Value>,
    pub hide: Vec<ClaimPath>,
    pub kid: String,
    pub nonce: String,
    pub registry: VerifiedRegistry,
    pub list: VerifiedStatusList,
}

impl Scene {
    pub fn new(algorithm: Algorithm, checks: &Value) -> Self {
        let checks = EmploymentChecks::accept(checks, today()).unwrap();
        Self::of_claims(algorithm, samples::as_credential(&checks, today()), passport_hides())
    }

    fn of_claims(
        algorithm: Algorithm,
        mut claims: Map<String, Value>,
        hide: Vec<ClaimPath>,
    ) -> Self {
        let (issuer, holder) = (Key::of(algorithm, 1), Key::of(algorithm, 2));
        let Value::Object(technical) = json!({
            "iss": ISSUER, "vct": VCT, "iat": NOW.0 - 40_000, "exp": NEVER,
            "status": {"status_list": {"idx": 71_234, "uri": LIST}},
            "cnf": {"jwk": holder.public().to_jwk()},
            "subject_ref": vc::base64url::encode(&[5; 16]),
        }) else {
            unreachable!()
        };
        claims.extend(technical);
        Self {
            kid: issuer.public().kid(),
            nonce: vc::base64url::encode(&[9; 16]),
            registry: registry(&issuer),
            list: status_list(&issuer),
            hide,
            claims,
            issuer,
            holder,
        }
    }

    /// The sample nurse with 17 disclosures, none inside another.
    pub fn seventeen(algorithm: Algorithm) -> Self {
        let nurse = EmploymentChecks::accept(&samples::sample_nurse(today()), today()).unwrap();
        let (claims, hide) = seventeen(&samples::as_credential(&nurse, today()));
        Self::of_claims(algorithm, claims, hide)
    }

    /// The sample nurse as she is issued.
    pub fn nurse(algorithm: Algorithm) -> Self {
        Self::new(algorithm, &samples::sample_nurse(today()))
    }

    pub fn issue(&self, rng: &mut ChaCha20Rng) -> String {
        let unsigned = Issuance {
            algorithm: self.issuer.public().algorithm(),
            kid: &self.kid,
            x5c: &[],
            claims: &self.claims,
            hide: &self.hide,
        }
        .prepare(rng)
        .unwrap();
        let signature = self.issuer.sign(unsigned.signing_input());
        unsigned.finish(&signature)
    }

    /// Every disclosure shown.
    pub fn presentation(&self) -> String {
        self.bind(&self.issue(&mut rng()))
    }

    /// Every disclosure but the blocks inside the eight objects.
    pub fn presentation_without_blocks(&self) -> String {
        let issued = self.issue(&mut rng());
        let held =
            UnverifiedSdJwt::parse(&issued).unwrap().verify_issuer(self.issuer.public()).unwrap();
        let shown: Vec<ClaimPath> = self
            .hide
            .iter()
            .filter(|path| path.0.len() == 1)
            .filter(|path| held.disclosable().contains(path))
            .cloned()
            .collect();
        self.bind(&held.disclose(&shown).unwrap())
    }

    fn bind(&self, disclosed: &str) -> String {
        let binding = KeyBinding {
            audience: AUDIENCE.to_owned(),
            nonce: self.nonce.clone(),
            issued_at: NOW,
        };
        let algorithm = self.holder.public().algorithm();
        let unsigned = key_binding_input(disclosed, algorithm, &binding).unwrap();
        let signature = self.holder.sign(unsigned.signing_input());
        unsigned.finish(&signature)
    }

    /// The whole of our verification: parse, issuer's trust, both signatures, times, status.
    pub fn verify(&self, presentation: &str) -> Verified {
        let evidence = Evidence {
            registry: Some(&self.registry),
            anchors: &[],
            status: StatusEvidence::List(&self.list),
        };
        let policy = Policy {
            audience: AUDIENCE,
            nonce: NoncePolicy::Fresh,
            types: &[VCT],
            max_code_age: 90,
            max_code_ahead: 30,
            max_status_age: 600,
        };
        UnverifiedPresentation::parse(presentation)
            .unwrap()
            .verify(&evidence, &policy, NOW)
            .unwrap()
    }
}

pub fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed(SALT)
}

/// Twenty organisations with two keys each; the issuer's is the last.
fn registry(issuer: &Key) -> VerifiedRegistry {
    let operator = Key::of(Algorithm::EdDsa, 3);
    let other = |number: u8| {
        let key = |seed| Key::of(Algorithm::EdDsa, seed).public().to_jwk();
        json!({
            "ods": format!("R{number}"), "name": "Sample Trust", "state": "active", "types": [VCT],
            "issuer": {
                "url": format!("https://issuer-{number}.example"),
                "keys": [
                    {"jwk": key(100 + number), "state": "active"},
                    {"jwk": key(150 + number), "state": "retired", "retired_at": 1},
                ],
            },
        })
    };
    let mut organisations: Vec<Value> = (0..19).map(other).collect();
    organisations.push(json!({
        "ods": "RBV", "name": "The Christie NHS Foundation Trust", "state": "active",
        "types": [VCT],
        "issuer": {"url": ISSUER, "keys": [{"jwk": issuer.public().to_jwk(), "state": "active"}]},
    }));
    let payload = serde_json::from_value(json!({
        "version": 1, "iat": NOW.0, "exp": NOW.0 + 604_800, "organisations": organisations,
    }))
    .unwrap();
    let input =
        vc::registry::signing_input(Algorithm::EdDsa, &operator.public().kid(), &payload);
    let signature = operator.sign(input.signing_input());
    let document = vc::registry::document(&[input.finish(&signature)]);
    let operators = Operators { keys: vec![operator.public().clone()], threshold: 1 };
    VerifiedRegistry::verify(document.as_bytes(), &operators, None, NOW).unwrap()
}

fn status_list(issuer: &Key) -> VerifiedStatusList {
    let said = TokenClaims { uri: LIST.into(), issued_at: NOW, expires_at: None, ttl: Some(30) };
    let entries = StatusList::new(2, 1 << 17).unwrap();
    let key = issuer.public();
    let input = token_input(key.algorithm(), &key.kid(), &said, &entries);
    let signature = issuer.sign(input.signing_input());
    VerifiedStatusList::verify(&input.finish(&signature), LIST, |_| Some(key), NOW).unwrap()
}
