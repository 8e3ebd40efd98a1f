//! From an offer to a checked credential: token, nonce, proof of possession, credential.

use std::time::Duration;

use fetch::Reply;
use keys::SigningKey;
use rand_core::CryptoRng;
use vc::jwk::Algorithm;
use vc::oid4vci::{
    CredentialRequest, CredentialResponse, CredentialTarget, ErrorResponse, IssuedCredential,
    NonceResponse, NotificationEvent, NotificationRequest, ProofInput, Proofs, Refusal, Secret,
    TokenGrant, TokenRequest, TokenResponse,
};

use super::deferred::Transaction;
use super::{Document, JSON, Notify, Offered, ReceiveError, Received, check};
use crate::network::Network;

const FORM: &str = "application/x-www-form-urlencoded";

/// What the token endpoint gave.
pub(super) struct Access {
    pub(super) token: Secret,
    pub(super) lasts: Option<Duration>,
    target: CredentialTarget,
}

/// What the credential endpoint gave.
pub(super) struct Issued {
    credential: String,
    notification_id: Option<String>,
}

/// What the credential endpoint answered.
enum Answer {
    Now(Issued),
    Later(Transaction),
}

/// The first credential of an answer.
pub(super) fn issued(
    credentials: &[IssuedCredential],
    notification_id: Option<String>,
) -> Result<Issued, ReceiveError> {
    let text = credentials
        .first()
        .and_then(|issued| issued.credential.as_str())
        .ok_or(ReceiveError::NotText)?;
    Ok(Issued { credential: text.to_owned(), notification_id })
}

impl Offered {
    /// Sends the transaction code, fetches the credential for a fresh holder key and checks it.
    ///
    /// # Errors
    /// [`ReceiveError`]; nothing is kept then.
    pub async fn redeem(
        &self,
        tx_code: Option<&str>,
        network: &Network,
        clock: &clock::Clock,
        rng: &mut impl CryptoRng,
    ) -> Result<Received, ReceiveError> {
        self.redeem_showing(tx_code, network, clock, rng, |_| {}).await
    }

    /// The same; `show` gets the six digits when HR is to compare them.
    ///
    /// # Errors
    /// [`ReceiveError`]; nothing is kept then.
    pub async fn redeem_showing(
        &self,
        tx_code: Option<&str>,
        network: &Network,
        clock: &clock::Clock,
        rng: &mut impl CryptoRng,
        mut show: impl FnMut(&str),
    ) -> Result<Received, ReceiveError> {
        let access = self.token(tx_code, network).await?;
        let holder_key = SigningKey::generate(Algorithm::EdDsa, rng);
        let answer = match self.credential(&access, &holder_key, network, clock).await {
            // "The Wallet should retrieve a new c_nonce", once (OpenID4VCI 1.0, 8.3.1.2).
            Err(ReceiveError::Refused { what: Document::Credential, code })
                if code == "invalid_nonce" =>
            {
                self.credential(&access, &holder_key, network, clock).await?
            }
            answer => answer?,
        };
        let issued = match answer {
            Answer::Now(issued) => issued,
            Answer::Later(transaction) => {
                let holder = holder_key.public_key();
                self.wait_for(transaction, &access, holder, network, &mut show).await?
            }
        };
        let now = vc::time::UnixTime(clock.now());
        let checked =
            check::check(self, &issued.credential, holder_key.public_key(), network, now).await;
        let notify = issued
            .notification_id
            .zip(self.metadata.notification_endpoint.clone())
            .map(|(id, endpoint)| Notify { endpoint, id, access_token: access.token.clone() });
        match checked {
            Ok((verified, issuer_key)) => Ok(Received {
                credential: issued.credential,
                verified,
                holder_key,
                issuer_key,
                issuer: self.issuer.clone(),
                name: self.name.clone(),
                notify,
            }),
            Err(fault) => {
                tell(notify.as_ref(), NotificationEvent::CredentialFailure, None, network).await;
                Err(ReceiveError::Credential(fault))
            }
        }
    }

