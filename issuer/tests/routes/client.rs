//! A wallet that proves possession of a key (RFC 9449) at the issuer of [`World`].

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use issuer::secrets;
use keys::SigningKey;
use serde_json::Value;
use vc::jwk::Algorithm;
use vc::oauth::{DpopBound, DpopInput};
use vc::oid4vci::{CredentialRequest, CredentialTarget, PRE_AUTHORIZED_CODE_GRANT, Proofs};
use vc::time::UnixTime;

use crate::world::{Created, Reply, Wallet, World};

pub(crate) struct Client {
    pub(crate) key: SigningKey,
}

/// What a token endpoint gave.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Tokens {
    #[track_caller]
    pub(crate) fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
        let text = |name| reply.json()[name].as_str().unwrap_or_default().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// What a proof is for; changed by tests that break one thing.
#[derive(Clone)]
pub(crate) struct ProofOf<'a> {
    pub(crate) method: &'a str,
    pub(crate) address: String,
    pub(crate) jti: String,
    pub(crate) iat: i64,
    pub(crate) token: Option<&'a str>,
    pub(crate) nonce: Option<String>,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self { key: SigningKey::generate(Algorithm::Es256, &mut secrets::rng()) }
    }

    pub(crate) fn sign(&self, proof: &ProofOf<'_>) -> String {
        let bound = DpopBound { access_token: proof.token, nonce: proof.nonce.as_deref() };
        let (key, iat) = (self.key.public_key(), UnixTime(proof.iat));
        let input = DpopInput::new(key, proof.method, &proof.address, &proof.jti, iat, bound);
        let signature = self.key.sign(input.signing_input());
        input.finish(&signature)
    }

    /// A sound proof for an endpoint.
    pub(crate) async fn proof_of<'a>(
        &self,
        world: &World,
        path: &str,
        token: Option<&'a str>,
    ) -> ProofOf<'a> {
        ProofOf {
            method: "POST",
            address: format!("{}{path}", world.base_url),
            jti: secrets::random_text::<16>(&mut secrets::rng()),
            iat: world.clock.now(),
            token,
            nonce: Some(world.dpop_nonce().await),
        }
    }

    /// Posts a form with a fresh proof.
    pub(crate) async fn form(&self, world: &World, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let proof = self.sign(&self.proof_of(world, path, None).await);
        world.form_with(path, pairs, &[("dpop", &proof)]).await
    }

    /// Redeems an offer.
    pub(crate) async fn redeem(&self, world: &World, created: &Created) -> Reply {
        let code = world.code(created).await;
        let pairs = [
            ("grant_type", PRE_AUTHORIZED_CODE_GRANT),
            ("pre-authorized_code", &code),
            ("tx_code", &created.tx_code),
        ];
        self.form(world, "/token", &pairs).await
    }

    pub(crate) async fn refresh(&self, world: &World, refresh: &str) -> Reply {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        self.form(world, "/token", &pairs).await
    }

    /// Posts JSON with the token and a fresh proof.
    pub(crate) async fn json(
        &self,
        world: &World,
        access: &str,
        path: &str,
        body: &Value,
    ) -> Reply {
        let proof = self.sign(&self.proof_of(world, path, Some(access)).await);
        world.json_with(&format!("DPoP {access}"), path, body, Some(&proof)).await
    }

    /// Asks for the credential with a holder's key.
    pub(crate) async fn ask(&self, world: &World, access: &str, wallet: &Wallet) -> Reply {
        let body = credential_request(&world.proof(wallet).await);
        self.json(world, access, "/credential", &body).await
    }
}

pub(crate) fn credential_request(proof: &str) -> Value {
    CredentialRequest {
        target: CredentialTarget::Configuration("employment-checks-1".to_owned()),
        proofs: Some(Proofs::Jwt(vec![proof.to_owned()])),
        response_encryption: None,
    }
    .to_json()
}

impl World {
    pub(crate) async fn dpop_nonce(&self) -> String {
        let reply = self.method(axum::http::Method::POST, "/nonce").await;
        reply.header("dpop-nonce").to_owned()
    }

    pub(crate) async fn form_with(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let form =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(form.into()).unwrap()).await
    }

    pub(crate) async fn json_with(
        &self,
        authorization: &str,
        path: &str,
        body: &Value,
        proof: Option<&str>,
    ) -> Reply {
        let mut request = Request::post(path)
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}
