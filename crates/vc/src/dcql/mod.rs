//! Digital Credentials Query Language (OpenID4VP 1.0, 6 and 7): what a verifier asks for.
//!
//! [`DcqlQuery::choose`] is the wallet's side, [`DcqlQuery::check`] the verifier's: never rely on
//! the wallet to enforce a query.

mod check;
mod choose;

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

pub use self::check::{Answer, AnswerFault};
pub use self::choose::{Chosen, HeldCredential, OptionalSets, Unsatisfied};
use crate::claim_path::ClaimPath;

/// Format identifier of SD-JWT VCs.
pub const SD_JWT_VC: &str = "dc+sd-jwt";
/// Most credential queries, credential sets, and options of one.
pub const MAX_CREDENTIALS: usize = 32;
/// Most claims, claim sets and values of one credential query.
pub const MAX_CLAIMS: usize = 128;

/// A query. Unknown members are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DcqlQuery {
    /// The credentials asked for.
    pub credentials: Vec<CredentialQuery>,
    /// Which of them together are enough; absent means all.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub credential_sets: Option<Vec<CredentialSetQuery>>,
}

/// One credential asked for (6.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CredentialQuery {
    /// Its name in the answer.
    pub id: String,
    /// Its format.
    pub format: String,
    /// Whether several may be answered.
    #[serde(default, skip_serializing_if = "is_default")]
    pub multiple: bool,
    /// What the format can be asked; `vct_values` for [`SD_JWT_VC`].
    pub meta: Map<String, Value>,
    /// Who must have certified the issuer; any one is enough.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub trusted_authorities: Option<Vec<TrustedAuthorities>>,
    /// Whether the holder must prove a key.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub require_cryptographic_holder_binding: bool,
    /// The claims asked for; absent asks for none that hides.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<ClaimsQuery>>,
    /// Which of the claims together are enough, in order of preference; absent means all.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub claim_sets: Option<Vec<Vec<String>>>,
}

/// Trust frameworks (6.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedAuthorities {
    /// `aki`, `etsi_tl`, `openid_federation` or another.
    #[serde(rename = "type")]
    pub kind: String,
    /// Any of these.
    pub values: Vec<String>,
}

/// One claim asked for (6.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimsQuery {
    /// Its name in `claim_sets`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it stands.
    pub path: ClaimPath,
    /// The values that will do; absent means any.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<ClaimValue>>,
}

/// A value to match, type and all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClaimValue {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A string.
    Text(String),
}

impl ClaimValue {
    fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Bool(expected) => value.as_bool() == Some(*expected),
            Self::Integer(expected) => value.as_i64() == Some(*expected),
            Self::Text(expected) => value.as_str() == Some(expected),
        }
    }
}

/// Alternatives of credentials (6.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialSetQuery {
    /// Each a list of credential query ids that together are enough.
    pub options: Vec<Vec<String>>,
    /// Whether the verifier insists.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub required: bool,
}

impl DcqlQuery {
    /// Reads and checks a query.
    ///
    /// # Errors
    /// [`DcqlError`].
    pub fn parse(value: &Value) -> Result<Self, DcqlError> {
        let query = Self::deserialize(value).map_err(|_| DcqlError::Malformed)?;
        query.validate()?;
        Ok(query)
    }

    /// The query as JSON.
    pub fn to_json(&self) -> Value {
        // Text names and JSON values always serialise.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Every rule of section 6 that binds both sides.
    ///
    /// # Errors
    /// [`DcqlError`].
    pub fn validate(&self) -> Result<(), DcqlError> {
        within(self.credentials.len(), MAX_CREDENTIALS, "credentials")?;
        let mut ids = BTreeSet::new();
        for query in &self.credentials {
            check_id(&query.id)?;
            if !ids.insert(query.id.as_str()) {
                return Err(DcqlError::IdTwice(query.id.clone()));
            }
            query.validate()?;
        }
        let Some(sets) = &self.credential_sets else { return Ok(()) };
        within(sets.len(), MAX_CREDENTIALS, "credential_sets")?;
        for set in sets {
            within(set.options.len(), MAX_CREDENTIALS, "options")?;
            for option in &set.options {
                within(option.len(), MAX_CREDENTIALS, "options")?;
                if let Some(unknown) = option.iter().find(|id| !ids.contains(id.as_str())) {
                    return Err(DcqlError::UnknownId(unknown.clone()));
                }
            }
        }
        Ok(())
    }

    /// What binds the verifier only (6.3): "Verifiers MUST NOT point to the same claim more than
    /// once in a single query. Wallets SHOULD ignore such duplicate claim queries."
    ///
    /// # Errors
    /// [`DcqlError`].
    pub fn validate_own(&self) -> Result<(), DcqlError> {
        self.validate()?;
        for query in &self.credentials {
            let mut paths = BTreeSet::new();
            for claim in query.claims.iter().flatten() {
                if !paths.insert(&claim.path) {
                    return Err(DcqlError::ClaimTwice(claim.path.clone()));
                }
            }
        }
        Ok(())
    }

    /// The credential query of this id.
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials.iter().find(|query| query.id == id)
    }
}

impl CredentialQuery {
    /// The types that will do (B.3.5); `None` for another format.
    pub fn vct_values(&self) -> Option<Vec<&str>> {
        if self.format != SD_JWT_VC {
            return None;
        }
        self.meta.get("vct_values")?.as_array()?.iter().map(Value::as_str).collect()
    }

