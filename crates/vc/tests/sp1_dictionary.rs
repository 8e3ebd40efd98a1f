//! The dictionary of the compact QR codes is made from `schemas/`, and nobody has changed it since.
//!
//! `cargo test -p vc --test sp1_dictionary -- --ignored` writes it anew: before a release only, for
//! codes of a released dictionary must be read for ever. After one, the next letter is made.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use vc::base64url;
use vc::claim_path::ClaimPath;
use vc::sd_jwt::{Issuance, KeyBinding, key_binding_input};
use vc::time::UnixTime;

use common::keys::{TestKey, object, rng};

const EXAMPLES: u64 = 12;
/// 2026-01-01
const EPOCH_DAY: i64 = 20_454;

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

fn read(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Splitmix64: the same choices everywhere.
struct Choices(u64);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        usize::try_from(bits % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn of<'a>(&mut self, list: &'a [Value]) -> &'a Value {
        &list[self.below(list.len())]
    }
}

/// Nodes of the dictionary, each once.
struct Nodes(Vec<Value>);

impl Nodes {
    fn add(&mut self, node: Value) -> usize {
        self.0.iter().position(|known| *known == node).unwrap_or_else(|| {
            self.0.push(node);
            self.0.len() - 1
        })
    }

    fn members(&mut self, members: Vec<(String, usize)>) -> usize {
        self.add(json!({ "members": members }))
    }

    fn values(&mut self, values: &[&str]) -> usize {
        self.add(json!({ "values": values }))
    }

    fn of_schema(&mut self, root: &Value, schema: &Value) -> usize {
        let schema = resolve(root, schema);
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let members = properties
                .iter()
                .map(|(name, schema)| (name.clone(), self.of_schema(root, schema)))
                .collect();
            return self.members(members);
        }
        if let Some(items) = schema.get("items") {
            let items = self.of_schema(root, items);
            return self.add(json!({ "items": items }));
        }
        match schema.get("enum") {
            Some(values) => self.add(json!({ "values": values })),
            None => 0,
        }
    }
}

fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => root
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap_or_else(|| panic!("{reference}")),
        None => schema,
    }
}

/// A credential type of `schemas/`.
struct Kind {
    schema: Value,
    vct: String,
    hide: Vec<ClaimPath>,
}

/// In the order of their `vct`.
fn kinds() -> Vec<Kind> {
    let mut kinds = BTreeMap::new();
    for entry in std::fs::read_dir(schemas()).unwrap() {
        let folder = entry.unwrap().path();
        let issuance = folder.join("issuance.json");
        if issuance.exists() {
            let issuance = read(&issuance);
            let vct = issuance["vct"].as_str().unwrap().to_owned();
            let hide = serde_json::from_value(issuance["hide"].clone()).unwrap();
            let schema = read(&folder.join("schema.json"));
            kinds.insert(vct.clone(), Kind { schema, vct, hide });
        }
    }
    kinds.into_values().collect()
}

/// An invented document of a schema, out of the words of the field.
struct Writer<'a> {
    root: &'a Value,
    vocabulary: &'a Value,
    choices: Choices,
    today: i64,
}

