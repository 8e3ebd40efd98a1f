//! Credential offers (OpenID4VCI 1.0, section "Credential Offer").

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{DocumentError, IssuerMetadata, Secret, Transport, read};

/// Longest offer link in bytes.
pub const MAX_LINK_BYTES: usize = 16 * 1024;
/// Longest description of a transaction code in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 300;

const LINK_START: &str = "openid-credential-offer://?";

/// What an offer's QR code or link holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferLink {
    /// `credential_offer`: the offer itself.
    ByValue(CredentialOffer),
    /// `credential_offer_uri`: where to GET it.
    ByReference(String),
}

impl OfferLink {
    /// Reads a link of any scheme; what counts are its parameters.
    ///
    /// # Errors
    /// [`OfferError`]: not exactly one of the two parameters, or one that is refused.
    pub fn parse(link: &str, transport: Transport) -> Result<Self, OfferError> {
        if link.len() > MAX_LINK_BYTES {
            return Err(OfferError::TooLong);
        }
        let (_, query) = link.split_once('?').ok_or(OfferError::NotALink)?;
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let mut value = None;
        let mut reference = None;
        for (name, text) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match name.as_ref() {
                "credential_offer" => &mut value,
                "credential_offer_uri" => &mut reference,
                _ => continue,
            };
            if slot.replace(text).is_some() {
                return Err(OfferError::NotExactlyOneOffer);
            }
        }
        match (value, reference) {
            (Some(json), None) => {
                CredentialOffer::parse(json.as_bytes(), transport).map(Self::ByValue)
            }
            (None, Some(uri)) if transport.permits(&uri) => Ok(Self::ByReference(uri.into_owned())),
            (None, Some(_)) => Err(OfferError::BadAddress),
            (Some(_), Some(_)) => Err(OfferError::NotExactlyOneOffer),
            (None, None) => Err(OfferError::NotALink),
        }
    }

    /// The `openid-credential-offer://` link.
    pub fn to_uri(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(LINK_START.to_owned());
        match self {
            Self::ByValue(offer) => query.append_pair("credential_offer", &offer.to_json()),
            Self::ByReference(uri) => query.append_pair("credential_offer_uri", uri),
        };
        // `Serializer` joins with `&` only after something of its own.
        query.finish().replacen("?&", "?", 1)
    }
}

/// An issuer's offer. Nothing in it is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialOffer {
    /// The issuer identifier.
    pub credential_issuer: String,
    /// Keys of the issuer's `credential_configurations_supported`; unique, at least one.
    pub credential_configuration_ids: Vec<String>,
    /// How to be authorised; absent leaves it to the issuer's metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Grants>,
}

impl CredentialOffer {
    /// Reads and checks an offer.
    ///
    /// # Errors
    /// [`OfferError`].
    pub fn parse(json: &[u8], transport: Transport) -> Result<Self, OfferError> {
        let offer: Self = read(json)?;
        offer.validate(transport)?;
        Ok(offer)
    }

