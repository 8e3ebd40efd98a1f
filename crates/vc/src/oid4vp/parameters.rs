//! The parameters of every request, whichever way it travels (OpenID4VP 1.0, 5.1, 5.2 and A.2).

use serde_json::{Map, Value};

use super::{ClientMetadata, RequestError, TransactionData, VerifierInfo};
use crate::dcql::DcqlQuery;

/// Most transactions in one request.
const MAX_TRANSACTIONS: usize = 16;

/// What a request asks, borrowed from it.
pub(super) struct Asked<'a> {
    pub(super) nonce: &'a str,
    pub(super) dcql_query: &'a DcqlQuery,
    pub(super) client_metadata: Option<&'a ClientMetadata>,
    pub(super) transaction_data: &'a [TransactionData],
    pub(super) verifier_info: &'a [VerifierInfo],
    /// Whether the response mode asks for encryption.
    pub(super) encrypted: bool,
}

impl Asked<'_> {
    pub(super) fn write(&self, claims: &mut Map<String, Value>) {
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("response_type", "vp_token".into());
        put("nonce", self.nonce.into());
        put("dcql_query", self.dcql_query.to_json());
        if let Some(metadata) = self.client_metadata {
            put("client_metadata", metadata.to_json());
        }
        if !self.transaction_data.is_empty() {
            let encoded: Vec<&str> =
                self.transaction_data.iter().map(TransactionData::encoded).collect();
            put("transaction_data", encoded.into());
        }
        if !self.verifier_info.is_empty() {
            put("verifier_info", self.verifier_info.iter().map(VerifierInfo::to_json).collect());
        }
    }

    /// The rules that bind both sides.
    pub(super) fn validate(&self) -> Result<(), RequestError> {
        if self.nonce.is_empty() || !self.nonce.bytes().all(is_url_safe) {
            return Err(RequestError::Parameter("nonce"));
        }
        self.dcql_query.validate()?;
        if self.encrypted && self.client_metadata.is_none_or(|it| it.choose_encryption().is_none())
        {
            return Err(RequestError::NoEncryptionKey);
        }
        self.validate_transactions()?;
        // 5.1: "Each string matches the id field in a DCQL Credential Query."
        let asked = |id: &String| self.dcql_query.credential(id).is_some();
        if !self.verifier_info.iter().flat_map(VerifierInfo::credential_ids).all(asked) {
            return Err(RequestError::Parameter("verifier_info"));
        }
        Ok(())
    }

    fn validate_transactions(&self) -> Result<(), RequestError> {
        if self.transaction_data.len() > MAX_TRANSACTIONS {
            return Err(RequestError::TransactionData);
        }
        for transaction in self.transaction_data {
            for id in transaction.credential_ids() {
                let query = self.dcql_query.credential(id).ok_or(RequestError::TransactionData)?;
                // B.3.3.1: hashes live in the key binding.
                if !query.require_cryptographic_holder_binding {
                    return Err(RequestError::TransactionData);
                }
            }
        }
        Ok(())
    }
}

/// What a request asks, as read.
pub(super) struct Read {
    pub(super) nonce: String,
    pub(super) dcql_query: DcqlQuery,
    pub(super) client_metadata: Option<ClientMetadata>,
    pub(super) transaction_data: Vec<TransactionData>,
    pub(super) verifier_info: Vec<VerifierInfo>,
}

impl Read {
    /// Reads the parameters. Unknown ones are ignored.
    pub(super) fn from(claims: &Map<String, Value>) -> Result<Self, RequestError> {
        if text(claims, "response_type")? != "vp_token" {
            return Err(RequestError::UnsupportedResponseType);
        }
        let query = claims.get("dcql_query").ok_or(RequestError::Parameter("dcql_query"))?;
        let client_metadata = claims
            .get("client_metadata")
            .map(|metadata| serde_json::from_value(metadata.clone()))
            .transpose()
            .map_err(|_| RequestError::Parameter("client_metadata"))?;
        let transaction_data = match claims.get("transaction_data") {
            None => Vec::new(),
            Some(Value::Array(items)) if !items.is_empty() => items
                .iter()
                .map(|item| {
                    let encoded = item.as_str().ok_or(RequestError::TransactionData)?;
                    TransactionData::parse(encoded).map_err(|_| RequestError::TransactionData)
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(RequestError::TransactionData),
        };
        Ok(Self {
            nonce: text(claims, "nonce")?,
            dcql_query: DcqlQuery::parse(query)?,
            client_metadata,
            transaction_data,
            verifier_info: claims
                .get("verifier_info")
                .map(VerifierInfo::parse_all)
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

/// A parameter that is text when it is there.
pub(super) fn optional_text(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<String>, RequestError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(RequestError::Parameter(name)),
    }
}

/// A parameter that must be there and be text.
pub(super) fn text(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<String, RequestError> {
    optional_text(claims, name)?.ok_or(RequestError::Parameter(name))
}

/// 8.4: an unknown type "MUST" be answered by `invalid_transaction_data`.
pub(super) fn check_transaction_types(
    transactions: &[TransactionData],
    known: &[&str],
) -> Result<(), RequestError> {
    if transactions.iter().all(|transaction| known.contains(&transaction.kind())) {
        Ok(())
    } else {
        Err(RequestError::TransactionData)
    }
}

/// ALPHA, DIGIT, `-`, `.`, `_`, `~` (5.2: "ASCII URL safe characters").
pub(super) fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}