    async fn token(
        &self,
        tx_code: Option<&str>,
        network: &Network,
    ) -> Result<Access, ReceiveError> {
        let what = Document::Token;
        // An offer that does not ask for a transaction code gets none, whatever was typed.
        let tx_code = self.tx_code().and(tx_code).map(Secret::from);
        let request = TokenRequest {
            grant: TokenGrant::PreAuthorizedCode {
                code: self.grant.pre_authorized_code.clone(),
                tx_code,
            },
            client_id: None,
            authorization_details: Vec::new(),
        };
        let reply =
            post(network, &self.token_endpoint, FORM, request.to_form(), None, what).await?;
        let token = TokenResponse::parse(&reply.bytes)
            .map_err(|source| ReceiveError::Malformed { what, source })?;
        if !token.token_type.eq_ignore_ascii_case("Bearer") {
            return Err(ReceiveError::TokenType(token.token_type));
        }
        // With identifiers in the token response the request MUST name one (8.2).
        let identifier = token
            .authorization_details
            .iter()
            .filter(|detail| detail.credential_configuration_id == self.configuration_id)
            .find_map(|detail| detail.credential_identifiers.first());
        let target = match identifier {
            Some(identifier) => CredentialTarget::Identifier(identifier.clone()),
            None => CredentialTarget::Configuration(self.configuration_id.clone()),
        };
        let lasts = token.expires_in.map(Duration::from_secs);
        Ok(Access { token: token.access_token, lasts, target })
    }

    async fn credential(
        &self,
        access: &Access,
        holder_key: &SigningKey,
        network: &Network,
        clock: &clock::Clock,
    ) -> Result<Answer, ReceiveError> {
        let what = Document::Credential;
        let nonce = self.nonce(network).await?;
        let proof = ProofInput::new(
            holder_key.algorithm(),
            holder_key.public_key(),
            &self.metadata.credential_issuer,
            nonce.as_deref(),
            vc::time::UnixTime(clock.now()),
            None,
        );
        let signature = holder_key.sign(proof.signing_input());
        let request = CredentialRequest {
            target: access.target.clone(),
            proofs: Some(Proofs::Jwt(vec![proof.finish(&signature)])),
            response_encryption: None,
        };
        let reply = post(
            network,
            &self.metadata.credential_endpoint,
            JSON,
            request.to_json().to_string(),
            Some(&access.token),
            what,
        )
        .await?;
        let response = CredentialResponse::parse(&reply.bytes)
            .map_err(|source| ReceiveError::Malformed { what, source })?;
        match response {
            CredentialResponse::Issued { credentials, notification_id } => {
                issued(&credentials, notification_id).map(Answer::Now)
            }
            CredentialResponse::Deferred { transaction_id: id, interval } => {
                Ok(Answer::Later(Transaction { id, interval }))
            }
        }
    }

    async fn nonce(&self, network: &Network) -> Result<Option<String>, ReceiveError> {
        let what = Document::Nonce;
        let Some(endpoint) = &self.metadata.nonce_endpoint else {
            return Ok(None);
        };
        let reply = post(network, endpoint, FORM, String::new(), None, what).await?;
        NonceResponse::parse(&reply.bytes)
            .map(|response| Some(response.c_nonce))
            .map_err(|source| ReceiveError::Malformed { what, source })
    }
}

impl Received {
    /// Tells the issuer that the credential is kept or was refused by the holder, when it wants to
    /// know. What is kept does not depend on the answer.
    pub async fn tell_issuer(&self, event: NotificationEvent, network: &Network) {
        tell(self.notify.as_ref(), event, None, network).await;
    }

    /// Tells the issuer that the holder refuses the credential, and why.
    pub async fn refuse(&self, refusal: &Refusal, network: &Network) {
        let event = NotificationEvent::CredentialDeleted;
        tell(self.notify.as_ref(), event, Some(refusal.to_string()), network).await;
    }
}

async fn tell(
    notify: Option<&Notify>,
    event: NotificationEvent,
    event_description: Option<String>,
    network: &Network,
) {
    let Some(notify) = notify else {
        return;
    };
    let request =
        NotificationRequest { notification_id: notify.id.clone(), event, event_description };
    let Ok(body) = serde_json::to_string(&request) else {
        return;
    };
    let token = notify.access_token.expose();
    let _not_told = network.post(&notify.endpoint, JSON, body, Some(token)).await;
}

/// POST that must be answered with a JSON document.
pub(super) async fn post(
    network: &Network,
    address: &str,
    content_type: &str,
    body: String,
    token: Option<&Secret>,
    what: Document,
) -> Result<Reply, ReceiveError> {
    let reply = network
        .post(address, content_type, body, token.map(Secret::expose))
        .await
        .map_err(|source| ReceiveError::Fetch { what, source })?;
    if reply.is_success() {
        return match reply.content_type.as_deref() {
            Some(JSON) => Ok(reply),
            _ => Err(ReceiveError::NotJson(what)),
        };
    }
    match ErrorResponse::parse(&reply.bytes) {
        Ok(error) => Err(ReceiveError::Refused { what, code: error.error }),
        Err(_) => Err(ReceiveError::Status { what, status: reply.status }),
    }
}
