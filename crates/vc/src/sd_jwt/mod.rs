//! SD-JWT (RFC 9901) as SD-JWT VC (`dc+sd-jwt`): issue, hold, present, verify.

mod hold;
mod issue;
mod key_binding;
mod parse;
mod rebuild;

use sha2::{Digest, Sha256};

pub use self::hold::VerifiedSdJwt;
pub use self::issue::{Issuance, IssueError, UnsignedSdJwt};
pub(crate) use self::key_binding::check_key_binding_time;
pub use self::key_binding::{
    KeyBinding, UnsignedKeyBinding, key_binding_input, key_binding_input_with,
};
pub(crate) use self::parse::{BoundKey, VerifiedPresented};
pub use self::parse::{Disclosure, UnverifiedSdJwt};
use crate::base64url;
use crate::claim_path::ClaimPath;
use crate::jws::JwsError;

/// `typ` of an SD-JWT VC.
pub const TYP: &str = "dc+sd-jwt";
/// `typ` of a key-binding JWT (RFC 9901, 4.3).
pub const KEY_BINDING_TYP: &str = "kb+jwt";
/// Longest text of an SD-JWT with everything in it, in bytes.
pub const MAX_BYTES: usize = 192 * 1024;
/// Most disclosures in one SD-JWT.
pub const MAX_DISCLOSURES: usize = 256;
/// Most values in all disclosures together: a short text may make a large tree.
pub const MAX_VALUES: usize = 2048;
/// Deepest nesting of the rebuilt claims, disclosures inside disclosures counted.
pub const MAX_DEPTH: usize = 32;

/// Claims that MUST NOT be selectively disclosed, nor anything inside them (SD-JWT VC,
/// "Registered JWT Claims").
const IN_CLEAR: [&str; 8] =
    ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];
/// Names that no claim may have (RFC 9901, 4.1), and the one that stands at the top only.
const RESERVED: [&str; 3] = ["_sd", "...", "_sd_alg"];
/// The only hash taken (RFC 9901, 4.1.1).
const SD_ALG: &str = "sha-256";

/// Characters of a digest.
const DIGEST_CHARS: usize = 43;

/// base64url of SHA-256 over the ASCII bytes of a text in parts (RFC 9901, 4.2.3 and 4.3.1).
fn digest(parts: &[&str]) -> String {
    base64url::encode(&hash(parts))
}

fn hash(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Why an SD-JWT is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdJwtError {
    /// The text is not of the form.
    #[error("not an SD-JWT")]
    Malformed,
    /// The issuer-signed JWT is refused.
    #[error("issuer-signed JWT refused")]
    IssuerJwt(#[source] JwsError),
    /// The key-binding JWT is refused.
    #[error("key-binding JWT refused")]
    KeyBinding(#[source] JwsError),
    /// A key-binding JWT is needed and there is none.
    #[error("no key-binding JWT")]
    KeyBindingMissing,
    /// A claim of the key-binding JWT is missing or of the wrong type.
    #[error("key-binding claim {0:?} is missing or of the wrong type")]
    KeyBindingClaim(&'static str),
    /// The key-binding JWT is past its own `exp`.
    #[error("the key binding is past its exp")]
    KeyBindingExpired,
    /// The key-binding JWT is before its own `nbf`.
    #[error("the key binding is before its nbf")]
    KeyBindingNotYetValid,
    /// `sd_hash` is not the hash of what is presented.
    #[error("sd_hash does not cover what is presented")]
    SdHashMismatch,
    /// `_sd_alg` is not `sha-256`, or stands elsewhere than at the top.
    #[error("_sd_alg is not sha-256 at the top")]
    UnsupportedHash,
    /// `_sd` is not an array of strings, or `...` is not alone in an array element.
    #[error("malformed digests")]
    BadDigests,
    /// A disclosure is not of the form, or uses a reserved name.
    #[error("malformed disclosure")]
    BadDisclosure,
    /// More disclosures than [`MAX_DISCLOSURES`], or more in them than [`MAX_VALUES`].
    #[error("more than {MAX_DISCLOSURES} disclosures or {MAX_VALUES} values in them")]
    TooManyDisclosures,
    /// Disclosures nest deeper than [`MAX_DEPTH`].
    #[error("claims nest deeper than {MAX_DEPTH}")]
    TooDeep,
    /// A disclosure belongs to no digest (RFC 9901, 7.1: MUST be rejected).
    #[error("a disclosure belongs to nothing")]
    UnreferencedDisclosure,
    /// A digest stands twice.
    #[error("a digest stands twice")]
    DuplicateDigest,
    /// A disclosed name stands in its object already.
    #[error("claim {0:?} stands twice")]
    ClaimClash(String),
    /// A claim that must stand in clear was hidden.
    #[error("claim {0:?} must not hide")]
    HiddenClaim(String),
    /// `cnf` is present and is not a usable public `jwk`.
    #[error("cnf.jwk is not a usable public key")]
    BadHolderKey,
    /// The held copy does not open this path.
    #[error("nothing to disclose at {0}")]
    NoSuchDisclosure(ClaimPath),
}