impl Writer<'_> {
    fn object(&mut self, schema: &Value) -> Value {
        let required =
            schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut members = Map::new();
        for (name, schema) in schema["properties"].as_object().unwrap() {
            let chance =
                self.vocabulary["presence"].get(name).and_then(Value::as_u64).unwrap_or(50);
            let chance = usize::try_from(chance).unwrap();
            if required.iter().any(|required| required == name) || self.choices.below(100) < chance
            {
                let value = self.value(name, schema, &members);
                members.insert(name.clone(), value);
            }
        }
        members.into()
    }

    fn value(&mut self, name: &str, schema: &Value, beside: &Map<String, Value>) -> Value {
        let schema = resolve(self.root, schema);
        if name == "core_skills" {
            return self.skills(resolve(self.root, &schema["items"]));
        }
        if schema.get("properties").is_some() {
            return self.object(schema);
        }
        if let Some(items) = schema.get("items") {
            let count = 1 + self.choices.below(2);
            return (0..count).map(|_| self.value(name, items, beside)).collect();
        }
        if let Some([other, years]) =
            self.vocabulary["same_as"].get(name).and_then(Value::as_array).map(Vec::as_slice)
        {
            let other = beside.get(other.as_str().unwrap()).and_then(Value::as_str);
            return other.map_or_else(|| self.day(200), |day| years_later(day, years).into());
        }
        if schema.get("format").is_some_and(|format| format == "date") {
            let days = &self.vocabulary["days"][name];
            let (from, to) = (days[0].as_i64().unwrap_or(-700), days[1].as_i64().unwrap_or(0));
            let span = usize::try_from(to - from + 1).unwrap();
            let day = from + i64::try_from(self.choices.below(span)).unwrap();
            return self.day(day);
        }
        let allowed = schema.get("enum").and_then(Value::as_array);
        if let Some(typical) = self.vocabulary["typical"].get(name).and_then(Value::as_array) {
            let fitting: Vec<Value> = typical
                .iter()
                .filter(|value| allowed.is_none_or(|allowed| allowed.contains(value)))
                .cloned()
                .collect();
            if !fitting.is_empty() {
                return self.choices.of(&fitting).clone();
            }
        }
        if let Some(allowed) = allowed {
            return self.choices.of(allowed).clone();
        }
        if let Some(words) = self.vocabulary["words"].get(name).and_then(Value::as_array) {
            return self.choices.of(words).clone();
        }
        match schema["type"].as_str() {
            Some("boolean") => json!(self.choices.below(2) == 0),
            Some("integer") => schema["minimum"].clone(),
            _ => {
                let digits: String = (0..12).map(|_| self.choices.below(10).to_string()).collect();
                json!(digits)
            }
        }
    }

    /// Most subjects there are, in their order; many done on one day.
    fn skills(&mut self, schema: &Value) -> Value {
        let skills = self.vocabulary["skills"].as_array().unwrap();
        let named = self.choices.below(100) < 60;
        let assessed = self.choices.below(100) < 30;
        let mut together = -i64::try_from(self.choices.below(900)).unwrap();
        let mut list = Vec::new();
        for skill in skills {
            if self.choices.below(100) < 12 {
                continue;
            }
            if self.choices.below(100) < 60 {
                together = -i64::try_from(self.choices.below(900)).unwrap();
            }
            let years = &skill[2];
            let Value::String(awarded) = self.day(together) else { continue };
            let mut entry = Map::new();
            for name in schema["properties"].as_object().unwrap().keys() {
                let value = match name.as_str() {
                    "subject" => skill[0].clone(),
                    "level" => skill[1].clone(),
                    "framework" => json!("CSTF"),
                    "competency_name" if named => skill[3].clone(),
                    "attainment" => json!("ACHIEVED"),
                    "awarded_on" => json!(awarded),
                    "renewal_period" => json!(format!("P{years}Y")),
                    "valid_until" => years_later(&awarded, years).into(),
                    "assessed" if assessed => json!(self.choices.below(2) == 0),
                    _ => continue,
                };
                entry.insert(name.clone(), value);
            }
            list.push(Value::Object(entry));
        }
        list.into()
    }

    /// A day, by its distance from today.
    fn day(&mut self, days: i64) -> Value {
        let days = self.today + days;
        // Days of civil years, by search: small and plain.
        let mut year = 1970 + days.div_euclid(366);
        let start = |year: i64| {
            let past = year - 1;
            past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400) - 719_162
        };
        while start(year + 1) <= days {
            year += 1;
        }
        let leap = start(year + 1) - start(year) == 366;
        let mut rest = days - start(year);
        let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month = 0;
        while rest >= lengths[month] {
            rest -= lengths[month];
            month += 1;
        }
        json!(format!("{year:04}-{:02}-{:02}", month + 1, rest + 1))
    }
}

fn years_later(day: &str, years: &Value) -> String {
    let (year, rest) = day.split_once('-').unwrap();
    let year = year.parse::<i64>().unwrap() + years.as_i64().unwrap();
    let rest = if rest == "02-29" && years != 0 { "02-28" } else { rest };
    format!("{year:04}-{rest}")
}

