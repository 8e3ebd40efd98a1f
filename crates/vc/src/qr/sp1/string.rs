//! Strings: a value of the dictionary, a date, random bytes, or text (docs/qr-format.md,
//! "Strings").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Damaged;
use super::date::Day;
use super::model::mix;
use super::presentation::Coder;
use super::tree::Spot;
use crate::base64url;

const KIND: u32 = 31;
const VALUE: u32 = 32;
const LENGTH: u32 = 33;
const WHICH: u32 = 34;
const DATE: u32 = 35;
const DAYS: u32 = 36;
const YEARS: u32 = 37;

const TEXT: u32 = 0;
const ONE_OF: u32 = 1;
const DAY: u32 = 2;
const BYTES: u32 = 3;
const UUID: u32 = 4;
const BYTES_PADDED: u32 = 5;
const DIGEST: u32 = 6;
const UNDER_ISSUER: u32 = 7;
const BYTES_AND_TEXT: u32 = 8;

/// 2026-01-01: where days count from when the credential says no `iat`.
const EPOCH_DAY: i64 = 20_454;
const DAY_SECONDS: i64 = 86_400;
/// Most years between two dates that go together.
const MAX_YEARS: i64 = 16;

/// Whether a text is rather random bytes than words: its kinds of characters change often, and it
/// has small letters, capitals and digits, or is long.
pub(super) fn looks_random(text: &str) -> bool {
    let kind = |c: u8| match c {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 4,
    };
    let changes =
        text.bytes().zip(text.bytes().skip(1)).filter(|(a, b)| kind(*a) != kind(*b)).count();
    let kinds = [1, 2, 3].iter().all(|wanted| text.bytes().any(|c| kind(c) == *wanted));
    text.len() >= 11
        && (kinds && changes * 3 >= text.len() || text.len() >= 20 && changes * 2 >= text.len())
}

fn random_bytes(text: &str) -> Option<Vec<u8>> {
    looks_random(text).then(|| base64url::decode(text).ok())?
}

fn uuid_bytes(text: &str) -> Option<Vec<u8>> {
    let dashes = [8, 13, 18, 23];
    let mut digits = Vec::with_capacity(32);
    for (index, c) in text.bytes().enumerate() {
        match (dashes.contains(&index), c) {
            (true, b'-') => {}
            (false, b'0'..=b'9') => digits.push(c - b'0'),
            (false, b'a'..=b'f') => digits.push(c - b'a' + 10),
            _ => return None,
        }
    }
    (digits.len() == 32 && text.len() == 36).then(|| {
        digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect()
    })
}

fn uuid_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&index) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// How a string is said, and what there is to say.
enum Said {
    Text(String),
    OneOf(u32),
    Day(Day),
    Bytes(Vec<u8>),
    Uuid(Vec<u8>),
    BytesPadded(Vec<u8>),
    Digest(u64),
    UnderIssuer(String),
    BytesAndText(Vec<u8>, String),
}

impl Said {
    const fn kind(&self) -> u32 {
        match self {
            Self::Text(_) => TEXT,
            Self::OneOf(_) => ONE_OF,
            Self::Day(_) => DAY,
            Self::Bytes(_) => BYTES,
            Self::Uuid(_) => UUID,
            Self::BytesPadded(_) => BYTES_PADDED,
            Self::Digest(_) => DIGEST,
            Self::UnderIssuer(_) => UNDER_ISSUER,
            Self::BytesAndText(..) => BYTES_AND_TEXT,
        }
    }
}

