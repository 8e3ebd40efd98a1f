//! What passes between the holder's wallet and HR besides the protocol's own members: the six
//! digits that bind a request to the phone in front of HR, and why a holder refuses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Description;
use crate::jwk::PublicKey;

/// Most characters of a holder's own words in a refusal.
pub const MAX_REFUSAL_WORDS: usize = 200;

/// The six digits that HR and the holder compare before a deferred credential leaves: the first
/// 8 bytes of SHA-256(RFC 7638 thumbprint of the holder's key, base64url ‖ `transaction_id`), as
/// a big-endian number, modulo 10^6.
pub fn confirmation_digits(holder: &PublicKey, transaction_id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(holder.thumbprint().to_string());
    hash.update(transaction_id);
    let hash: [u8; 32] = hash.finalize().into();
    let number = hash.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first));
    format!("{:06}", number % 1_000_000)
}

/// Why a holder refuses a credential at review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalReason {
    /// Something in it is wrong.
    Incorrect,
    /// The holder has it already.
    Duplicate,
    /// The holder does not want it.
    NotWanted,
    /// Something else; the words say it.
    Other,
}

impl RefusalReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Incorrect, Self::Duplicate, Self::NotWanted, Self::Other];

    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incorrect => "INCORRECT",
            Self::Duplicate => "DUPLICATE",
            Self::NotWanted => "NOT_WANTED",
            Self::Other => "OTHER",
        }
    }
}

/// Not one of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a reason for a refusal")]
pub struct UnknownReason;

impl FromStr for RefusalReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL.into_iter().find(|reason| reason.name() == text).ok_or(UnknownReason)
    }
}

/// A refusal as it stands in `event_description`: the reason, and after a colon the holder's own
/// words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// In the holder's words; may be empty.
    pub words: String,
}

impl Refusal {
    /// Reads an `event_description`; what no wallet of ours wrote is OTHER with its own words.
    pub fn parse(description: &str) -> Self {
        let (reason, words) = match description.split_once(':') {
            Some((reason, words)) => (reason.trim().parse(), words),
            None => (description.trim().parse(), ""),
        };
        match reason {
            Ok(reason) => Self { reason, words: bounded(words) },
            Err(UnknownReason) => {
                Self { reason: RefusalReason::Other, words: bounded(description) }
            }
        }
    }
}

/// The text of an `event_description`, of permitted characters only.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.name())?;
        let words = bounded(&self.words);
        if words.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", Description::new(&words).as_str())
    }
}

fn bounded(words: &str) -> String {
    words.trim().chars().filter(|c| !c.is_control()).take(MAX_REFUSAL_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_digits_are_those_of_the_hash() {
        // RFC 8037, A.3: a key and its thumbprint; the digits by sha256sum and a calculator.
        let key = PublicKey::from_jwk(&json!({
            "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        }))
        .unwrap();
        assert_eq!(key.thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");

        assert_eq!(confirmation_digits(&key, "8xLOxBtZp8"), "936233");
        assert_ne!(confirmation_digits(&key, "8xLOxBtZp9"), "936233");
    }

    #[test]
    fn a_refusal_comes_back_as_it_was_written() {
        let refusal =
            Refusal { reason: RefusalReason::Incorrect, words: "My name: Okafor".to_owned() };

        assert_eq!(refusal.to_string(), "INCORRECT: My name: Okafor");
        assert_eq!(Refusal::parse(&refusal.to_string()), refusal);
        let bare = Refusal { reason: RefusalReason::NotWanted, words: String::new() };
        assert_eq!(Refusal::parse(&bare.to_string()), bare);
    }

    #[test]
    fn the_words_of_a_foreign_wallet_are_kept_as_another_reason() {
        let refusal = Refusal::parse("User deleted: it");

        assert_eq!(refusal.reason, RefusalReason::Other);
        assert_eq!(refusal.words, "User deleted: it");
        assert!(Refusal::parse(&"x".repeat(5_000)).words.len() <= MAX_REFUSAL_WORDS);
    }

    #[test]
    fn a_description_has_only_characters_that_may_stand_there() {
        let refusal =
            Refusal { reason: RefusalReason::Other, words: "Zoë \"said\"\n\\no".to_owned() };

        assert_eq!(refusal.to_string(), "OTHER: Zo? ?said??no");
    }
}