    fn validate(&self) -> Result<(), DcqlError> {
        if self.format.is_empty() {
            return Err(DcqlError::Malformed);
        }
        if self.format == SD_JWT_VC
            && self.vct_values().is_none_or(|values| values.is_empty() || values.contains(&""))
        {
            return Err(DcqlError::BadVctValues(self.id.clone()));
        }
        for authorities in self.trusted_authorities.iter().flatten() {
            within(authorities.values.len(), MAX_CLAIMS, "values")?;
        }
        within_if(self.trusted_authorities.as_deref(), MAX_CLAIMS, "trusted_authorities")?;
        within_if(self.claims.as_deref(), MAX_CLAIMS, "claims")?;
        within_if(self.claim_sets.as_deref(), MAX_CLAIMS, "claim_sets")?;

        let mut ids = BTreeSet::new();
        for claim in self.claims.iter().flatten() {
            if claim.path.0.is_empty() {
                return Err(DcqlError::Malformed);
            }
            within_if(claim.values.as_deref(), MAX_CLAIMS, "values")?;
            let Some(id) = &claim.id else {
                // 6.3: `id` is "REQUIRED if claim_sets is present in the Credential Query".
                if self.claim_sets.is_some() {
                    return Err(DcqlError::ClaimWithoutId(claim.path.clone()));
                }
                continue;
            };
            check_id(id)?;
            if !ids.insert(id.as_str()) {
                return Err(DcqlError::IdTwice(id.clone()));
            }
        }
        // 6.1: `claim_sets` "MUST NOT be present if claims is absent".
        if self.claim_sets.is_some() && self.claims.is_none() {
            return Err(DcqlError::ClaimSetsWithoutClaims(self.id.clone()));
        }
        for set in self.claim_sets.iter().flatten() {
            within(set.len(), MAX_CLAIMS, "claim_sets")?;
            if let Some(unknown) = set.iter().find(|id| !ids.contains(id.as_str())) {
                return Err(DcqlError::UnknownId(unknown.clone()));
            }
        }
        Ok(())
    }

    /// Whether a credential is of a type asked for, by itself or by what it extends.
    fn accepts_type(&self, claims: &Map<String, Value>, extends: &[&str]) -> bool {
        let asked = self.vct_values().unwrap_or_default();
        let vct = claims.get("vct").and_then(Value::as_str);
        vct.is_some_and(|vct| asked.contains(&vct)) || extends.iter().any(|it| asked.contains(it))
    }

    /// Whether any of the authorities is one asked for, or none is.
    fn trusts(&self, authorities: &[(&str, &str)]) -> bool {
        self.trusted_authorities.as_ref().is_none_or(|accepted| {
            accepted.iter().any(|accepted| {
                authorities.iter().any(|(kind, value)| {
                    accepted.kind == *kind && accepted.values.iter().any(|it| it == value)
                })
            })
        })
    }

    /// The alternatives of claims in order of preference; one empty alternative for none.
    fn claim_alternatives(&self) -> Vec<Vec<&ClaimsQuery>> {
        let claims = self.claims.as_deref().unwrap_or_default();
        match &self.claim_sets {
            None => {
                let mut paths = BTreeSet::new();
                vec![claims.iter().filter(|claim| paths.insert(&claim.path)).collect()]
            }
            Some(sets) => sets
                .iter()
                .map(|set| {
                    let named =
                        |id: &String| claims.iter().find(|claim| claim.id.as_ref() == Some(id));
                    set.iter().filter_map(named).collect()
                })
                .collect(),
        }
    }
}

impl ClaimsQuery {
    /// Places of the claim whose values match; empty when the query is not met.
    fn places(&self, claims: &Value) -> Vec<ClaimPath> {
        self.path
            .select(claims)
            .into_iter()
            .filter(|(_, value)| match &self.values {
                None => true,
                Some(expected) => expected.iter().any(|expected| expected.matches(value)),
            })
            .map(|(place, _)| place)
            .collect()
    }
}

/// Why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DcqlError {
    /// Not of the form.
    #[error("malformed query")]
    Malformed,
    /// An array is empty.
    #[error("{0:?} is empty")]
    Empty(&'static str),
    /// An array is longer than its bound.
    #[error("{0:?} is too long")]
    TooMany(&'static str),
    /// Not alphanumeric, `_` and `-`.
    #[error("{0:?} is no identifier")]
    BadId(String),
    /// Two things of one name.
    #[error("id {0:?} stands twice")]
    IdTwice(String),
    /// A set names what is not asked for.
    #[error("id {0:?} is asked for nowhere")]
    UnknownId(String),
    /// `vct_values` is missing, empty or of the wrong type.
    #[error("vct_values of {0:?} is missing or of the wrong type")]
    BadVctValues(String),
    /// `claim_sets` without `claims`.
    #[error("claim_sets of {0:?} without claims")]
    ClaimSetsWithoutClaims(String),
    /// `claim_sets` could not name this claim.
    #[error("{0} needs an id")]
    ClaimWithoutId(ClaimPath),
    /// A verifier asks for a claim twice.
    #[error("{0} stands twice")]
    ClaimTwice(ClaimPath),
}

fn check_id(id: &str) -> Result<(), DcqlError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !id.is_empty() && id.bytes().all(fits) {
        Ok(())
    } else {
        Err(DcqlError::BadId(id.to_owned()))
    }
}

fn within(length: usize, most: usize, name: &'static str) -> Result<(), DcqlError> {
    match length {
        0 => Err(DcqlError::Empty(name)),
        length if length > most => Err(DcqlError::TooMany(name)),
        _ => Ok(()),
    }
}

fn within_if<T>(items: Option<&[T]>, most: usize, name: &'static str) -> Result<(), DcqlError> {
    items.map_or(Ok(()), |items| within(items.len(), most, name))
}

/// An optional member that is there may not be `null`.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_yes(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_default(value: &bool) -> bool {
    !*value
}
