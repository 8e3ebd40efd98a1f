//! One issuer, one holder, one host; each test spoils one thing.

use serde_json::{Value, json};
use vc::base64url;
use vc::claim_path::ClaimPath;
use vc::registry::{Operators, VerifiedRegistry, document};
use vc::sd_jwt::KeyBinding;
use vc::status_list::{Status, StatusList, TokenClaims, VerifiedStatusList, token_input};
use vc::time::UnixTime;
use vc::verify::{
    Evidence, NoncePolicy, Policy, Rejection, StatusEvidence, UnverifiedPresentation, Verified,
};
use vc::x5c::TrustAnchor;

use crate::common::keys::{TestKey, parse};

pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
pub(crate) const VCT: &str = "urn:staff-passport:employment-checks:1";
pub(crate) const ISSUER: &str = "https://rbv.example";
pub(crate) const LIST: &str = "https://rbv.example/status-lists/0";

pub(crate) fn issuer() -> TestKey {
    TestKey::ed25519(1)
}

pub(crate) fn holder() -> TestKey {
    TestKey::ed25519(2)
}

pub(crate) fn operator() -> TestKey {
    TestKey::ed25519(3)
}

pub(crate) fn nonce() -> String {
    base64url::encode(&[5; 16])
}

/// All that a scan depends on, good as it stands.
pub(crate) struct Scene {
    pub(crate) issuer: TestKey,
    pub(crate) claims: Value,
    pub(crate) binding: KeyBinding,
    pub(crate) holder: TestKey,
    pub(crate) registry: Value,
    pub(crate) anchors: Vec<TrustAnchor>,
    pub(crate) list: Option<VerifiedStatusList>,
    pub(crate) now: UnixTime,
}

impl Scene {
    pub(crate) fn good() -> Self {
        Self {
            issuer: issuer(),
            claims: json!({
                "iss": ISSUER, "vct": VCT, "iat": NOW.0 - 1000, "exp": NOW.0 + 86_400,
                "cnf": {"jwk": holder().public().to_jwk()},
                "status": {"status_list": {"idx": 7, "uri": LIST}},
                "identity": {"family_name": "Okafor"},
            }),
            binding: KeyBinding {
                audience: "ods:R0A".to_owned(),
                nonce: nonce(),
                issued_at: NOW.plus(-5),
            },
            holder: holder(),
            registry: json!({
                "version": 12, "iat": NOW.0 - 3600, "exp": NOW.0 + 604_800,
                "organisations": [{
                    "ods": "RBV", "name": "The Christie", "state": "active", "types": [VCT],
                    "issuer": {"url": ISSUER, "keys": [key(&issuer(), "active")]},
                }],
            }),
            anchors: Vec::new(),
            list: Some(list(&issuer(), LIST, NOW.plus(-60), Some(NOW.plus(3600)), Status::Valid)),
            now: NOW,
        }
    }

    /// The credential as issued, all disclosed.
    pub(crate) fn issued(&self) -> String {
        self.issuer.issue(&self.claims, &[ClaimPath::of_names(["identity"])], 4)
    }

    pub(crate) fn code(&self) -> String {
        self.holder.bind(&self.issued(), &self.binding)
    }

    pub(crate) fn verified_registry(&self) -> VerifiedRegistry {
        let text = document(&[operator().token("trust-registry+jwt", &self.registry)]);
        let operators = Operators { keys: vec![operator().public()], threshold: 1 };
        let made = UnixTime(self.registry["iat"].as_i64().unwrap());
        VerifiedRegistry::verify(text.as_bytes(), &operators, None, made).unwrap()
    }

    pub(crate) fn policy() -> Policy<'static> {
        Policy {
            audience: "ods:R0A",
            nonce: NoncePolicy::Fresh,
            types: &[VCT],
            max_code_age: 90,
            max_code_ahead: 30,
            max_status_age: 600,
        }
    }

    pub(crate) fn scan(&self) -> Result<Verified, Rejection> {
        self.scan_code(&self.code(), &Self::policy())
    }

    pub(crate) fn scan_code(&self, code: &str, policy: &Policy<'_>) -> Result<Verified, Rejection> {
        let registry = self.verified_registry();
        let status =
            self.list.as_ref().map_or(StatusEvidence::Unavailable(None), StatusEvidence::List);
        let evidence = Evidence { registry: Some(&registry), anchors: &self.anchors, status };
        UnverifiedPresentation::parse(code)?.verify(&evidence, policy, self.now)
    }

    pub(crate) fn rejection(&self) -> Rejection {
        self.scan().map(|_| ()).expect_err("rejected")
    }
}

/// A registry's entry of a key.
pub(crate) fn key(key: &TestKey, state: &str) -> Value {
    json!({"jwk": key.public().to_jwk(), "state": state})
}

/// A list whose entry 7 is `status`, verified as the fetcher would.
pub(crate) fn list(
    signer: &TestKey,
    uri: &str,
    issued_at: UnixTime,
    expires_at: Option<UnixTime>,
    status: Status,
) -> VerifiedStatusList {
    let mut entries =
        StatusList::new(if matches!(status, Status::Other(_)) { 4 } else { 2 }, 64).unwrap();
    entries.set(7, status).unwrap();
    let claims = TokenClaims { uri: uri.to_owned(), issued_at, expires_at, ttl: Some(30) };
    let input = token_input(signer.algorithm(), &signer.kid(), &claims, &entries);
    let signature = signer.sign(input.signing_input());
    let public = signer.public();
    VerifiedStatusList::verify(&input.finish(&signature), uri, |_| Some(&public), issued_at)
        .unwrap()
}

/// Replaces the payload of the issuer-signed JWT, its signature kept.
pub(crate) fn tamper(code: &str, change: impl FnOnce(&mut Value)) -> String {
    parse(code);
    let (jwt, rest) = code.split_once('~').unwrap();
    let [header, payload, signature] = jwt.split('.').collect::<Vec<_>>().try_into().unwrap();
    let mut claims: Value = serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap();
    change(&mut claims);
    let payload = base64url::encode(&vc::jcs::to_vec(&claims));
    format!("{header}.{payload}.{signature}~{rest}")
}
