//! What a verifier can take (OpenID4VP 1.0, 5.1 and 8.3): formats, and keys to encrypt to.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::dcql::SD_JWT_VC;

/// `client_metadata`. Unknown members are ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientMetadata {
    /// Formats and their algorithms; none when the wallet knows them otherwise.
    #[serde(default)]
    pub vp_formats_supported: VpFormats,
    /// Keys to encrypt the response to: `{"keys":[…]}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Jwks>,
    /// Content encryption taken; absent means `A128GCM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted_response_enc_values_supported: Option<Vec<String>>,
}

/// `vp_formats_supported`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VpFormats {
    /// Of SD-JWT VCs.
    #[serde(default, rename = "dc+sd-jwt", skip_serializing_if = "Option::is_none")]
    pub sd_jwt_vc: Option<SdJwtVcAlgorithms>,
    /// Every other format, as it stands.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// Algorithms of SD-JWT VCs (B.3.4); absent means any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SdJwtVcAlgorithms {
    /// Of the issuer's signature.
    #[serde(default, rename = "sd-jwt_alg_values", skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Vec<String>>,
    /// Of the holder's.
    #[serde(default, rename = "kb-jwt_alg_values", skip_serializing_if = "Option::is_none")]
    pub holder: Option<Vec<String>>,
}

/// A JWK set whose keys stay as they stand: most are not ours to understand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Value>,
}

/// How to encrypt a response.
#[derive(Clone, Debug, PartialEq)]
pub struct EncryptionChoice {
    /// The verifier's public key.
    pub jwk: Value,
    /// `kid` of the JWE, when the key has one.
    pub kid: Option<String>,
    /// `alg` of the JWE.
    pub alg: &'static str,
    /// `enc` of the JWE.
    pub enc: &'static str,
}

/// Key agreement that we speak; a key's `alg` must be there and say so (8.3).
pub(super) const ALG: &str = "ECDH-ES";
/// Content encryption that we speak, the best first (HAIP prefers A256GCM).
pub(super) const ENC: [&str; 2] = ["A256GCM", "A128GCM"];

impl ClientMetadata {
    /// What our verifier takes, and a key to encrypt to for `direct_post.jwt`.
    pub fn ours(encryption_key: Option<Value>) -> Self {
        Self {
            vp_formats_supported: VpFormats::ours(),
            encrypted_response_enc_values_supported: encryption_key
                .is_some()
                .then(|| ENC.map(str::to_owned).to_vec()),
            jwks: encryption_key.map(|key| Jwks { keys: vec![key] }),
        }
    }

    /// The first key and content encryption that both sides speak; unusable keys are ignored.
    pub fn choose_encryption(&self) -> Option<EncryptionChoice> {
        let offered = self.encrypted_response_enc_values_supported.as_deref();
        choose_encryption(self.jwks.as_ref(), offered)
    }

    /// Whether the formats name one that a wallet of ours can present.
    pub fn takes_sd_jwt_vc(&self, issuer_algorithm: &str, holder_algorithm: &str) -> bool {
        let names = |list: &Option<Vec<String>>, alg: &str| {
            list.as_ref().is_none_or(|names| {
                names.iter().any(|name| {
                    name == alg
                        // RFC 9864: two names of one algorithm.
                        || matches!((name.as_str(), alg), ("Ed25519", "EdDSA") | ("EdDSA", "Ed25519"))
                })
            })
        };
        // 5.1: "REQUIRED when not available to the Wallet via another mechanism": nothing is said.
        if self.vp_formats_supported == VpFormats::default() {
            return true;
        }
        self.vp_formats_supported.sd_jwt_vc.as_ref().is_some_and(|algorithms| {
            names(&algorithms.issuer, issuer_algorithm)
                && names(&algorithms.holder, holder_algorithm)
        })
    }

    /// The metadata as JSON.
    pub fn to_json(&self) -> Value {
        // Text names and JSON values always serialise.
        serde_json::to_value(self).unwrap_or_else(|_| json!({ SD_JWT_VC: {} }))
    }
}

impl VpFormats {
    /// What we take and make.
    pub(super) fn ours() -> Self {
        // Fully-specified names first; `EdDSA` for older peers.
        let algorithms = || Some(["ES256", "Ed25519", "EdDSA"].map(str::to_owned).to_vec());
        let sd_jwt_vc = SdJwtVcAlgorithms { issuer: algorithms(), holder: algorithms() };
        Self { sd_jwt_vc: Some(sd_jwt_vc), others: Map::new() }
    }
}

/// The first usable key, and the best content encryption of those offered; none offered means
/// `A128GCM`.
pub(super) fn choose_encryption(
    jwks: Option<&Jwks>,
    offered: Option<&[String]>,
) -> Option<EncryptionChoice> {
    let enc = match offered {
        None => "A128GCM",
        Some(offered) => ENC.into_iter().find(|enc| offered.iter().any(|it| it == enc))?,
    };
    let jwk = jwks?.keys.iter().find(|jwk| is_usable(jwk))?;
    let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
    Some(EncryptionChoice { jwk: jwk.clone(), kid, alg: ALG, enc })
}

fn is_usable(jwk: &Value) -> bool {
    let is = |name: &str, expected: &str| jwk.get(name).is_some_and(|value| value == expected);
    let coordinate = |name: &str| {
        jwk.get(name)
            .and_then(Value::as_str)
            .and_then(|text| crate::base64url::decode(text).ok())
            .is_some_and(|bytes| bytes.len() == 32)
    };
    is("kty", "EC")
        && is("crv", "P-256")
        && is("alg", ALG)
        && (jwk.get("use").is_none() || is("use", "enc"))
        && jwk.get("d").is_none()
        && coordinate("x")
        && coordinate("y")
}
