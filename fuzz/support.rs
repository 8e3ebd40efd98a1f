//! A genuine network in memory, made once from fixed seeds: the targets attack around it.
#![allow(dead_code, reason = "each target takes what it needs")]

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use ed25519_dalek::{Signer as _, SigningKey};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use serde_json::{Map, Value, json};
use sha2::Digest as _;
use vc::claim_path::ClaimPath;
use vc::json::Limits;
use vc::jwk::{Algorithm, PublicKey};
use vc::jws::SigningInput;
use vc::registry::{Operators, VerifiedRegistry};
use vc::sd_jwt::{Issuance, KeyBinding, UnverifiedSdJwt, VerifiedSdJwt, key_binding_input};
use vc::status_list::{StatusList, TokenClaims, VerifiedStatusList};
use vc::time::UnixTime;
use vc::verify::{Evidence, NoncePolicy, Policy, StatusEvidence, UnverifiedPresentation};

/// The targets' day.
pub const NOW: UnixTime = UnixTime(1_800_000_000);
pub const VCT: &str = "urn:staff-passport:employment-checks:1";
pub const ISSUER: &str = "https://issuer.example";
const LIST: &str = "https://issuer.example/status-lists/1";

struct Network {
    issuer: SigningKey,
    issuer_public: PublicKey,
    holder_public: PublicKey,
    claims: Map<String, Value>,
    credential: String,
    presentation: String,
    operator: SigningKey,
    document: String,
    registry: VerifiedRegistry,
    list: VerifiedStatusList,
}

static NETWORK: LazyLock<Network> = LazyLock::new(make);

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_ed25519(key.verifying_key().as_bytes()).expect("a key")
}

fn pinned(operator: &SigningKey) -> Operators {
    Operators { keys: vec![public(operator)], threshold: 1 }
}

fn make() -> Network {
    let [issuer, holder, operator] = [1, 2, 3].map(|seed| SigningKey::from_bytes(&[seed; 32]));
    let claims = json!({
        "iss": ISSUER, "vct": VCT, "iat": NOW.0 - 60, "exp": NOW.0 + 86_400,
        "cnf": { "jwk": public(&holder).to_jwk() },
        "status": { "status_list": { "idx": 7, "uri": LIST } },
        "employer": { "ods": "RBV", "name": "The Christie" },
        "identity": { "given_name": "Amara", "personal": { "nationality": "GB" } },
        "core_skills": [{ "subject": "FIRE", "level": 1 }],
    });
    let Value::Object(claims) = claims else { unreachable!("an object was written") };
    let unsigned = Issuance {
        algorithm: Algorithm::EdDsa,
        kid: &public(&issuer).kid(),
        x5c: &[],
        claims: &claims,
        hide: &[
            ClaimPath::of_names(["identity"]),
            ClaimPath::of_names(["identity", "personal"]),
            ClaimPath::of_names(["core_skills"]),
        ],
    }
    .prepare(&mut ChaCha8Rng::seed_from_u64(4))
    .expect("it can be issued");
    let signature = issuer.sign(unsigned.signing_input()).to_bytes();
    let credential = unsigned.finish(&signature);
    let binding = KeyBinding {
        audience: "ods:R0A".to_owned(),
        nonce: vc::base64url::encode(&[9; 16]),
        issued_at: NOW,
    };
    let input = key_binding_input(&credential, Algorithm::EdDsa, &binding).expect("a binding");
    let signature = holder.sign(input.signing_input()).to_bytes();
    let presentation = input.finish(&signature);

    let payload = serde_json::from_value(json!({
        "version": 1, "iat": NOW.0, "exp": NOW.0 + 3600,
        "organisations": [{
            "ods": "RBV", "name": "The Christie", "state": "active", "types": [VCT],
            "issuer": { "url": ISSUER, "keys": [{ "jwk": public(&issuer), "state": "active" }] },
        }],
    }))
    .expect("a registry");
    let input = vc::registry::signing_input(Algorithm::EdDsa, &public(&operator).kid(), &payload);
    let signature = operator.sign(input.signing_input()).to_bytes();
    let document = vc::registry::document(&[input.finish(&signature)]);
    let registry = VerifiedRegistry::verify(document.as_bytes(), &pinned(&operator), None, NOW);

    let token = TokenClaims {
        uri: LIST.to_owned(),
        issued_at: NOW,
        expires_at: Some(NOW.plus(3600)),
        ttl: Some(30),
    };
    let list = StatusList::new(2, 1024).expect("a list");
    let kid = public(&issuer).kid();
    let input = vc::status_list::token_input(Algorithm::EdDsa, &kid, &token, &list);
    let signature = issuer.sign(input.signing_input()).to_bytes();
    let token = input.finish(&signature);
    let key = public(&issuer);
    let list = VerifiedStatusList::verify(&token, LIST, |_| Some(&key), NOW);

    Network {
        issuer_public: public(&issuer),
        holder_public: public(&holder),
        issuer,
        claims,
        credential,
        presentation,
        operator,
        document,
        registry: registry.expect("it verifies"),
        list: list.expect("it verifies"),
    }
}

