//! JSON values by the nodes of the dictionary (docs/qr-format.md, "Values"): what a value is comes
//! first, then the value, each expected from where it stands.

use serde_json::{Map, Number, Value};

use super::date::Day;
use super::dictionary::UNKNOWN;
use super::model::{SYMBOL_CONTEXTS, hash, mix};
use super::presentation::Coder;
use super::{Damaged, string};
use crate::base64url;

/// Deepest value.
pub(super) const MAX_DEPTH: u32 = 12;

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// All names from the document down.
    pub(super) path: u32,
    /// The nearest name.
    pub(super) field: u32,
    /// The first string or number of the object that it is in, so far.
    pub(super) first: u32,
    /// The last one.
    pub(super) before: u32,
    /// The last date of that object.
    pub(super) date: Option<Day>,
    depth: u32,
}

impl Spot {
    pub(super) fn document(name: &str) -> Self {
        let path = hash(name.as_bytes());
        Self { path, field: path, first: 0, before: 0, date: None, depth: 0 }
    }

    pub(super) fn member(self, name: &str) -> Self {
        let field = hash(name.as_bytes());
        Self { path: mix(self.path, field), field, depth: self.depth + 1, ..self }
    }

    fn inside(self) -> Self {
        Self { first: 0, before: 0, date: None, ..self }
    }

    fn element(self) -> Self {
        Self { path: mix(self.path, 2), depth: self.depth + 1, ..self.inside() }
    }

    /// What the next value may go with.
    fn pass(&mut self, value: &Value) {
        let seen = match value {
            Value::String(text) => {
                self.date = Day::parse(text).or(self.date);
                hash(text.as_bytes())
            }
            Value::Number(number) => hash(number.to_string().as_bytes()),
            Value::Bool(value) => 3 + u32::from(*value),
            Value::Null | Value::Array(_) | Value::Object(_) => return,
        };
        if self.first == 0 {
            self.first = seen;
        }
        self.before = seen;
    }
}

const KIND: u32 = 11;
const PRESENT: u32 = 12;
const MORE: u32 = 13;
const NUMBER: u32 = 14;
const DIGESTS: u32 = 15;
const OURS: u32 = 16;
const HIDDEN: u32 = 17;
const RELATIVE: u32 = 18;

const NULL: u32 = 0;
const FALSE: u32 = 1;
const TRUE: u32 = 2;
const INTEGER: u32 = 3;
const OTHER_NUMBER: u32 = 4;
const STRING: u32 = 5;
const ARRAY: u32 = 6;
const OBJECT: u32 = 7;

fn kind_of(value: &Value) -> u32 {
    match value {
        Value::Null => NULL,
        Value::Bool(false) => FALSE,
        Value::Bool(true) => TRUE,
        Value::Number(number) if number.as_i64().is_some() => INTEGER,
        Value::Number(_) => OTHER_NUMBER,
        Value::String(_) => STRING,
        Value::Array(_) => ARRAY,
        Value::Object(_) => OBJECT,
    }
}

