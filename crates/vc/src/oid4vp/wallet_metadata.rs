//! What a wallet says of itself when it posts to `request_uri` (OpenID4VP 1.0, 5.10 and 10).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client_metadata::{ALG, ENC, Jwks, VpFormats, choose_encryption};
use super::{EncryptionChoice, LinkError};

/// `wallet_metadata`. Unknown members are ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WalletMetadata {
    /// Formats and their algorithms.
    pub vp_formats_supported: VpFormats,
    /// Prefixes of client identifiers that it takes; absent means clients known beforehand only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id_prefixes_supported: Option<Vec<String>>,
    /// Algorithms of signed request objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg_values_supported: Option<Vec<String>>,
    /// Keys to encrypt the request object to: with them the wallet asks for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Jwks>,
    /// Content encryption of request objects that it takes; absent means `A128GCM` here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_enc_values_supported: Option<Vec<String>>,
    /// Key agreement of encrypted responses that it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_encryption_alg_values_supported: Option<Vec<String>>,
    /// Content encryption of encrypted responses that it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_encryption_enc_values_supported: Option<Vec<String>>,
}

impl WalletMetadata {
    /// What our wallet takes, and a key to encrypt the request object to, when it wants that.
    pub fn ours(client_id_prefixes: &[&str], encryption_key: Option<Value>) -> Self {
        let texts = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        Self {
            vp_formats_supported: VpFormats::ours(),
            client_id_prefixes_supported: texts(client_id_prefixes),
            request_object_signing_alg_values_supported: texts(&["ES256", "Ed25519", "EdDSA"]),
            request_object_encryption_enc_values_supported: encryption_key
                .is_some()
                .then(|| texts(&ENC))
                .flatten(),
            jwks: encryption_key.map(|key| Jwks { keys: vec![key] }),
            authorization_encryption_alg_values_supported: texts(&[ALG]),
            authorization_encryption_enc_values_supported: texts(&ENC),
        }
    }

    /// Reads `wallet_metadata`.
    ///
    /// # Errors
    /// [`LinkError::BadWalletMetadata`].
    pub fn from_members(members: &Map<String, Value>) -> Result<Self, LinkError> {
        serde_json::from_value(Value::Object(members.clone()))
            .map_err(|_| LinkError::BadWalletMetadata)
    }

    /// The members of `wallet_metadata`.
    pub fn to_members(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            // Text names and JSON values always serialise.
            Ok(_) | Err(_) => Map::new(),
        }
    }

    /// How to encrypt the request object to this wallet; `None` when it asks for no encryption or
    /// brings no key that we speak.
    pub fn choose_encryption(&self) -> Option<EncryptionChoice> {
        choose_encryption(
            self.jwks.as_ref(),
            self.request_object_encryption_enc_values_supported.as_deref(),
        )
    }
}
