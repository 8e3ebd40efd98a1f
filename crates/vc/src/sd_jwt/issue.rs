//! Issuing (RFC 9901, 4 and 5.1): claims in clear go in, digests and disclosures come out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{
    DIGEST_CHARS, IN_CLEAR, MAX_DEPTH, MAX_DISCLOSURES, MAX_VALUES, RESERVED, SD_ALG, TYP, hash,
};
use crate::base64url;
use crate::claim_path::{ClaimPath, PathElement};
use crate::jcs::{self, Writer};
use crate::jwk::Algorithm;
use crate::jws::SigningInput;

/// 128 bits, as RFC 9901, 9.3 recommends.
const SALT_BYTES: usize = 16;
const SALT_CHARS: usize = 22;
/// `_sd` and `{"...": …}` each nest one deeper than the claims they hide.
const MAX_CLAIM_DEPTH: usize = MAX_DEPTH - 2;

/// What an issuer signs.
#[derive(Debug)]
pub struct Issuance<'a> {
    /// The algorithm of the issuer's key.
    pub algorithm: Algorithm,
    /// `kid` of the issuer's key.
    pub kid: &'a str,
    /// Certificates, leaf first, anchor left out; empty for none.
    pub x5c: &'a [Vec<u8>],
    /// All claims, in clear: `iss`, `vct`, `iat`, `exp`, `status`, `cnf` and the type's own.
    pub claims: &'a Map<String, Value>,
    /// Which claims hide, inner ones too; a path that is absent is passed over.
    pub hide: &'a [ClaimPath],
}

impl Issuance<'_> {
    /// Draws salts (128 bits each), sorts `_sd`, writes RFC 8785 bytes.
    ///
    /// # Errors
    /// [`IssueError`]: a claim that must not hide, a reserved name, too much of something.
    pub fn prepare(&self, rng: &mut impl CryptoRng) -> Result<UnsignedSdJwt, IssueError> {
        self.prepare_with_decoys(0, rng)
    }

    /// As [`Self::prepare`], with `decoys` digests of nothing in each object and array that hides
    /// something (RFC 9901, 4.2.5).
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn prepare_with_decoys(
        &self,
        decoys: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<UnsignedSdJwt, IssueError> {
        for path in self.hide {
            match path.0.first() {
                Some(PathElement::Name(name)) if !IN_CLEAR.contains(&name.as_str()) => {}
                // At the top only members can hide: an index there is an absent path.
                Some(PathElement::Index(_) | PathElement::All(())) => {}
                Some(PathElement::Name(_)) | None => {
                    return Err(IssueError::MustNotHide(path.clone()));
                }
            }
        }
        let mut values = 0;
        for (name, value) in self.claims {
            check_name(name)?;
            check_value(value, 2, &mut values)?;
        }
        if values > MAX_VALUES {
            return Err(IssueError::TooMuch);
        }

        let hide: Vec<&[PathElement]> = self.hide.iter().map(|path| path.0.as_slice()).collect();
        let mut hiding = Hiding { rng, decoys, disclosures: Vec::new(), json: Vec::new() };
        let mut members = hiding.object(self.claims, &hide);
        let Hiding { disclosures, json: mut payload, .. } = hiding;
        if disclosures.len() > MAX_DISCLOSURES {
            return Err(IssueError::TooMuch);
        }
        if !disclosures.is_empty() {
            members.push(("_sd_alg", Piece::Text(SD_ALG)));
        }
        payload.clear();
        Piece::Object(members).write(&mut Writer::default(), &mut payload);

        let mut header = Map::new();
        header.insert("kid".to_owned(), self.kid.into());
        if !self.x5c.is_empty() {
            // RFC 7515, 4.1.6: standard base64, not base64url.
            let chain: Vec<String> = self.x5c.iter().map(|der| STANDARD.encode(der)).collect();
            header.insert("x5c".to_owned(), chain.into());
        }
        let input = SigningInput::of_payload(self.algorithm, TYP, header, &payload);
        Ok(UnsignedSdJwt { input, disclosures })
    }
}

