//! A presentation as a sequence of documents (docs/qr-format.md, "Order"): type and `iat`, header,
//! disclosures, payload, signature, key binding. Digests of disclosures, and `sd_hash`, are
//! computed, not carried.

use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Damaged;
use super::codec::{BLOB, Codec, Cursor, DIGEST};
use super::date::Day;
use super::dictionary::{Dictionary, UNKNOWN};
use super::model::{hash, mix};
use super::parts::{Binding, Parts, digest, digest_of};
use super::string::looks_random;
use super::tree::{Spot, is_shallow};
use crate::json::Limits;
use crate::{base64url, jcs, json};

/// 2026-01-01: where `iat` counts from.
const EPOCH: i64 = 1_767_225_600;
const MAX_DISCLOSURES: usize = 128;

const TYPE: u32 = 51;
const ISSUED: u32 = 52;
const CANONICAL: u32 = 53;
const FORWARD: u32 = 54;
const MORE: u32 = 55;
const NAMED: u32 = 56;
const KNOWN_NAME: u32 = 57;
const WHICH_NAME: u32 = 58;
const PLAIN_SALT: u32 = 59;
const SIGNATURE: u32 = 60;
const BOUND: u32 = 61;
const WHICH_DIGEST: u32 = 62;
const BLOB_LENGTH: u32 = 63;

/// A disclosure that has been coded.
pub(super) struct Disclosed {
    pub(super) digest: String,
    /// Hash of its name.
    pub(super) name: u32,
    /// Whether its digest has been put into an `_sd`.
    pub(super) placed: bool,
}

/// Codes one presentation.
pub(super) struct Coder<'a> {
    pub(super) codec: Codec<'a>,
    pub(super) dictionary: &'static Dictionary,
    /// The credential's `iat`.
    pub(super) issued_at: Option<i64>,
    /// The credential's `iss`.
    pub(super) issuer: Option<String>,
    pub(super) disclosed: Vec<Disclosed>,
    sd_hash: Option<String>,
    /// The last value of each place, as a hash.
    pub(super) columns: HashMap<u32, u32>,
    /// The last date of each place.
    pub(super) dates: HashMap<u32, Day>,
}

/// One piece of a text that is no canonical JSON.
enum Token {
    Byte(u8),
    Digest(u64),
    Blob(Vec<u8>),
}

impl<'a> Coder<'a> {
    pub(super) fn new(codec: Codec<'a>, dictionary: &'static Dictionary) -> Self {
        Self {
            codec,
            dictionary,
            issued_at: None,
            issuer: None,
            disclosed: Vec::new(),
            sd_hash: None,
            columns: HashMap::new(),
            dates: HashMap::new(),
        }
    }

