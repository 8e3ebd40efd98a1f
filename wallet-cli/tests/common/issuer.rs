//! What the issuer and the operator sign, as they are told to misbehave.

use std::sync::Arc;

use keys::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::json;
use vc::claim_path::ClaimPath;
use vc::jwk::Algorithm;
use vc::registry::{
    IssuerEntry, IssuerKey, KeyState, Organisation, OrganisationState, TrustRegistry, VerifierEntry,
};
use vc::sd_jwt::{Issuance, KeyBinding, key_binding_input};
use vc::status_list::{Status, StatusList, TokenClaims, token_input};
use vc::time::UnixTime;

use super::{Membership, STATUS_INDEX, Settings, Shared, Twist, VCT, sample_claims};

impl Shared {
    pub(super) fn settings(&self) -> Settings {
        self.settings.lock().expect("lock").clone()
    }

    pub(super) fn twist(&self) -> Twist {
        self.settings().twist
    }

    pub(super) fn saw(&self, what: impl Into<String>) {
        self.seen.lock().expect("lock").push(what.into());
    }

    pub(super) fn issuer(&self) -> String {
        format!("{}/issuer", self.url)
    }

    pub(super) fn status_uri(&self) -> String {
        format!("{}/status-lists/1", self.issuer())
    }

    pub(super) fn now(&self) -> UnixTime {
        UnixTime(self.clock.now())
    }

    pub(super) fn another_key(&self) -> SigningKey {
        SigningKey::generate(Algorithm::EdDsa, &mut ChaCha20Rng::seed_from_u64(99))
    }

    pub(super) fn registry(&self) -> String {
        let settings = self.settings();
        let state = match settings.membership {
            Membership::Suspended => OrganisationState::Suspended,
            _ => OrganisationState::Active,
        };
        let key_state = match settings.membership {
            Membership::KeyRetired => KeyState::Retired,
            Membership::KeyCompromised => KeyState::Compromised,
            _ => KeyState::Active,
        };
        let types = match settings.membership {
            Membership::NotEntitled => vec!["urn:staff-passport:core-skills:1".to_owned()],
            _ => vec![VCT.to_owned()],
        };
        let christie = Organisation {
            ods: "RBV".to_owned(),
            name: "The Christie NHS Foundation Trust".to_owned(),
            state,
            issuer: Some(IssuerEntry {
                url: self.issuer(),
                keys: vec![IssuerKey {
                    kid: None,
                    jwk: self.issuer_key.public_key().clone(),
                    state: key_state,
                    not_before: None,
                    retired_at: (key_state == KeyState::Retired).then(|| self.now().plus(-60)),
                }],
                x5c: false,
            }),
            verifier: None,
            types,
            contact: None,
        };
        let manchester = Organisation {
            ods: "R0A".to_owned(),
            name: "Manchester University NHS Foundation Trust".to_owned(),
            state: OrganisationState::Active,
            issuer: None,
            verifier: Some(VerifierEntry { url: self.url.clone() }),
            types: Vec::new(),
            contact: None,
        };
        let organisations = match settings.membership {
            Membership::Absent => vec![manchester],
            _ => vec![christie, manchester],
        };
        let payload = TrustRegistry {
            version: settings.version,
            iat: self.now(),
            exp: self.now().plus(7 * 86_400),
            organisations,
        };
        let signer = settings.registry_signer.unwrap_or_else(|| Arc::clone(&self.operator));
        let input = vc::registry::signing_input(signer.algorithm(), signer.kid(), &payload);
        let signature = signer.sign(input.signing_input());
        vc::registry::document(&[input.finish(&signature)])
    }

    pub(super) fn status_list(&self) -> String {
        let mut list = StatusList::new(2, 1 << 10).expect("a list");
        let status = match self.twist() {
            Twist::Revoked => Status::Invalid,
            Twist::Suspended => Status::Suspended,
            Twist::Superseded => Status::Superseded,
            _ => Status::Valid,
        };
        list.set(STATUS_INDEX, status).expect("an entry");
        let claims = TokenClaims {
            uri: self.status_uri(),
            issued_at: self.now(),
            expires_at: Some(self.now().plus(86_400)),
            ttl: Some(30),
        };
        let input = token_input(Algorithm::EdDsa, self.issuer_key.kid(), &claims, &list);
        let signature = match self.twist() {
            Twist::StatusSignedByAnother => self.another_key().sign(input.signing_input()),
            _ => self.issuer_key.sign(input.signing_input()),
        };
        input.finish(&signature)
    }

    pub(super) fn issue(&self, holder: &vc::jwk::PublicKey) -> String {
        let twist = self.twist();
        let now = self.now();
        let cnf = match twist {
            Twist::BoundToAnotherKey => self.another_key().public_key().to_jwk(),
            _ => holder.to_jwk(),
        };
        let (issued, expires) = match twist {
            Twist::Expired => (now.plus(-200), now.plus(-100)),
            Twist::FromTheFuture => (now.plus(600), now.plus(9_000)),
            _ => (now, now.plus(90 * 86_400)),
        };
        let mut claims = sample_claims();
        claims.insert(
            "iss".into(),
            match twist {
                Twist::AnotherIss => json!("https://elsewhere.example"),
                _ => json!(self.issuer()),
            },
        );
        claims.insert(
            "vct".into(),
            match twist {
                Twist::AnotherType => json!("urn:staff-passport:core-skills:1"),
                _ => json!(VCT),
            },
        );
        if let Some(binding) = self.settings().binding {
            if let Some(name) = binding.family_name {
                claims["identity"]["family_name"] = json!(name);
            }
            if let Some(subject) = binding.subject_ref {
                claims["subject_ref"] = json!(subject);
            }
        }
        claims.insert("iat".into(), json!(issued));
        claims.insert("exp".into(), json!(expires));
        claims.insert("cnf".into(), json!({ "jwk": cnf }));
        if twist != Twist::WithoutStatus {
            let entry = json!({ "idx": STATUS_INDEX, "uri": self.status_uri() });
            claims.insert("status".into(), json!({ "status_list": entry }));
        }
        let hide = [
            ClaimPath::of_names(["identity"]),
            ClaimPath::of_names(["identity", "personal"]),
            ClaimPath::of_names(["right_to_work"]),
            ClaimPath::of_names(["criminal_record"]),
            ClaimPath::of_names(["work_health"]),
            ClaimPath::of_names(["core_skills"]),
        ];
        let kid = match twist {
            Twist::UnknownKid => self.another_key().kid().to_owned(),
            _ => self.issuer_key.kid().to_owned(),
        };
        let issuance = Issuance {
            algorithm: Algorithm::EdDsa,
            kid: &kid,
            x5c: &[],
            claims: &claims,
            hide: &hide,
        };
        let unsigned =
            issuance.prepare(&mut *self.rng.lock().expect("lock")).expect("issuable claims");
        let signature = match twist {
            Twist::SignedByAnother | Twist::UnknownKid => {
                self.another_key().sign(unsigned.signing_input())
            }
            _ => self.issuer_key.sign(unsigned.signing_input()),
        };
        let credential = unsigned.finish(&signature);
        if twist != Twist::KeyBindingAttached {
            return credential;
        }
        let binding = KeyBinding {
            audience: "ods:R0A".to_owned(),
            nonce: "of-the-issuer".to_owned(),
            issued_at: now,
        };
        let unsigned =
            key_binding_input(&credential, Algorithm::EdDsa, &binding).expect("an SD-JWT");
        let signature = self.issuer_key.sign(unsigned.signing_input());
        unsigned.finish(&signature)
    }
}
