//! JSON Canonicalization Scheme (RFC 8785), for the bytes that this issuer signs.

use std::cmp::Ordering;
use std::io::Write as _;

use serde_json::{Map, Number, Value};

/// Beyond this a double skips integers (RFC 8785, 3.2.2.3 and appendix D).
const MAX_EXACT: u64 = 1 << 53;

/// The canonical bytes of `value`: members sorted by UTF-16 code units, ECMAScript numbers.
pub fn to_vec(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    Writer::default().value(value, &mut out);
    out
}

/// The canonical bytes of an object with these members.
pub fn object_to_vec(members: &Map<String, Value>) -> Vec<u8> {
    let mut out = Vec::new();
    Writer::default().object(members, &mut out);
    out
}

/// Writes values one after the other.
#[derive(Default)]
pub(crate) struct Writer<'v> {
    /// Members of the objects that are open, those of the innermost last.
    members: Vec<(&'v str, &'v Value)>,
}

impl<'v> Writer<'v> {
    pub(crate) fn value(&mut self, value: &'v Value, out: &mut Vec<u8>) {
        match value {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            Value::Number(number) => write_number(number, out),
            Value::String(string) => write_string(string, out),
            Value::Array(array) => {
                out.push(b'[');
                for (index, element) in array.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    self.value(element, out);
                }
                out.push(b']');
            }
            Value::Object(members) => self.object(members, out),
        }
    }

    fn object(&mut self, members: &'v Map<String, Value>, out: &mut Vec<u8>) {
        let first = self.members.len();
        self.members.extend(members.iter().map(|(name, value)| (name.as_str(), value)));
        if let Some(sorted) = self.members.get_mut(first..) {
            sorted.sort_unstable_by(|(a, _), (b, _)| name_order(a, b));
        }
        out.push(b'{');
        for place in first..self.members.len() {
            let Some((name, value)) = self.members.get(place).copied() else { break };
            if place > first {
                out.push(b',');
            }
            write_string(name, out);
            out.push(b':');
            self.value(value, out);
        }
        self.members.truncate(first);
        out.push(b'}');
    }
}

/// RFC 8785, 3.2.3: "property name strings to be sorted are formatted as arrays of UTF-16 code
/// units"
pub(crate) fn name_order(a: &str, b: &str) -> Ordering {
    // From U+E000 on the two orders differ; up to there UTF-8 has no byte from 0xee on
    let low = |text: &str| text.bytes().fold(true, |low, byte| low & (byte < 0xee));
    if low(a) && low(b) { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// RFC 8785, 3.2.2.3: as ECMAScript's `Number.prototype.toString`.
fn write_number(number: &Number, out: &mut Vec<u8>) {
    let exact = match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive <= MAX_EXACT,
        (None, Some(negative)) => negative.unsigned_abs() <= MAX_EXACT,
        (None, None) => false,
    };
    if exact {
        // Writing to a vector does not fail
        let _ = write!(out, "{number}");
    } else if let Some(double) = number.as_f64() {
        out.extend_from_slice(ryu_js::Buffer::new().format(double).as_bytes());
    }
}

/// RFC 8785, 3.2.2.2: the shortest escapes for controls, `"` and `\`; nothing else is escaped.
pub(crate) fn write_string(string: &str, out: &mut Vec<u8>) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    out.push(b'"');
    let escapes = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    // Whole, not up to the first: vectors compare many bytes at once
    if !string.bytes().fold(false, |any, byte| any | escapes(byte)) {
        out.extend_from_slice(string.as_bytes());
        out.push(b'"');
        return;
    }
    for byte in string.bytes() {
        match byte {
            b'"' => out.extend_from_slice(br#"\""#),
            b'\\' => out.extend_from_slice(br"\\"),
            0x08 => out.extend_from_slice(br"\b"),
            b'\t' => out.extend_from_slice(br"\t"),
            b'\n' => out.extend_from_slice(br"\n"),
            0x0c => out.extend_from_slice(br"\f"),
            b'\r' => out.extend_from_slice(br"\r"),
            0x00..=0x1f => {
                out.extend_from_slice(br"\u00");
                let digits = [byte >> 4, byte & 0x0f];
                out.extend(digits.iter().filter_map(|digit| HEX.get(usize::from(*digit))));
            }
            plain => out.push(plain),
        }
    }
    out.push(b'"');
}
