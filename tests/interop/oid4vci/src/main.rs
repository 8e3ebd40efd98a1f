//! Another code base as wallet: the crate `oid4vci`, which speaks OpenID4VCI 1.0.
//! One JSON command on standard input, one JSON answer on standard output.
//!
//! The crate proves keys by a DID only (`kid`), knows no deferred request and leaves what a browser
//! does to its caller: the wallet around it signs proofs with a `jwk`, asks again, and is driven by
//! the test where a person would press buttons.

use std::io::Read;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use oid4vc_core::authentication::sign::ExternalSign;
use oid4vc_core::{Sign, Subject, Verify};
use oid4vci::Wallet;
use oid4vci::authorization_details::{AuthorizationDetailsObject, OpenidCredential};
use oid4vci::authorization_request::CodeChallengeMethod;
use oid4vci::authorization_response::AuthorizationResponse;
use oid4vci::credential_issuer::authorization_server_metadata::AuthorizationServerMetadata;
use oid4vci::credential_issuer::credential_issuer_metadata::CredentialIssuerMetadata;
use oid4vci::credential_offer::{CredentialOffer, CredentialOfferParameters};
use oid4vci::credential_request::{
    CredentialIdentifierOrCredentialConfigurationId as Target, CredentialRequest,
};
use oid4vci::credential_response::{CredentialResponse, CredentialResponseType};
use oid4vci::notification_request::NotificationEvent;
use oid4vci::proofs::Proofs;
use oid4vci::token_request::TokenRequest;
use oid4vci::token_response::TokenResponse;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

const CLIENT_ID: &str = "https://other-wallet.example";
const REDIRECT_URI: &str = "https://other-wallet.example/back";
const STATE: &str = "the state of the other wallet";

/// The holder's key.
#[derive(Clone, Debug)]
struct Holder(SigningKey);

impl Holder {
    fn new() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(SigningKey::from_slice(&bytes)?))
    }

    fn from_text(text: &str) -> Result<Self> {
        Ok(Self(SigningKey::from_slice(&URL_SAFE_NO_PAD.decode(text)?)?))
    }

    fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_bytes())
    }

    fn jwk(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let part = |part: Option<_>| part.map(|bytes: &_| URL_SAFE_NO_PAD.encode(bytes));
        json!({ "kty": "EC", "crv": "P-256", "x": part(point.x()), "y": part(point.y()) })
    }

    /// A key proof by `jwk` (OpenID4VCI 1.0, F.1). `client` is whom the token names.
    fn proof(&self, audience: &str, nonce: &str, client: Option<&str>) -> String {
        let header = json!({ "typ": "openid4vci-proof+jwt", "alg": "ES256", "jwk": self.jwk() });
        let iat = clock::Clock::system().now();
        let mut claims = json!({ "aud": audience, "iat": iat, "nonce": nonce });
        if let Some(client) = client {
            claims["iss"] = json!(client);
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    fn did(&self) -> String {
        format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(self.jwk().to_string()))
    }
}

// What the crate signs its own proofs by.

#[async_trait]
impl Sign for Holder {
    async fn key_id(&self, _: &str, _: Algorithm) -> Option<String> {
        Some(format!("{}#0", self.did()))
    }

    async fn sign(&self, message: &str, _: &str, _: Algorithm) -> Result<Vec<u8>> {
        let signature: Signature = Signer::sign(&self.0, message.as_bytes());
        Ok(signature.to_bytes().to_vec())
    }

    fn external_signer(&self) -> Option<Arc<dyn ExternalSign>> {
        None
    }
}

#[async_trait]
impl Verify for Holder {
    async fn public_key(&self, _: &str) -> Result<Vec<u8>> {
        bail!("this wallet signs only")
    }
}

#[async_trait]
impl Subject for Holder {
    async fn identifier(&self, _: &str, _: Algorithm) -> Result<String> {
        Ok(self.did())
    }
}

/// A wallet at one issuer.
struct Visit {
    wallet: Wallet,
    holder: Holder,
    /// The issuer's identifier as the offer has it: the crate's URL adds a slash.
    identifier: String,
    issuer: CredentialIssuerMetadata,
    server: AuthorizationServerMetadata,
}

