//! Token Status Lists (draft-ietf-oauth-status-list), and Bitstring Status Lists 1.0 for downloads:
//! built, signed, published, served.

mod bits;
pub mod decoys;
pub mod indices;
pub mod publish;
pub mod serve;
pub mod served;
pub mod standing;
mod tight;

use vc::bitstring::Purpose;

/// Seconds after which a relying party should fetch again (`ttl`).
pub const TTL_SECONDS: u64 = 30;
/// Life of a signed list.
pub const LIFETIME_SECONDS: i64 = 24 * 60 * 60;
/// A list is signed anew when it is this old: with a look every 30 s, at least every 5 minutes.
pub const RESIGN_SECONDS: i64 = 4 * 60;

/// A list that has stood for this long is packed tighter, at the next look.
pub const QUIET_SECONDS: i64 = 10;

/// The address of a Bitstring Status List: `id` of its credential.
pub fn bitstring_url(base_url: &str, number: u32, purpose: &Purpose) -> String {
    format!("{base_url}/bitstring-lists/{number}/{}", purpose.as_str())
}

/// The address of a list: `sub` of the token and `uri` of the credentials in it.
pub fn list_uri(base_url: &str, number: u32) -> String {
    format!("{base_url}/status-lists/{number}")
}
