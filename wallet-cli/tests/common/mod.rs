//! A network in process: trust registry, an issuer that can be told to misbehave, a host's
//! published requirement.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of this")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::unreachable, reason = "helpers of tests")]
#![allow(clippy::result_large_err, reason = "an answer is an answer")]

pub mod dpop;
mod issuer;
mod routes;

use std::sync::{Arc, Mutex};

use clock::Clock;
use keys::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Map, Value, json};
use vc::jwk::{Algorithm, PublicKey};
use vc::time::UnixTime;

pub const VCT: &str = "urn:staff-passport:employment-checks:1";
pub const TX_CODE: &str = "493536";
/// Noon of 2 March 2026.
pub const NOW: i64 = 1_772_452_800;
const STATUS_INDEX: u64 = 77;
pub const TRANSACTION: &str = "later";

/// One way to misbehave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Twist {
    #[default]
    None,
    OfferOfAnotherIssuer,
    OfferWithoutCode,
    OfferWithoutTxCode,
    OfferNotJson,
    OfferUsed,
    MetadataOfAnotherIssuer,
    MetadataRedirects,
    MetadataHuge,
    MetadataWithoutOurProof,
    ServerMetadataOfAnother,
    TokenEndpointElsewhere,
    TokenRedirects,
    TokenOfAnotherKind,
    BearerAllTheSame,
    CredentialIdentifiers,
    InvalidNonceOnce,
    InvalidNonceAlways,
    CredentialDeferred,
    ConfirmedAtSecondAsking,
    ConfirmedByAnOlderDraft,
    NotConfirmed,
    CredentialHuge,
    BoundToAnotherKey,
    Expired,
    FromTheFuture,
    SignedByAnother,
    UnknownKid,
    KeyBindingAttached,
    AnotherType,
    AnotherIss,
    WithoutStatus,
    StatusSignedByAnother,
    StatusGone,
    Revoked,
    Suspended,
    Superseded,
}

/// How the registry sees the issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    Active,
    Suspended,
    Absent,
    NotEntitled,
    KeyRetired,
    KeyCompromised,
}

pub struct World {
    pub url: String,
    pub clock: Clock,
    pub operator: Arc<SigningKey>,
    pub issuer_key: Arc<SigningKey>,
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    clock: Clock,
    operator: Arc<SigningKey>,
    issuer_key: Arc<SigningKey>,
    settings: Mutex<Settings>,
    seen: Mutex<Vec<String>>,
    rng: Mutex<ChaCha20Rng>,
}

#[derive(Clone)]
struct Settings {
    twist: Twist,
    membership: Membership,
    version: u64,
    registry_signer: Option<Arc<SigningKey>>,
    registry_down: bool,
    requirement: Option<Value>,
    nonces: usize,
    deferred: Option<(PublicKey, usize)>,
    binding: Option<dpop::Binding>,
}

