//! What is done to a valid token, by name, and what RFC 9901 says of the outcome.

mod holder;
mod issuer;
mod transport;
mod valid;

use crate::draft::{Draft, Sent};
use crate::shape::{self, Random};

/// What a verifier must answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    Valid,
    Invalid,
    /// The standards leave it open; our answer is a choice that the table explains.
    Open,
}

pub enum Change {
    /// Before anything is signed: both signatures are genuine.
    Draft(fn(&mut Draft, &mut Random) -> bool),
    /// To the issuer-signed JWT: the holder binds what came out.
    Jwt(fn(&mut String, &mut Random) -> bool),
    /// To the signed token, by somebody without a key.
    Sent(fn(&mut Sent, &mut Random) -> bool),
}

pub struct Kind {
    pub name: &'static str,
    pub expect: Expect,
    pub change: Change,
}

const fn kind(name: &'static str, expect: Expect, change: Change) -> Kind {
    Kind { name, expect, change }
}

pub fn all() -> Vec<Kind> {
    let mut all = valid::kinds();
    all.extend(transport::kinds());
    all.extend(holder::kinds());
    all.extend(issuer::kinds());
    all
}

/// A token for judges.
pub struct Case {
    pub kind: usize,
    pub text: String,
    pub jwk: serde_json::Value,
    pub kb_alg: &'static str,
}

/// A token of this kind; shapes are drawn until one suits.
pub fn make(kinds: &[Kind], kind: usize, rng: &mut Random) -> Case {
    for _ in 0..10_000 {
        let mut draft = shape::draft(rng);
        let (jwk, kb_alg) = (draft.issuer.jwk(), draft.holder.alg());
        let text = match kinds[kind].change {
            Change::Draft(change) => {
                if !change(&mut draft, rng) {
                    continue;
                }
                draft.bind(draft.jwt()).text()
            }
            Change::Jwt(change) => {
                let mut jwt = draft.jwt();
                if !change(&mut jwt, rng) {
                    continue;
                }
                draft.bind(jwt).text()
            }
            Change::Sent(change) => {
                let before = draft.bind(draft.jwt());
                let mut sent = before.clone();
                if !change(&mut sent, rng) || sent.text() == before.text() {
                    continue;
                }
                sent.text()
            }
        };
        return Case { kind, text, jwk, kb_alg };
    }
    panic!("no shape suits {}", kinds[kind].name)
}