impl Visit {
    async fn at(issuer: &Url, holder: Holder) -> Result<Self> {
        let wallet =
            Wallet::new(Arc::new(holder.clone()), vec!["did:jwk"], vec![Algorithm::ES256])?;
        Ok(Self {
            issuer: wallet.get_credential_issuer_metadata(issuer.clone()).await?,
            server: wallet.get_authorization_server_metadata(issuer.clone()).await?,
            identifier: issuer.as_str().trim_end_matches('/').to_owned(),
            wallet,
            holder,
        })
    }

    async fn token(&self, request: TokenRequest) -> Result<TokenResponse> {
        let endpoint = self.server.token_endpoint.clone().context("no token endpoint")?;
        self.wallet.get_access_token(endpoint, request).await
    }

    async fn nonce(&self) -> Result<String> {
        let endpoint = self.issuer.nonce_endpoint.clone().context("no nonce endpoint")?;
        self.wallet.get_nonce(endpoint).await
    }

    async fn post(&self, endpoint: &Url, token: &str, body: &Value) -> Result<CredentialResponse> {
        let request = self.wallet.client.post(endpoint.clone()).bearer_auth(token);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("{status}: {text}");
        }
        serde_json::from_str(&text).with_context(|| text.clone())
    }

    async fn credential(
        &self,
        token: &TokenResponse,
        id: &str,
        client: Option<&str>,
    ) -> Result<Value> {
        let details = token.authorization_details.iter().flatten();
        let identifier = details.flat_map(|it| it.credential_identifiers.iter().flatten()).next();
        let target = match identifier {
            Some(identifier) => Target::CredentialIdentifier(identifier.clone()),
            None => Target::CredentialConfigurationId(id.to_owned()),
        };
        let proof = self.holder.proof(&self.identifier, &self.nonce().await?, client);
        let request = CredentialRequest {
            credential_identifier_or_credential_configuration_id: target,
            proofs: Some(Proofs { jwt: vec![proof] }),
        };
        let body = serde_json::to_value(&request)?;
        let response =
            self.post(&self.issuer.credential_endpoint, &token.access_token, &body).await?;
        self.outcome(response, &token.access_token).await
    }

    async fn outcome(&self, response: CredentialResponse, token: &str) -> Result<Value> {
        let (credentials, notification_id) = match response.credential {
            CredentialResponseType::Immediate { credentials, notification_id } => {
                (credentials, notification_id)
            }
            CredentialResponseType::Deferred { transaction_id, interval } => {
                let state = json!({
                    "key": self.holder.to_text(), "issuer": self.identifier, "token": token,
                    "transaction_id": transaction_id,
                });
                return Ok(json!({ "state": state, "waiting": interval }));
            }
        };
        if let Some(id) = notification_id.clone() {
            let endpoint = self.issuer.notification_endpoint.clone().context("no endpoint")?;
            let (token, event) = (token.to_owned(), NotificationEvent::CredentialAccepted);
            self.wallet.send_notification_request(endpoint, id, token, event, None).await?;
        }
        let credentials: Vec<String> = credentials.into_iter().map(|it| it.credential).collect();
        Ok(json!({
            "credentials": credentials, "holder": self.holder.jwk(),
            "notified": notification_id.is_some(),
        }))
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name].as_str().ok_or_else(|| anyhow!("{name} is missing"))
}

/// The offer, by value or fetched, and a visit to who makes it.
async fn offered(command: &Value) -> Result<(CredentialOfferParameters, Visit)> {
    let holder = Holder::new()?;
    let wallet = Wallet::new(Arc::new(holder.clone()), vec!["did:jwk"], vec![Algorithm::ES256])?;
    let offer = match text(command, "offer")?.parse::<CredentialOffer>()? {
        CredentialOffer::CredentialOffer(offer) => *offer,
        CredentialOffer::CredentialOfferUri(uri) => wallet.get_credential_offer(uri).await?,
    };
    let visit = Visit::at(&offer.credential_issuer, holder).await?;
    Ok((offer, visit))
}

/// By the offer's own code.
async fn receive(command: &Value) -> Result<Value> {
    let (offer, visit) = offered(command).await?;
    let grants = offer.grants.context("no grants")?;
    let grant = grants.pre_authorized_code.context("no pre-authorized code")?;
    let request = TokenRequest::PreAuthorizedCode {
        pre_authorized_code: grant.pre_authorized_code,
        tx_code: command["tx_code"].as_str().map(str::to_owned),
        authorization_details: None,
    };
    let token = visit.token(request).await?;
    let id = offer.credential_configuration_ids.first().context("an empty offer")?.clone();
    if command["proof"] == "did" {
        // All by the crate.
        let known = &visit.issuer.credential_configurations_supported;
        let configuration = known.get(&id).context("not in the metadata")?.clone();
        let (metadata, nonce) = (visit.issuer.clone(), Some(visit.nonce().await?));
        let wallet = &visit.wallet;
        let got = wallet.get_credential(metadata, &token, nonce, id, &configuration, true).await?;
        return visit.outcome(got, &token.access_token).await;
    }
    visit.credential(&token, &id, None).await
}

