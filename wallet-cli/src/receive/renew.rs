//! New copies without HR: by the refresh token that came with the credential (OpenID4VCI 1.0,
//! "Refresh Tokens"; RFC 6749, 6). The new copy is bound to the same holder key, because that is
//! the key that HR has compared; everything else is checked as at first receipt.
//!
//! A refresh token is good once. [`Renewable::ask`] gives the next one before anything else is
//! asked for, so that the caller can have it on disk first.

use keys::SigningKey;
use serde_json::Value;
use vc::jwk::Algorithm;
use vc::oid4vci::{IssuerMetadata, Secret, TokenGrant, TokenRequest};
use vc::registry::VerifiedRegistry;
use vc::sd_jwt::VerifiedSdJwt;
use vc::status_list::Status;
use vc::time::UnixTime;

use super::client::Client;
use super::redeem::{Access, Answer};
use super::{
    CredentialFault, Document, ReceiveError, Received, Source, Strangers, check, display_name,
    issuer_metadata, known_issuer, token_endpoint, usable,
};
use crate::hold;
use crate::network::Network;
use crate::store::{Held, HolderKey, Issuer, Registered, Renewal};

/// Why there is no new copy.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// It came without a refresh token.
    #[error("no refresh token")]
    NoRefreshToken,
    /// What is held can't be read.
    #[error("what is held is damaged")]
    Damaged,
    /// The issuer gives no more copies; the status of the one that is held, when it is known.
    #[error("the issuer gives no more copies")]
    Over {
        /// `None` when it could not be found out.
        status: Option<Status>,
    },
    /// The new copy is about somebody else.
    #[error("the new copy is another person's")]
    OtherPerson,
    /// The way there.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
}

/// A held credential whose issuer may be asked for a new copy.
#[derive(Debug)]
pub struct Renewable {
    source: Source,
    client: Client,
    refresh_token: Secret,
    holder_key: SigningKey,
    before: VerifiedSdJwt,
}

/// An issuer that has taken the refresh token.
#[derive(Debug)]
pub struct Renewing {
    renewable: Renewable,
    access: Access,
    next: Option<Secret>,
}

/// Reads what the issuer publishes now; nothing is sent to it.
///
/// # Errors
/// [`RenewError`].
pub async fn renewable(
    held: &Held,
    network: &mut Network,
    registry: &VerifiedRegistry,
    clock: &clock::Clock,
) -> Result<Renewable, RenewError> {
    let renewal = held.renewal.as_ref().ok_or(RenewError::NoRefreshToken)?;
    let key = |secret: &HolderKey| {
        let bytes = vc::base64url::decode(&secret.0).ok()?;
        SigningKey::from_secret_bytes(Algorithm::EdDsa, &bytes).ok()
    };
    let holder_key = key(&held.holder_key).ok_or(RenewError::Damaged)?;
    let client_key = key(&renewal.client_key).ok_or(RenewError::Damaged)?;
    let before = hold::reopen(held).map_err(|_| RenewError::Damaged)?;

    // Her word for a stranger was given when she received from it.
    let strangers = match held.issuer.registered {
        Some(_) => Strangers::Refuse,
        None => Strangers::Allow,
    };
    let organisation = known_issuer(registry, &held.issuer.url, strangers)?;
    network.allow(&held.issuer.url);
    let metadata: IssuerMetadata = issuer_metadata(network, &held.issuer.url).await?;
    let ids = [renewal.configuration.clone()];
    let (id, configuration, vct) = usable(&ids, &metadata)?;
    // A configuration that has become another type's is not what was accepted.
    if before.claims().get("vct").and_then(Value::as_str) != Some(vct) {
        return Err(ReceiveError::NothingUsable.into());
    }
    if let Some(organisation) = &organisation
        && !organisation.types.iter().any(|entitled| entitled == vct)
    {
        return Err(ReceiveError::NotEntitled {
            ods: organisation.ods.clone(),
            vct: vct.to_owned(),
        }
        .into());
    }
    let (name, vct, configuration_id) =
        (display_name(configuration, vct), vct.to_owned(), id.to_owned());
    let endpoint = token_endpoint(network, &metadata, Some(&renewal.server)).await?;
    Ok(Renewable {
        source: Source {
            issuer: Issuer {
                url: held.issuer.url.clone(),
                registered: organisation.as_ref().map(|organisation| Registered {
                    ods: organisation.ods.clone(),
                    name: organisation.name.clone(),
                }),
            },
            organisation,
            name,
            vct,
            configuration_id,
            metadata,
            server: endpoint.server,
            token_endpoint: endpoint.address,
            takes_proofs: endpoint.takes_proofs,
        },
        client: Client::new(Some(client_key), clock),
        refresh_token: Secret::from(renewal.refresh_token.0.clone()),
        holder_key,
        before,
    })
}

