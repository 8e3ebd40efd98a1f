//! Receiving a credential: OpenID4VCI 1.0, pre-authorized code flow, the wallet's side.
//!
//! Two steps, so that the holder sees who issues what before anything of hers is sent:
//! [`open`] reads the offer, [`Offered::redeem`] fetches and checks the credential.

mod check;
mod client;
mod deferred;
mod error;
mod redeem;
mod renew;

use fetch::Reply;
use keys::SigningKey;
use vc::jwk::PublicKey;
use vc::oid4vci::{
    AuthorizationServerMetadata, CredentialConfiguration, CredentialOffer, InputMode,
    IssuerMetadata, OfferLink, PreAuthorizedCodeGrant, SD_JWT_VC_FORMAT,
};
use vc::registry::{Organisation, OrganisationState, VerifiedRegistry};
use vc::sd_jwt::VerifiedSdJwt;
use vc::time::UnixTime;

use crate::network::Network;
use crate::store::{Held, HolderKey, Issuer, Registered, Renewal};

use client::Client;
pub use error::{CredentialFault, Document, ReceiveError, TxCodeFault};
pub use renew::{RenewError, Renewable, Renewing, renewable};

/// The signature algorithm of holder keys, as proofs name it.
const PROOF_ALGORITHM: &str = "EdDSA";
const JSON: &str = "application/json";

/// Whether issuers that the network does not know are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    /// Refused before anything is fetched from them.
    Refuse,
    /// Taken at the holder's own risk.
    Allow,
}

/// An offer that was read and whose issuer is known.
#[derive(Debug)]
pub struct Offered {
    source: Source,
    grant: PreAuthorizedCodeGrant,
}

/// Where a credential of one configuration comes from.
#[derive(Debug)]
struct Source {
    issuer: Issuer,
    organisation: Option<Organisation>,
    name: String,
    vct: String,
    configuration_id: String,
    metadata: IssuerMetadata,
    /// The authorization server.
    server: String,
    token_endpoint: String,
    /// Whether tokens can be bound to a key.
    takes_proofs: bool,
}

/// Where tokens come from.
struct TokenEndpoint {
    server: String,
    address: String,
    takes_proofs: bool,
}

/// A credential that passed every check and is not kept yet.
#[derive(Debug)]
pub struct Received {
    credential: String,
    verified: VerifiedSdJwt,
    holder_key: SigningKey,
    issuer_key: PublicKey,
    issuer: Issuer,
    name: String,
    notify: Option<Notify>,
    renewal: Option<Renewal>,
    client: Client,
}

/// How to tell the issuer what became of the credential.
#[derive(Debug)]
struct Notify {
    endpoint: String,
    notification_id: String,
    access_token: vc::oid4vci::Secret,
}

