//! An OpenID provider in process, which can be made to lie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vc::base64url;

/// Its one client.
pub const CLIENT: &str = "staff-passport";
/// That client's secret.
pub const SECRET: &str = "the client's secret";

/// How an ID token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// As its keys say.
    Proper,
    /// By a key that it does not publish.
    OtherKey,
    /// Not at all.
    None,
    /// By the client's secret.
    ClientSecret,
}

/// What it says, and what is not as it should be.
pub struct Lies {
    /// Changes the claims of an ID token.
    pub claims: Box<dyn Fn(&mut Value) + Send>,
    /// How an ID token is signed.
    pub signing: Signing,
    /// What the UserInfo endpoint says.
    pub userinfo: Value,
    /// Members in the place of its own.
    pub metadata: Value,
}

struct Shared {
    issuer: String,
    now: i64,
    key: EcdsaKeyPair,
    other_key: EcdsaKeyPair,
    lies: Mutex<Lies>,
    /// Code: nonce and PKCE challenge.
    codes: Mutex<HashMap<String, (String, String)>>,
}

/// A provider; clones share it.
#[derive(Clone)]
pub struct Provider(Arc<Shared>);

fn key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

impl Provider {
    /// One that listens on this machine.
    pub async fn start(now: i64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let lies = Lies {
            claims: Box::new(|_| {}),
            signing: Signing::Proper,
            userinfo: json!({}),
            metadata: json!({}),
        };
        let provider = Self(Arc::new(Shared {
            issuer,
            now,
            key: key(),
            other_key: key(),
            lies: Mutex::new(lies),
            codes: Mutex::default(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        provider
    }

    /// Its address.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// From now on.
    pub fn lie(&self, how: impl FnOnce(&mut Lies)) {
        how(&mut self.0.lies.lock().unwrap());
    }

    /// What the person's consent makes of the address that she was sent to: a code.
    pub fn consent(&self, address: &str) -> (String, String) {
        let address = url::Url::parse(address).unwrap();
        let query: HashMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT);
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["redirect_uri"], "http://localhost:8101/sign-in/oidc/fake/callback");
        let code = format!("code-{}", self.0.codes.lock().unwrap().len());
        let asked = (query["nonce"].clone(), query["code_challenge"].clone());
        self.0.codes.lock().unwrap().insert(code.clone(), asked);
        (code, query["state"].clone())
    }
}

async fn metadata(State(provider): State<Provider>) -> Json<Value> {
    let issuer = provider.issuer();
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // A provider may say so: the client decides.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    });
    let lies = provider.0.lies.lock().unwrap().metadata.clone();
    document.as_object_mut().unwrap().extend(lies.as_object().unwrap().clone());
    Json(document)
}

async fn jwks(State(provider): State<Provider>) -> Json<Value> {
    let (x, y) = provider.0.key.public_key().as_ref()[1..].split_at(32);
    Json(json!({"keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1",
        "x": base64url::encode(x), "y": base64url::encode(y),
    }]}))
}

async fn token(State(provider): State<Provider>, body: String) -> Response {
    let form: HashMap<String, String> = serde_urlencoded::from_str(&body).unwrap();
    let refused = || (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})));
    let asked = provider.0.codes.lock().unwrap().remove(&form["code"]);
    let Some((nonce, challenge)) = asked else { return refused().into_response() };
    let verified = base64url::encode(&Sha256::digest(form["code_verifier"].as_bytes()));
    if verified != challenge || form["client_secret"] != SECRET {
        return refused().into_response();
    }
    let mut claims = json!({
        "iss": provider.issuer(), "sub": "subject-1", "aud": CLIENT,
        "exp": provider.0.now + 300, "iat": provider.0.now, "nonce": nonce,
        "name": "Petra Provider", "roles": ["Passport.Issuer", "Something.Else"],
    });
    let lies = provider.0.lies.lock().unwrap();
    (lies.claims)(&mut claims);
    let id_token = sign(&provider, lies.signing, &claims);
    Json(json!({"access_token": "a", "token_type": "Bearer", "id_token": id_token})).into_response()
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> Json<Value> {
    assert_eq!(headers["authorization"], "Bearer a");
    Json(provider.0.lies.lock().unwrap().userinfo.clone())
}

fn sign(provider: &Provider, signing: Signing, claims: &Value) -> String {
    let alg = match signing {
        Signing::Proper | Signing::OtherKey => "ES256",
        Signing::None => "none",
        Signing::ClientSecret => "HS256",
    };
    let header = base64url::encode(json!({"alg": alg, "kid": "1"}).to_string().as_bytes());
    let text = format!("{header}.{}", base64url::encode(claims.to_string().as_bytes()));
    let es256 = |key: &EcdsaKeyPair| {
        key.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec()
    };
    let signature = match signing {
        Signing::Proper => es256(&provider.0.key),
        Signing::OtherKey => es256(&provider.0.other_key),
        Signing::None => vec![],
        Signing::ClientSecret => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
            hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        }
    };
    format!("{text}.{}", base64url::encode(&signature))
}

impl std::fmt::Debug for Lies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lies")
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}
