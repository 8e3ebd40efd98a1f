//! Changes by somebody without a key: each breaks what was signed.

use super::Change::Sent as After;
use super::Expect::Invalid;
use super::{Change, Kind, kind};
use crate::draft::{Sent, disclosure};
use crate::keys::unb64;
use crate::shape::{self, Random, below, salt};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub fn kinds() -> Vec<Kind> {
    vec![
        kind(
            "bit flip in the header",
            Invalid,
            After(|sent, rng| in_part(&mut sent.jwt, 0, rng, flip)),
        ),
        kind(
            "bit flip in the payload",
            Invalid,
            After(|sent, rng| in_part(&mut sent.jwt, 1, rng, flip)),
        ),
        kind(
            "bit flip in the signature",
            Invalid,
            After(|sent, rng| in_part(&mut sent.jwt, 2, rng, flip)),
        ),
        kind(
            "bit flip in a disclosure",
            Invalid,
            After(|sent, rng| in_disclosure(sent, rng, flip)),
        ),
        kind(
            "bit flip in the KB-JWT header",
            Invalid,
            After(|sent, rng| in_part(&mut sent.kb, 0, rng, flip)),
        ),
        kind(
            "bit flip in the KB-JWT claims",
            Invalid,
            After(|sent, rng| in_part(&mut sent.kb, 1, rng, flip)),
        ),
        kind(
            "bit flip in the KB-JWT signature",
            Invalid,
            After(|sent, rng| in_part(&mut sent.kb, 2, rng, flip)),
        ),
        kind(
            "character changed in the header",
            Invalid,
            After(|sent, rng| in_part(&mut sent.jwt, 0, rng, substitute)),
        ),
        kind(
            "character changed in the payload",
            Invalid,
            After(|sent, rng| in_part(&mut sent.jwt, 1, rng, substitute)),
        ),
        kind(
            "character changed in the signature",
            Invalid,
            After(|sent, rng| in_part(&mut sent.jwt, 2, rng, substitute)),
        ),
        kind(
            "character changed in a disclosure",
            Invalid,
            After(|sent, rng| in_disclosure(sent, rng, substitute)),
        ),
        kind(
            "character changed in the KB-JWT",
            Invalid,
            After(|sent, rng| substitute_inside(&mut sent.kb, rng)),
        ),
        kind(
            "spare bits of the KB-JWT signature",
            Invalid,
            After(|sent, rng| in_part(&mut sent.kb, 2, rng, spare_bits)),
        ),
        kind(
            "spare bits of the issuer's signature",
            Invalid,
            Change::Jwt(|jwt, rng| in_part(jwt, 2, rng, spare_bits)),
        ),
        kind("padded KB-JWT signature", Invalid, After(|sent, _| push(&mut sent.kb, "=="))),
        kind("padded issuer's signature", Invalid, Change::Jwt(|jwt, _| push(jwt, "=="))),
        kind(
            "plain base64 in the issuer's signature",
            Invalid,
            Change::Jwt(|jwt, _| plain_base64(jwt)),
        ),
        kind(
            "plain base64 in the KB-JWT signature",
            Invalid,
            After(|sent, _| plain_base64(&mut sent.kb)),
        ),
        kind(
            "line break in the issuer's signature",
            Invalid,
            Change::Jwt(|jwt, _| break_line(jwt)),
        ),
        kind(
            "line break in the KB-JWT signature",
            Invalid,
            After(|sent, _| break_line(&mut sent.kb)),
        ),
        kind(
            "character outside base64url in the KB-JWT signature",
            Invalid,
            After(|sent, _| {
                let place = sent.kb.len() - 10;
                sent.kb.insert(place, '!');
                true
            }),
        ),
        kind(
            "white space before",
            Invalid,
            After(|sent, rng| {
                raw(sent, |text| {
                    format!("{}{text}", shape::pick(rng, &[" ", "\n", "\t", "\u{feff}"]))
                })
            }),
        ),
        kind(
            "white space behind",
            Invalid,
            After(|sent, rng| {
                raw(sent, |text| format!("{text}{}", shape::pick(rng, &[" ", "\n", "\r\n", "\t"])))
            }),
        ),
        kind("trailing tilde", Invalid, After(|sent, _| raw(sent, |text| format!("{text}~")))),
        kind("trailing part", Invalid, After(|sent, _| raw(sent, |text| format!("{text}.AA")))),
        kind(
            "trailing characters",
            Invalid,
            After(|sent, rng| raw(sent, |text| format!("{text}{}", salt(rng)))),
        ),
        kind(
            "the token twice",
            Invalid,
            After(|sent, _| raw(sent, |text| format!("{text}~{text}"))),
        ),
        kind(
            "cut short",
            Invalid,
            After(|sent, rng| {
                let cut = below(rng, sent.text().len());
                raw(sent, |text| text.get(..cut).unwrap_or_default().to_owned())
            }),
        ),
        kind(
            "disclosure dropped",
            Invalid,
            After(|sent, rng| {
                let place = below(rng, sent.disclosures.len().max(1));
                (place < sent.disclosures.len()).then(|| sent.disclosures.remove(place)).is_some()
            }),
        ),
        kind(
            "disclosure doubled",
            Invalid,
            After(|sent, rng| {
                let Some(one) = sent.disclosures.first().cloned() else { return false };
                let place = below(rng, sent.disclosures.len());
                sent.disclosures.insert(place, one);
                true
            }),
        ),
        kind(
            "disclosures swapped",
            Invalid,
            After(|sent, _| {
                let many = sent.disclosures.len() > 1;
                sent.disclosures.reverse();
                many
            }),
        ),
        kind(
            "disclosure of a stranger",
            Invalid,
            After(|sent, rng| {
                sent.disclosures.push(disclosure(&serde_json::json!([salt(rng), "role", "admin"])));
                true
            }),
        ),
        kind(
            "empty disclosure",
            Invalid,
            After(|sent, _| {
                sent.disclosures.push(String::new());
                true
            }),
        ),
        kind(
            "KB-JWT dropped",
            Invalid,
            After(|sent, _| {
                sent.kb.clear();
                true
            }),
        ),
        kind(
            "no tilde at all",
            Invalid,
            After(|sent, _| {
                let jwt = sent.jwt.clone();
                raw(sent, |_| jwt)
            }),
        ),
        kind(
            "KB-JWT of another presentation",
            Invalid,
            After(|sent, rng| {
                sent.kb = another(rng).kb;
                true
            }),
        ),
        kind(
            "issuer-signed JWT of another credential",
            Invalid,
            After(|sent, rng| {
                sent.jwt = another(rng).jwt;
                true
            }),
        ),
        kind(
            "KB-JWT in the issuer's place",
            Invalid,
            After(|sent, _| {
                sent.jwt = sent.kb.clone();
                true
            }),
        ),
        kind(
            "issuer-signed JWT in the KB-JWT's place",
            Invalid,
            After(|sent, _| {
                sent.kb = sent.jwt.clone();
                true
            }),
        ),
        kind("empty signature", Invalid, After(|sent, _| truncate_signature(&mut sent.jwt, 0))),
        kind(
            "empty KB-JWT signature",
            Invalid,
            After(|sent, _| truncate_signature(&mut sent.kb, 0)),
        ),
        kind(
            "shortened KB-JWT signature",
            Invalid,
            After(|sent, _| truncate_signature(&mut sent.kb, 40)),
        ),
    ]
}

