//! A host trust's verifier with its real router, a hand-moved clock, and a network around it.

use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use clock::Clock;
use http_body_util::BodyExt;
use keys::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value, json};
use server::Durable;
use server::durable::Options;
use server::people::Role;
use server::sign_in::{SignIn, SignInArgs};
use server::testing::Browser;
use tempfile::TempDir;
use tower::ServiceExt;
use vc::claim_path::ClaimPath;
use vc::jwk::Algorithm;
use vc::registry::{self, Operators};
use vc::sd_jwt::{Issuance, KeyBinding, UnverifiedSdJwt, key_binding_input};
use vc::status_list::{self, LIST_ENTRIES, Status, StatusList, TokenClaims};
use vc::time::UnixTime;
use verifier::trust::Source;
use verifier::{SERVICE, Settings, Verifier};

use crate::network::{Answer, Site};

/// 2 March 2026, 09:00 in London: the day the sample nurse is made for.
pub(crate) const NOW: i64 = 1_772_442_000;
/// Where the pages are.
pub(crate) const ORIGIN: &str = "http://localhost:8102";
pub(crate) const DAY: i64 = 86_400;
pub(crate) const VCT: &str = "urn:staff-passport:employment-checks:1";
pub(crate) const LIST: &str = "/status-lists/0";
pub(crate) const OTHER_LIST: &str = "/status-lists/1";
pub(crate) const AGGREGATION: &str = "/status-lists";
pub(crate) const METADATA: &str = "/.well-known/oauth-authorization-server";
pub(crate) const REGISTRY: &str = "/trust-registry.json";
/// The sample nurse's entry.
pub(crate) const INDEX: u64 = 4711;

const NURSE: &str = include_str!("../../../tests/verdicts/samples/nurse.json");

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) registry: Site,
    pub(crate) issuer: Site,
    pub(crate) operator: SigningKey,
    pub(crate) signer: SigningKey,
    pub(crate) second_signer: SigningKey,
    pub(crate) holder: SigningKey,
    pub(crate) stranger: SigningKey,
    pub(crate) token: String,
    verifier: Verifier,
    store: Durable,
    router: Router,
    data: TempDir,
    rng: ChaCha20Rng,
}

/// What differs from an honest presentation.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) audience: String,
    pub(crate) nonce: Option<String>,
    pub(crate) issued_at: Option<i64>,
    /// Where the list is said to be; the issuer's origin when absent.
    pub(crate) list_origin: Option<String>,
    pub(crate) list: &'static str,
    pub(crate) index: u64,
    /// JSON pointers to take away before issuing.
    pub(crate) without: Vec<&'static str>,
    pub(crate) vct: &'static str,
    pub(crate) expires_at: i64,
    pub(crate) family_name: &'static str,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            audience: "ods:R0A".to_owned(),
            nonce: None,
            issued_at: None,
            list_origin: None,
            list: LIST,
            index: INDEX,
            without: Vec::new(),
            vct: VCT,
            expires_at: NOW + 89 * DAY,
            family_name: "Okafor",
        }
    }
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

impl World {
    /// Everything in order, and the verifier has looked once.
    pub(crate) async fn new() -> Self {
        let world = Self::before_the_first_look().await;
        world.verifier.refresh().await;
        world
    }

    pub(crate) async fn before_the_first_look() -> Self {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let mut key = || SigningKey::generate(Algorithm::EdDsa, &mut rng);
        let (operator, signer, second_signer, holder, stranger) =
            (key(), key(), key(), key(), key());
        let (registry, issuer) = (Site::open().await, Site::open().await);
        let clock = Clock::manual(NOW);
        let data = TempDir::new().unwrap();
        let (verifier, store) = start(data.path(), &registry, &operator, &clock).await;
        let (secret, _) = verifier.tokens().create("desk", &["scan".to_owned()], 90).await.unwrap();
        let world = Self {
            router: server::serve::layered(verifier.router(), &server::serve::Limits::default()),
            token: secret.expose().to_owned(),
            clock,
            registry,
            issuer,
            operator,
            signer,
            second_signer,
            holder,
            stranger,
            verifier,
            store,
            data,
            rng,
        };
        world.publish_registry(&world.registry_payload(1));
        world.publish_issuer();
        world.publish_list(LIST, &[]);
        world.publish_list(OTHER_LIST, &[]);
        world
    }

    /// Looks at the registry and at every list.
    pub(crate) async fn look(&self) {
        self.verifier.refresh().await;
    }

    pub(crate) async fn forget(&self) {
        self.verifier.forget().await;
    }

    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The verifier dies and comes back on the same directory.
    pub(crate) async fn restart(self) -> Self {
        let Self { verifier, store, router, data, .. } = self;
        drop(router);
        drop(verifier);
        drop(store);
        let (verifier, store) =
            start(data.path(), &self.registry, &self.operator, &self.clock).await;
        let router = server::serve::layered(verifier.router(), &server::serve::Limits::default());
        Self {
            verifier,
            store,
            router,
            data,
            clock: self.clock,
            registry: self.registry,
            issuer: self.issuer,
            operator: self.operator,
            signer: self.signer,
            second_signer: self.second_signer,
            holder: self.holder,
            stranger: self.stranger,
            token: self.token,
            rng: self.rng,
        }
    }

