//! Strict JSON: duplicate members, depth and size are refused before anything is used
//! (RFC 8725, 2.4 and RFC 7515, 4: member names MUST be unique).

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

/// Bounds on a document from outside.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest text in bytes.
    pub bytes: usize,
    /// Deepest nesting of arrays and objects; never more than [`DEEPEST`].
    pub depth: usize,
    /// Most values, containers and members counted alike: a short text may make a large tree.
    pub values: usize,
}

/// No limit allows deeper nesting: it keeps the stack small and stays below `serde_json`'s own.
pub const DEEPEST: usize = 64;

/// Most characters of a member's name that an error repeats.
const NAME_SHOWN: usize = 64;

impl Limits {
    /// For a token's header.
    pub const HEADER: Self = Self { bytes: 32 * 1024, depth: 16, values: 256 };
    /// For a token's payload: less than a megabyte on the heap, whatever the text.
    pub const TOKEN: Self = Self { bytes: 256 * 1024, depth: 32, values: 2048 };
    /// For a large document from an address that the operator configured, such as the trust
    /// registry.
    pub const DOCUMENT: Self = Self { bytes: 8 * 1024 * 1024, depth: 32, values: 500_000 };
}

/// Parses one JSON text with nothing after it.
///
/// # Errors
/// [`JsonError`]: too long, too deep, too many values, a duplicate member at any depth, or not
/// JSON.
pub fn parse(text: &[u8], limits: Limits) -> Result<Value, JsonError> {
    with_bounds(text, limits, |bounds, deserializer| {
        Node { bounds, depth: 0 }.deserialize(deserializer)
    })
}

/// Parses `[salt, name, value]`, or `[salt, value]` without a name (RFC 9901, 4.2); the salt is a
/// string that nobody needs.
///
/// # Errors
/// [`JsonError`], as [`parse`]; any other value is [`JsonError::Syntax`].
pub(crate) fn parse_disclosure(
    text: &[u8],
    limits: Limits,
) -> Result<(Option<String>, Value), JsonError> {
    with_bounds(text, limits, |bounds, deserializer| {
        bounds.count_value::<serde_json::Error>()?;
        deserializer.deserialize_seq(Salted { bounds })
    })
}

/// Parses one JSON object with nothing after it.
///
/// # Errors
/// [`JsonError`], as [`parse`]; any other value is [`JsonError::Syntax`].
pub fn parse_object(text: &[u8], limits: Limits) -> Result<Map<String, Value>, JsonError> {
    with_bounds(text, limits, |bounds, deserializer| {
        deserializer.deserialize_map(Object { bounds, depth: 1 })
    })
}

fn with_bounds<T>(
    text: &[u8],
    limits: Limits,
    read: impl FnOnce(
        &Bounds,
        &mut serde_json::Deserializer<serde_json::de::StrRead<'_>>,
    ) -> Result<T, serde_json::Error>,
) -> Result<T, JsonError> {
    if text.len() > limits.bytes {
        return Err(JsonError::TooLong(limits.bytes));
    }
    // All at once is faster than string by string, as the deserializer would
    let text = str::from_utf8(text).map_err(|error| place_of(text, error.valid_up_to()))?;
    let bounds = Bounds {
        depth: limits.depth.min(DEEPEST),
        values: limits.values,
        left: Cell::new(limits.values),
        fault: RefCell::new(None),
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    read(&bounds, &mut deserializer).and_then(|value| deserializer.end().map(|()| value)).map_err(
        |error| {
            bounds
                .fault
                .take()
                .unwrap_or(JsonError::Syntax { line: error.line(), column: error.column() })
        },
    )
}

/// The fault of a text that is no UTF-8 from a byte on.
fn place_of(text: &[u8], fault: usize) -> JsonError {
    let before = text.get(..fault).unwrap_or_default();
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let within = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    JsonError::Syntax { line: lines.saturating_add(1), column: within.saturating_add(1) }
}

/// Why a JSON text is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Longer than the limit.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// Nested deeper than the limit.
    #[error("nested deeper than {0}")]
    TooDeep(usize),
    /// More values than the limit.
    #[error("more than {0} values")]
    TooMany(usize),
    /// A member name stands twice in one object.
    #[error("member {0:?} stands twice")]
    DuplicateMember(String),
    /// Not JSON.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Line from 1.
        line: usize,
        /// Column from 1.
        column: usize,
    },
}

/// What is left of the limits, and the fault that `serde_json::Error` can't carry.
struct Bounds {
    depth: usize,
    values: usize,
    left: Cell<usize>,
    fault: RefCell<Option<JsonError>>,
}

impl Bounds {
    fn refuse<T, E: serde::de::Error>(&self, fault: JsonError) -> Result<T, E> {
        *self.fault.borrow_mut() = Some(fault);
        Err(E::custom("refused"))
    }

    fn count_value<E: serde::de::Error>(&self) -> Result<(), E> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => self.refuse(JsonError::TooMany(self.values)),
        }
    }

    fn enter<E: serde::de::Error>(&self, depth: usize) -> Result<(), E> {
        if depth > self.depth { self.refuse(JsonError::TooDeep(self.depth)) } else { Ok(()) }
    }
}

/// Any value that stands inside `depth` containers.
#[derive(Clone, Copy)]
struct Node<'b> {
    bounds: &'b Bounds,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.bounds.count_value()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = Node { bounds: self.bounds, depth: self.depth.saturating_add(1) };
        self.bounds.enter(inner.depth)?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Value, A::Error> {
        Object { bounds: self.bounds, depth: self.depth.saturating_add(1) }
            .visit_map(members)
            .map(Value::Object)
    }
}

/// An object whose members stand inside `depth` containers, itself included.
struct Object<'b> {
    bounds: &'b Bounds,
    depth: usize,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        self.bounds.enter(self.depth)?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Vacant(vacant) => {
                    let node = Node { bounds: self.bounds, depth: self.depth };
                    vacant.insert(members.next_value_seed(node)?);
                }
                Entry::Occupied(occupied) => {
                    let name = occupied.key().chars().take(NAME_SHOWN).collect();
                    return self.bounds.refuse(JsonError::DuplicateMember(name));
                }
            }
        }
        Ok(object)
    }
}

/// A disclosure's array.
struct Salted<'b> {
    bounds: &'b Bounds,
}

impl<'de> Visitor<'de> for Salted<'_> {
    type Value = (Option<String>, Value);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a disclosure")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let misshapen = || serde::de::Error::custom("not a disclosure");
        self.bounds.enter(1)?;
        elements.next_element_seed(Salt(self.bounds))?.ok_or_else(misshapen)?;
        let node = Node { bounds: self.bounds, depth: 1 };
        let second = elements.next_element_seed(node)?.ok_or_else(misshapen)?;
        let Some(third) = elements.next_element_seed(node)? else { return Ok((None, second)) };
        match (second, elements.next_element::<IgnoredAny>()?) {
            (Value::String(name), None) => Ok((Some(name), third)),
            _ => Err(misshapen()),
        }
    }
}

/// A string, read and not kept.
struct Salt<'b>(&'b Bounds);

impl<'de> DeserializeSeed<'de> for Salt<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.count_value()?;
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Salt<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a salt")
    }

    fn visit_str<E>(self, _salt: &str) -> Result<(), E> {
        Ok(())
    }
}