/// Whether every object is at most [`MAX_DEPTH`] deep.
pub(super) fn is_shallow(value: &Value, depth: u32) -> bool {
    depth < MAX_DEPTH
        && match value {
            Value::Array(items) => items.iter().all(|item| is_shallow(item, depth + 1)),
            Value::Object(members) => members.values().all(|value| is_shallow(value, depth + 1)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
}

impl Coder<'_> {
    /// Contexts of a bit at a spot: the spot, with what stands before it, with what stood here last.
    pub(super) fn contexts(&self, spot: &Spot, what: u32) -> [u32; SYMBOL_CONTEXTS] {
        let here = mix(spot.path, what);
        let last = self.columns.get(&spot.path).copied().unwrap_or(0);
        [here, mix(mix(here, 1), spot.before), mix(mix(here, 2), last)]
    }

    /// A value of the node.
    pub(super) fn value(
        &mut self,
        node: usize,
        spot: Spot,
        given: Option<&Value>,
    ) -> Result<Value, Damaged> {
        self.codec.spend(4)?;
        if spot.depth > MAX_DEPTH {
            return Err(Damaged);
        }
        let contexts = self.contexts(&spot, KIND);
        let value = match self.codec.symbol(contexts, 3, given.map_or(0, kind_of))? {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            INTEGER => self.integer(spot, given.and_then(Value::as_i64))?.into(),
            OTHER_NUMBER => {
                let text = given.map(Value::to_string).unwrap_or_default();
                let text = self.codec.text(hash(b"number"), 0, text.as_bytes())?;
                serde_json::from_slice::<Number>(&text).map_err(|_| Damaged)?.into()
            }
            STRING => self.string(node, &spot, given.and_then(Value::as_str))?.into(),
            ARRAY => self.array(node, spot, given.and_then(Value::as_array))?.into(),
            OBJECT => self.object(node, spot, given.and_then(Value::as_object))?.into(),
            _ => return Err(Damaged),
        };
        let column = match &value {
            Value::String(text) => hash(text.as_bytes()),
            Value::Number(number) => hash(number.to_string().as_bytes()),
            other => kind_of(other),
        };
        self.columns.insert(spot.path, column);
        Ok(value)
    }

    /// An integer, from the credential's `iat` when it is near.
    fn integer(&mut self, spot: Spot, given: Option<i64>) -> Result<i64, Damaged> {
        let at = |what| {
            let here = mix(spot.path, what);
            [here, mix(here, spot.before), mix(mix(here, 1), spot.first)]
        };
        let Some(start) = self.issued_at else {
            return self.codec.signed(at(NUMBER), given.unwrap_or(0));
        };
        let delta = given.and_then(|number| number.checked_sub(start));
        let near = delta.filter(|delta| delta.unsigned_abs() < 1 << 26 && start > 1 << 28);
        if self.codec.bit(at(RELATIVE), near.is_some())? {
            let delta = self.codec.signed(at(RELATIVE + 100), near.unwrap_or(0))?;
            start.checked_add(delta).ok_or(Damaged)
        } else {
            self.codec.signed(at(NUMBER), given.unwrap_or(0))
        }
    }

    fn array(
        &mut self,
        node: usize,
        spot: Spot,
        given: Option<&Vec<Value>>,
    ) -> Result<Vec<Value>, Damaged> {
        let items = self.dictionary.node(node).items;
        let element = spot.element();
        let mut read = Vec::new();
        let mut last_first = 0;
        loop {
            let count = u32::try_from(read.len().min(40)).unwrap_or(0);
            let here = mix(element.path, MORE);
            let contexts = [mix(here, count), mix(mix(here, 100), last_first), here];
            let next = given.and_then(|given| given.get(read.len()));
            if !self.codec.bit(contexts, next.is_some())? {
                return Ok(read);
            }
            let value = self.value(items, element, next)?;
            last_first = match &value {
                // The first member of the dictionary's order that is there.
                Value::Object(members) => self
                    .dictionary
                    .node(items)
                    .members
                    .iter()
                    .find_map(|(name, _)| members.get(name))
                    .map_or(0, |value| hash(value.to_string().as_bytes())),
                other => hash(other.to_string().as_bytes()),
            };
            read.push(value);
        }
    }

    fn object(
        &mut self,
        node: usize,
        spot: Spot,
        given: Option<&Map<String, Value>>,
    ) -> Result<Map<String, Value>, Damaged> {
        let mut inside = spot.inside();
        let mut read = Map::new();
        for (name, child) in &self.dictionary.node(node).members {
            let member = inside.member(name);
            let contexts = self.contexts(&member, PRESENT);
            let next = given.and_then(|given| given.get(name));
            if self.codec.bit(contexts, next.is_some())? {
                let value = self.value(*child, member, next)?;
                if spot.depth == 0 && name == "iss" {
                    self.issuer = value.as_str().map(str::to_owned);
                }
                inside.pass(&value);
                read.insert(name.clone(), value);
            }
        }
        let digests = given.and_then(|given| self.plain_digests(given.get("_sd")?));
        let contexts = self.contexts(&spot, DIGESTS);
        if self.codec.bit(contexts, digests.is_some())? {
            let digests = self.digests(&spot, digests.as_deref())?;
            read.insert("_sd".to_owned(), digests.into());
        }
        let mut others = given
            .into_iter()
            .flatten()
            .filter(|(name, _)| !read.contains_key(name.as_str()))
            .collect::<Vec<_>>()
            .into_iter();
        loop {
            let next = others.next();
            let contexts = self.contexts(&inside, MORE);
            if !self.codec.bit(contexts, next.is_some())? {
                return Ok(read);
            }
            let name = next.map_or("", |(name, _)| name.as_str());
            let name = self.codec.text(hash(b"name"), spot.field, name.as_bytes())?;
            let name = String::from_utf8(name).map_err(|_| Damaged)?;
            let member = inside.member(&name);
            let value = self.value(UNKNOWN, member, next.map(|(_, value)| value))?;
            inside.pass(&value);
            if read.insert(name, value).is_some() {
                return Err(Damaged);
            }
        }
    }

    /// An `_sd` that [`Self::digests`] can say: digests alone, sorted.
    fn plain_digests(&self, value: &Value) -> Option<Vec<String>> {
        let list = value.as_array()?;
        let digests: Vec<String> =
            list.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        let plain = digests
            .iter()
            .all(|digest| base64url::decode(digest).is_ok_and(|bytes| bytes.len() == 32));
        let sorted = digests.iter().zip(digests.iter().skip(1)).all(|(a, b)| a < b);
        (plain && sorted).then_some(digests)
    }

    /// Sorted digests: those of disclosures that are here, then the hidden ones as they are.
    fn digests(&mut self, spot: &Spot, given: Option<&[String]>) -> Result<Vec<String>, Damaged> {
        let mut list = Vec::new();
        for index in 0..self.disclosed.len() {
            let Some(disclosed) = self.disclosed.get(index) else { break };
            if disclosed.placed {
                continue;
            }
            let here = mix(spot.path, OURS);
            let contexts = [here, mix(here, disclosed.name), mix(OURS, disclosed.name)];
            let ours = given.is_some_and(|given| given.contains(&disclosed.digest));
            if self.codec.bit(contexts, ours)?
                && let Some(disclosed) = self.disclosed.get_mut(index)
            {
                disclosed.placed = true;
                list.push(disclosed.digest.clone());
            }
        }
        let hidden: Vec<&String> =
            given.into_iter().flatten().filter(|digest| !list.contains(digest)).collect();
        let contexts = self.contexts(spot, HIDDEN);
        let count = self.codec.number(contexts, u64::try_from(hidden.len()).unwrap_or(0))?;
        for index in 0..count {
            self.codec.spend(1)?;
            let digest = usize::try_from(index).ok().and_then(|index| hidden.get(index));
            let bytes = digest.map(|digest| base64url::decode(digest).unwrap_or_default());
            let bytes = self.codec.raw(32, &bytes.unwrap_or_default())?;
            list.push(base64url::encode(&bytes));
        }
        list.sort_unstable();
        Ok(list)
    }

    fn string(&mut self, node: usize, spot: &Spot, given: Option<&str>) -> Result<String, Damaged> {
        string::code(self, node, spot, given)
    }
}
