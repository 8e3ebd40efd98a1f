//! A network in process: trust registry, an issuer that can be told to misbehave, a host's
//! published requirement.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of this")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use clock::Clock;
use keys::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Map, Value, json};
use vc::claim_path::ClaimPath;
use vc::jwk::Algorithm;
use vc::oid4vci::{
    CredentialRequest, CredentialResponse, CredentialTarget, ProofPolicy, Proofs, TokenGrant,
    TokenRequest, verify_proof,
};
use vc::registry::{
    IssuerEntry, IssuerKey, KeyState, Organisation, OrganisationState, TrustRegistry, VerifierEntry,
};
use vc::sd_jwt::{Issuance, KeyBinding, key_binding_input};
use vc::status_list::{Status, StatusList, TokenClaims, token_input};
use vc::time::UnixTime;

pub const VCT: &str = "urn:staff-passport:employment-checks:1";
pub const TX_CODE: &str = "493536";
/// Noon of 2 March 2026.
pub const NOW: i64 = 1_772_452_800;
const STATUS_INDEX: u64 = 77;

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
    CredentialIdentifiers,
    InvalidNonceOnce,
    InvalidNonceAlways,
    CredentialDeferred,
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
            }),
            seen: Mutex::default(),
            rng: Mutex::new(rng),
        });
        let app = router(Arc::clone(&shared));
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

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/registry.json", get(registry))
        .route("/requirements/{kind}/{group}", get(host_requirement))
        .route("/.well-known/openid-credential-issuer/issuer", get(metadata))
        .route("/.well-known/oauth-authorization-server/issuer", get(server_metadata))
        .route("/.well-known/jwt-vc-issuer/issuer", get(published_keys))
        .route("/issuer/offers/1", get(offer))
        .route("/issuer/token", post(token))
        .route("/issuer/nonce", post(nonce))
        .route("/issuer/credential", post(credential))
        .route("/issuer/notification", post(notification))
        .route("/issuer/status-lists/1", get(status_list))
        .with_state(shared)
}

impl Shared {
    fn settings(&self) -> Settings {
        self.settings.lock().expect("lock").clone()
    }

    fn twist(&self) -> Twist {
        self.settings().twist
    }

    fn saw(&self, what: impl Into<String>) {
        self.seen.lock().expect("lock").push(what.into());
    }

    fn issuer(&self) -> String {
        format!("{}/issuer", self.url)
    }

    fn status_uri(&self) -> String {
        format!("{}/status-lists/1", self.issuer())
    }

    fn now(&self) -> UnixTime {
        UnixTime(self.clock.now())
    }

    fn another_key(&self) -> SigningKey {
        SigningKey::generate(Algorithm::EdDsa, &mut ChaCha20Rng::seed_from_u64(99))
    }

