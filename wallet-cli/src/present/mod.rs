//! Showing a credential to a host: which claims, for whom, with a fresh key binding.

mod requirement;
mod screen;

use std::time::Duration;

use keys::SigningKey;
use rand_core::CryptoRng;
use serde_json::Value;
use vc::claim_path::ClaimPath;
use vc::jwk::Algorithm;
use vc::sd_jwt::{self, KeyBinding, SdJwtError, VerifiedSdJwt};
use vc::time::UnixTime;

use crate::hold;
use crate::labels::Labels;
use crate::store::{Contents, Held, StoreError};

pub use passport::Asked;
pub use requirement::{Purpose, Requirement, RequirementError, Source};
pub use screen::{Renewal, Screen, chars_that_fit, files, show, stopped};

/// How long a shown code stands.
pub const RENEWED_EVERY: Duration = Duration::from_secs(30);
/// Digits of a desk code.
const DESK_CODE_DIGITS: usize = 6;

/// Who is going to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// ODS code.
    pub ods: String,
    /// Name in the registry; `None` when there is no registry in force.
    pub name: Option<String>,
}

/// A credential opened for showing.
#[derive(Debug)]
pub struct Opened {
    credential: VerifiedSdJwt,
    key: SigningKey,
}

/// What will be shown, and what is asked for and not held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Disclosed, with the host's reason.
    pub shown: Vec<Asked>,
    /// Asked for and not in this credential.
    pub missing: Vec<Asked>,
}

impl Opened {
    /// Opens a held credential that has not expired.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn open(held: &Held, now: UnixTime) -> Result<Self, PresentError> {
        let credential = hold::reopen(held).map_err(PresentError::Credential)?;
        if hold::expires_at(credential.claims()).is_none_or(|end| end <= now) {
            return Err(PresentError::Expired(held.id.clone()));
        }
        let secret = vc::base64url::decode(&held.holder_key.0)
            .map(zeroize::Zeroizing::new)
            .map_err(|_| PresentError::HolderKey)?;
        let key = SigningKey::from_secret_bytes(Algorithm::EdDsa, &secret)
            .map_err(|_| PresentError::HolderKey)?;
        if credential.holder() != Some(key.public_key()) {
            return Err(PresentError::HolderKey);
        }
        Ok(Self { credential, key })
    }

    /// The claims of the whole credential.
    pub fn credential(&self) -> &VerifiedSdJwt {
        &self.credential
    }

    /// Which of the asked paths this credential can disclose.
    pub fn plan(&self, requirement: &passport::Requirement) -> Plan {
        let held = self.credential.disclosable();
        let (shown, missing) =
            requirement.paths_to_show().into_iter().partition(|asked| held.contains(&&asked.path));
        Plan { shown, missing }
    }

    /// A presentation of exactly the planned claims, for one host, signed now.
    ///
    /// # Errors
    /// [`PresentError::Credential`].
    pub fn present(
        &self,
        plan: &Plan,
        host_ods: &str,
        desk_code: Option<&str>,
        now: UnixTime,
        rng: &mut impl CryptoRng,
    ) -> Result<String, PresentError> {
        let paths: Vec<ClaimPath> = plan.shown.iter().map(|asked| asked.path.clone()).collect();
        let disclosed = self.credential.disclose(&paths).map_err(PresentError::Credential)?;
        let binding = KeyBinding {
            audience: format!("ods:{host_ods}"),
            nonce: nonce(desk_code, rng),
            issued_at: now,
        };
        let unsigned = sd_jwt::key_binding_input(&disclosed, self.key.algorithm(), &binding)
            .map_err(PresentError::Credential)?;
        let signature = self.key.sign(unsigned.signing_input());
        Ok(unsigned.finish(&signature))
    }
}

impl Plan {
    /// What is shown, as words.
    pub fn shown_labels(&self, labels: &Labels) -> Vec<String> {
        self.shown.iter().map(|asked| labels.of_path(&asked.path)).collect()
    }
}

/// base64url of 16 random bytes, then `.` and the desk code when there is one.
fn nonce(desk_code: Option<&str>, rng: &mut impl CryptoRng) -> String {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    let random = vc::base64url::encode(&bytes);
    match desk_code {
        Some(code) => format!("{random}.{code}"),
        None => random,
    }
}

/// Refuses what can't be a desk code.
///
/// # Errors
/// [`PresentError::DeskCode`].
pub fn check_desk_code(code: &str) -> Result<(), PresentError> {
    let digits = code.len() == DESK_CODE_DIGITS && code.chars().all(|c| c.is_ascii_digit());
    if digits { Ok(()) } else { Err(PresentError::DeskCode) }
}

/// The credential to show: the one that was named, else the only passport that has not expired.
///
/// # Errors
/// [`PresentError`].
pub fn choose<'c>(
    contents: &'c Contents,
    id: Option<&str>,
    types: &[&str],
    now: UnixTime,
) -> Result<&'c Held, PresentError> {
    if let Some(id) = id {
        return contents.credential(id).map_err(PresentError::Store);
    }
    let fits = |held: &&Held| {
        hold::reopen(held).is_ok_and(|credential| {
            let claims = credential.claims();
            let vct = claims.get("vct").and_then(Value::as_str);
            types.iter().any(|kind| Some(*kind) == vct)
                && hold::expires_at(claims).is_some_and(|end| end > now)
        })
    };
    let fitting: Vec<&Held> = contents.credentials.iter().filter(fits).collect();
    match fitting.as_slice() {
        [only] => Ok(only),
        [] => Err(PresentError::NothingHeld),
        several => Err(PresentError::Several(
            several.iter().map(|held| (held.id.clone(), held.name.clone())).collect(),
        )),
    }
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum PresentError {
    /// The named credential is not there.
    #[error(transparent)]
    Store(StoreError),
    /// No passport that has not expired.
    #[error("no passport held")]
    NothingHeld,
    /// More than one; their ids and names.
    #[error("{} passports held", .0.len())]
    Several(Vec<(String, String)>),
    /// This copy has expired.
    #[error("credential {0} has expired")]
    Expired(String),
    /// What is in the store does not verify.
    #[error("held credential refused")]
    Credential(#[source] SdJwtError),
    /// The holder key is missing or another.
    #[error("holder key does not fit")]
    HolderKey,
    /// Not `KIND/STAFF_GROUP`.
    #[error("{0:?} is not KIND/STAFF_GROUP")]
    Purpose(String),
    /// Not an active member of the network.
    #[error("{0:?} is no active member")]
    UnknownHost(String),
    /// The host's requirement can't be had.
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    /// Nothing that is asked for is held.
    #[error("nothing that is asked for is held")]
    NothingToShow,
    /// Not six digits.
    #[error("desk code is not {DESK_CODE_DIGITS} digits")]
    DeskCode,
    /// The QR code can't be drawn.
    #[error("QR code not drawn")]
    Picture(#[source] qr_picture::PictureError),
    /// A file can't be written.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