fn say(coder: &Coder<'_>, node: usize, text: &str) -> Said {
    let values = &coder.dictionary.node(node).values;
    if let Some(index) = values.iter().position(|value| value == text) {
        return Said::OneOf(u32::try_from(index).unwrap_or(0));
    }
    if let Some(index) = coder.digest_index(text) {
        return Said::Digest(index);
    }
    if let Some(day) = Day::parse(text) {
        return Said::Day(day);
    }
    if let Some(rest) = coder.issuer.as_deref().and_then(|issuer| text.strip_prefix(issuer))
        && !rest.is_empty()
    {
        return Said::UnderIssuer(rest.to_owned());
    }
    if let Some(bytes) = random_bytes(text) {
        return Said::Bytes(bytes);
    }
    if let Some(bytes) = uuid_bytes(text) {
        return Said::Uuid(bytes);
    }
    if let Some((bytes, rest)) = text.split_once('.')
        && let Some(bytes) = random_bytes(bytes)
    {
        return Said::BytesAndText(bytes, rest.to_owned());
    }
    if text.len() >= 64
        && let Ok(bytes) = STANDARD.decode(text)
        && STANDARD.encode(&bytes) == text
    {
        return Said::BytesPadded(bytes);
    }
    Said::Text(text.to_owned())
}

/// Codes one string.
pub(super) fn code(
    coder: &mut Coder<'_>,
    node: usize,
    spot: &Spot,
    given: Option<&str>,
) -> Result<String, Damaged> {
    let said = given.map(|text| say(coder, node, text));
    let contexts = coder.contexts(spot, KIND);
    let kind = coder.codec.symbol(contexts, 4, said.as_ref().map_or(0, Said::kind))?;
    match kind {
        TEXT => {
            let text = match &said {
                Some(Said::Text(text)) => text.as_str(),
                _ => "",
            };
            words(coder, spot, text)
        }
        ONE_OF => {
            let index = match said {
                Some(Said::OneOf(index)) => index,
                _ => 0,
            };
            one_of(coder, node, spot, index)
        }
        DAY => {
            let day = match said {
                Some(Said::Day(day)) => Some(day),
                _ => None,
            };
            date(coder, spot, day)?.text().ok_or(Damaged)
        }
        BYTES | BYTES_PADDED => {
            let bytes = match said {
                Some(Said::Bytes(bytes) | Said::BytesPadded(bytes)) => bytes,
                _ => Vec::new(),
            };
            let bytes = blob(coder, spot, &bytes)?;
            Ok(if kind == BYTES { base64url::encode(&bytes) } else { STANDARD.encode(&bytes) })
        }
        UUID => {
            let bytes = match said {
                Some(Said::Uuid(bytes)) => bytes,
                _ => Vec::new(),
            };
            Ok(uuid_text(&coder.codec.raw(16, &bytes)?))
        }
        DIGEST => {
            let index = match said {
                Some(Said::Digest(index)) => index,
                _ => 0,
            };
            let contexts = coder.contexts(spot, WHICH);
            let index = coder.codec.number(contexts, index)?;
            coder.digest_at(index).ok_or(Damaged)
        }
        UNDER_ISSUER => {
            let rest = match &said {
                Some(Said::UnderIssuer(rest)) => rest.as_str(),
                _ => "",
            };
            let rest = words(coder, spot, rest)?;
            let issuer = coder.issuer.as_deref().ok_or(Damaged)?;
            Ok(format!("{issuer}{rest}"))
        }
        BYTES_AND_TEXT => {
            let (bytes, rest) = match said {
                Some(Said::BytesAndText(bytes, rest)) => (bytes, rest),
                _ => (Vec::new(), String::new()),
            };
            let bytes = blob(coder, spot, &bytes)?;
            let rest = words(coder, spot, &rest)?;
            Ok(format!("{}.{rest}", base64url::encode(&bytes)))
        }
        _ => Err(Damaged),
    }
}

fn words(coder: &mut Coder<'_>, spot: &Spot, text: &str) -> Result<String, Damaged> {
    let text = coder.codec.text(spot.field, spot.first, text.as_bytes())?;
    String::from_utf8(text).map_err(|_| Damaged)
}

fn blob(coder: &mut Coder<'_>, spot: &Spot, bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    let contexts = coder.contexts(spot, LENGTH);
    let len = coder.codec.number(contexts, u64::try_from(bytes.len()).unwrap_or(0))?;
    coder.codec.raw(usize::try_from(len).map_err(|_| Damaged)?, bytes)
}

