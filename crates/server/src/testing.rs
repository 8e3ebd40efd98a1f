//! For tests in process (feature `testing`): a browser that keeps cookies, and a passkey.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "only tests have this feature"
)]

pub mod matrix;
pub mod provider;

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt as _;
use vc::base64url;

/// A browser at one service.
pub struct Browser {
    router: Router,
    origin: String,
    /// What it sends.
    pub cookies: BTreeMap<String, String>,
    /// The CSRF token of the page that it saw last.
    pub csrf: String,
    /// Its passkey, when it made one.
    pub passkey: Option<Passkey>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text.
    pub body: String,
}

impl Seen {
    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// Its body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Browser {
    /// Opens one; `router` has the layers of `server::serve`.
    pub fn new(router: Router, origin: &str) -> Self {
        Self {
            router,
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
            passkey: None,
        }
    }

    /// Another one at the same service.
    pub fn another(&self) -> Self {
        Self::new(self.router.clone(), &self.origin)
    }

    /// The same cookies and page in another place, as a thief or a second tab has them.
    pub fn copied(&self) -> Self {
        let mut copy = self.another();
        copy.cookies = self.cookies.clone();
        copy.csrf = self.csrf.clone();
        copy
    }

    /// Sends a request as it is, with the cookies.
    pub async fn send(&mut self, mut request: Request<Body>) -> Seen {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(COOKIE, cookies.join("; ").parse().unwrap());
        }
        // It has no end: what it answers at once is enough.
        let endless = request.uri().path() == "/api/v1/events";
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() || rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = match endless && parts.status.is_success() {
            true => Vec::new(),
            false => body.collect().await.unwrap().to_bytes().to_vec(),
        };
        let body = String::from_utf8_lossy(&body).into_owned();
        if let Some((_, rest)) = body.split_once("name=\"csrf-token\" content=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.csrf);
        }
        Seen { status: parts.status, headers: parts.headers, body }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Seen {
        let request = Request::get(path).header("accept", "text/html").body(Body::empty());
        self.send(request.unwrap()).await
    }

