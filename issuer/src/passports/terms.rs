//! How an offer is made: who vouches for the phone, and by which profiles it may be signed.

use serde::Deserialize;
use server::Problem;

use crate::profiles::Profile;
use crate::state::Issuer;
use crate::store::ConfirmKey;

/// The terms of an offer.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Who vouches for the phone.
    pub confirm_key: ConfirmKey,
    /// Which profiles the offer names.
    pub profile: OfferedProfile,
}

/// Which profiles an offer names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OfferedProfile {
    /// The first that there is a key for.
    #[default]
    First,
    /// Only this one.
    Native,
    /// Only this one.
    Es256,
    /// Whichever the wallet likes.
    Any,
}

impl From<ConfirmKey> for Terms {
    fn from(confirm_key: ConfirmKey) -> Self {
        Self { confirm_key, profile: OfferedProfile::First }
    }
}

impl Issuer {
    /// The credential configurations of a type that an offer names.
    ///
    /// # Errors
    /// 422 when there is no key for the profile.
    pub fn configurations(
        &self,
        kind: &str,
        profile: OfferedProfile,
    ) -> Result<Vec<String>, Problem> {
        let all = self.signers.profiles();
        let named: Vec<Profile> = match profile {
            OfferedProfile::First => all.take(1).collect(),
            OfferedProfile::Native => all.filter(|one| *one == Profile::Native).collect(),
            OfferedProfile::Es256 => all.filter(|one| *one == Profile::Es256).collect(),
            OfferedProfile::Any => all.collect(),
        };
        if named.is_empty() {
            return Err(Problem::conflict(
                "NO_KEY_FOR_PROFILE",
                "This issuer has no key for the profile: see docs/keys.md, or offer another.",
            ));
        }
        Ok(named.into_iter().map(|profile| profile.configuration(kind)).collect())
    }
}
