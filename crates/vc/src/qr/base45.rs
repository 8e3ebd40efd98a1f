//! Base45 (RFC 9285): bytes in the characters of the QR alphanumeric mode. Two bytes are three
//! characters, one byte at the end is two.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Not what [`encode`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotBase45;

pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let (mut value, chars) = match *pair {
            [high, low] => (usize::from(high) * 256 + usize::from(low), 3),
            [byte] => (usize::from(byte), 2),
            _ => continue,
        };
        for _ in 0..chars {
            text.extend(ALPHABET.get(value % 45).copied().map(char::from));
            value /= 45;
        }
    }
    text
}

pub(super) fn decode(text: &str) -> Result<Vec<u8>, NotBase45> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let mut value = 0;
        for &c in group.iter().rev() {
            value = value * 45 + digit(c).ok_or(NotBase45)?;
        }
        if group.len() == 3 {
            bytes.extend(u16::try_from(value).map_err(|_| NotBase45)?.to_be_bytes());
        } else if group.len() == 2 {
            bytes.push(u8::try_from(value).map_err(|_| NotBase45)?);
        } else {
            return Err(NotBase45);
        }
    }
    Ok(bytes)
}

const fn digit(c: u8) -> Option<u32> {
    Some(match c {
        b'0'..=b'9' => digit_value(c, b'0', 0),
        b'A'..=b'Z' => digit_value(c, b'A', 10),
        b' ' => 36,
        b'$' => 37,
        b'%' => 38,
        b'*' => 39,
        b'+' => 40,
        b'-' => 41,
        b'.' => 42,
        b'/' => 43,
        b':' => 44,
        _ => return None,
    })
}

#[expect(clippy::as_conversions, reason = "u8 to u32 in a const fn, always lossless")]
const fn digit_value(c: u8, first: u8, offset: u32) -> u32 {
    (c - first) as u32 + offset
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9285, 4.3 and 4.4.
    #[test]
    fn the_examples_of_the_rfc_hold() {
        for (plain, coded) in [
            ("AB", "BB8"),
            ("Hello!!", "%69 VD92EX0"),
            ("base-45", "UJCLQE7W581"),
            ("ietf!", "QED8WEX0"),
        ] {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn every_pair_of_bytes_comes_back() {
        for value in 0..=u16::MAX {
            let bytes = value.to_be_bytes();

            assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
        }
    }

    /// RFC 9285, 4: 65536 ("GGW" is 65535) and 256 do not fit.
    #[test]
    fn overflow_odd_length_and_foreign_characters_are_refused() {
        assert_eq!(decode("FGW").unwrap(), [0xff, 0xff]);
        for text in ["GGW", ":::", "::", "A", "ABCD", "ab8", "A\u{e9}", "B!8"] {
            assert_eq!(decode(text), Err(NotBase45), "{text}");
        }
    }
}