fn another(rng: &mut Random) -> Sent {
    let draft = shape::draft(rng);
    draft.bind(draft.jwt())
}

fn raw(sent: &mut Sent, change: impl FnOnce(String) -> String) -> bool {
    sent.raw = Some(change(sent.text()));
    true
}

fn push(text: &mut String, more: &str) -> bool {
    text.push_str(more);
    true
}

fn in_part(
    jwt: &mut String,
    part: usize,
    rng: &mut Random,
    change: fn(&mut Vec<u8>, &mut Random) -> bool,
) -> bool {
    let mut parts: Vec<String> = jwt.split('.').map(str::to_owned).collect();
    let mut bytes = parts[part].clone().into_bytes();
    if !change(&mut bytes, rng) {
        return false;
    }
    let Ok(text) = String::from_utf8(bytes) else { return false };
    let changed = text != parts[part];
    parts[part] = text;
    *jwt = parts.join(".");
    changed
}

fn in_disclosure(
    sent: &mut Sent,
    rng: &mut Random,
    change: fn(&mut Vec<u8>, &mut Random) -> bool,
) -> bool {
    if sent.disclosures.is_empty() {
        return false;
    }
    let place = below(rng, sent.disclosures.len());
    let mut bytes = sent.disclosures[place].clone().into_bytes();
    change(&mut bytes, rng);
    let Ok(text) = String::from_utf8(bytes) else { return false };
    sent.disclosures[place] = text;
    true
}

fn flip(bytes: &mut Vec<u8>, rng: &mut Random) -> bool {
    let place = below(rng, bytes.len());
    bytes[place] ^= 1 << below(rng, 7);
    true
}

/// Not the last one: its spare bits say nothing, and are a kind of their own.
fn substitute(bytes: &mut Vec<u8>, rng: &mut Random) -> bool {
    let place = below(rng, bytes.len().saturating_sub(1).max(1));
    bytes[place] = *shape::pick(rng, ALPHABET);
    true
}

fn substitute_inside(jwt: &mut String, rng: &mut Random) -> bool {
    let part = below(rng, 3);
    in_part(jwt, part, rng, substitute)
}

/// Another last character that stands for the same bytes (RFC 4648, 3.5).
fn spare_bits(bytes: &mut Vec<u8>, _: &mut Random) -> bool {
    let spare = match bytes.len() % 4 {
        2 => 16,
        3 => 4,
        _ => return false,
    };
    let last = bytes.last_mut().expect("not empty");
    let value = ALPHABET.iter().position(|one| one == last).expect("base64url");
    *last = ALPHABET[value - value % spare + (value % spare + 1) % spare];
    true
}

fn plain_base64(jwt: &mut String) -> bool {
    let (input, signature) = jwt.rsplit_once('.').expect("a JWT");
    let plain = signature.replace('-', "+").replace('_', "/");
    let changed = plain != signature;
    *jwt = format!("{input}.{plain}");
    changed
}

fn break_line(jwt: &mut String) -> bool {
    jwt.insert(jwt.len() - 12, '\n');
    true
}

fn truncate_signature(jwt: &mut String, bytes: usize) -> bool {
    let (input, signature) = jwt.rsplit_once('.').expect("a JWT");
    let shorter = crate::keys::b64(&unb64(signature)[..bytes]);
    *jwt = format!("{input}.{shorter}");
    true
}