/// Reads an offer link, fetches the offer and what its issuer publishes.
///
/// # Errors
/// [`ReceiveError`].
pub async fn open(
    link: &str,
    network: &mut Network,
    registry: &VerifiedRegistry,
    strangers: Strangers,
) -> Result<Offered, ReceiveError> {
    let transport = network.transport();
    let offer = match OfferLink::parse(link.trim(), transport).map_err(ReceiveError::Offer)? {
        OfferLink::ByValue(offer) => offer,
        OfferLink::ByReference(address) => {
            if !network.allows(&address) {
                if strangers == Strangers::Refuse {
                    return Err(ReceiveError::UnregisteredIssuer(address));
                }
                network.allow(&address);
            }
            let reply = json(network, &address, Document::Offer).await?;
            CredentialOffer::parse(&reply.bytes, transport).map_err(ReceiveError::Offer)?
        }
    };
    let organisation = known_issuer(registry, &offer.credential_issuer, strangers)?;
    network.allow(&offer.credential_issuer);

    let metadata = issuer_metadata(network, &offer.credential_issuer).await?;
    offer.check_against(&metadata).map_err(ReceiveError::Offer)?;
    let grant = offer.pre_authorized().cloned().ok_or(ReceiveError::OtherGrant)?;
    let (configuration_id, configuration, vct) =
        usable(&offer.credential_configuration_ids, &metadata)?;
    if let Some(organisation) = &organisation
        && !organisation.types.iter().any(|entitled| entitled == vct)
    {
        return Err(ReceiveError::NotEntitled {
            ods: organisation.ods.clone(),
            vct: vct.to_owned(),
        });
    }
    let (name, vct) = (display_name(configuration, vct), vct.to_owned());
    let configuration_id = configuration_id.to_owned();
    let hint = grant.authorization_server.as_deref();
    let endpoint = token_endpoint(network, &metadata, hint).await?;
    let source = Source {
        issuer: Issuer {
            url: offer.credential_issuer,
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
    };
    Ok(Offered { source, grant })
}

impl Offered {
    /// Who issues it.
    pub fn issuer(&self) -> &Issuer {
        &self.source.issuer
    }

    /// What it is, in the issuer's words.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Whether a transaction code is wanted (present, even empty, means yes), and what the issuer
    /// says of it.
    pub fn tx_code(&self) -> Option<&vc::oid4vci::TxCode> {
        self.grant.tx_code.as_ref()
    }

    /// Checks a transaction code before it costs one of the few attempts.
    ///
    /// # Errors
    /// [`TxCodeFault`].
    pub fn check_tx_code(&self, code: &str) -> Result<(), TxCodeFault> {
        let Some(shape) = self.tx_code() else {
            return Ok(());
        };
        let length = code.chars().count();
        let numeric = shape.input_mode.unwrap_or(InputMode::Numeric) == InputMode::Numeric;
        let expected = shape.length.and_then(|length| usize::try_from(length).ok());
        match expected {
            _ if code.is_empty() => Err(TxCodeFault::Empty),
            _ if numeric && !code.chars().all(|c| c.is_ascii_digit()) => {
                Err(TxCodeFault::NotDigits)
            }
            Some(expected) if expected != length => Err(TxCodeFault::Length { expected, length }),
            _ => Ok(()),
        }
    }
}

impl Received {
    /// What the issuer says, verified.
    pub fn verified(&self) -> &VerifiedSdJwt {
        &self.verified
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// What it is, in the issuer's words.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As it goes into the store.
    pub fn to_held(&self, id: String, now: UnixTime) -> Held {
        Held {
            id,
            credential: self.credential.clone(),
            holder_key: HolderKey(vc::base64url::encode(&self.holder_key.to_secret_bytes())),
            issuer_key: self.issuer_key.clone(),
            issuer: self.issuer.clone(),
            name: self.name.clone(),
            received_at: now,
            renewal: self.renewal.clone(),
        }
    }
}

/// The registry's active entry of the issuer.
fn known_issuer(
    registry: &VerifiedRegistry,
    issuer: &str,
    strangers: Strangers,
) -> Result<Option<Organisation>, ReceiveError> {
    match registry.issuer(issuer) {
        Some((organisation, _)) if organisation.state == OrganisationState::Active => {
            Ok(Some(organisation.clone()))
        }
        // No risk of the holder's own can bring back whom the network has put out.
        Some((organisation, _)) => Err(ReceiveError::IssuerNotActive {
            ods: organisation.ods.clone(),
            name: organisation.name.clone(),
        }),
        None if strangers == Strangers::Allow => Ok(None),
        None => Err(ReceiveError::UnregisteredIssuer(issuer.to_owned())),
    }
}

async fn issuer_metadata(network: &Network, issuer: &str) -> Result<IssuerMetadata, ReceiveError> {
    let what = Document::IssuerMetadata;
    let address = IssuerMetadata::well_known_url(issuer).ok_or(ReceiveError::NoAddress(what))?;
    let reply = json(network, &address, what).await?;
    IssuerMetadata::parse(&reply.bytes, issuer, network.transport())
        .map_err(|source| ReceiveError::Metadata { what, source })
}

/// The token endpoint of the authorization server that the offer means.
async fn token_endpoint(
    network: &mut Network,
    metadata: &IssuerMetadata,
    hint: Option<&str>,
) -> Result<TokenEndpoint, ReceiveError> {
    let what = Document::ServerMetadata;
    let servers = metadata.authorization_server_ids();
    let server = match hint {
        Some(hint) => {
            *servers.iter().find(|server| **server == hint).ok_or(ReceiveError::NoAddress(what))?
        }
        None => servers.first().copied().ok_or(ReceiveError::NoAddress(what))?,
    };
    // A known issuer may keep its authorization server elsewhere; its metadata vouches for it.
    network.allow(server);
    let address =
        AuthorizationServerMetadata::well_known_url(server).ok_or(ReceiveError::NoAddress(what))?;
    let reply = json(network, &address, what).await?;
    let published = AuthorizationServerMetadata::parse(&reply.bytes, server, network.transport())
        .map_err(|source| ReceiveError::Metadata { what, source })?;
    let takes_proofs = client::takes_proofs(&published);
    let address = published.token_endpoint.ok_or(ReceiveError::NoAddress(Document::Token))?;
    Ok(TokenEndpoint { server: server.to_owned(), address, takes_proofs })
}

/// The first of these configurations that this wallet can hold.
fn usable<'m>(
    ids: &'m [String],
    metadata: &'m IssuerMetadata,
) -> Result<(&'m str, &'m CredentialConfiguration, &'m str), ReceiveError> {
    ids.iter()
        .find_map(|id| {
            let configuration = metadata.credential_configurations_supported.get(id)?;
            let binding = configuration.cryptographic_binding_methods_supported.as_ref()?;
            let fits = configuration.format == SD_JWT_VC_FORMAT
                && binding.iter().any(|method| method == "jwk")
                && configuration.jwt_proof_algorithms().iter().any(|alg| alg == PROOF_ALGORITHM);
            let vct = configuration.vct.as_deref()?;
            fits.then_some((id.as_str(), configuration, vct))
        })
        .ok_or(ReceiveError::NothingUsable)
}

fn display_name(configuration: &CredentialConfiguration, vct: &str) -> String {
    let display = configuration.credential_metadata.as_ref().map(|metadata| &metadata.display);
    let in_english = display.and_then(|display| {
        display
            .iter()
            .find(|name| name.locale.as_deref().is_some_and(|locale| locale.starts_with("en")))
            .or_else(|| display.first())
    });
    in_english.map_or_else(|| vct.to_owned(), |display| display.name.clone())
}

/// GET of a JSON document.
async fn json(network: &Network, address: &str, what: Document) -> Result<Reply, ReceiveError> {
    let reply =
        network.get(address, JSON).await.map_err(|source| ReceiveError::Fetch { what, source })?;
    match reply.content_type.as_deref() {
        Some(JSON) => Ok(reply),
        _ => Err(ReceiveError::NotJson(what)),
    }
}
