//! A whole issuer with pages, people at it, and a phone.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use clock::Clock;
use http_body_util::BodyExt;
use keys::{Purpose, Ring, Sealing, SigningKey};
use serde_json::{Map, Value};
use server::people::Role;
use server::serve::{Limits, layered};
use server::sign_in::{SignIn, SignInArgs};
use server::testing::{Browser, Seen};
use server::{Durable, Tokens};
use tempfile::TempDir;
use tower::ServiceExt;
use vc::jwk::Algorithm;
use vc::oid4vci::{
    CredentialOffer, CredentialRequest, CredentialTarget, OfferLink, PRE_AUTHORIZED_CODE_GRANT,
    ProofInput, Proofs, Transport,
};
use vc::time::UnixTime;

use crate::console::form::{Entered, entered};
use crate::oid4vci::policy::Policy;
use crate::store::sled::SledStore;
use crate::store::{ListPolicy, Passport, Store};
use crate::{App, Parts, SCOPES, SERVICE, Settings, secrets};

pub(super) const ORIGIN: &str = "http://localhost:8101";
/// 2 March 2026, 09:00 UTC.
pub(super) const NOW: i64 = 1_772_442_000;

pub(super) struct World {
    pub(super) app: App,
    pub(super) clock: Clock,
    pub(super) router: Router,
    sign_in: SignIn,
    tokens: Tokens,
    _dir: TempDir,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::start(false).await
    }

    /// Where two people issue by hand.
    pub(super) async fn of_two_people() -> Self {
        Self::start(true).await
    }

    async fn start(two_people: bool) -> Self {
        let dir = TempDir::new().unwrap();
        let mut rng = secrets::rng();
        let key_file = dir.path().join("key");
        keys::create_key_file(&key_file, &mut rng).unwrap();
        let sealing = Sealing::KeyFile(key_file);
        let mut ring = Ring::create(&dir.path().join("ring"), &sealing, &mut rng).unwrap();
        ring.generate(Purpose::Issuer, Algorithm::EdDsa, NOW, &mut rng);
        let store_dir = dir.path().join("store");
        let db =
            tokio::task::spawn_blocking(move || Durable::open(&store_dir)).await.unwrap().unwrap();
        let clock = Clock::manual(NOW);
        let tokens = Tokens::new(db.clone(), clock.clone(), SCOPES);
        let order = secrets::index_order(&ring);
        let store: Arc<dyn Store> =
            Arc::new(SledStore::new(db.clone(), order, ListPolicy::default()).unwrap());
        let settings = Settings {
            base_url: ORIGIN.parse().unwrap(),
            ods: "RBV".parse().unwrap(),
            name: "The Christie NHS Foundation Trust".to_owned(),
            offer_seconds: 900,
            policy: Policy::default(),
            two_people,
            network_roots: vec![],
        };
        let base_url = settings.base_url.clone();
        let name = settings.name.clone();
        let parts = Parts { store, tokens: tokens.clone(), ring, clock: clock.clone() };
        let app = crate::app(settings, parts).await.unwrap();
        let args =
            SignInArgs { product_name: "Staff passport".to_owned(), ..SignInArgs::default() };
        let sign_in = SignIn::start(SERVICE, base_url, &name, db, clock.clone(), &args).unwrap();
        let router = layered(sign_in.around(app.router().merge(app.pages())), &Limits::default());
        Self { app, clock, router, sign_in, tokens, _dir: dir }
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), ORIGIN)
    }

    pub(super) async fn somebody(&self, name: &str, role: Role) -> Browser {
        let invitation = self.sign_in.people().invite(name, &[role], None).await.unwrap();
        let mut browser = self.browser();
        browser.enrol(&invitation.secret).await;
        browser
    }

    pub(super) async fn hr(&self) -> Browser {
        self.somebody("Hannah Example", Role::HrIssuer).await
    }

    /// The nurse of the demonstration, as HR gives her.
    pub(super) fn nurse(&self) -> Map<String, Value> {
        let today = passport::day::london(UnixTime(self.clock.now()));
        passport::samples::sample_nurse(today).as_object().unwrap().clone()
    }

    /// Creates a passport through the form; gives its id.
    pub(super) async fn create(
        &self,
        browser: &mut Browser,
        claims: &Map<String, Value>,
    ) -> String {
        browser.get("/console/passports/new").await;
        let seen = press(browser, "/console/passports/new", &entered(claims), "create", &[]).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        let id = seen.location().split('/').nth(3).unwrap().to_owned();
        assert_eq!(seen.location(), format!("/console/passports/{id}/offer"));
        id
    }

    /// A token with these scopes.
    pub(super) async fn token_with(&self, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|name| (*name).to_owned()).collect();
        let (secret, _) = self.tokens.create("T", &scopes, 1).await.unwrap();
        secret.expose().to_owned()
    }

    pub(super) async fn passport(&self, id: &str) -> Passport {
        self.app.issuer().store.passport(&id.parse().unwrap()).await.unwrap().unwrap()
    }

    pub(super) async fn claims(&self, id: &str) -> Map<String, Value> {
        self.app.issuer().claims_of(&id.parse().unwrap()).await.unwrap()
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let reply = self.router.clone().oneshot(request).await.unwrap();
        let status = reply.status();
        let body = reply.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// A phone opens the offer that the page shows; gives its access token.
    pub(super) async fn opens(&self, page: &str) -> String {
        let uri = between(page, "href=\"openid-credential-offer:", "\"");
        let uri = format!("openid-credential-offer:{}", uri.replace("&#38;", "&"));
        let OfferLink::ByReference(url) = OfferLink::parse(&uri, Transport::LoopbackHttp).unwrap()
        else {
            panic!("by value")
        };
        let path = url.strip_prefix(ORIGIN).unwrap();
        let (_, offer) = self.send(Request::get(path).body(Body::empty()).unwrap()).await;
        let offer =
            CredentialOffer::parse(offer.to_string().as_bytes(), Transport::LoopbackHttp).unwrap();
        let code = offer.pre_authorized().unwrap().pre_authorized_code.expose().to_owned();
        let tx_code: String = code_of(page).chars().filter(char::is_ascii_digit).collect();
        let body = serde_urlencoded::to_string([
            ("grant_type", PRE_AUTHORIZED_CODE_GRANT),
            ("pre-authorized_code", &code),
            ("tx_code", &tx_code),
        ]);
        let request = Request::post("/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.unwrap().into());
        let (status, reply) = self.send(request.unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{reply}");
        reply["access_token"].as_str().unwrap().to_owned()
    }

    /// The phone asks for the passport with its key: now, or later when HR is to compare digits.
    pub(super) async fn asks(&self, phone: &SigningKey, access: &str) -> (StatusCode, Value) {
        let request = Request::post("/nonce").body(Body::empty()).unwrap();
        let (_, nonce) = self.send(request).await;
        let nonce = nonce["c_nonce"].as_str().unwrap().to_owned();
        let now = UnixTime(self.clock.now());
        let input =
            ProofInput::new(phone.algorithm(), phone.public_key(), ORIGIN, Some(&nonce), now, None);
        let signature = phone.sign(input.signing_input());
        let request = CredentialRequest {
            target: CredentialTarget::Configuration("employment-checks-1".to_owned()),
            proofs: Some(Proofs::Jwt(vec![input.finish(&signature)])),
            response_encryption: None,
        };
        self.post_json(access, "/credential", &request.to_json()).await
    }

    pub(super) async fn post_json(
        &self,
        access: &str,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {access}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into());
        self.send(request.unwrap()).await
    }
}

pub(super) fn phone() -> SigningKey {
    SigningKey::generate(Algorithm::EdDsa, &mut secrets::rng())
}

/// Sends the form with a button.
pub(super) async fn press(
    browser: &mut Browser,
    path: &str,
    form: &Entered,
    button: &str,
    more: &[(&str, &str)],
) -> Seen {
    let mut fields: Vec<(&str, &str)> = form.pairs().collect();
    fields.extend([("do", button)]);
    fields.extend(more);
    browser.post(path, &fields).await
}

#[track_caller]
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text}"));
    rest.split(after).next().unwrap()
}

/// The transaction code on the offer screen.
pub(super) fn code_of(page: &str) -> &str {
    between(between(page, "class=\"app-code\"", "</p>"), "aria-hidden=\"true\">", "<")
}

/// What stands between the tags.
pub(super) fn main_of(page: &str) -> &str {
    between(page, "<main", "</main>")
}
