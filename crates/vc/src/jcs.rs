//! JSON Canonicalization Scheme (RFC 8785), for the bytes that this issuer signs.

use serde_json::{Map, Number, Value};

/// Beyond this a double skips integers (RFC 8785, 3.2.2.3 and appendix D).
const MAX_EXACT: u64 = 1 << 53;

/// The canonical bytes of `value`: members sorted by UTF-16 code units, ECMAScript numbers.
pub fn to_vec(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(value, &mut out);
    out
}

/// The canonical bytes of an object with these members.
pub fn object_to_vec(members: &Map<String, Value>) -> Vec<u8> {
    let mut out = Vec::new();
    write_object(members, &mut out);
    out
}

fn write_value(value: &Value, out: &mut Vec<u8>) {
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
                write_value(element, out);
            }
            out.push(b']');
        }
        Value::Object(members) => write_object(members, out),
    }
}

fn write_object(members: &Map<String, Value>, out: &mut Vec<u8>) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    // RFC 8785, 3.2.3: "property name strings to be sorted are formatted as arrays of UTF-16
    // code units"
    sorted.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    out.push(b'{');
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(name, out);
        out.push(b':');
        write_value(value, out);
    }
    out.push(b'}');
}

/// RFC 8785, 3.2.2.3: as ECMAScript's `Number.prototype.toString`.
fn write_number(number: &Number, out: &mut Vec<u8>) {
    let exact = match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive <= MAX_EXACT,
        (None, Some(negative)) => negative.unsigned_abs() <= MAX_EXACT,
        (None, None) => false,
    };
    if exact {
        out.extend_from_slice(number.to_string().as_bytes());
    } else if let Some(double) = number.as_f64() {
        out.extend_from_slice(ryu_js::Buffer::new().format(double).as_bytes());
    }
}

/// RFC 8785, 3.2.2.2: the shortest escapes for controls, `"` and `\`; nothing else is escaped.
fn write_string(string: &str, out: &mut Vec<u8>) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    out.push(b'"');
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
