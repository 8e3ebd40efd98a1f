//! Transaction data (OpenID4VP 1.0, 8.4 and B.3.3): what the holder authorises by her key binding.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::parse_json;
use crate::{base64url, jcs};

/// The only hash used; it is also the default.
const SHA_256: &str = "sha-256";
const HASHES: &str = "transaction_data_hashes";
const HASHES_ALG: &str = "transaction_data_hashes_alg";

/// One element of `transaction_data`, with the text that is hashed.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionData {
    encoded: String,
    kind: String,
    credential_ids: Vec<String>,
    names_hash: bool,
    members: Map<String, Value>,
}

impl TransactionData {
    /// Makes one from its members; `type` and `credential_ids` among them.
    ///
    /// # Errors
    /// [`TransactionDataError`].
    pub fn new(members: &Map<String, Value>) -> Result<Self, TransactionDataError> {
        Self::parse(&base64url::encode(&jcs::object_to_vec(members)))
    }

    /// Reads one from its base64url text.
    ///
    /// # Errors
    /// [`TransactionDataError`].
    pub fn parse(encoded: &str) -> Result<Self, TransactionDataError> {
        let json = base64url::decode(encoded).map_err(|_| TransactionDataError::Malformed)?;
        let Ok(Value::Object(members)) = parse_json(&json) else {
            return Err(TransactionDataError::Malformed);
        };
        let texts = |name: &str| -> Option<Vec<String>> {
            let texts: Option<Vec<String>> = members
                .get(name)?
                .as_array()?
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect();
            texts.filter(|texts| !texts.is_empty())
        };
        let kind = members.get("type").and_then(Value::as_str);
        let kind = kind.ok_or(TransactionDataError::Malformed)?.to_owned();
        let credential_ids = texts("credential_ids").ok_or(TransactionDataError::Malformed)?;
        let names_hash = members.contains_key(HASHES_ALG);
        if names_hash {
            let offered = texts(HASHES_ALG).ok_or(TransactionDataError::Malformed)?;
            if !offered.iter().any(|alg| alg == SHA_256) {
                return Err(TransactionDataError::UnsupportedHash);
            }
        }
        Ok(Self { encoded: encoded.to_owned(), kind, credential_ids, names_hash, members })
    }

    /// The text as sent.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// `type`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Any one of these credential queries may authorise it.
    pub fn credential_ids(&self) -> &[String] {
        &self.credential_ids
    }

    /// Everything in it.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// base64url of SHA-256 over the text as sent.
    pub fn hash(&self) -> String {
        base64url::encode(&Sha256::digest(self.encoded.as_bytes()))
    }

    /// The key binding's further claims that authorise these, for
    /// [`crate::sd_jwt::key_binding_input_with`].
    pub fn binding_claims(transactions: &[&Self]) -> Map<String, Value> {
        let mut claims = Map::new();
        if transactions.is_empty() {
            return claims;
        }
        let hashes: Vec<String> = transactions.iter().map(|it| it.hash()).collect();
        claims.insert(HASHES.to_owned(), hashes.into());
        // B.3.3.1: REQUIRED when the request named it.
        if transactions.iter().any(|it| it.names_hash) {
            claims.insert(HASHES_ALG.to_owned(), SHA_256.into());
        }
        claims
    }

    /// Which of these a verified key binding authorises.
    ///
    /// # Errors
    /// [`TransactionDataError`]: malformed claims, another hash, or a hash of something else.
    pub fn authorised<'t>(
        transactions: &[&'t Self],
        binding: &Map<String, Value>,
    ) -> Result<Vec<&'t Self>, TransactionDataError> {
        let hashes = match binding.get(HASHES) {
            None => return Ok(Vec::new()),
            Some(Value::Array(hashes)) => hashes,
            Some(_) => return Err(TransactionDataError::Malformed),
        };
        let alg = binding.get(HASHES_ALG);
        if alg.is_some_and(|alg| alg != SHA_256) {
            return Err(TransactionDataError::UnsupportedHash);
        }
        let mut authorised = Vec::new();
        for hash in hashes {
            let transaction = transactions
                .iter()
                .find(|it| hash.as_str().is_some_and(|hash| hash == it.hash()))
                .ok_or(TransactionDataError::UnknownHash)?;
            if transaction.names_hash && alg.is_none() {
                return Err(TransactionDataError::UnsupportedHash);
            }
            authorised.push(*transaction);
        }
        Ok(authorised)
    }
}

/// Why transaction data is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionDataError {
    /// Not of the form.
    #[error("malformed transaction data")]
    Malformed,
    /// Not sha-256, or the key binding does not name it where it must.
    #[error("unsupported transaction data hash")]
    UnsupportedHash,
    /// A hash of nothing that was asked for.
    #[error("a hash of other transaction data")]
    UnknownHash,
}