/// The issuer's public key.
pub fn issuer() -> &'static PublicKey {
    &NETWORK.issuer_public
}

/// The holder's public key.
pub fn holder() -> &'static PublicKey {
    &NETWORK.holder_public
}

/// All claims in clear.
pub fn claims() -> &'static Map<String, Value> {
    &NETWORK.claims
}

/// The issued text, ending in `~`.
pub fn credential() -> &'static str {
    &NETWORK.credential
}

/// A genuine presentation to `ods:R0A`.
pub fn presentation() -> &'static String {
    &NETWORK.presentation
}

/// A token whose only digest is of `encoded`, signed by the genuine issuer.
pub fn credential_with_disclosure(encoded: &str) -> String {
    let mut claims = NETWORK.claims.clone();
    claims.insert(
        "_sd".to_owned(),
        json!([vc::base64url::encode(&sha2::Sha256::digest(encoded.as_bytes()))]),
    );
    claims.insert("_sd_alg".to_owned(), json!("sha-256"));
    let input = SigningInput::new(Algorithm::EdDsa, "dc+sd-jwt", Map::new(), &claims);
    format!("{}~{encoded}~", issuer_signs(input))
}

/// The issuer's signature under anything.
pub fn issuer_signs(input: SigningInput) -> String {
    let signature = NETWORK.issuer.sign(input.signing_input()).to_bytes();
    input.finish(&signature)
}

/// The operator's signature under anything.
pub fn operator_signs(input: SigningInput) -> String {
    let signature = NETWORK.operator.sign(input.signing_input()).to_bytes();
    input.finish(&signature)
}

/// What a service pins.
pub fn operators() -> Operators {
    pinned(&NETWORK.operator)
}

/// The genuine registry document.
pub fn registry_document() -> &'static str {
    &NETWORK.document
}

/// The genuine registry.
pub fn registry() -> &'static VerifiedRegistry {
    &NETWORK.registry
}

/// The whole copy in the wallet.
pub fn held() -> VerifiedSdJwt {
    let parsed = UnverifiedSdJwt::parse(credential()).expect("it parses");
    parsed.verify_issuer(issuer()).expect("it verifies")
}

/// A JSON object out of the fuzzer's bytes.
pub fn object(text: &[u8]) -> Option<Map<String, Value>> {
    match vc::json::parse(text, Limits::TOKEN) {
        Ok(Value::Object(members)) => Some(members),
        Ok(_) | Err(_) => None,
    }
}

/// `genuine` with members of `changes` in place of its own; `null` takes a member away.
pub fn overlaid(genuine: &Value, changes: &Map<String, Value>) -> Map<String, Value> {
    let mut members = genuine.as_object().cloned().unwrap_or_default();
    for (name, value) in changes {
        match value {
            Value::Null => members.remove(name),
            value => members.insert(name.clone(), value.clone()),
        };
    }
    members
}

/// Genuine bytes attacked in one place: bits flipped there, or more put in. What is put in also
/// serves as a whole text of its own.
#[derive(Debug)]
pub struct Attack {
    place: u16,
    flip: u8,
    splice: Vec<u8>,
}

impl<'a> Arbitrary<'a> for Attack {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let (place, flip) = input.arbitrary()?;
        Ok(Self { place, flip, splice: input.bytes(input.len())?.to_vec() })
    }
}

impl Attack {
    /// The genuine bytes after the attack.
    pub fn on(&self, genuine: &[u8]) -> Vec<u8> {
        let place = usize::from(self.place) % genuine.len().max(1);
        let mut bytes = genuine.to_vec();
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= self.flip;
        }
        bytes.splice(place..place, self.splice.iter().copied());
        bytes
    }

    /// What is put in.
    pub fn splice(&self) -> &[u8] {
        &self.splice
    }

    /// [`Self::splice`] as far as it is text.
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.splice) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&self.splice[..error.valid_up_to()]).expect("text"),
        }
    }

    /// [`Self::on`] a text, where a text is left.
    pub fn on_text(&self, genuine: &str) -> Option<String> {
        String::from_utf8(self.on(genuine.as_bytes())).ok()
    }
}

/// Whether the one safe call takes a presentation.
pub fn verifies(text: &str) -> bool {
    let evidence = Evidence {
        registry: Some(&NETWORK.registry),
        anchors: &[],
        status: StatusEvidence::List(&NETWORK.list),
    };
    let policy = Policy {
        audience: "ods:R0A",
        nonce: NoncePolicy::Fresh,
        types: &[VCT],
        max_code_age: 90,
        max_code_ahead: 30,
        max_status_age: 600,
    };
    UnverifiedPresentation::parse(text)
        .and_then(|presentation| presentation.verify(&evidence, &policy, NOW))
        .is_ok()
}
