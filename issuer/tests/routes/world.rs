//! A whole issuer, and a wallet.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use clock::Clock;
use http_body_util::BodyExt;
use issuer::oid4vci::policy::Policy;
use issuer::store::ListPolicy;
use issuer::store::Store;
use issuer::store::sled::SledStore;
use issuer::{App, Parts, SCOPES, SERVICE, Settings, secrets};
use keys::certify::Holder;
use keys::{Purpose, Ring, Sealing, SigningKey};
use serde_json::{Value, json};
use server::Tokens;
use server::durable::{Durable, OpenError};
use server::serve::{Limits, layered};
use server::sign_in::{SignIn, SignInArgs};
use tempfile::TempDir;
use tower::ServiceExt;
use vc::jwk::{Algorithm, PublicKey};
use vc::oid4vci::{
    CredentialOffer, CredentialRequest, CredentialTarget, OfferLink, PRE_AUTHORIZED_CODE_GRANT,
    ProofInput, Proofs, Transport,
};
use vc::sd_jwt::{UnverifiedSdJwt, VerifiedSdJwt};
use vc::status_list::{Status, VerifiedStatusList, reference};
use vc::time::UnixTime;
use vc::x5c::TrustAnchor;

pub(crate) const BASE_URL: &str = "http://127.0.0.1:8101";
/// Of a world with pages: passkeys belong to a name.
pub(crate) const PAGES_URL: &str = "http://localhost:8101";
/// 2 March 2026, 09:00 UTC.
pub(crate) const NOW: i64 = 1_772_442_000;
/// In the world's folder, where its issuer trusts a network.
const NETWORK_ROOT: &str = "network-root.der";
/// In the world's folder, where its people sign in at a provider.
pub(crate) const OIDC: &str = "oidc.toml";
const OFFER: &str = "openid-credential-offer://";

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) clock: Clock,
    /// May write and read, and issues where nobody compares digits.
    pub(crate) token: String,
    /// May write and read.
    pub(crate) attended: String,
    /// May only read.
    pub(crate) reader: String,
    pub(crate) issuer_key: PublicKey,
    pub(crate) base_url: &'static str,
    /// The network's root, where the issuer has an ES256 key that it certified.
    pub(crate) root: Option<TrustAnchor>,
    policy: Policy,
    pub(crate) dir: TempDir,
    pub(crate) tokens: Tokens,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {:?}", self.status, self.body))
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Of a protocol endpoint.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, error: &str) {
        assert_eq!((self.status.as_u16(), &self.json()["error"]), (status, &json!(error)));
        assert_eq!(self.header(header::CONTENT_TYPE), "application/json");
        assert_eq!(self.header(header::CACHE_CONTROL), "no-store");
        let description = self.json()["error_description"].as_str().unwrap_or("").to_owned();
        // RFC 6749, 5.2.
        assert!(description.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)));
    }

    /// Of our own API.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json");
    }

    /// JSON pointers of the faults.
    #[track_caller]
    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = self.json()["faults"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|fault| fault["pointer"].as_str().unwrap().to_owned()).collect()
    }
}

/// What HR got.
#[derive(Clone)]
pub(crate) struct Created {
    pub(crate) id: String,
    pub(crate) subject_ref: String,
    pub(crate) uri: String,
    pub(crate) tx_code: String,
}

impl Created {
    #[track_caller]
    pub(crate) fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
        let body = reply.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let uri = text(&body["offer"]["uri"]);
        assert!(uri.starts_with(OFFER));
        Self {
            id: text(&body["id"]),
            subject_ref: text(&body["subject_ref"]),
            uri,
            tx_code: text(&body["offer"]["tx_code"]),
        }
    }

    /// Path of the offer by reference.
    pub(crate) fn offer_path(&self) -> String {
        match OfferLink::parse(&self.uri, Transport::LoopbackHttp).unwrap() {
            OfferLink::ByReference(url) => path_of(&url),
            OfferLink::ByValue(_) => panic!("by value"),
        }
    }
}

/// What of an address stands behind the host.
fn path_of(address: &str) -> String {
    url::Url::parse(address).unwrap().path().to_owned()
}