/// A presentation of the document, taken apart: salts, keys and signatures do not matter.
fn example(kind: &Kind, vocabulary: &Value, seed: u64) -> Value {
    let holder = TestKey::ed25519(2).public();
    let words = |name: &str| vocabulary["words"][name].as_array().unwrap();
    let mut choices = Choices(seed);
    let today = EPOCH_DAY + i64::try_from(choices.below(720)).unwrap();
    let issued_at = today * 86_400 + i64::try_from(choices.below(86_400)).unwrap();
    let mut writer = Writer { root: &kind.schema, vocabulary, choices, today };
    let mut claims = object(&writer.object(&kind.schema));
    claims.remove("assurance");
    let assurance = kind.schema.pointer("/properties/assurance");
    if let Some(schema) = assurance {
        let mut assurance = object(&writer.value("assurance", schema, &Map::new()));
        // What the issuer writes when HR leaves it out
        if writer.choices.below(100) < 70 {
            for (name, value) in [
                ("origin", "ESR"),
                ("assurance_policy", "NHS Employment Check Standards"),
                ("assurance_outcome", "PASS"),
            ] {
                assurance.insert(name.to_owned(), json!(value));
            }
            assurance.insert("last_refresh".to_owned(), writer.day(0));
        }
        claims.insert("assurance".to_owned(), assurance.into());
    }
    let iss = writer.choices.of(words("iss")).as_str().unwrap().to_owned();
    let uri = writer.choices.of(words("uri")).as_str().unwrap();
    let index = writer.choices.below(1 << 17);
    let ods = writer.choices.of(words("ods")).clone();
    let technical = json!({
        "iss": iss, "vct": kind.vct, "iat": issued_at, "exp": issued_at + 90 * 86_400,
        "status": {"status_list": {"idx": index, "uri": format!("{iss}{uri}")}},
        "cnf": {"jwk": holder.to_jwk()},
        "subject_ref": base64url::encode(&[0x5a; 15].map(|byte: u8| byte.wrapping_mul(seed.to_le_bytes()[0] | 1))),
        "employer": {"ods": ods, "name": writer.choices.of(words("name"))},
    });
    claims.extend(object(&technical));

    let issuance = Issuance {
        algorithm: holder.algorithm(),
        kid: &holder.kid(),
        x5c: &[],
        claims: &claims,
        hide: &kind.hide,
    };
    let mut random = rng(seed.to_le_bytes()[0]);
    let issued = issuance.prepare(&mut random).unwrap().finish(&[0; 64]);
    // The inner blocks stay hidden.
    let inner: Vec<String> = kind
        .hide
        .iter()
        .filter(|path| path.0.len() > 1)
        .map(|path| path.to_string().rsplit('/').next().unwrap().to_owned())
        .collect();
    let mut disclosed = String::new();
    for (place, piece) in issued.split_terminator('~').enumerate() {
        let hidden = place > 0 && {
            let text = String::from_utf8(base64url::decode(piece).unwrap()).unwrap();
            inner.iter().any(|name| text.contains(&format!("\",\"{name}\",")))
        };
        if !hidden {
            disclosed.push_str(piece);
            disclosed.push('~');
        }
    }
    let aud = writer.choices.of(words("aud")).as_str().unwrap().to_owned();
    let shown = issued_at + i64::try_from(writer.choices.below(80 * 86_400)).unwrap();
    let mut nonce = [0; 16];
    rand_chacha::rand_core::Rng::fill_bytes(&mut random, &mut nonce);
    let mut nonce = base64url::encode(&nonce);
    if seed % 4 == 3 {
        nonce.push_str(".123456");
    }
    let binding = KeyBinding { audience: aud, nonce, issued_at: UnixTime(shown) };
    let presentation =
        key_binding_input(&disclosed, holder.algorithm(), &binding).unwrap().finish(&[0; 64]);

    let mut pieces: Vec<&str> = presentation.split('~').collect();
    let jws = |text: &str| -> [String; 2] {
        let mut parts = text.split('.').map(decode);
        [parts.next().unwrap(), parts.next().unwrap()]
    };
    let [binding_header, binding] = jws(pieces.pop().unwrap());
    let [header, payload] = jws(pieces.remove(0));
    let disclosures: Vec<String> = pieces.into_iter().map(decode).collect();
    json!({
        "header": header, "payload": payload, "disclosures": disclosures,
        "binding_header": binding_header, "binding": binding,
    })
}

fn decode(text: &str) -> String {
    String::from_utf8_lossy(&base64url::decode(text).unwrap()).into_owned()
}

