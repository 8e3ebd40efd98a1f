//! A token before it is signed, and its parts after.

use serde_json::{Map, Value, json};

use crate::keys::{Key, Signing, b64, digest};

/// Every token is made for this instant, so that a seed makes the same tokens every day.
pub const NOW: i64 = 1_790_000_000;
pub const ISSUER: &str = "https://issuer.example";
pub const VCT: &str = "urn:staff-passport:employment-checks:1";
pub const LIST: &str = "https://issuer.example/status-lists/0";
pub const AUDIENCE: &str = "ods:R0A";
pub const NONCE: &str = "AAECAwQFBgcICQoLDA0ODw";

#[derive(Clone)]
pub struct Disclosure {
    pub encoded: String,
    /// Place in the draft's `all` of the disclosure that holds its digest.
    pub parent: Option<usize>,
    pub shown: bool,
}

#[derive(Clone)]
pub enum SdHash {
    Computed,
    Is(Value),
    Absent,
    OfTheJwtAlone,
}

/// All that issuer and holder sign. The texts replace the maps when present.
#[derive(Clone)]
pub struct Draft {
    pub issuer: Key,
    pub holder: Key,
    pub stranger: Key,
    pub header: Map<String, Value>,
    pub header_text: Option<String>,
    pub payload: Map<String, Value>,
    pub payload_text: Option<String>,
    pub signing: Signing,
    pub all: Vec<Disclosure>,
    /// Disclosures sent behind the shown ones.
    pub more: Vec<String>,
    pub kb_header: Map<String, Value>,
    pub kb_header_text: Option<String>,
    pub kb_claims: Map<String, Value>,
    pub kb_claims_text: Option<String>,
    pub sd_hash: SdHash,
    pub kb_signing: Signing,
}

pub fn disclosure(array: &Value) -> String {
    b64(array.to_string())
}

impl Draft {
    pub fn shown(&self) -> Vec<usize> {
        (0..self.all.len()).filter(|place| self.all[*place].shown).collect()
    }

    /// Puts a disclosure beside the others and its digest into `_sd` at the top.
    pub fn hide_at_top(&mut self, encoded: String) {
        let hidden = digest(&encoded);
        self.top_digests().push(hidden.into());
        self.more.push(encoded);
    }

    pub fn top_digests(&mut self) -> &mut Vec<Value> {
        let sd = self.payload.entry("_sd").or_insert_with(|| json!([]));
        sd.as_array_mut().expect("an array")
    }

    /// Puts a disclosure beside the others and its digest into an array of its own.
    pub fn hide_in_array(&mut self, encoded: String) {
        let hidden = digest(&encoded);
        self.payload.insert("listed".to_owned(), json!(["clear", {"...": hidden}]));
        self.more.push(encoded);
    }

    pub fn jwt(&self) -> String {
        let header = self.header_text.clone().unwrap_or_else(|| text(&self.header));
        let payload = self.payload_text.clone().unwrap_or_else(|| text(&self.payload));
        signed(&header, &payload, &self.signing)
    }

    /// Binds what stands before to the holder's key.
    pub fn bind(&self, jwt: String) -> Sent {
        let shown = self.shown().into_iter().map(|place| self.all[place].encoded.clone());
        let disclosures: Vec<String> = shown.chain(self.more.iter().cloned()).collect();
        let mut claims = self.kb_claims.clone();
        let sd_hash = match &self.sd_hash {
            SdHash::Computed => {
                let mut all = jwt.clone();
                for one in &disclosures {
                    all.push('~');
                    all.push_str(one);
                }
                all.push('~');
                Some(digest(&all).into())
            }
            SdHash::OfTheJwtAlone => Some(digest(&jwt).into()),
            SdHash::Is(value) => Some(value.clone()),
            SdHash::Absent => None,
        };
        if let Some(sd_hash) = sd_hash {
            claims.insert("sd_hash".to_owned(), sd_hash);
        }
        let header = self.kb_header_text.clone().unwrap_or_else(|| text(&self.kb_header));
        let claims = match &self.kb_claims_text {
            // A template: what is computed goes into its place
            Some(template) => template.replace("SD_HASH", claims["sd_hash"].as_str().unwrap_or("")),
            None => text(&claims),
        };
        Sent { jwt, disclosures, kb: signed(&header, &claims, &self.kb_signing), raw: None }
    }
}

fn text(members: &Map<String, Value>) -> String {
    Value::Object(members.clone()).to_string()
}

fn signed(header: &str, payload: &str, signing: &Signing) -> String {
    let input = format!("{}.{}", b64(header), b64(payload));
    let signature = signing.sign(input.as_bytes());
    format!("{input}.{}", b64(signature))
}

/// A token's parts as somebody on the way sees them.
#[derive(Clone)]
pub struct Sent {
    pub jwt: String,
    pub disclosures: Vec<String>,
    pub kb: String,
    /// The whole text, when it is no longer made of the parts.
    pub raw: Option<String>,
}

impl Sent {
    pub fn text(&self) -> String {
        if let Some(raw) = &self.raw {
            return raw.clone();
        }
        let mut text = self.jwt.clone();
        for one in &self.disclosures {
            text.push('~');
            text.push_str(one);
        }
        text.push('~');
        text.push_str(&self.kb);
        text
    }
}