/// The publisher of the issuer before lets the store go when it finds itself alone.
fn open(dir: &Path) -> Durable {
    let began = Instant::now();
    loop {
        match Durable::open(dir) {
            Ok(db) => return db,
            Err(OpenError::Locked(_)) if began.elapsed() < Duration::from_secs(10) => {
                std::thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at(BASE_URL).await
    }

    pub(crate) async fn at(base_url: &'static str) -> Self {
        Self::made(base_url, Policy::default(), false).await
    }

    /// With another policy.
    pub(crate) async fn with(policy: Policy) -> Self {
        Self::made(BASE_URL, policy, false).await
    }

    /// One that takes notices of hosts whose keys this authority certifies.
    pub(crate) async fn trusting(root: &[u8]) -> Self {
        let world = Self::new().await;
        std::fs::write(world.dir.path().join(NETWORK_ROOT), root).unwrap();
        world.restarted().await
    }

    /// With an ES256 key and its certificate, too.
    pub(crate) async fn certified() -> Self {
        Self::made(BASE_URL, Policy::default(), true).await
    }

    /// With pages where staff sign in, keys of both profiles, and a policy.
    pub(crate) async fn with_pages(policy: Policy) -> Self {
        let policy = Policy { authorization_code: true, ..policy };
        Self::made(PAGES_URL, policy, true).await
    }

    /// At another time.
    pub(crate) async fn starting(now: i64) -> Self {
        let (dir, _) = Self::prepared(BASE_URL, false);
        Self::start(dir, Clock::manual(now), BASE_URL, Policy::default()).await
    }

    /// With lists of another length; until it is restarted.
    pub(crate) async fn with_lists(lists: ListPolicy) -> Self {
        let (dir, _) = Self::prepared(BASE_URL, false);
        Self::start_with(dir, Clock::manual(NOW), BASE_URL, Policy::default(), lists).await
    }

    async fn made(base_url: &'static str, policy: Policy, certified: bool) -> Self {
        let (dir, root) = Self::prepared(base_url, certified);
        Self { root, ..Self::start(dir, Clock::manual(NOW), base_url, policy).await }
    }

    /// A folder with keys.
    fn prepared(base_url: &str, certified: bool) -> (TempDir, Option<TrustAnchor>) {
        let dir = TempDir::new().unwrap();
        let mut rng = secrets::rng();
        let key_file = dir.path().join("key");
        keys::create_key_file(&key_file, &mut rng).unwrap();
        let sealing = Sealing::KeyFile(key_file);
        let mut ring = Ring::create(&dir.path().join("ring"), &sealing, &mut rng).unwrap();
        let root = certified.then(|| {
            let kid = ring.generate(Purpose::Issuer, Algorithm::Es256, NOW, &mut rng);
            let key = ring.by_kid(&kid).unwrap().public_key().clone();
            let mut network = Ring::create(&dir.path().join("root"), &sealing, &mut rng).unwrap();
            network.make_root("The network", NOW, &mut rng).unwrap();
            let root = network.root().unwrap();
            let holder = Holder::Issuer { url: base_url.to_owned() };
            let leaf = root.certify(&key, &holder, 365, NOW, &mut rng).unwrap();
            let anchor = TrustAnchor::from_der(root.certificate()).unwrap();
            ring.attach_chain(&kid, vec![leaf], &anchor, NOW).unwrap();
            anchor
        });
        ring.generate(Purpose::Issuer, Algorithm::EdDsa, NOW, &mut rng);
        ring.save(&mut rng).unwrap();
        (dir, root)
    }

    /// Stopped and started again on the same store.
    pub(crate) async fn restarted(self) -> Self {
        let Self { app, router, clock, base_url, dir, root, policy, tokens, .. } = self;
        drop((app, router, tokens));
        Self { root, ..Self::start(dir, clock, base_url, policy).await }
    }

    /// What is left when the process has died, for [`Self::again`].
    pub(crate) fn left(self) -> (TempDir, Clock) {
        (self.dir, self.clock)
    }

    /// Started on what is left.
    pub(crate) async fn again(dir: TempDir, clock: Clock) -> Self {
        Self::start(dir, clock, BASE_URL, Policy::default()).await
    }

    async fn start(dir: TempDir, clock: Clock, base_url: &'static str, policy: Policy) -> Self {
        Self::start_with(dir, clock, base_url, policy, ListPolicy::default()).await
    }

    async fn start_with(
        dir: TempDir,
        clock: Clock,
        base_url: &'static str,
        policy: Policy,
        lists: ListPolicy,
    ) -> Self {
        let sealing = Sealing::KeyFile(dir.path().join("key"));
        let ring = Ring::open(&dir.path().join("ring"), &sealing).unwrap();
        let issuer_key = ring.active_for(Purpose::Issuer, Algorithm::EdDsa).unwrap();
        let issuer_key = issuer_key.public_key().clone();
        let store_dir = dir.path().join("store");
        let db = tokio::task::spawn_blocking(move || open(&store_dir)).await.unwrap();
        let tokens = Tokens::new(db.clone(), clock.clone(), SCOPES);
        let order = secrets::index_order(&ring);
        let store: Arc<dyn Store> = Arc::new(SledStore::new(db.clone(), order, lists).unwrap());
        let network_roots = std::fs::read(dir.path().join(NETWORK_ROOT))
            .map(|der| vec![TrustAnchor::from_der(&der).unwrap()])
            .unwrap_or_default();
        let settings = Settings {
            base_url: base_url.parse().unwrap(),
            ods: "RBV".parse().unwrap(),
            name: "The Christie NHS Foundation Trust".to_owned(),
            offer_seconds: 900,
            policy: policy.clone(),
            two_people: false,
            network_roots,
        };
        let scopes =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let writer = scopes(&["passports:write", "passports:read"]);
        let (attended, _) = tokens.create("Desk", &writer, 200).await.unwrap();
        let unattended = [writer, scopes(&["passports:issue-unattended"])].concat();
        let (token, _) = tokens.create("HR", &unattended, 200).await.unwrap();
        let (reader, _) = tokens.create("Reader", &scopes(&["passports:read"]), 200).await.unwrap();
        let parts = Parts { store, tokens: tokens.clone(), ring, clock: clock.clone() };
        let app = issuer::app(settings, parts).await.unwrap();
        let mut router = app.router();
        if policy.authorization_code {
            let oidc = Some(dir.path().join(OIDC)).filter(|file| file.exists());
            let (url, args) =
                (base_url.parse().unwrap(), SignInArgs { oidc, ..Default::default() });
            let sign_in = SignIn::start(SERVICE, url, "Trust", db, clock.clone(), &args).unwrap();
            router = sign_in.around(router.merge(app.pages()));
        }
        let router = layered(router, &Limits::default());
        let (token, reader) = (token.expose().to_owned(), reader.expose().to_owned());
        let attended = attended.expose().to_owned();
        Self {
            app,
            router,
            clock,
            token,
            attended,
            reader,
            issuer_key,
            base_url,
            root: None,
            policy,
            dir,
            tokens,
        }
    }

    /// A token with these scopes.
    pub(crate) async fn token_with(&self, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|name| (*name).to_owned()).collect();
        let (secret, _) = self.tokens.create("T", &scopes, 200).await.unwrap();
        secret.expose().to_owned()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Reply {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: impl Into<Body>) -> Reply {
        self.body_by(Method::POST, token, path, body).await
    }

    pub(crate) async fn body_by(
        &self,
        method: Method,
        token: &str,
        path: &str,
        body: impl Into<Body>,
    ) -> Reply {
        self.send(
            Request::builder()
                .method(method)
                .uri(path)
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.into())
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn put_json(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.body_by(Method::PUT, token, path, body.to_string()).await
    }

    pub(crate) async fn patch_json(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.body_by(Method::PATCH, token, path, body.to_string()).await
    }

    pub(crate) async fn post_json(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.post(token, path, body.to_string()).await
    }

    pub(crate) async fn method(&self, method: Method, path: &str) -> Reply {
        self.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    /// The nurse of the demonstration, as HR gives her.
    pub(crate) fn nurse(&self) -> Value {
        passport::samples::sample_nurse(passport::day::london(UnixTime(self.clock.now())))
    }

    pub(crate) async fn create(&self, body: &Value) -> Created {
        self.created_by(&self.token, body).await
    }

    pub(crate) async fn created_by(&self, token: &str, body: &Value) -> Created {
        let reply = self.post_json(token, "/api/v1/passports", body).await;
        Created::of(&reply)
    }

    /// An act of HR by its name in the address.
    pub(crate) async fn act(&self, id: &str, act: &str, body: &Value) -> Reply {
        self.post_json(&self.token, &format!("/api/v1/passports/{id}/{act}"), body).await
    }

    /// The same, and it was done.
    pub(crate) async fn done(&self, id: &str, act: &str, body: &Value) -> Value {
        let reply = self.act(id, act, body).await;
        assert!(reply.status.is_success(), "{act}: {:?}", reply.body);
        reply.json()
    }

    pub(crate) async fn show(&self, id: &str) -> Value {
        self.get_as(&self.reader, &format!("/api/v1/passports/{id}")).await.json()
    }

    pub(crate) async fn progress(&self, id: &str) -> Value {
        self.get_as(&self.reader, &format!("/api/v1/passports/{id}/progress")).await.json()
    }

    /// What the world reads of a copy's status.
    pub(crate) async fn status(&self, credential: &VerifiedSdJwt) -> Status {
        let reference = reference(credential.claims()).unwrap().unwrap();
        self.list(&reference.uri).await.status(reference.idx).unwrap()
    }

    pub(crate) async fn notify(&self, access: &str, body: &Value) -> Reply {
        self.post_json(access, "/notification", body).await
    }

    pub(crate) async fn created(&self) -> Created {
        self.create(&self.nurse()).await
    }

    pub(crate) async fn revoke(&self, id: &str, reason: &str) -> Reply {
        let path = format!("/api/v1/passports/{id}/revoke");
        self.post_json(&self.token, &path, &json!({ "reason": reason })).await
    }

    pub(crate) async fn code(&self, created: &Created) -> String {
        let reply = self.get(&created.offer_path()).await;
        let offer = CredentialOffer::parse(&reply.body, Transport::LoopbackHttp).unwrap();
        offer.pre_authorized().unwrap().pre_authorized_code.expose().to_owned()
    }

    pub(crate) async fn post_form(&self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let form =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.send(
            Request::post(path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.into())
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn redeem(&self, code: &str, tx_code: Option<&str>) -> Reply {
        let mut pairs =
            vec![("grant_type", PRE_AUTHORIZED_CODE_GRANT), ("pre-authorized_code", code)];
        pairs.extend(tx_code.map(|tx_code| ("tx_code", tx_code)));
        self.post_form("/token", &pairs).await
    }

    /// An access token for a passport.
    pub(crate) async fn access(&self, created: &Created) -> String {
        let code = self.code(created).await;
        let reply = self.redeem(&code, Some(&created.tx_code)).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn nonce(&self) -> String {
        let reply = self.method(Method::POST, "/nonce").await;
        reply.json()["c_nonce"].as_str().unwrap().to_owned()
    }

    /// A sound proof with a fresh nonce.
    pub(crate) async fn proof(&self, wallet: &Wallet) -> String {
        let nonce = self.nonce().await;
        wallet.proof(self.base_url, Some(&nonce), self.clock.now(), None)
    }

    pub(crate) async fn ask(&self, access: &str, proof: &str) -> Reply {
        let request = CredentialRequest {
            target: CredentialTarget::Configuration("employment-checks-1".to_owned()),
            proofs: Some(Proofs::Jwt(vec![proof.to_owned()])),
            response_encryption: None,
        };
        self.post_json(access, "/credential", &request.to_json()).await
    }

    /// From offer to the verified credential.
    pub(crate) async fn receive(&self, created: &Created, wallet: &Wallet) -> VerifiedSdJwt {
        let access = self.access(created).await;
        let reply = self.ask(&access, &self.proof(wallet).await).await;
        self.verified(&reply)
    }

    #[track_caller]
    pub(crate) fn verified(&self, reply: &Reply) -> VerifiedSdJwt {
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
        let text = reply.json()["credentials"][0]["credential"].as_str().unwrap().to_owned();
        UnverifiedSdJwt::parse(&text).unwrap().verify_issuer(&self.issuer_key).unwrap()
    }

    /// A status list, fetched and verified.
    pub(crate) async fn list(&self, uri: &str) -> VerifiedStatusList {
        let reply = self.get(&path_of(uri)).await;
        assert_eq!(reply.status, StatusCode::OK);
        let token = std::str::from_utf8(&reply.body).unwrap();
        let now = UnixTime(self.clock.now());
        VerifiedStatusList::verify(token, uri, |_| Some(&self.issuer_key), now).unwrap()
    }
}

/// A holder's key and what it signs.
pub(crate) struct Wallet {
    pub(crate) key: SigningKey,
}

impl Wallet {
    pub(crate) fn new() -> Self {
        Self::of(Algorithm::EdDsa)
    }

    pub(crate) fn of(algorithm: Algorithm) -> Self {
        Self { key: SigningKey::generate(algorithm, &mut secrets::rng()) }
    }

    pub(crate) fn proof(
        &self,
        aud: &str,
        nonce: Option<&str>,
        iat: i64,
        iss: Option<&str>,
    ) -> String {
        let holder = self.key.public_key();
        let input = ProofInput::new(self.key.algorithm(), holder, aud, nonce, UnixTime(iat), iss);
        let signature = self.key.sign(input.signing_input());
        input.finish(&signature)
    }

    /// A proof with any header and claims, properly signed.
    pub(crate) fn forge(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| vc::base64url::encode(value.to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(claims));
        let signature = vc::base64url::encode(&self.key.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }
}