/// Waits for the issuer's signature.
#[derive(Clone, Debug)]
pub struct UnsignedSdJwt {
    input: SigningInput,
    disclosures: Vec<String>,
}

impl UnsignedSdJwt {
    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.input.signing_input()
    }

    /// The issued text, ending in `~`.
    pub fn finish(self, signature: &[u8]) -> String {
        let mut text = self.input.finish(signature);
        text.reserve(self.disclosures.iter().map(|disclosure| disclosure.len() + 1).sum());
        text.push('~');
        for disclosure in &self.disclosures {
            text.push_str(disclosure);
            text.push('~');
        }
        text
    }
}

/// Why an issuer can't make this SD-JWT.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The claim must stand in clear (SD-JWT VC, "Registered JWT Claims").
    #[error("{0} must not hide")]
    MustNotHide(ClaimPath),
    /// `_sd`, `_sd_alg` or `...` as a claim name (RFC 9901, 4.1).
    #[error("{0:?} is a reserved name")]
    ReservedName(String),
    /// The claims nest deeper than a verifier would read.
    #[error("claims nest too deep")]
    TooDeep,
    /// More disclosures or values than a verifier would read.
    #[error("more than {MAX_DISCLOSURES} claims hide, or more than {MAX_VALUES} values in all")]
    TooMuch,
}

fn check_name(name: &str) -> Result<(), IssueError> {
    if RESERVED.contains(&name) { Err(IssueError::ReservedName(name.to_owned())) } else { Ok(()) }
}

fn check_value(value: &Value, depth: usize, values: &mut usize) -> Result<(), IssueError> {
    *values += 1;
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        Value::Array(_) | Value::Object(_) if depth > MAX_CLAIM_DEPTH => Err(IssueError::TooDeep),
        Value::Array(items) => {
            items.iter().try_for_each(|item| check_value(item, depth + 1, values))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, value)| {
            check_name(name)?;
            check_value(value, depth + 1, values)
        }),
    }
}

/// What is left of a value after hiding.
enum Piece<'c> {
    /// Nothing hides.
    Whole(&'c Value),
    Object(Vec<(&'c str, Self)>),
    Array(Vec<Self>),
    /// Digests of `_sd`.
    Digests(Vec<Digest>),
    /// `{"...": …}`
    Placeholder(Digest),
    Text(&'c str),
}

type Digest = [u8; DIGEST_CHARS];

impl<'c> Piece<'c> {
    fn write(self, writer: &mut Writer<'c>, out: &mut Vec<u8>) {
        match self {
            Self::Whole(value) => writer.value(value, out),
            Self::Object(mut members) => {
                members.sort_unstable_by(|(a, _), (b, _)| jcs::name_order(a, b));
                out.push(b'{');
                for (index, (name, piece)) in members.into_iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    jcs::write_string(name, out);
                    out.push(b':');
                    piece.write(writer, out);
                }
                out.push(b'}');
            }
            Self::Array(items) => {
                out.push(b'[');
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    item.write(writer, out);
                }
                out.push(b']');
            }
            Self::Digests(digests) => {
                out.push(b'[');
                for (index, digest) in digests.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    write_digest(digest, out);
                }
                out.push(b']');
            }
            Self::Placeholder(digest) => {
                out.extend_from_slice(br#"{"...":"#);
                write_digest(&digest, out);
                out.push(b'}');
            }
            Self::Text(text) => jcs::write_string(text, out),
        }
    }
}

fn write_digest(digest: &Digest, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(digest);
    out.push(b'"');
}

struct Hiding<'r, R> {
    rng: &'r mut R,
    decoys: usize,
    /// Parents before children.
    disclosures: Vec<String>,
    /// Room for one disclosure's JSON.
    json: Vec<u8>,
}

