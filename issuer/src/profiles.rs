//! Signing profiles: the keys that new credentials are signed by, one for each way of signing.

use keys::{Purpose, Ring};
use serde::{Deserialize, Serialize};
use vc::jwk::Algorithm;
use vc::time::UnixTime;
use vc::x5c::{self, ChainError};

/// A way of signing credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Ed25519, `kid`, no certificates: small enough for a QR code.
    Native,
    /// ES256 with certificates up to the network's root: for other people's wallets.
    Es256,
}

impl Profile {
    /// Every profile, the one that is offered first first.
    pub const ALL: [Self; 2] = [Self::Native, Self::Es256];

    /// The algorithm that signs.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Native => Algorithm::EdDsa,
            Self::Es256 => Algorithm::Es256,
        }
    }

    /// What a type's configuration id ends in.
    const fn ending(self) -> &'static str {
        match self {
            Self::Native => "",
            Self::Es256 => "-es256",
        }
    }

    /// The credential configuration of a type, which is named as its first.
    pub fn configuration(self, kind: &str) -> String {
        format!("{kind}{}", self.ending())
    }

    /// The type and the profile that a configuration id names.
    pub fn of_configuration(id: &str) -> (&str, Self) {
        match id.strip_suffix(Self::Es256.ending()) {
            Some(kind) => (kind, Self::Es256),
            None => (id, Self::Native),
        }
    }
}

/// The `kid` that signs by each profile.
#[derive(Clone, Debug)]
pub struct Signers {
    native: Option<String>,
    es256: Option<String>,
}

impl Signers {
    /// The newest active keys of a ring. An ES256 key signs when certificates are attached to it
    /// (`keys attach`).
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn of_ring(ring: &Ring, issuer: &str, now: i64) -> Result<Self, SignerError> {
        let kid =
            |algorithm| ring.active_for(Purpose::Issuer, algorithm).map(|key| key.kid().to_owned());
        let native = kid(Algorithm::EdDsa);
        let es256 = kid(Algorithm::Es256).filter(|kid| !ring.chain(kid).is_empty());
        if let Some(kid) = &es256 {
            x5c::check_leaf(ring.chain(kid), issuer, UnixTime(now)).map_err(|source| {
                SignerError::Certificate { kid: kid.clone(), issuer: issuer.to_owned(), source }
            })?;
        }
        if native.is_none() && es256.is_none() {
            return Err(SignerError::NoKey);
        }
        Ok(Self { native, es256 })
    }

    /// The `kid` of a profile's key.
    pub fn kid(&self, profile: Profile) -> Option<&str> {
        match profile {
            Profile::Native => self.native.as_deref(),
            Profile::Es256 => self.es256.as_deref(),
        }
    }

    /// The profiles that there is a key for.
    pub fn profiles(&self) -> impl Iterator<Item = Profile> {
        Profile::ALL.into_iter().filter(|profile| self.kid(*profile).is_some())
    }

    /// The `kid` of what others should rather believe: certificates where there are any.
    pub fn certified_first(&self) -> Option<&str> {
        self.kid(Profile::Es256).or_else(|| self.kid(Profile::Native))
    }
}

/// Why nothing can be signed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignerError {
    /// The ring has no usable key.
    #[error(
        "the key ring has no active EdDSA key of purpose issuer, and no ES256 key with \
         certificates: run `keys generate --purpose issuer`"
    )]
    NoKey,
    /// The certificates are not for signing as this issuer now.
    #[error(
        "the certificates of key {kid} are not good for {issuer}: certify it anew with \
         `keys certify --issuer-url {issuer}` and `keys attach`, or retire it"
    )]
    Certificate {
        /// Which key.
        kid: String,
        /// The issuer identifier that they must name.
        issuer: String,
        /// What is wrong.
        #[source]
        source: ChainError,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_names_its_type_and_profile() {
        for profile in Profile::ALL {
            let id = profile.configuration("core-skills-1");

            assert_eq!(Profile::of_configuration(&id), ("core-skills-1", profile));
        }
    }
}