impl Renewable {
    /// Spends the refresh token.
    ///
    /// # Errors
    /// [`RenewError::Over`] when the issuer takes it no more.
    pub async fn ask(self, network: &Network) -> Result<Renewing, RenewError> {
        let request = TokenRequest {
            grant: TokenGrant::RefreshToken { refresh_token: self.refresh_token.clone() },
            client_id: None,
            authorization_details: Vec::new(),
        };
        match self.source.token(&request, &self.client, network).await {
            Ok((access, next)) => Ok(Renewing { renewable: self, access, next }),
            Err(ReceiveError::Refused { what: Document::Token, code })
                if code == "invalid_grant" =>
            {
                Err(self.over(network).await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Why it is over, by the issuer's signed status list: its answers do not say.
    async fn over(&self, network: &Network) -> RenewError {
        let now = UnixTime(self.client.clock.now());
        match check::status_now(&self.source, &self.before, network, now).await {
            Ok(()) => RenewError::Over { status: Some(Status::Valid) },
            Err(CredentialFault::Status(status)) => RenewError::Over { status: Some(status) },
            Err(_) => RenewError::Over { status: None },
        }
    }
}

impl Renewing {
    /// What must be on disk before [`Self::fetch`]: the old refresh token is good no more.
    pub fn renewal(&self) -> Option<Renewal> {
        // A server that gives no new one leaves the old one good (RFC 6749, 6).
        let token = self.next.as_ref().unwrap_or(&self.renewable.refresh_token);
        self.renewable.source.renewal(&self.renewable.client, Some(token))
    }

    /// Fetches the new copy and checks it.
    ///
    /// # Errors
    /// [`RenewError`]; what is held stands then.
    pub async fn fetch(self, network: &Network) -> Result<Received, RenewError> {
        let Self { renewable, access, .. } = &self;
        let Renewable { source, client, holder_key, before, .. } = renewable;
        let answer = source.credential(access, holder_key, client, network).await;
        let issued = match answer {
            Ok(Answer::Now(issued)) => issued,
            Ok(Answer::Later(_)) => return Err(ReceiveError::Deferred.into()),
            Err(ReceiveError::Refused { what: Document::Credential, code })
                if code == "credential_request_denied" =>
            {
                return Err(renewable.over(network).await);
            }
            Err(error) => return Err(error.into()),
        };
        let renewal = self.renewal();
        let checked = source.checked(issued, holder_key, client, &access.token, network).await?;
        let subject = |claims: &VerifiedSdJwt| claims.claims().get("subject_ref").cloned();
        if subject(&checked.verified) != subject(before) {
            return Err(RenewError::OtherPerson);
        }
        Ok(Received {
            credential: checked.credential,
            verified: checked.verified,
            issuer_key: checked.issuer_key,
            notify: checked.notify,
            holder_key: self.renewable.holder_key,
            issuer: self.renewable.source.issuer,
            name: self.renewable.source.name,
            renewal,
            client: self.renewable.client,
        })
    }
}
