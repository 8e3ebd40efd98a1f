//! A presentation taken apart into the JSON texts and signatures that it is made of.

use sha2::{Digest as _, Sha256};

use crate::base64url;

/// Everything that a presentation's text is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) header: String,
    pub(super) payload: String,
    pub(super) signature: Vec<u8>,
    pub(super) disclosures: Vec<String>,
    pub(super) binding: Option<Binding>,
}

/// The key-binding JWT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) header: String,
    pub(super) payload: String,
    pub(super) signature: Vec<u8>,
}

impl Parts {
    /// `None` for a text that is not canonical base64url of UTF-8 throughout.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.split('~');
        let [header, payload, signature] = jws(pieces.next()?)?;
        let mut rest: Vec<&str> = pieces.collect();
        let binding = match rest.pop()? {
            "" => None,
            jwt => {
                let [header, payload, signature] = jws(jwt)?;
                Some(Binding {
                    header: json(header)?,
                    payload: json(payload)?,
                    signature: bytes(signature)?,
                })
            }
        };
        Some(Self {
            header: json(header)?,
            payload: json(payload)?,
            signature: bytes(signature)?,
            disclosures: rest.into_iter().map(json).collect::<Option<_>>()?,
            binding,
        })
    }

    /// The text up to and with the last `~`.
    pub(super) fn presented(&self) -> String {
        let mut text = join(&self.header, &self.payload, &self.signature);
        text.push('~');
        for disclosure in &self.disclosures {
            text.push_str(&base64url::encode(disclosure.as_bytes()));
            text.push('~');
        }
        text
    }

    /// The whole text.
    pub(super) fn text(&self) -> String {
        let mut text = self.presented();
        if let Some(binding) = &self.binding {
            text.push_str(&join(&binding.header, &binding.payload, &binding.signature));
        }
        text
    }
}

/// The digest of a disclosure's JSON text (RFC 9901, 4.2.3).
pub(super) fn digest_of(disclosure: &str) -> String {
    digest(&base64url::encode(disclosure.as_bytes()))
}

/// SHA-256 as text, of a disclosure as sent or of what a key binding covers.
pub(super) fn digest(text: &str) -> String {
    base64url::encode(&Sha256::digest(text.as_bytes()))
}

fn join(header: &str, payload: &str, signature: &[u8]) -> String {
    let [header, payload] = [header, payload].map(|text| base64url::encode(text.as_bytes()));
    format!("{header}.{payload}.{}", base64url::encode(signature))
}

fn jws(text: &str) -> Option<[&str; 3]> {
    let mut pieces = text.split('.');
    let jws = [pieces.next()?, pieces.next()?, pieces.next()?];
    pieces.next().is_none().then_some(jws)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    base64url::decode(text).ok()
}

fn json(text: &str) -> Option<String> {
    String::from_utf8(bytes(text)?).ok()
}