impl World {
    /// Listens on a free port of this machine.
    pub async fn start(clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let operator = Arc::new(SigningKey::generate(Algorithm::EdDsa, &mut rng));
        let issuer_key = Arc::new(SigningKey::generate(Algorithm::EdDsa, &mut rng));
        let shared = Arc::new(Shared {
            url: url.clone(),
            clock: clock.clone(),
            operator: Arc::clone(&operator),
            issuer_key: Arc::clone(&issuer_key),
            settings: Mutex::new(Settings {
                twist: Twist::None,
                membership: Membership::Active,
                version: 3,
                registry_signer: None,
                registry_down: false,
                requirement: Some(requirement()),
                nonces: 0,
                deferred: None,
                binding: None,
            }),
            seen: Mutex::default(),
            rng: Mutex::new(rng),
        });
        let app = routes::router(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await.expect("serves") });
        Self { url, clock, operator, issuer_key, shared }
    }

    pub async fn at_noon() -> Self {
        Self::start(Clock::manual(NOW)).await
    }

    pub fn now(&self) -> UnixTime {
        UnixTime(self.clock.now())
    }

    pub fn twist(&self, twist: Twist) {
        self.shared.settings.lock().expect("lock").twist = twist;
    }

    /// Tokens are bound to keys from now on.
    pub fn binds(&self) {
        self.shared.settings.lock().expect("lock").binding = Some(dpop::Binding::default());
    }

    pub fn binding(&self) -> dpop::Binding {
        self.shared.settings().binding.expect("an issuer that binds")
    }

    pub fn rebind(&self, change: impl FnOnce(&mut dpop::Binding)) {
        let mut settings = self.shared.settings.lock().expect("lock");
        change(settings.binding.as_mut().expect("an issuer that binds"));
    }

    pub fn membership(&self, membership: Membership) {
        self.shared.settings.lock().expect("lock").membership = membership;
    }

    pub fn registry_version(&self, version: u64) {
        self.shared.settings.lock().expect("lock").version = version;
    }

    pub fn registry_signed_by(&self, signer: SigningKey) {
        self.shared.settings.lock().expect("lock").registry_signer = Some(Arc::new(signer));
    }

    pub fn registry_down(&self, down: bool) {
        self.shared.settings.lock().expect("lock").registry_down = down;
    }

    pub fn host_requirement(&self, requirement: Option<Value>) {
        self.shared.settings.lock().expect("lock").requirement = requirement;
    }

    pub fn registry_url(&self) -> String {
        format!("{}/registry.json", self.url)
    }

    pub fn issuer_url(&self) -> String {
        format!("{}/issuer", self.url)
    }

    /// The offer link, by reference.
    pub fn offer(&self) -> String {
        let address = url::form_urlencoded::byte_serialize(
            format!("{}/issuer/offers/1", self.url).as_bytes(),
        )
        .collect::<String>();
        format!("openid-credential-offer://?credential_offer_uri={address}")
    }

    /// Addresses that were asked for, in order.
    pub fn seen(&self) -> Vec<String> {
        self.shared.seen.lock().expect("lock").clone()
    }

    pub fn saw(&self, path: &str) -> bool {
        self.seen().iter().any(|seen| seen.starts_with(path))
    }

    pub fn registry_document(&self) -> String {
        self.shared.registry()
    }

    /// The status list as the issuer publishes it now.
    pub fn status_list(&self) -> String {
        self.shared.status_list()
    }

    pub fn status_uri(&self) -> String {
        self.shared.status_uri()
    }
}

/// What the host of these tests asks: three objects, one inner block.
pub fn requirement() -> Value {
    json!({
        "kind": "OBSERVER",
        "staff_group": "ANY",
        "version": 4,
        "title": "Observer on our wards",
        "needs": [
            { "check": "identity", "why": "So that the ward knows who you are." },
            { "check": "core_skills", "why": "So that you need not train again.",
              "training": [{ "subject": "FIRE_SAFETY", "level": 1 }] },
            { "check": "right_to_work", "why": "So that limits are kept to." }
        ]
    })
}

/// An invented nurse.
pub fn sample_claims() -> Map<String, Value> {
    let claims = json!({
        "subject_ref": "5b0e6a52",
        "employer": { "ods": "RBV", "name": "The Christie NHS Foundation Trust" },
        "assurance": { "origin": "ESR", "last_refresh": "2026-03-01" },
        "identity": {
            "given_name": "Amara", "family_name": "Okafor", "birth_date": "1990-06-20",
            "check_method": "IN_PERSON", "checked_on": "2026-02-01",
            "personal": { "nationality": "British" }
        },
        "right_to_work": {
            "basis": "LIST_B_G1", "checked_on": "2026-02-01", "permission_until": "2026-12-24",
            "work_restrictions": "NONE"
        },
        "criminal_record": { "level": "ENHANCED", "issued_on": "2025-05-06" },
        "work_health": { "outcome": "FIT", "assessed_on": "2025-05-06" },
        "core_skills": [
            { "subject": "FIRE_SAFETY", "level": 1, "awarded_on": "2025-04-01",
              "valid_until": "2026-04-01" },
            { "subject": "SAFEGUARDING_ADULTS", "level": 2, "awarded_on": "2025-04-01",
              "valid_until": "2028-04-01" }
        ]
    });
    match claims {
        Value::Object(claims) => claims,
        _ => unreachable!("an object"),
    }
}
