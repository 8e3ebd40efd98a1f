//! The verifier's side (OpenID4VP 1.0, 8.6): whether an answer is what was asked for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{CredentialQuery, DcqlQuery};

/// A verified presentation, as an answer to a credential query.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The disclosed claims.
    pub claims: &'a Map<String, Value>,
    /// The types that its `vct` extends, by verified type metadata.
    pub extends: &'a [&'a str],
    /// Who certified its issuer: type and value of `trusted_authorities`.
    pub authorities: &'a [(&'a str, &'a str)],
    /// Whether a key binding was verified.
    pub holder_proven: bool,
}

impl DcqlQuery {
    /// Checks verified answers, by credential query id, against the query.
    ///
    /// # Errors
    /// [`AnswerFault`]: the whole response is to be refused.
    pub fn check(&self, answers: &BTreeMap<String, Vec<Answer<'_>>>) -> Result<(), AnswerFault> {
        for (id, presentations) in answers {
            let query = self.credential(id).ok_or_else(|| AnswerFault::NotAsked(id.clone()))?;
            let allowed = !presentations.is_empty() && (query.multiple || presentations.len() == 1);
            if !allowed {
                return Err(AnswerFault::WrongNumber(id.clone()));
            }
            if !presentations.iter().all(|answer| query.is_met_by(answer)) {
                return Err(AnswerFault::NotMet(id.clone()));
            }
        }

        match &self.credential_sets {
            None => self.credentials.iter().try_for_each(|query| {
                if answers.contains_key(&query.id) {
                    Ok(())
                } else {
                    Err(AnswerFault::Missing(query.id.clone()))
                }
            }),
            Some(sets) => sets.iter().enumerate().try_for_each(|(index, set)| {
                let met = |option: &Vec<String>| option.iter().all(|id| answers.contains_key(id));
                if !set.required || set.options.iter().any(met) {
                    Ok(())
                } else {
                    Err(AnswerFault::SetMissing(index))
                }
            }),
        }
    }
}

impl CredentialQuery {
    fn is_met_by(&self, answer: &Answer<'_>) -> bool {
        let bound = answer.holder_proven || !self.require_cryptographic_holder_binding;
        let root = Value::Object(answer.claims.clone());
        let shown = || {
            self.claim_alternatives()
                .iter()
                .any(|alternative| alternative.iter().all(|claim| !claim.places(&root).is_empty()))
        };
        bound
            && self.accepts_type(answer.claims, answer.extends)
            && self.trusts(answer.authorities)
            && shown()
    }
}

/// Why an answer is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// An id that no credential query has.
    #[error("{0:?} was not asked for")]
    NotAsked(String),
    /// None, or several where one was asked for.
    #[error("wrong number of presentations for {0:?}")]
    WrongNumber(String),
    /// Another type, a claim missing or of another value, or no holder proven.
    #[error("{0:?} is not what was asked for")]
    NotMet(String),
    /// A credential that was asked for is not there.
    #[error("{0:?} is missing")]
    Missing(String),
    /// No option of this required credential set (from 0) is there.
    #[error("credential set {0} is not answered")]
    SetMissing(usize),
}
