//! From an offer to a checked credential: token, nonce, proof of possession, credential.

use std::time::Duration;

use keys::SigningKey;
use rand_core::CryptoRng;
use vc::jwk::{Algorithm, PublicKey};
use vc::oid4vci::{
    CredentialRequest, CredentialResponse, CredentialTarget, IssuedCredential, NonceResponse,
    NotificationEvent, NotificationRequest, ProofInput, Proofs, Refusal, Secret, TokenGrant,
    TokenRequest, TokenResponse,
};
use vc::sd_jwt::VerifiedSdJwt;
use vc::time::UnixTime;

use super::client::{Client, Post};
use super::deferred::Transaction;
use super::{Document, JSON, Notify, Offered, ReceiveError, Received, Source, check};
use crate::network::Network;
use crate::store::{HolderKey, Renewal};

const FORM: &str = "application/x-www-form-urlencoded";

/// What the token endpoint gave.
#[derive(Debug)]
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
pub(super) enum Answer {
    Now(Issued),
    Later(Transaction),
}

/// A credential that passed every check.
pub(super) struct Checked {
    pub(super) credential: String,
    pub(super) verified: VerifiedSdJwt,
    pub(super) issuer_key: PublicKey,
    pub(super) notify: Option<Notify>,
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
        let source = &self.source;
        let client_key = source.takes_proofs.then(|| SigningKey::generate(Algorithm::EdDsa, rng));
        let client = Client::new(client_key, clock);
        let request = TokenRequest {
            grant: TokenGrant::PreAuthorizedCode {
                code: self.grant.pre_authorized_code.clone(),
                // An offer that does not ask for a transaction code gets none, whatever was typed.
                tx_code: self.tx_code().and(tx_code).map(Secret::from),
            },
            client_id: None,
            authorization_details: Vec::new(),
        };
        let (access, refresh_token) = source.token(&request, &client, network).await?;
        let holder_key = SigningKey::generate(Algorithm::EdDsa, rng);
        let issued = match source.credential(&access, &holder_key, &client, network).await? {
            Answer::Now(issued) => issued,
            Answer::Later(transaction) => {
                let holder = holder_key.public_key();
                source.wait_for(transaction, &access, holder, &client, network, &mut show).await?
            }
        };
        let checked = source.checked(issued, &holder_key, &client, &access.token, network).await?;
        Ok(Received {
            credential: checked.credential,
            verified: checked.verified,
            issuer_key: checked.issuer_key,
            notify: checked.notify,
            holder_key,
            issuer: source.issuer.clone(),
            name: source.name.clone(),
            renewal: source.renewal(&client, refresh_token.as_ref()),
            client,
        })
    }
}