impl<R: CryptoRng> Hiding<'_, R> {
    fn object<'c>(
        &mut self,
        members: &'c Map<String, Value>,
        hide: &[&[PathElement]],
    ) -> Vec<(&'c str, Piece<'c>)> {
        let mut clear = Vec::with_capacity(members.len() + 2);
        let mut digests = Vec::new();
        // Sorted, so that equal claims draw equal salts from an equal rng.
        let mut members: Vec<(&str, &Value)> =
            members.iter().map(|(name, value)| (name.as_str(), value)).collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in members {
            let (hides, inner) = beneath(
                hide,
                |element| matches!(element, PathElement::Name(hidden) if hidden == name),
            );
            if hides {
                digests.push(self.disclosure(Some(name), value, &inner));
            } else {
                clear.push((name, self.value(value, &inner)));
            }
        }
        if !digests.is_empty() {
            for _ in 0..self.decoys {
                digests.push(self.decoy());
            }
            // RFC 9901, 4.2.4.1: the order of the claims must not show.
            digests.sort_unstable();
            clear.push(("_sd", Piece::Digests(digests)));
        }
        clear
    }

    fn array<'c>(&mut self, items: &'c [Value], hide: &[&[PathElement]]) -> Vec<Piece<'c>> {
        let mut elements = Vec::with_capacity(items.len());
        let mut any_hidden = false;
        for (index, value) in items.iter().enumerate() {
            let (hides, inner) = beneath(hide, |element| match element {
                PathElement::Index(hidden) => *hidden == index,
                PathElement::All(()) => true,
                PathElement::Name(_) => false,
            });
            if hides {
                any_hidden = true;
                elements.push(Piece::Placeholder(self.disclosure(None, value, &inner)));
            } else {
                elements.push(self.value(value, &inner));
            }
        }
        if any_hidden {
            for _ in 0..self.decoys {
                elements.push(Piece::Placeholder(self.decoy()));
            }
        }
        elements
    }

    fn value<'c>(&mut self, value: &'c Value, hide: &[&[PathElement]]) -> Piece<'c> {
        match value {
            Value::Object(members) if !hide.is_empty() => Piece::Object(self.object(members, hide)),
            Value::Array(items) if !hide.is_empty() => Piece::Array(self.array(items, hide)),
            unchanged => Piece::Whole(unchanged),
        }
    }

    fn disclosure(&mut self, name: Option<&str>, value: &Value, hide: &[&[PathElement]]) -> Digest {
        let salt = self.salt();
        let place = self.disclosures.len();
        self.disclosures.push(String::new());
        let value = self.value(value, hide);

        self.json.clear();
        self.json.extend_from_slice(b"[\"");
        self.json.extend_from_slice(&salt);
        self.json.extend_from_slice(b"\",");
        if let Some(name) = name {
            jcs::write_string(name, &mut self.json);
            self.json.push(b',');
        }
        value.write(&mut Writer::default(), &mut self.json);
        self.json.push(b']');

        let encoded = base64url::encode(&self.json);
        let digest = base64url::encode_array(&hash(&[&encoded]));
        if let Some(reserved) = self.disclosures.get_mut(place) {
            *reserved = encoded;
        }
        digest
    }

    fn decoy(&mut self) -> Digest {
        let salt = self.salt();
        base64url::encode_array(&Sha256::digest(salt))
    }

    fn salt(&mut self) -> [u8; SALT_CHARS] {
        let mut salt = [0; SALT_BYTES];
        self.rng.fill_bytes(&mut salt);
        base64url::encode_array(&salt)
    }
}

/// Whether a path ends at this step, and what the paths that go on say of what lies beneath.
fn beneath<'p>(
    hide: &[&'p [PathElement]],
    takes: impl Fn(&PathElement) -> bool,
) -> (bool, Vec<&'p [PathElement]>) {
    let mut ends = false;
    let mut inner = Vec::new();
    for path in hide {
        match path.split_first() {
            Some((first, [])) if takes(first) => ends = true,
            Some((first, rest)) if takes(first) => inner.push(rest),
            Some(_) | None => {}
        }
    }
    (ends, inner)
}
