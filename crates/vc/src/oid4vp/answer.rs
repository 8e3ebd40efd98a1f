//! Holding a response against its request (OpenID4VP 1.0, 8.6 and 14): nothing in it counts unless
//! all of it does.

use std::collections::BTreeMap;

use super::{
    AuthorizationRequest, DirectPost, ResponseError, ResponseMode, TransactionData,
    TransactionDataError, VpToken,
};
use crate::dcql::{self, AnswerFault, DcqlQuery};
use crate::verify::{NoncePolicy, Policy, Rejection, UnverifiedPresentation, Verified};

/// A presentation of the response, still unverified.
#[derive(Clone, Debug)]
pub struct PresentedAnswer {
    /// The credential query that it answers.
    pub query: String,
    /// The presentation.
    pub presentation: UnverifiedPresentation,
}

/// A verified presentation and the credential query that it answers.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedAnswer<'a> {
    /// The credential query that it answers.
    pub query: &'a str,
    /// The presentation.
    pub verified: &'a Verified,
    /// The types that its `vct` extends, by verified type metadata.
    pub extends: &'a [&'a str],
    /// Who certified its issuer: type and value of `trusted_authorities`.
    pub authorities: &'a [(&'a str, &'a str)],
}

impl AuthorizationRequest {
    /// The policy for each presentation: this request's client and nonce, ages as given.
    pub fn policy<'p>(&'p self, types: &'p [&'p str], ages: &Policy<'_>) -> Policy<'p> {
        Policy {
            audience: &self.client_id,
            nonce: NoncePolicy::Exactly(&self.nonce),
            types,
            max_code_age: ages.max_code_age,
            max_code_ahead: ages.max_code_ahead,
            max_status_age: ages.max_status_age,
        }
    }

    /// Opens a posted form: mode, `state`, ids and numbers are checked, presentations parsed.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn open(&self, post: &DirectPost) -> Result<Vec<PresentedAnswer>, AnswerError> {
        match (self.response_mode, post) {
            // 8.3.1: an error response may be plain.
            (_, DirectPost::Declined { .. })
            | (ResponseMode::DirectPost, DirectPost::Answer { .. }) => self.open_any(post),
            (ResponseMode::DirectPostJwt, DirectPost::Answer { .. })
            | (_, DirectPost::Encrypted(_)) => Err(AnswerError::WrongMode),
        }
    }

    /// Opens the payload of an encrypted response that the session's own key decrypted.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn open_decrypted(&self, payload: &[u8]) -> Result<Vec<PresentedAnswer>, AnswerError> {
        if self.response_mode != ResponseMode::DirectPostJwt {
            return Err(AnswerError::WrongMode);
        }
        self.open_any(&DirectPost::parse_decrypted(payload)?)
    }

    fn open_any(&self, post: &DirectPost) -> Result<Vec<PresentedAnswer>, AnswerError> {
        let state = match post {
            DirectPost::Answer { state, .. } | DirectPost::Declined { state, .. } => state,
            DirectPost::Encrypted(_) => return Err(AnswerError::WrongMode),
        };
        if *state != self.state {
            return Err(AnswerError::WrongState);
        }
        let vp_token = match post {
            DirectPost::Answer { vp_token, .. } => vp_token,
            DirectPost::Declined { error, .. } => {
                return Err(AnswerError::Declined(error.clone()));
            }
            DirectPost::Encrypted(_) => return Err(AnswerError::WrongMode),
        };

        open_vp_token(&self.dcql_query, vp_token)
    }

    /// Holds verified presentations against the query; every transaction must be authorised.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn check(&self, answers: &[VerifiedAnswer<'_>]) -> Result<(), AnswerError> {
        check_answers(&self.dcql_query, &self.transaction_data, answers)
    }
}

/// Parses the presentations, by what was asked for.
pub(super) fn open_vp_token(
    dcql_query: &DcqlQuery,
    vp_token: &VpToken,
) -> Result<Vec<PresentedAnswer>, AnswerError> {
    let mut answers = Vec::new();
    for (id, presentations) in vp_token.presentations() {
        let query = dcql_query.credential(id).ok_or_else(|| AnswerFault::NotAsked(id.clone()))?;
        if presentations.len() > 1 && !query.multiple {
            return Err(AnswerFault::WrongNumber(id.clone()).into());
        }
        for text in presentations {
            let presentation = UnverifiedPresentation::parse(text)
                .map_err(|rejection| AnswerError::Presentation(id.clone(), rejection))?;
            answers.push(PresentedAnswer { query: id.clone(), presentation });
        }
    }
    Ok(answers)
}

/// Holds verified presentations against the query; every transaction must be authorised.
pub(super) fn check_answers(
    dcql_query: &DcqlQuery,
    transactions: &[TransactionData],
    answers: &[VerifiedAnswer<'_>],
) -> Result<(), AnswerError> {
    let mut by_query: BTreeMap<String, Vec<dcql::Answer<'_>>> = BTreeMap::new();
    for answer in answers {
        by_query.entry(answer.query.to_owned()).or_default().push(dcql::Answer {
            claims: answer.verified.claims(),
            extends: answer.extends,
            authorities: answer.authorities,
            // Only a proven holder makes a `Verified`.
            holder_proven: true,
        });
    }
    dcql_query.check(&by_query)?;

    let mut open: Vec<&TransactionData> = transactions.iter().collect();
    for answer in answers {
        let about: Vec<&TransactionData> = transactions
            .iter()
            .filter(|it| it.credential_ids().iter().any(|id| id == answer.query))
            .collect();
        let binding = answer.verified.key_binding_claims();
        let authorised = TransactionData::authorised(&about, binding)?;
        open.retain(|it| !authorised.contains(it));
    }
    if open.is_empty() { Ok(()) } else { Err(AnswerError::NotAuthorised) }
}

/// Why a response is refused, as a whole.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnswerError {
    /// The wallet or the person declined; never to be taken for a presentation.
    #[error("declined with {0:?}")]
    Declined(String),
    /// Not readable.
    #[error("response refused")]
    Response(#[from] ResponseError),
    /// Plain where encryption was asked for, or the other way round.
    #[error("not in the response_mode asked for")]
    WrongMode,
    /// `state` is missing or another request's.
    #[error("state is missing or another")]
    WrongState,
    /// A presentation can't be parsed.
    #[error("presentation for {0:?} refused")]
    Presentation(String, #[source] Rejection),
    /// Not what was asked for.
    #[error("not what was asked for")]
    Query(#[from] AnswerFault),
    /// The key binding's transaction hashes are refused.
    #[error("transaction data refused")]
    TransactionData(#[from] TransactionDataError),
    /// A transaction that no presentation authorises.
    #[error("a transaction is not authorised")]
    NotAuthorised,
}