    pub(super) fn into_codec(self) -> Codec<'a> {
        self.codec
    }

    /// Codes everything.
    pub(super) fn presentation(&mut self, given: Option<&Parts>) -> Result<Parts, Damaged> {
        let payload = given.and_then(|parts| canonical(&parts.payload));
        let dictionary = self.dictionary;
        let vct = payload.as_ref().and_then(|payload| payload.get("vct")).and_then(Value::as_str);
        let kind = vct
            .and_then(|vct| dictionary.types.iter().position(|kind| kind.vct == vct))
            .unwrap_or(0);
        let kind = self.codec.number([TYPE; 3], u64::try_from(kind).unwrap_or(0))?;
        let kind = usize::try_from(kind).map_err(|_| Damaged)?;
        let known = dictionary.types.get(kind).ok_or(Damaged)?;

        let issued_at =
            payload.as_ref().and_then(|payload| payload.get("iat")).and_then(Value::as_i64);
        let issued_at = issued_at.filter(|seconds| (0..1 << 40).contains(seconds));
        if self.codec.bit([ISSUED; 3], issued_at.is_some())? {
            let seconds = issued_at.map_or(0, |seconds| seconds - EPOCH);
            let seconds = self.codec.signed([mix(ISSUED, 1); 3], seconds)?;
            self.issued_at = Some(EPOCH.checked_add(seconds).ok_or(Damaged)?);
        }

        let header =
            self.document(dictionary.header, "header", given.map(|parts| parts.header.as_str()))?;
        let names = known.disclosures.as_slice();
        let disclosures =
            self.disclosures(kind, names, given.map(|parts| parts.disclosures.as_slice()))?;
        let payload =
            self.document(known.payload, "payload", given.map(|parts| parts.payload.as_str()))?;
        let signature = self.signature(given.map(|parts| parts.signature.as_slice()))?;
        let mut parts = Parts { header, payload, signature, disclosures, binding: None };

        let binding = given.map(|parts| parts.binding.as_ref());
        let bound = self.codec.bit([BOUND; 3], binding.flatten().is_some())?;
        if bound {
            let binding = binding.flatten();
            self.sd_hash = Some(digest(&parts.presented()));
            let header = self.document(
                dictionary.binding_header,
                "binding header",
                binding.map(|binding| binding.header.as_str()),
            )?;
            let payload = self.document(
                dictionary.binding,
                "binding",
                binding.map(|binding| binding.payload.as_str()),
            )?;
            let signature = self.signature(binding.map(|binding| binding.signature.as_slice()))?;
            parts.binding = Some(Binding { header, payload, signature });
        }
        self.check(&parts)?;
        Ok(parts)
    }

    /// Two bytes of the text's SHA-256: a code that was misread accuses nobody of forgery.
    fn check(&mut self, parts: &Parts) -> Result<(), Damaged> {
        let digest = Sha256::digest(parts.text().as_bytes());
        let check = digest.first_chunk::<2>().copied().unwrap_or_default();
        if self.codec.raw(2, &check)? == check { Ok(()) } else { Err(Damaged) }
    }

    fn signature(&mut self, given: Option<&[u8]>) -> Result<Vec<u8>, Damaged> {
        let bytes = given.unwrap_or_default();
        let len = u64::try_from(bytes.len()).unwrap_or(0);
        let len = self.codec.number([SIGNATURE; 3], len)?;
        self.codec.raw(usize::try_from(len).map_err(|_| Damaged)?, bytes)
    }

    /// All disclosures, so that those inside others come first if that is their order at all.
    fn disclosures(
        &mut self,
        kind: usize,
        names: &'static [(String, usize)],
        given: Option<&[String]>,
    ) -> Result<Vec<String>, Damaged> {
        let forward = self.codec.bit([FORWARD; 3], given.is_some_and(children_first))?;
        let mut read = Vec::new();
        let mut last = mix(WHICH_NAME, u32::try_from(kind).unwrap_or(0));
        loop {
            let next = given.and_then(|given| {
                if forward { given.get(read.len()) } else { given.iter().rev().nth(read.len()) }
            });
            let here = mix(MORE, u32::try_from(kind).unwrap_or(0));
            if !self.codec.bit([here, mix(here, last), MORE], next.is_some())? {
                break;
            }
            if read.len() >= MAX_DISCLOSURES {
                return Err(Damaged);
            }
            let (text, name) = self.disclosure(names, last, next.map(String::as_str))?;
            self.disclosed.push(Disclosed { digest: digest_of(&text), name, placed: false });
            read.push(text);
            last = name;
        }
        if !forward {
            read.reverse();
        }
        Ok(read)
    }

    /// One disclosure, and the hash of its name.
    fn disclosure(
        &mut self,
        names: &'static [(String, usize)],
        last: u32,
        given: Option<&str>,
    ) -> Result<(String, u32), Damaged> {
        let array = given.and_then(canonical).and_then(|value| match value {
            Value::Array(array) => Some(array),
            _ => None,
        });
        let array = array.filter(|array| {
            let names = array.len() == 2 || array.get(1).is_some_and(Value::is_string);
            (2..=3).contains(&array.len()) && names && array.first().is_some_and(Value::is_string)
        });
        let spot = Spot::document("payload");
        if !self.codec.bit([mix(CANONICAL, 1); 3], array.is_some())? {
            return Ok((self.rich_text("disclosure", given)?, 0));
        }
        let at = |index| array.as_ref().and_then(|array| array.get(index));
        let salt = self.salt(at(0).and_then(Value::as_str))?;

        let named = array.as_ref().is_some_and(|array| array.len() == 3);
        if !self.codec.bit([NAMED, mix(NAMED, last), NAMED], named)? {
            let value = self.value(UNKNOWN, spot.member("..."), at(1))?;
            return Ok((text_of(&Value::Array(vec![salt, value])), 0));
        }
        let name = at(1).and_then(Value::as_str).unwrap_or_default();
        let index = names.iter().position(|(known, _)| known == name);
        let known = [KNOWN_NAME, mix(KNOWN_NAME, last), KNOWN_NAME];
        let (name, node) = if self.codec.bit(known, index.is_some())? {
            let index = u64::try_from(index.unwrap_or(0)).unwrap_or(0);
            let contexts = [WHICH_NAME, mix(WHICH_NAME, last), WHICH_NAME];
            let index = self.codec.number(contexts, index)?;
            let index = usize::try_from(index).map_err(|_| Damaged)?;
            let (name, node) = names.get(index).ok_or(Damaged)?;
            (name.clone(), *node)
        } else {
            let name = self.codec.text(hash(b"name"), 0, name.as_bytes())?;
            (String::from_utf8(name).map_err(|_| Damaged)?, UNKNOWN)
        };
        let value = self.value(node, spot.member(&name), at(2))?;
        let hashed = hash(name.as_bytes());
        Ok((text_of(&Value::Array(vec![salt, name.into(), value])), hashed))
    }

    fn salt(&mut self, given: Option<&str>) -> Result<Value, Damaged> {
        let bytes = given.and_then(|salt| base64url::decode(salt).ok());
        let bytes = bytes.filter(|bytes| bytes.len() == 16);
        if self.codec.bit([PLAIN_SALT; 3], bytes.is_some())? {
            let bytes = self.codec.raw(16, &bytes.unwrap_or_default())?;
            return Ok(base64url::encode(&bytes).into());
        }
        let given = given.map(|salt| Value::String(salt.to_owned()));
        let salt = self.value(UNKNOWN, Spot::document("salt"), given.as_ref())?;
        if salt.is_string() { Ok(salt) } else { Err(Damaged) }
    }

    /// One JSON document: by the dictionary when its bytes are those of RFC 8785, else as text.
    fn document(
        &mut self,
        node: usize,
        name: &str,
        given: Option<&str>,
    ) -> Result<String, Damaged> {
        let value = given.and_then(canonical);
        let spot = Spot::document(name);
        if self.codec.bit([mix(CANONICAL, spot.path); 3], value.is_some())? {
            let value = self.value(node, spot, value.as_ref())?;
            Ok(text_of(&value))
        } else {
            self.rich_text(name, given)
        }
    }

    /// Any text, with digests that are known, and runs that look like random bytes, said as such.
    fn rich_text(&mut self, name: &str, given: Option<&str>) -> Result<String, Damaged> {
        let tokens = given.map(|text| self.tokens(text)).unwrap_or_default();
        let mut cursor = Cursor::new(mix(hash(name.as_bytes()), 1), 0);
        let mut read = Vec::new();
        for place in 0.. {
            let token = tokens.get(place);
            let byte = match token {
                None => Codec::end(),
                Some(Token::Byte(byte)) => *byte,
                Some(Token::Digest(_)) => DIGEST,
                Some(Token::Blob(_)) => BLOB,
            };
            match self.codec.text_byte(&mut cursor, byte)? {
                byte if Codec::is_end(byte) => break,
                DIGEST => {
                    let index = if let Some(Token::Digest(index)) = token { *index } else { 0 };
                    let index = self.codec.number([WHICH_DIGEST; 3], index)?;
                    read.extend(self.digest_at(index).ok_or(Damaged)?.bytes());
                }
                BLOB => {
                    let bytes: &[u8] =
                        if let Some(Token::Blob(bytes)) = token { bytes } else { &[] };
                    let len = u64::try_from(bytes.len()).unwrap_or(0);
                    let len = self.codec.number([BLOB_LENGTH; 3], len)?;
                    let bytes =
                        self.codec.raw(usize::try_from(len).map_err(|_| Damaged)?, bytes)?;
                    read.extend(base64url::encode(&bytes).bytes());
                }
                byte => read.push(byte),
            }
        }
        String::from_utf8(read).map_err(|_| Damaged)
    }

    /// Takes a text apart at its quotes.
    fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        for (index, piece) in text.split('"').enumerate() {
            if index > 0 {
                tokens.push(Token::Byte(b'"'));
            }
            if let Some(digest) = self.digest_index(piece) {
                tokens.push(Token::Digest(digest));
            } else if piece.len() >= 16
                && looks_random(piece)
                && let Ok(bytes) = base64url::decode(piece)
            {
                tokens.push(Token::Blob(bytes));
            } else {
                tokens.extend(piece.bytes().map(Token::Byte));
            }
        }
        tokens
    }

    /// The number of a digest that is known; `sd_hash` comes after those of disclosures.
    pub(super) fn digest_index(&self, text: &str) -> Option<u64> {
        let index = self
            .disclosed
            .iter()
            .map(|disclosed| &disclosed.digest)
            .chain(&self.sd_hash)
            .position(|digest| digest == text)?;
        u64::try_from(index).ok()
    }

    pub(super) fn digest_at(&self, index: u64) -> Option<String> {
        let index = usize::try_from(index).ok()?;
        let mut digests =
            self.disclosed.iter().map(|disclosed| &disclosed.digest).chain(&self.sd_hash);
        digests.nth(index).cloned()
    }
}

/// The value of a text that is its own RFC 8785 form.
fn canonical(text: &str) -> Option<Value> {
    let value = json::parse(text.as_bytes(), Limits::TOKEN).ok()?;
    (is_shallow(&value, 0) && jcs::to_vec(&value) == text.as_bytes()).then_some(value)
}

fn text_of(value: &Value) -> String {
    // RFC 8785 is UTF-8.
    String::from_utf8(jcs::to_vec(value)).unwrap_or_default()
}

/// Whether a disclosure refers to one that stands before it.
fn children_first(disclosures: &[String]) -> bool {
    let digests: Vec<String> = disclosures.iter().map(|text| digest_of(text)).collect();
    disclosures.iter().enumerate().any(|(index, text)| {
        digests.iter().take(index).any(|digest| text.contains(digest.as_str()))
    })
}