    /// The offer as JSON.
    pub fn to_json(&self) -> String {
        // Strings, numbers and structs always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks what can be seen without the issuer's metadata.
    ///
    /// # Errors
    /// [`OfferError`].
    pub fn validate(&self, transport: Transport) -> Result<(), OfferError> {
        if !transport.permits_issuer(&self.credential_issuer) {
            return Err(OfferError::BadIssuer);
        }
        if self.credential_configuration_ids.is_empty() {
            return Err(OfferError::NothingOffered);
        }
        let mut seen = HashSet::new();
        for id in &self.credential_configuration_ids {
            if !seen.insert(id) {
                return Err(OfferError::OfferedTwice(id.clone()));
            }
        }
        let description = self
            .pre_authorized()
            .and_then(|grant| grant.tx_code.as_ref())
            .and_then(|tx_code| tx_code.description.as_ref());
        if description.is_some_and(|text| text.chars().count() > MAX_DESCRIPTION_CHARS) {
            return Err(OfferError::DescriptionTooLong);
        }
        Ok(())
    }

    /// Checks the offer against the issuer's metadata: offered configurations exist, and
    /// `authorization_server` is one of several.
    ///
    /// # Errors
    /// [`OfferError::UnknownConfiguration`], [`OfferError::UnknownAuthorizationServer`],
    /// [`OfferError::BadIssuer`].
    pub fn check_against(&self, metadata: &IssuerMetadata) -> Result<(), OfferError> {
        if metadata.credential_issuer != self.credential_issuer {
            return Err(OfferError::BadIssuer);
        }
        for id in &self.credential_configuration_ids {
            if !metadata.credential_configurations_supported.contains_key(id) {
                return Err(OfferError::UnknownConfiguration(id.clone()));
            }
        }
        let servers = &metadata.authorization_servers;
        for hint in self.authorization_servers() {
            if servers.len() < 2 || !servers.iter().any(|server| server == hint) {
                return Err(OfferError::UnknownAuthorizationServer(hint.to_owned()));
            }
        }
        Ok(())
    }

    /// The pre-authorized code grant when there is one.
    pub fn pre_authorized(&self) -> Option<&PreAuthorizedCodeGrant> {
        self.grants.as_ref()?.pre_authorized_code.as_ref()
    }

    fn authorization_servers(&self) -> impl Iterator<Item = &str> {
        self.grants.iter().flat_map(|grants| {
            let code = grants.authorization_code.as_ref();
            let pre = grants.pre_authorized_code.as_ref();
            [
                code.and_then(|grant| grant.authorization_server.as_deref()),
                pre.and_then(|grant| grant.authorization_server.as_deref()),
            ]
            .into_iter()
            .flatten()
        })
    }
}

/// The grants of an offer; others are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// The authorization code flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_code: Option<AuthorizationCodeGrant>,
    /// The pre-authorized code flow.
    #[serde(
        rename = "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub pre_authorized_code: Option<PreAuthorizedCodeGrant>,
}

/// `authorization_code` of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCodeGrant {
    /// Opaque to the wallet, untrusted input to the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer_state: Option<String>,
    /// Which of several authorization servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_server: Option<String>,
}

/// `urn:ietf:params:oauth:grant-type:pre-authorized_code` of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreAuthorizedCodeGrant {
    /// Short-lived, single use.
    #[serde(rename = "pre-authorized_code")]
    pub pre_authorized_code: Secret,
    /// Present, even empty: the holder must send a transaction code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tx_code: Option<TxCode>,
    /// Which of several authorization servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_server: Option<String>,
}

/// What the transaction code looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxCode {
    /// Absent means numeric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_mode: Option<InputMode>,
    /// How many characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// What to tell the holder, at most 300 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Which characters a transaction code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputMode {
    /// Digits.
    Numeric,
    /// Any characters.
    Text,
}

/// Why an offer is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Longer than [`MAX_LINK_BYTES`].
    #[error("offer link longer than {MAX_LINK_BYTES} bytes")]
    TooLong,
    /// No offer parameter in it.
    #[error("not a credential offer link")]
    NotALink,
    /// `credential_offer` and `credential_offer_uri`, or one of them twice.
    #[error("more than one offer in the link")]
    NotExactlyOneOffer,
    /// `credential_offer_uri` is not an https address.
    #[error("the offer's address is not an https URL")]
    BadAddress,
    /// The offer is not a document of the form.
    #[error("malformed credential offer")]
    Document(#[from] DocumentError),
    /// `credential_issuer` is not an https URL without query and fragment, or another issuer's.
    #[error("credential_issuer is not usable")]
    BadIssuer,
    /// `credential_configuration_ids` is empty.
    #[error("the offer offers nothing")]
    NothingOffered,
    /// One configuration stands twice.
    #[error("{0:?} is offered twice")]
    OfferedTwice(String),
    /// `tx_code.description` is longer than [`MAX_DESCRIPTION_CHARS`].
    #[error("tx_code.description is longer than {MAX_DESCRIPTION_CHARS} characters")]
    DescriptionTooLong,
    /// The issuer does not have this configuration.
    #[error("the issuer does not offer {0:?}")]
    UnknownConfiguration(String),
    /// The hinted server is not one of several in the issuer's metadata.
    #[error("{0:?} is not one of the issuer's authorization servers")]
    UnknownAuthorizationServer(String),
}
