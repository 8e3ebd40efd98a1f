//! The form of a nonce that the holder chose, and the desk code signed inside it.

use super::{NoncePolicy, Reason};
use crate::base64url;

const NONCE_BYTES: usize = 16;
const DESK_CODE_DIGITS: usize = 6;

pub(super) fn check(nonce: &str, policy: NoncePolicy<'_>) -> Result<(), Reason> {
    match policy {
        NoncePolicy::Exactly(asked) if nonce == asked => Ok(()),
        NoncePolicy::Exactly(_) => Err(Reason::NonceWrong),
        NoncePolicy::Fresh => holders_own(nonce).map(|_| ()),
        NoncePolicy::FreshWithDeskCode(desk_code) => {
            if holders_own(nonce)? == Some(desk_code) {
                Ok(())
            } else {
                Err(Reason::DeskCodeWrong)
            }
        }
    }
}

/// The desk code of a nonce of the holder's own, when it has one.
fn holders_own(nonce: &str) -> Result<Option<&str>, Reason> {
    let (random, desk_code) =
        nonce.split_once('.').map_or((nonce, None), |(random, code)| (random, Some(code)));
    let random_fits = base64url::decode(random).is_ok_and(|bytes| bytes.len() == NONCE_BYTES);
    let desk_code_fits = desk_code.is_none_or(|code| {
        code.len() == DESK_CODE_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())
    });
    if random_fits && desk_code_fits { Ok(desk_code) } else { Err(Reason::NonceWrong) }
}