impl Source {
    /// An access token, and the refresh token that came with it.
    pub(super) async fn token(
        &self,
        request: &TokenRequest,
        client: &Client,
        network: &Network,
    ) -> Result<(Access, Option<Secret>), ReceiveError> {
        let what = Document::Token;
        let post = Post {
            address: &self.token_endpoint,
            content_type: FORM,
            body: &request.to_form(),
            token: None,
        };
        let reply = client.post(network, post, what).await?;
        let token = TokenResponse::parse(&reply.bytes)
            .map_err(|source| ReceiveError::Malformed { what, source })?;
        if !token.token_type.eq_ignore_ascii_case(client.token_type()) {
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
        Ok((Access { token: token.access_token, lasts, target }, token.refresh_token))
    }

    /// Asks for the credential, once more where the nonce was too old: "The Wallet should retrieve
    /// a new c_nonce" (OpenID4VCI 1.0, 8.3.1.2).
    pub(super) async fn credential(
        &self,
        access: &Access,
        holder_key: &SigningKey,
        client: &Client,
        network: &Network,
    ) -> Result<Answer, ReceiveError> {
        match self.ask(access, holder_key, client, network).await {
            Err(ReceiveError::Refused { what: Document::Credential, code })
                if code == "invalid_nonce" =>
            {
                self.ask(access, holder_key, client, network).await
            }
            answer => answer,
        }
    }

    async fn ask(
        &self,
        access: &Access,
        holder_key: &SigningKey,
        client: &Client,
        network: &Network,
    ) -> Result<Answer, ReceiveError> {
        let what = Document::Credential;
        let nonce = self.nonce(client, network).await?;
        let proof = ProofInput::new(
            holder_key.algorithm(),
            holder_key.public_key(),
            &self.metadata.credential_issuer,
            nonce.as_deref(),
            UnixTime(client.clock.now()),
            None,
        );
        let signature = holder_key.sign(proof.signing_input());
        let request = CredentialRequest {
            target: access.target.clone(),
            proofs: Some(Proofs::Jwt(vec![proof.finish(&signature)])),
            response_encryption: None,
        };
        let post = Post {
            address: &self.metadata.credential_endpoint,
            content_type: JSON,
            body: &request.to_json().to_string(),
            token: Some(&access.token),
        };
        let reply = client.post(network, post, what).await?;
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

    async fn nonce(
        &self,
        client: &Client,
        network: &Network,
    ) -> Result<Option<String>, ReceiveError> {
        let what = Document::Nonce;
        let Some(address) = &self.metadata.nonce_endpoint else {
            return Ok(None);
        };
        let post = Post { address, content_type: FORM, body: "", token: None };
        let reply = client.post(network, post, what).await?;
        NonceResponse::parse(&reply.bytes)
            .map(|response| Some(response.c_nonce))
            .map_err(|source| ReceiveError::Malformed { what, source })
    }

    /// The last checks; the issuer hears of a credential that fails them.
    pub(super) async fn checked(
        &self,
        issued: Issued,
        holder_key: &SigningKey,
        client: &Client,
        access_token: &Secret,
        network: &Network,
    ) -> Result<Checked, ReceiveError> {
        let now = UnixTime(client.clock.now());
        let holder = holder_key.public_key();
        let checked = check::check(self, &issued.credential, holder, network, now).await;
        let notify = issued.notification_id.zip(self.metadata.notification_endpoint.clone()).map(
            |(notification_id, endpoint)| Notify {
                endpoint,
                notification_id,
                access_token: access_token.clone(),
            },
        );
        match checked {
            Ok((verified, issuer_key)) => {
                Ok(Checked { credential: issued.credential, verified, issuer_key, notify })
            }
            Err(fault) => {
                let event = NotificationEvent::CredentialFailure;
                tell(client, notify.as_ref(), event, None, network).await;
                Err(ReceiveError::Credential(fault))
            }
        }
    }

    /// What a new copy is asked for with: a refresh token counts only where it is bound to a key.
    pub(super) fn renewal(&self, client: &Client, token: Option<&Secret>) -> Option<Renewal> {
        let key = client.key.as_ref()?;
        Some(Renewal {
            configuration: self.configuration_id.clone(),
            server: self.server.clone(),
            client_key: HolderKey(vc::base64url::encode(&key.to_secret_bytes())),
            refresh_token: HolderKey(token?.expose().to_owned()),
        })
    }
}

impl Received {
    /// Tells the issuer that the credential is kept or was refused by the holder, when it wants to
    /// know. What is kept does not depend on the answer.
    pub async fn tell_issuer(&self, event: NotificationEvent, network: &Network) {
        tell(&self.client, self.notify.as_ref(), event, None, network).await;
    }

    /// Tells the issuer that the holder refuses the credential, and why.
    pub async fn refuse(&self, refusal: &Refusal, network: &Network) {
        let (event, words) = (NotificationEvent::CredentialDeleted, Some(refusal.to_string()));
        tell(&self.client, self.notify.as_ref(), event, words, network).await;
    }
}

async fn tell(
    client: &Client,
    notify: Option<&Notify>,
    event: NotificationEvent,
    event_description: Option<String>,
    network: &Network,
) {
    let Some(notify) = notify else {
        return;
    };
    let request = NotificationRequest {
        notification_id: notify.notification_id.clone(),
        event,
        event_description,
    };
    let Ok(body) = serde_json::to_string(&request) else {
        return;
    };
    let post = Post {
        address: &notify.endpoint,
        content_type: JSON,
        body: &body,
        token: Some(&notify.access_token),
    };
    let _not_told = client.send(network, post, Document::Notification).await;
}
