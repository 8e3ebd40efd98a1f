//! The wallet's side (OpenID4VP 1.0, 6.4): the least disclosure that answers a query.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{CredentialQuery, DcqlQuery};
use crate::claim_path::ClaimPath;
use crate::sd_jwt::VerifiedSdJwt;

/// A credential that the wallet holds, in the format `dc+sd-jwt`.
#[derive(Clone, Copy, Debug)]
pub struct HeldCredential<'a> {
    /// The whole copy.
    pub sd_jwt: &'a VerifiedSdJwt,
    /// The types that its `vct` extends, by verified type metadata.
    pub extends: &'a [&'a str],
    /// Who certified its issuer: type and value of `trusted_authorities`.
    pub authorities: &'a [(&'a str, &'a str)],
}

/// What becomes of credential sets that are not required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionalSets {
    /// Left out: the least disclosure.
    Skip,
    /// Answered where they can be.
    Answer,
}

/// One presentation to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'q> {
    /// `id` of the credential query it answers.
    pub query: &'q str,
    /// Index into the held credentials.
    pub held: usize,
    /// What to disclose; for [`VerifiedSdJwt::disclose`].
    pub paths: Vec<ClaimPath>,
}

/// What is asked for and can't be answered. A wallet then returns nothing at all
/// (`access_denied`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsatisfied {
    /// No held credential answers this query.
    #[error("nothing held answers {0:?}")]
    Credential(String),
    /// No option of this required set (from 0) can be answered.
    #[error("no option of credential set {0} can be answered")]
    CredentialSet(usize),
}

/// Disclosures and their bytes: what a choice reveals.
type Cost = (usize, usize);

impl DcqlQuery {
    /// The least disclosure that answers the query: for each credential query the held credential
    /// that reveals least by its first satisfiable claim set, for each required credential set the
    /// option that reveals least. One credential a query, `multiple` or not.
    ///
    /// # Errors
    /// [`Unsatisfied`], which a verifier must not learn.
    pub fn choose<'q>(
        &'q self,
        held: &[HeldCredential<'_>],
        optional: OptionalSets,
    ) -> Result<Vec<Chosen<'q>>, Unsatisfied> {
        let mut best: BTreeMap<&str, (Cost, Chosen<'q>)> = BTreeMap::new();
        for query in &self.credentials {
            if let Some(cheapest) = query.candidates(held).into_iter().min_by_key(|(cost, _)| *cost)
            {
                best.insert(&query.id, cheapest);
            }
        }

        let mut wanted: Vec<&str> = Vec::new();
        match &self.credential_sets {
            None => {
                for query in &self.credentials {
                    if !best.contains_key(query.id.as_str()) {
                        return Err(Unsatisfied::Credential(query.id.clone()));
                    }
                    wanted.push(&query.id);
                }
            }
            Some(sets) => {
                for (index, set) in sets.iter().enumerate() {
                    if !set.required && optional == OptionalSets::Skip {
                        continue;
                    }
                    let cheapest = set
                        .options
                        .iter()
                        .filter_map(|option| Some((option_cost(option, &best, &wanted)?, option)))
                        .min_by_key(|(cost, _)| *cost);
                    match cheapest {
                        Some((_, option)) => wanted.extend(option.iter().map(String::as_str)),
                        None if set.required => return Err(Unsatisfied::CredentialSet(index)),
                        None => {}
                    }
                }
            }
        }
        Ok(self
            .credentials
            .iter()
            .filter(|query| wanted.contains(&query.id.as_str()))
            .filter_map(|query| best.remove(query.id.as_str()).map(|(_, chosen)| chosen))
            .collect())
    }
}

impl CredentialQuery {
    /// Every held credential that answers this query, for people to choose from, in the order held.
    pub fn answers<'q>(&'q self, held: &[HeldCredential<'_>]) -> Vec<Chosen<'q>> {
        self.candidates(held).into_iter().map(|(_, chosen)| chosen).collect()
    }

    fn candidates<'q>(&'q self, held: &[HeldCredential<'_>]) -> Vec<(Cost, Chosen<'q>)> {
        held.iter()
            .enumerate()
            .filter_map(|(index, credential)| {
                let paths = self.matching_paths(credential)?;
                let cost = credential.sd_jwt.cost_of(&paths);
                Some((cost, Chosen { query: &self.id, held: index, paths }))
            })
            .collect()
    }

    fn matching_paths(&self, held: &HeldCredential<'_>) -> Option<Vec<ClaimPath>> {
        let claims = held.sd_jwt.claims();
        let bound = !self.require_cryptographic_holder_binding || held.sd_jwt.holder().is_some();
        if !bound || !self.accepts_type(claims, held.extends) || !self.trusts(held.authorities) {
            return None;
        }

        let root = Value::Object(claims.clone());
        // 6.4.1: "the Wallet MUST return the first option that it can satisfy"
        self.claim_alternatives().into_iter().find_map(|alternative| {
            let mut paths = Vec::new();
            for claim in alternative {
                let places = claim.places(&root);
                if places.is_empty() {
                    return None;
                }
                paths.extend(places);
            }
            paths.sort();
            paths.dedup();
            Some(paths)
        })
    }
}

/// What an option adds to what is shown anyway; `None` when it can't be answered.
fn option_cost(
    option: &[String],
    best: &BTreeMap<&str, (Cost, Chosen<'_>)>,
    wanted: &[&str],
) -> Option<(usize, Cost)> {
    let mut credentials = 0;
    let mut cost = (0, 0);
    for id in option {
        let (one, _) = best.get(id.as_str())?;
        if !wanted.contains(&id.as_str()) {
            credentials += 1;
            cost = (cost.0 + one.0, cost.1 + one.1);
        }
    }
    Some((credentials, cost))
}