    /// A browser in which somebody with this role is signed in.
    pub(crate) async fn browser(&self, role: Role) -> Browser {
        let sign_in = self.sign_in();
        let invitation = sign_in.people().invite("Harry Host", &[role], None).await.unwrap();
        let mut browser = self.nobody();
        browser.enrol(&invitation.secret).await;
        browser
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn nobody(&self) -> Browser {
        let routes = self.sign_in().around(self.verifier.router().merge(self.verifier.pages()));
        let router = server::serve::layered(routes, &server::serve::Limits::default());
        Browser::new(router, ORIGIN)
    }

    fn sign_in(&self) -> SignIn {
        let name = "Manchester University NHS Foundation Trust";
        let (db, clock) = (self.store.clone(), self.clock.clone());
        let args = SignInArgs::default();
        SignIn::start(SERVICE, ORIGIN.parse().unwrap(), name, db, clock, &args).unwrap()
    }

    pub(crate) async fn another_token(&self) -> String {
        let made = self.verifier.tokens().create("other", &["scan".to_owned()], 90).await;
        made.unwrap().0.expose().to_owned()
    }

    // What the network publishes.

    pub(crate) fn registry_payload(&self, version: u64) -> Value {
        json!({
            "version": version, "iat": self.clock.now(), "exp": self.clock.now() + 7 * DAY,
            "organisations": [
                {
                    "ods": "RBV", "name": "The Christie NHS Foundation Trust", "state": "active",
                    "issuer": {
                        "url": self.issuer.origin,
                        "keys": [
                            {"jwk": self.signer.public_key().to_jwk(), "state": "active"},
                            {"jwk": self.second_signer.public_key().to_jwk(), "state": "active"},
                        ],
                    },
                    "types": [VCT],
                },
                {
                    "ods": "R0A", "name": "Manchester University NHS Foundation Trust",
                    "state": "active", "types": [],
                },
            ],
        })
    }

    pub(crate) fn publish_registry(&self, payload: &Value) {
        self.publish_registry_by(&self.operator, payload);
    }

    pub(crate) fn publish_registry_by(&self, operator: &SigningKey, payload: &Value) {
        let payload = serde_json::from_value(payload.clone()).unwrap();
        let input = registry::signing_input(operator.algorithm(), operator.kid(), &payload);
        let signature = operator.sign(input.signing_input());
        let document = registry::document(&[input.finish(&signature)]);
        self.registry.set(REGISTRY, Answer::of("application/json", document));
    }

    fn publish_issuer(&self) {
        let issuer = &self.issuer;
        issuer.set(
            METADATA,
            Answer::json(&json!({
                "issuer": issuer.origin,
                "status_list_aggregation_endpoint": issuer.url(AGGREGATION),
            })),
        );
        self.publish_aggregation(&[LIST]);
    }

    pub(crate) fn publish_aggregation(&self, lists: &[&str]) {
        let lists: Vec<String> = lists.iter().map(|list| self.issuer.url(list)).collect();
        self.issuer.set(AGGREGATION, Answer::json(&json!({ "status_lists": lists })));
    }

    pub(crate) fn publish_list(&self, path: &str, set: &[(u64, Status)]) {
        self.issuer.set(path, Answer::list(self.list(&self.signer, path, set)));
    }

    /// A list of all VALID but `set`, signed now, expiring in a day.
    pub(crate) fn list(&self, signer: &SigningKey, path: &str, set: &[(u64, Status)]) -> String {
        let mut list = StatusList::new(2, LIST_ENTRIES).unwrap();
        for (index, status) in set {
            list.set(*index, *status).unwrap();
        }
        let now = UnixTime(self.clock.now());
        let claims = TokenClaims {
            uri: self.issuer.url(path),
            issued_at: now,
            expires_at: Some(now.plus(DAY)),
            ttl: Some(30),
        };
        let input = status_list::token_input(signer.algorithm(), signer.kid(), &claims, &list);
        let signature = signer.sign(input.signing_input());
        input.finish(&signature)
    }

    // What the staff member shows.

    pub(crate) fn code(&mut self) -> String {
        self.code_with(Shown::default())
    }

    pub(crate) fn code_with(&mut self, shown: Shown) -> String {
        let issued = self.issue(&shown);
        self.present(&issued, &shown)
    }

    /// An issued copy with everything in it.
    pub(crate) fn issue(&mut self, shown: &Shown) -> String {
        let mut claims: Map<String, Value> = serde_json::from_str(NURSE).unwrap();
        claims.insert("iss".into(), self.issuer.origin.clone().into());
        claims.insert("vct".into(), shown.vct.into());
        claims.insert("iat".into(), (NOW - DAY).into());
        claims.insert("exp".into(), shown.expires_at.into());
        claims.insert("cnf".into(), json!({ "jwk": self.holder.public_key().to_jwk() }));
        let origin = shown.list_origin.as_ref().unwrap_or(&self.issuer.origin);
        let uri = format!("{origin}{}", shown.list);
        let status = json!({ "status_list": { "idx": shown.index, "uri": uri } });
        claims.insert("status".into(), status);
        claims["identity"]["family_name"] = shown.family_name.into();
        for name in &shown.without {
            claims.remove(*name);
        }
        let hide: Vec<ClaimPath> = [
            "identity",
            "right_to_work",
            "professional_registration",
            "employment_history",
            "criminal_record",
            "work_health",
            "assignment",
            "core_skills",
        ]
        .map(|name| ClaimPath::of_names([name]))
        .into();
        let unsigned = Issuance {
            algorithm: self.signer.algorithm(),
            kid: self.signer.kid(),
            x5c: &[],
            claims: &claims,
            hide: &hide,
        }
        .prepare(&mut self.rng)
        .unwrap();
        let signature = self.signer.sign(unsigned.signing_input());
        unsigned.finish(&signature)
    }

    /// A presentation of a copy, everything shown, as the text of a QR code.
    pub(crate) fn present(&mut self, issued: &str, shown: &Shown) -> String {
        vc::qr::encode(&self.presentation(issued, shown))
    }

    pub(crate) fn presentation(&mut self, issued: &str, shown: &Shown) -> String {
        let held = UnverifiedSdJwt::parse(issued)
            .unwrap()
            .verify_issuer(self.signer.public_key())
            .unwrap();
        let all: Vec<ClaimPath> = held.disclosable().into_iter().cloned().collect();
        let disclosed = held.disclose(&all).unwrap();
        let mut random = [0; 16];
        self.rng.fill_bytes(&mut random);
        let binding = KeyBinding {
            audience: shown.audience.clone(),
            nonce: shown.nonce.clone().unwrap_or_else(|| vc::base64url::encode(&random)),
            issued_at: UnixTime(shown.issued_at.unwrap_or_else(|| self.clock.now())),
        };
        let unsigned = key_binding_input(&disclosed, self.holder.algorithm(), &binding).unwrap();
        let signature = self.holder.sign(unsigned.signing_input());
        unsigned.finish(&signature)
    }

    // What the desk asks.

    /// A scan in a session of its own; it must give a verdict.
    pub(crate) async fn scan(&mut self, code: impl Into<Value>) -> Value {
        let session = self.session();
        self.scan_in(&session, code).await
    }

    pub(crate) async fn scan_in(&self, session: &str, code: impl Into<Value>) -> Value {
        let reply = self.ask(&question(session, code.into())).await;
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.bytes));
        reply.json()
    }

    pub(crate) async fn ask(&self, body: &Value) -> Reply {
        self.ask_as(&self.token, body).await
    }

    pub(crate) async fn ask_as(&self, token: &str, body: &Value) -> Reply {
        let request = Request::post("/api/v1/scan")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: head.status, headers: head.headers, bytes }
    }

    pub(crate) fn session(&mut self) -> String {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

async fn start(
    data: &Path,
    registry: &Site,
    operator: &SigningKey,
    clock: &Clock,
) -> (Verifier, Durable) {
    let keys = vec![operator.public_key().clone()];
    let settings = Settings {
        ods: "R0A".to_owned(),
        registry: Source {
            url: registry.url(REGISTRY).parse().unwrap(),
            operators: Operators { keys, threshold: 1 },
        },
        data_dir: data.to_owned(),
        poll_seconds: 15,
        max_status_age: 600,
        allow_loopback_http: true,
        extra_roots: None,
        network_roots: Vec::new(),
    };
    let small = Options { cache_bytes: 1 << 20, ballast_bytes: 0, ..Options::default() };
    let store = Durable::open_with(data, small).unwrap();
    (Verifier::start(settings, store.clone(), clock.clone()).await.unwrap(), store)
}

pub(crate) fn placement() -> Value {
    json!({
        "kind": "TRAINING_EDUCATION_DEVELOPMENT",
        "staff_group": "NURSING_AND_MIDWIFERY_REGISTERED",
        "start": "2026-03-09", "end": "2026-03-20",
    })
}

pub(crate) fn question(session: &str, code: Value) -> Value {
    json!({ "scan_id": session, "code": code, "placement": placement() })
}

/// Outcome and codes of a verdict.
pub(crate) fn verdict(answer: &Value) -> (String, Vec<String>) {
    let codes = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect();
    (answer["outcome"].as_str().unwrap().to_owned(), codes)
}

/// Asserts outcome and codes.
#[track_caller]
pub(crate) fn is(answer: &Value, outcome: &str, codes: &[&str]) {
    let (got, found) = verdict(answer);
    assert_eq!((got.as_str(), found), (outcome, codes.iter().map(|c| (*c).to_owned()).collect()));
}