/// Pushes an authorization request; the answer names the page for the browser.
async fn push(command: &Value) -> Result<Value> {
    let (offer, visit) = offered(command).await?;
    let id = offer.credential_configuration_ids.first().context("an empty offer")?.clone();
    let grant = offer.grants.and_then(|grants| grants.authorization_code);
    let issuer_state = grant.and_then(|grant| grant.issuer_state).context("no issuer_state")?;
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    let verifier = URL_SAFE_NO_PAD.encode(random);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let details = AuthorizationDetailsObject {
        r#type: OpenidCredential::Type,
        locations: None,
        credential_configuration_id: id.clone(),
        claims: None,
        credential_identifiers: None,
    };
    let endpoint = visit.server.pushed_authorization_request_endpoint.clone();
    let pushed = visit
        .wallet
        .get_pushed_authorization_response(
            endpoint.context("no PAR endpoint")?,
            CLIENT_ID,
            REDIRECT_URI.parse()?,
            STATE.to_owned(),
            Some(vec![details]),
            issuer_state,
            Some(challenge),
            Some(CodeChallengeMethod::S256),
        )
        .await?;
    let mut page = visit.server.authorization_endpoint.clone().context("no page")?;
    let query = [("client_id", CLIENT_ID), ("request_uri", &pushed.request_uri)];
    page.query_pairs_mut().extend_pairs(query);
    let state = json!({
        "key": visit.holder.to_text(), "issuer": visit.identifier, "verifier": verifier, "id": id,
    });
    Ok(json!({ "page": page, "state": state }))
}

/// Redeems the code with which the browser came back.
async fn redeem(command: &Value) -> Result<Value> {
    let state = &command["state"];
    let back: Url = text(command, "back")?.parse()?;
    let pairs: serde_json::Map<String, Value> =
        back.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    let issuer = text(state, "issuer")?;
    // RFC 9207, which the crate leaves to its caller.
    if pairs.get("iss") != Some(&json!(issuer)) {
        bail!("another issuer answers: {back}");
    }
    let answer: AuthorizationResponse = serde_json::from_value(Value::Object(pairs))?;
    if answer.state.as_deref() != Some(STATE) {
        bail!("another state comes back");
    }
    let visit = Visit::at(&issuer.parse()?, Holder::from_text(text(state, "key")?)?).await?;
    let request = TokenRequest::AuthorizationCode {
        client_id: CLIENT_ID.to_owned(),
        code: answer.code,
        code_verifier: Some(text(state, "verifier")?.to_owned()),
        redirect_uri: Some(REDIRECT_URI.parse()?),
        authorization_details: None,
    };
    let token = visit.token(request).await?;
    visit.credential(&token, text(state, "id")?, Some(CLIENT_ID)).await
}

/// Asks again for what HR had to confirm.
async fn fetch(command: &Value) -> Result<Value> {
    let state = &command["state"];
    let holder = Holder::from_text(text(state, "key")?)?;
    let visit = Visit::at(&text(state, "issuer")?.parse()?, holder).await?;
    let endpoint = visit.issuer.deferred_credential_endpoint.clone().context("no endpoint")?;
    let (token, body) =
        (text(state, "token")?, json!({ "transaction_id": state["transaction_id"] }));
    let response = visit.post(&endpoint, token, &body).await?;
    visit.outcome(response, token).await
}

async fn obey() -> Result<Value> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let command: Value = serde_json::from_str(&input)?;
    match text(&command, "do")? {
        "receive" => receive(&command).await,
        "push" => push(&command).await,
        "redeem" => redeem(&command).await,
        "fetch" => fetch(&command).await,
        other => bail!("unknown command {other}"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let answer = match obey().await {
        Ok(answer) => json!({ "answer": answer }),
        Err(error) => json!({ "refused": format!("{error:#}") }),
    };
    println!("{answer}");
}