fn dictionary() -> Value {
    let vocabulary = read(&schemas().join("qr/vocabulary.json"));
    let kinds = kinds();
    let mut nodes = Nodes(vec![json!({})]);

    let alg = nodes.values(&["EdDSA", "ES256", "Ed25519"]);
    let typ = nodes.values(&["dc+sd-jwt", "vc+sd-jwt", "kb+jwt"]);
    let named = |list: &[(&str, usize)]| -> Vec<(String, usize)> {
        list.iter().map(|(name, node)| ((*name).to_owned(), *node)).collect()
    };
    let header = nodes.members(named(&[("alg", alg), ("typ", typ), ("kid", 0), ("x5c", 0)]));
    let binding_header = nodes.members(named(&[("alg", alg), ("typ", typ)]));
    let binding = nodes.members(named(&[("iat", 0), ("aud", 0), ("nonce", 0), ("sd_hash", 0)]));
    let crv = nodes.values(&["Ed25519", "P-256"]);
    let kty = nodes.values(&["OKP", "EC"]);
    let jwk = nodes.members(named(&[("crv", crv), ("kty", kty), ("x", 0), ("y", 0)]));
    let cnf = nodes.members(named(&[("jwk", jwk)]));
    let entry = nodes.members(named(&[("uri", 0), ("idx", 0)]));
    let status = nodes.members(named(&[("status_list", entry)]));
    let sd_alg = nodes.values(&["sha-256"]);
    let employer = nodes.members(named(&[("ods", 0), ("name", 0)]));
    let technical = |vct| {
        named(&[
            ("iss", 0),
            ("vct", vct),
            ("iat", 0),
            ("nbf", 0),
            ("exp", 0),
            ("status", status),
            ("cnf", cnf),
            ("_sd_alg", sd_alg),
            ("sub", 0),
            ("jti", 0),
            ("subject_ref", 0),
            ("employer", employer),
        ])
    };
    let payload = nodes.members(technical(0));
    let mut types = vec![json!({"vct": "", "payload": payload, "disclosures": []})];
    let mut examples = Vec::new();
    for (number, kind) in kinds.iter().enumerate() {
        let vct = nodes.values(&[&kind.vct]);
        let mut members = technical(vct);
        let properties = kind.schema["properties"].as_object().unwrap();
        for (name, schema) in properties {
            members.push((name.clone(), nodes.of_schema(&kind.schema, schema)));
        }
        let payload = nodes.members(members);
        let disclosures: Vec<(String, usize)> = kind
            .hide
            .iter()
            .map(|path| {
                let mut schema = &kind.schema;
                let mut last = "";
                let pointer = path.to_string();
                for name in pointer.split('/').skip(1) {
                    schema = resolve(&kind.schema, &schema["properties"][name]);
                    last = name;
                }
                (last.to_owned(), nodes.of_schema(&kind.schema, schema))
            })
            .collect();
        types.push(json!({"vct": kind.vct, "payload": payload, "disclosures": disclosures}));
        for seed in 0..EXAMPLES {
            let seed = seed + 1000 * u64::try_from(number).unwrap();
            examples.push(example(kind, &vocabulary, seed));
        }
    }
    // Values may stand in a text as words.
    let values: Vec<String> = nodes
        .0
        .iter()
        .filter_map(|node| node["values"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .filter(|value| value.contains('_'))
        .map(|value| value.replace('_', " "))
        .collect();
    let mut words: Vec<Value> = vec![json!(["value", values])];
    words.extend(vocabulary["words"].as_object().unwrap().iter().map(|words| json!(words)));
    json!({
        "comment": "Made by crates/vc/tests/sp1_dictionary.rs from schemas/. Frozen: never edit.",
        "nodes": nodes.0,
        "header": header,
        "binding_header": binding_header,
        "binding": binding,
        "types": types,
        "words": words,
        "examples": examples,
    })
}

fn text(dictionary: &Value) -> String {
    serde_json::to_string_pretty(dictionary).unwrap() + "\n"
}

fn frozen() -> PathBuf {
    schemas().join("qr/sp1-a.json")
}

#[test]
fn the_frozen_dictionary_is_what_the_schemas_make() {
    let frozen = std::fs::read_to_string(frozen()).unwrap();

    assert!(
        frozen == text(&dictionary()),
        "schemas/ has changed: write the dictionary anew (see the first lines of this file)"
    );
}

#[test]
#[ignore = "writes the dictionary, does not check it"]
fn write_the_dictionary() {
    std::fs::write(frozen(), text(&dictionary())).unwrap();
}
