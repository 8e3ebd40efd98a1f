//! The bits of a list and how they are signed: as a Token Status List, or as two Bitstring Status
//! Lists, one for each purpose, in which a credential has the same index.

use keys::SigningKey;
use vc::bitstring::{Bitstring, ListClaims, Purpose, list_input};
use vc::status_list::{
    LIST_ENTRIES, PackedList, Status, StatusList, TokenClaims, packed_token_input,
};
use vc::time::UnixTime;

use crate::status::publish::{PublishError, Shown, Signing};
use crate::status::{LIFETIME_SECONDS, TTL_SECONDS, bitstring_url, list_uri};
use crate::store::ListForm;

/// Bits of an entry.
const BITS: u8 = 2;

/// The entries of a list.
pub(super) enum Bits {
    Token {
        list: StatusList,
        /// The entries compressed, unless they changed since.
        packed: Option<PackedList>,
        /// Whether that is as tight as it gets.
        tight: bool,
    },
    Bitstring {
        revocation: Bitstring,
        suspension: Bitstring,
    },
}

impl Bits {
    pub(super) fn new(form: ListForm) -> Result<Self, PublishError> {
        Ok(match form {
            ListForm::Token => {
                let list = StatusList::new(BITS, LIST_ENTRIES)?;
                Self::Token { list, packed: None, tight: false }
            }
            ListForm::Bitstring => Self::Bitstring {
                revocation: Bitstring::new(1, LIST_ENTRIES)?,
                suspension: Bitstring::new(1, LIST_ENTRIES)?,
            },
        })
    }

    pub(super) fn set(&mut self, index: u32, status: Status) -> Result<(), PublishError> {
        let index = u64::from(index);
        match self {
            Self::Token { list, packed, tight } => {
                list.set(index, status)?;
                (*packed, *tight) = (None, false);
            }
            Self::Bitstring { revocation, suspension } => {
                // What another passport has taken the place of is over, too.
                let (over, in_doubt) = match status {
                    Status::Valid => (0, 0),
                    Status::Suspended => (0, 1),
                    Status::Invalid | Status::Superseded | Status::Other(_) => (1, 0),
                };
                revocation.set(index, over)?;
                suspension.set(index, in_doubt)?;
            }
        }
        Ok(())
    }

    /// The entries, when they could be packed tighter.
    pub(super) fn loose(&self) -> Option<&StatusList> {
        match self {
            Self::Token { list, tight: false, .. } => Some(list),
            Self::Token { .. } | Self::Bitstring { .. } => None,
        }
    }

    /// Takes a tighter packing, and tells whether it did: not one of other entries than are here.
    pub(super) fn tighten(&mut self, zlib: Vec<u8>) -> bool {
        match self {
            Self::Token { list, packed, tight } => match list.packed_as(zlib) {
                Ok(tighter) => {
                    (*packed, *tight) = (Some(tighter), true);
                    true
                }
                Err(_) => false,
            },
            Self::Bitstring { .. } => false,
        }
    }

    /// The signed documents.
    pub(super) fn sign(
        &mut self,
        signing: &Signing,
        key: &SigningKey,
        number: u32,
        issued_at: i64,
    ) -> Result<Vec<(Shown, String)>, PublishError> {
        let issued_at = UnixTime(issued_at);
        let expires_at = Some(issued_at.plus(LIFETIME_SECONDS));
        match self {
            Self::Token { list, packed, .. } => {
                let packed = packed.get_or_insert_with(|| list.pack());
                let claims = TokenClaims {
                    uri: list_uri(&signing.base_url, number),
                    issued_at,
                    expires_at,
                    ttl: Some(TTL_SECONDS),
                };
                let chain = signing.ring.chain(key.kid());
                let input = packed_token_input(key.algorithm(), key.kid(), chain, &claims, packed);
                let signature = key.sign(input.signing_input());
                Ok(vec![(Shown::Token, input.finish(&signature))])
            }
            Self::Bitstring { revocation, suspension } => {
                let sign = |shown, purpose: Purpose, list| {
                    let claims = ListClaims {
                        url: bitstring_url(&signing.base_url, number, &purpose),
                        issuer: signing.base_url.clone(),
                        purposes: vec![purpose],
                        valid_from: issued_at,
                        valid_until: expires_at,
                        ttl_milliseconds: Some(TTL_SECONDS.saturating_mul(1000)),
                        messages: vec![],
                    };
                    let input = list_input(key.algorithm(), key.kid(), &claims, list)?;
                    let signature = key.sign(input.signing_input());
                    Ok::<_, PublishError>((shown, input.finish(&signature)))
                };
                Ok(vec![
                    sign(Shown::Revocation, Purpose::Revocation, revocation)?,
                    sign(Shown::Suspension, Purpose::Suspension, suspension)?,
                ])
            }
        }
    }
}