    fn registry(&self) -> String {
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
                    jwk: self.issuer_key.public_key().clone(),
                    state: key_state,
                    not_before: None,
                    retired_at: (key_state == KeyState::Retired).then(|| self.now().plus(-60)),
                }],
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

    fn status_list(&self) -> String {
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

    fn issue(&self, holder: &vc::jwk::PublicKey) -> String {
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

type Served = State<Arc<Shared>>;

fn json_answer(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn oauth_error(code: &str) -> Response {
    let body = json!({ "error": code }).to_string();
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn registry(State(shared): Served, headers: HeaderMap) -> Response {
    if shared.settings().registry_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let etag = format!("\"{}\"", shared.settings().version);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes())
        && shared.settings().registry_signer.is_none()
    {
        shared.saw("/registry.json 304");
        return StatusCode::NOT_MODIFIED.into_response();
    }
    shared.saw("/registry.json");
    ([(header::ETAG, etag)], shared.registry()).into_response()
}

async fn host_requirement(
    State(shared): Served,
    Path((kind, group)): Path<(String, String)>,
) -> Response {
    shared.saw(format!("/requirements/{kind}/{group}"));
    match shared.settings().requirement {
        Some(requirement) => json_answer(&requirement),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn offer(State(shared): Served) -> Response {
    shared.saw("/offer");
    let twist = shared.twist();
    let issuer = match twist {
        Twist::OfferOfAnotherIssuer => "https://elsewhere.example".to_owned(),
        _ => shared.issuer(),
    };
    let mut grant = json!({
        "pre-authorized_code": "the-code",
        "tx_code": { "input_mode": "numeric", "length": 6, "description": "Ask HR" }
    });
    if twist == Twist::OfferWithoutTxCode {
        grant = json!({ "pre-authorized_code": "the-code" });
    }
    let grants = match twist {
        Twist::OfferWithoutCode => json!({ "authorization_code": {} }),
        _ => json!({ "urn:ietf:params:oauth:grant-type:pre-authorized_code": grant }),
    };
    let offer = json!({
        "credential_issuer": issuer,
        "credential_configuration_ids": ["employment-checks-1"],
        "grants": grants,
        "something_new": true
    });
    match twist {
        Twist::OfferNotJson => offer.to_string().into_response(),
        Twist::OfferUsed => StatusCode::NOT_FOUND.into_response(),
        _ => json_answer(&offer),
    }
}

async fn metadata(State(shared): Served) -> Response {
    shared.saw("/metadata");
    let twist = shared.twist();
    if twist == Twist::MetadataRedirects {
        return Redirect::temporary("http://127.0.0.1:9/").into_response();
    }
    let issuer = match twist {
        Twist::MetadataOfAnotherIssuer => format!("{}/other", shared.url),
        _ => shared.issuer(),
    };
    let algorithms = match twist {
        Twist::MetadataWithoutOurProof => json!(["ES256"]),
        _ => json!(["EdDSA", "Ed25519", "ES256"]),
    };
    let mut document = json!({
        "credential_issuer": issuer,
        "credential_endpoint": format!("{}/credential", shared.issuer()),
        "nonce_endpoint": format!("{}/nonce", shared.issuer()),
        "notification_endpoint": format!("{}/notification", shared.issuer()),
        "credential_configurations_supported": { "employment-checks-1": {
            "format": "dc+sd-jwt",
            "vct": VCT,
            "scope": "employment-checks",
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": {
                "jwt": { "proof_signing_alg_values_supported": algorithms }
            },
            "credential_metadata": {
                "display": [{ "name": "Staff passport", "locale": "en-GB" }]
            }
        } }
    });
    if twist == Twist::MetadataHuge {
        document["padding"] = json!("x".repeat(2 * 1024 * 1024));
    }
    json_answer(&document)
}

async fn server_metadata(State(shared): Served) -> Response {
    shared.saw("/server-metadata");
    let twist = shared.twist();
    let issuer = match twist {
        Twist::ServerMetadataOfAnother => format!("{}/other", shared.url),
        _ => shared.issuer(),
    };
    let token_endpoint = match twist {
        Twist::TokenEndpointElsewhere => "http://127.0.0.1:9/token".to_owned(),
        _ => format!("{}/token", shared.issuer()),
    };
    json_answer(&json!({
        "issuer": issuer,
        "token_endpoint": token_endpoint,
        "response_types_supported": [],
        "pre-authorized_grant_anonymous_access_supported": true
    }))
}

async fn published_keys(State(shared): Served) -> Response {
    shared.saw("/jwt-vc-issuer");
    let mut jwk = shared.issuer_key.public_key().to_jwk();
    jwk["kid"] = json!(shared.issuer_key.kid());
    json_answer(&json!({ "issuer": shared.issuer(), "jwks": { "keys": [jwk] } }))
}

async fn token(State(shared): Served, body: Bytes) -> Response {
    let request = TokenRequest::parse(&body).expect("a token request");
    let TokenGrant::PreAuthorizedCode { code, tx_code } = request.grant else {
        return oauth_error("unsupported_grant_type");
    };
    let tx_code = tx_code.map(|code| code.expose().to_owned());
    shared.saw(format!("/token {}", tx_code.as_deref().unwrap_or("-")));
    let twist = shared.twist();
    let wanted = (twist != Twist::OfferWithoutTxCode).then(|| TX_CODE.to_owned());
    match twist {
        Twist::TokenRedirects => {
            return Redirect::temporary("http://127.0.0.1:9/").into_response();
        }
        _ if code.expose() != "the-code" || tx_code != wanted => {
            return oauth_error("invalid_grant");
        }
        _ => {}
    }
    let kind = if twist == Twist::TokenOfAnotherKind { "DPoP" } else { "bearer" };
    let mut answer = json!({ "access_token": "the-token", "token_type": kind, "expires_in": 300 });
    if twist == Twist::CredentialIdentifiers {
        answer["authorization_details"] = json!([{
            "type": "openid_credential",
            "credential_configuration_id": "employment-checks-1",
            "credential_identifiers": ["number-one"]
        }]);
    }
    json_answer(&answer)
}

async fn nonce(State(shared): Served, body: Bytes) -> Response {
    assert!(body.is_empty());
    let mut settings = shared.settings.lock().expect("lock");
    settings.nonces += 1;
    let nonce = format!("nonce-{}", settings.nonces);
    drop(settings);
    shared.saw(format!("/nonce {nonce}"));
    json_answer(&json!({ "c_nonce": nonce }))
}

async fn credential(State(shared): Served, headers: HeaderMap, body: Bytes) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer != Some("Bearer the-token") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let twist = shared.twist();
    let request = CredentialRequest::parse(&body).expect("a credential request");
    let target = match twist {
        Twist::CredentialIdentifiers => CredentialTarget::Identifier("number-one".into()),
        _ => CredentialTarget::Configuration("employment-checks-1".into()),
    };
    assert_eq!(request.target, target);
    let Some(Proofs::Jwt(proofs)) = request.proofs else {
        return oauth_error("invalid_proof");
    };
    let issuer = shared.issuer();
    let policy = ProofPolicy {
        credential_issuer: &issuer,
        algorithms: &[Algorithm::EdDsa],
        max_age: 60,
        skew: 60,
        client_id: None,
    };
    let proof = verify_proof(&proofs[0], &policy, shared.now()).expect("a good proof");
    let nonces = shared.settings().nonces;
    assert_eq!(proof.nonce, Some(format!("nonce-{nonces}")), "the newest nonce is used");
    shared.saw(format!("/credential {}", proof.holder.kid()));
    match twist {
        Twist::InvalidNonceAlways => return oauth_error("invalid_nonce"),
        Twist::InvalidNonceOnce if nonces == 1 => return oauth_error("invalid_nonce"),
        Twist::CredentialDeferred => {
            return json_answer(&json!({ "transaction_id": "later", "interval": 5 }));
        }
        Twist::CredentialHuge => return json_answer(&json!("x".repeat(2 * 1024 * 1024))),
        _ => {}
    }
    let response =
        CredentialResponse::issued([shared.issue(&proof.holder)], Some("note-1".to_owned()));
    json_answer(&response.to_json())
}

async fn notification(State(shared): Served, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    shared.saw(format!("/notification {}", body["event"].as_str().unwrap_or("?")));
    StatusCode::NO_CONTENT.into_response()
}

async fn status_list(State(shared): Served) -> Response {
    shared.saw("/status-list");
    match shared.twist() {
        Twist::StatusGone => StatusCode::NOT_FOUND.into_response(),
        _ => ([(header::CONTENT_TYPE, "application/statuslist+jwt")], shared.status_list())
            .into_response(),
    }
}