fn one_of(coder: &mut Coder<'_>, node: usize, spot: &Spot, index: u32) -> Result<String, Damaged> {
    let count = u32::try_from(coder.dictionary.node(node).values.len()).unwrap_or(0);
    let bits = u32::BITS - count.saturating_sub(1).leading_zeros();
    let contexts = coder.contexts(spot, VALUE);
    let index = coder.codec.symbol(contexts, bits, index)?;
    let index = usize::try_from(index).map_err(|_| Damaged)?;
    coder.dictionary.node(node).values.get(index).cloned().ok_or(Damaged)
}

const FROM_ISSUE: u32 = 0;
const SAME: u32 = 1;
const YEARS_LATER: u32 = 2;
const YEARS_LATER_LESS_A_DAY: u32 = 3;
const SAME_AS_LAST_HERE: u32 = 4;

/// A date, from another date of its object, from the last one at its place, or from `iat`.
fn date(coder: &mut Coder<'_>, spot: &Spot, given: Option<Day>) -> Result<Day, Damaged> {
    let last_here = coder.dates.get(&spot.path).copied();
    let (way, years) = given.map_or((FROM_ISSUE, 1), |day| way_of(day, spot.date, last_here));
    let contexts = coder.contexts(spot, DATE);
    let day = match coder.codec.symbol(contexts, 3, way)? {
        FROM_ISSUE => {
            let start =
                coder.issued_at.map_or(EPOCH_DAY, |seconds| seconds.div_euclid(DAY_SECONDS));
            let here = mix(spot.path, DAYS);
            let contexts = [here, mix(spot.field, DAYS), mix(here, spot.first)];
            let days = given.map_or(0, |day| day.0.saturating_sub(start));
            let days = coder.codec.signed(contexts, days)?;
            Day(start.checked_add(days).ok_or(Damaged)?)
        }
        SAME => spot.date.ok_or(Damaged)?,
        SAME_AS_LAST_HERE => last_here.ok_or(Damaged)?,
        way @ (YEARS_LATER | YEARS_LATER_LESS_A_DAY) => {
            let contexts = coder.contexts(spot, YEARS);
            let years = coder.codec.number(contexts, u64::try_from(years).unwrap_or(0))?;
            let years = i64::try_from(years).ok().filter(|years| *years <= MAX_YEARS);
            let day = spot.date.ok_or(Damaged)?.plus_years(years.ok_or(Damaged)?);
            Day(day.0 - i64::from(way == YEARS_LATER_LESS_A_DAY))
        }
        _ => return Err(Damaged),
    };
    coder.dates.insert(spot.path, day);
    Ok(day)
}

fn way_of(day: Day, beside: Option<Day>, last_here: Option<Day>) -> (u32, i64) {
    if let Some(beside) = beside {
        if beside == day {
            return (SAME, 0);
        }
        for years in 1..=MAX_YEARS {
            let later = beside.plus_years(years);
            if later == day {
                return (YEARS_LATER, years);
            }
            if later.0 - 1 == day.0 {
                return (YEARS_LATER_LESS_A_DAY, years);
            }
        }
    }
    if last_here == Some(day) { (SAME_AS_LAST_HERE, 0) } else { (FROM_ISSUE, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_look_random() {
        for text in ["NURSING_AND_MIDWIFERY_REGISTERED", "AcuteOncologyNurse", "Staff-Nurse"] {
            assert!(!looks_random(text), "{text}");
        }
        assert!(looks_random("7Qm2vX0cTfaKpO9sLw3eRg"));
    }

    #[test]
    fn a_uuid_comes_back() {
        let text = "0190f3c4-7a1b-7c3d-9e8f-0123456789ab";

        assert_eq!(uuid_text(&uuid_bytes(text).unwrap()), text);
        for other in
            ["0190F3C4-7a1b-7c3d-9e8f-0123456789ab", "0190f3c47a1b-7c3d-9e8f-0123456789ab", ""]
        {
            assert_eq!(uuid_bytes(other), None, "{other}");
        }
    }
}
