//! Valid tokens of every shape: nested and recursive disclosures, array elements, decoys.

use rand_chacha::ChaCha8Rng;
use rand_core::Rng as _;
use serde_json::{Map, Value, json};

use crate::draft::{
    AUDIENCE, Disclosure, Draft, ISSUER, LIST, NONCE, NOW, SdHash, VCT, disclosure,
};
use crate::keys::{Key, Signing, b64, digest};

pub type Random = ChaCha8Rng;

const NAMES: [&str; 14] = [
    "family_name",
    "identity",
    "role",
    "checks",
    "address",
    "skills",
    "grade",
    "dates",
    "notes",
    "Straße",
    "名前",
    "a b",
    "x-y.z",
    "level",
];
const TEXTS: [&str; 9] =
    ["Amara", "Éva Müller", "", "日本語", "🩺", "a\"b\\c", "tab\there", "true", "~.=+/"];

pub fn below(rng: &mut Random, bound: usize) -> usize {
    (rng.next_u64() % bound as u64) as usize
}

pub fn one_in(rng: &mut Random, chance: u64) -> bool {
    rng.next_u64() % chance == 0
}

pub fn pick<'a, T>(rng: &mut Random, all: &'a [T]) -> &'a T {
    &all[below(rng, all.len())]
}

pub fn salt(rng: &mut Random) -> String {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    b64(salt)
}

/// A valid token of a random shape.
pub fn draft(rng: &mut Random) -> Draft {
    let issuer = Key::new(one_in(rng, 2), 11);
    let holder = Key::new(one_in(rng, 2), 22);
    let stranger = Key::new(matches!(issuer, Key::P256(_)), 33);
    let mut hiding = Hiding { rng, all: Vec::new() };
    let given_name = hiding.disclosure(None, Some("given_name"), |_, _| json!("Amara"));
    let mut payload = hiding.object(None, 0);
    let Some(Value::Array(digests)) = Some(payload.remove("_sd").unwrap_or_else(|| json!([])))
    else {
        unreachable!("we make arrays")
    };
    let mut digests = digests;
    digests.push(given_name.into());
    digests.sort_unstable_by_key(Value::to_string);
    let Value::Object(registered) = json!({
        "iss": ISSUER, "vct": VCT, "iat": NOW - 86_400, "exp": NOW + 315_360_000,
        "cnf": {"jwk": holder.jwk()}, "status": {"status_list": {"idx": 7, "uri": LIST}},
        "_sd": digests, "_sd_alg": "sha-256",
    }) else {
        unreachable!("an object")
    };
    payload.extend(registered);
    let mut all = hiding.all;
    for place in 0..all.len() {
        let parent_is_shown = all[place].parent.is_none_or(|parent| all[parent].shown);
        all[place].shown = parent_is_shown && (place == 0 || !one_in(rng, 4));
    }
    Draft {
        header: object(json!({"alg": issuer.alg(), "typ": "dc+sd-jwt", "kid": issuer.alg()})),
        header_text: None,
        payload,
        payload_text: None,
        signing: Signing::With(issuer.clone()),
        all,
        more: Vec::new(),
        kb_header: object(json!({"alg": holder.alg(), "typ": "kb+jwt"})),
        kb_header_text: None,
        kb_claims: object(json!({"aud": AUDIENCE, "nonce": NONCE, "iat": NOW - 5})),
        kb_claims_text: None,
        sd_hash: SdHash::Computed,
        kb_signing: Signing::With(holder.clone()),
        issuer,
        holder,
        stranger,
    }
}

pub fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { unreachable!("an object") };
    members
}

struct Hiding<'r> {
    rng: &'r mut Random,
    /// Parents before children.
    all: Vec<Disclosure>,
}

impl Hiding<'_> {
    fn disclosure(
        &mut self,
        parent: Option<usize>,
        name: Option<&str>,
        value: impl FnOnce(&mut Self, usize) -> Value,
    ) -> String {
        let place = self.all.len();
        self.all.push(Disclosure { encoded: String::new(), parent, shown: true });
        let value = value(self, place);
        let salt = salt(self.rng);
        self.all[place].encoded = disclosure(&match name {
            Some(name) => json!([salt, name, value]),
            None => json!([salt, value]),
        });
        digest(&self.all[place].encoded)
    }

    fn object(&mut self, parent: Option<usize>, depth: usize) -> Map<String, Value> {
        let mut members = Map::new();
        let mut digests: Vec<Value> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for _ in 0..=below(self.rng, 4) {
            let name = pick(self.rng, &NAMES);
            if names.contains(name) {
                continue;
            }
            names.push(name);
            if one_in(self.rng, 2) {
                let hidden = self.disclosure(parent, Some(name), |hiding, place| {
                    hiding.value(Some(place), depth + 1)
                });
                digests.push(hidden.into());
            } else {
                let value = self.value(parent, depth + 1);
                members.insert((*name).to_owned(), value);
            }
        }
        if !digests.is_empty() {
            for _ in 0..below(self.rng, 3) {
                digests.push(digest(&salt(self.rng)).into());
            }
            digests.sort_unstable_by_key(Value::to_string);
            members.insert("_sd".to_owned(), digests.into());
        }
        members
    }

    fn array(&mut self, parent: Option<usize>, depth: usize) -> Vec<Value> {
        let mut items = Vec::new();
        for _ in 0..=below(self.rng, 3) {
            if one_in(self.rng, 2) {
                let hidden = self
                    .disclosure(parent, None, |hiding, place| hiding.value(Some(place), depth + 1));
                items.push(json!({"...": hidden}));
            } else {
                let value = self.value(parent, depth + 1);
                items.push(value);
            }
        }
        if one_in(self.rng, 3) {
            items.push(json!({"...": digest(&salt(self.rng))}));
        }
        items
    }

    fn value(&mut self, parent: Option<usize>, depth: usize) -> Value {
        match below(self.rng, if depth < 4 { 9 } else { 6 }) {
            0 => Value::Null,
            1 => one_in(self.rng, 2).into(),
            2 => (self.rng.next_u32() as i64 - (1 << 31)).into(),
            3 => json!(f64::from(self.rng.next_u32() % 10_000) / 8.0 + 0.0625),
            4 | 5 => (*pick(self.rng, &TEXTS)).into(),
            6 => self.array(parent, depth).into(),
            _ => self.object(parent, depth).into(),
        }
    }
}