    /// Sends a form with the token of the page seen last.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let csrf = self.csrf.clone();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post_exactly(path, &all).await
    }

    /// Sends a form of exactly these fields, from our own origin.
    pub async fn post_exactly(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = self
            .own(Method::POST, path)
            .header("accept", "text/html")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    /// Sends a form with a file, with the token of the page seen last.
    pub async fn post_file(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Seen {
        let mut body = Vec::new();
        let mut part = |about: &str, content: &[u8]| {
            let head = format!("--b\r\nContent-Disposition: form-data; {about}\r\n\r\n");
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        };
        part("name=\"csrf\"", self.csrf.as_bytes());
        part("name=\"file\"; filename=\"people.csv\"", file);
        for (name, text) in fields {
            part(&format!("name=\"{name}\""), text.as_bytes());
        }
        body.extend(b"--b--\r\n");
        let request = self
            .own(Method::POST, path)
            .header("accept", "text/html")
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    /// What a script of our page sends.
    pub async fn script(&mut self, method: Method, path: &str, body: Option<&Value>) -> Seen {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = self
            .own(method, path)
            .header("accept", "application/json")
            .header(CONTENT_TYPE, "application/json")
            .header("x-csrf-token", self.csrf.as_str())
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    fn own(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin")
    }

    /// Opens an invitation and makes a passkey; gives where the page goes on.
    pub async fn enrol(&mut self, secret: &str) -> String {
        let path = format!("/invitation/{secret}");
        let opened = self.get(&path).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
        let challenge = self.script(Method::POST, &format!("{path}/start"), None).await;
        assert_eq!(challenge.status, StatusCode::OK, "{}", challenge.body);
        let (passkey, answer) = Passkey::register(&self.origin, &challenge.json());
        let done = self.script(Method::POST, &format!("{path}/finish"), Some(&answer)).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        self.passkey = Some(passkey);
        self.forward(&done).await
    }

    /// Signs in with the passkey; gives where the page goes on.
    pub async fn sign_in(&mut self) -> String {
        let done = self.try_sign_in(|_| {}).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        self.forward(&done).await
    }

    /// Tries to sign in with an answer that `change` has spoilt.
    pub async fn try_sign_in(&mut self, change: impl FnOnce(&mut Value)) -> Seen {
        if self.csrf.is_empty() {
            self.get("/sign-in").await;
        }
        let challenge = self.script(Method::POST, "/sign-in/passkey/start", None).await;
        if challenge.status != StatusCode::OK {
            return challenge;
        }
        let origin = self.origin.clone();
        let Some(passkey) = &mut self.passkey else { panic!("no passkey was made") };
        let mut answer = passkey.sign(&origin, &challenge.json());
        change(&mut answer);
        self.script(Method::POST, "/sign-in/passkey/finish", Some(&answer)).await
    }

    /// Follows the answer's `next` far enough to have a page's token.
    async fn forward(&mut self, done: &Seen) -> String {
        let next = done.json()["next"].as_str().unwrap().to_owned();
        self.csrf.clear();
        let mut path = next.clone();
        for _ in 0..4 {
            let seen = self.get(&path).await;
            if !seen.status.is_redirection() {
                break;
            }
            seen.location().clone_into(&mut path);
        }
        if self.csrf.is_empty() {
            // Every page has the frame, the one of an error too.
            self.get("/nothing-is-here").await;
        }
        next
    }
}

/// A passkey in software: ES256, discoverable, user verified, attestation none.
pub struct Passkey {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    handle: Value,
    counter: u32,
    /// Authenticator data flags of the next answer: user present, user verified.
    pub flags: u8,
}

impl Passkey {
    /// Answers a challenge of registration (WebAuthn level 3, 6.5).
    pub fn register(origin: &str, challenge: &Value) -> (Self, Value) {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let options = &challenge["publicKey"];
        let public = key.public_key().as_ref().to_vec();
        let id = Sha256::digest(&public).to_vec();
        let rp_id = options["rp"]["id"].as_str().unwrap();
        let mut data = authenticator_data(rp_id, 0x45, 0);
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        data.extend(&id);
        // COSE_Key: kty EC2, alg ES256, crv P-256, x, y.
        let (x, y) = public.get(1..).unwrap().split_at(32);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        let answer = json!({
            "id": base64url::encode(&id),
            "rawId": base64url::encode(&id),
            "type": "public-key",
            "extensions": {},
            "response": {
                "attestationObject": base64url::encode(&object),
                "clientDataJSON": client_data("webauthn.create", origin, options),
            },
        });
        let handle = options["user"]["id"].clone();
        (Self { key, id, handle, counter: 0, flags: 0x05 }, answer)
    }

    /// Answers a challenge of sign-in.
    pub fn sign(&mut self, origin: &str, challenge: &Value) -> Value {
        let options = &challenge["publicKey"];
        self.counter += 1;
        let rp_id = options["rpId"].as_str().unwrap();
        let data = authenticator_data(rp_id, self.flags, self.counter);
        let client = client_data("webauthn.get", origin, options);
        let client_bytes = base64url::decode(&client).unwrap();
        let signed = [data.as_slice(), Sha256::digest(&client_bytes).as_slice()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": base64url::encode(&self.id),
            "rawId": base64url::encode(&self.id),
            "type": "public-key",
            "extensions": {},
            "response": {
                "authenticatorData": base64url::encode(&data),
                "clientDataJSON": client,
                "signature": base64url::encode(signature.as_ref()),
                "userHandle": self.handle,
            },
        })
    }
}

fn authenticator_data(rp_id: &str, flags: u8, counter: u32) -> Vec<u8> {
    let mut data = Sha256::digest(rp_id.as_bytes()).to_vec();
    data.push(flags);
    data.extend(counter.to_be_bytes());
    data
}

fn client_data(kind: &str, origin: &str, options: &Value) -> String {
    let data = json!({
        "type": kind,
        "challenge": options["challenge"],
        "origin": origin,
        "crossOrigin": false,
    });
    base64url::encode(data.to_string().as_bytes())
}
