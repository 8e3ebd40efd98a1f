//! Identifiers and other values with a form of their own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::{FaultCode, Faults};
pub use crate::read::List;
use crate::read::{Field, whole};
use crate::text;
use crate::words::Body;

/// One line of at most `MAX` characters, without control characters or outer spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

/// A short line.
pub type Line = Text<100>;
/// A name as the person writes it.
pub type Name = Text<80>;
/// A short text.
pub type Paragraph = Text<500>;

impl<const MAX: usize> Text<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control characters, line separators and overrides of the writing direction.
const fn is_hidden(char: char) -> bool {
    matches!(char, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl<const MAX: usize> Field for Text<MAX> {
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
        let Some(text) = value.as_str() else {
            faults.note(pointer, FaultCode::WrongType, "fault-not-text");
            return None;
        };
        let before = faults.0.len();
        if text.is_empty() {
            faults.note(pointer, FaultCode::BadFormat, "fault-empty");
        } else if text.starts_with(' ') || text.ends_with(' ') {
            faults.note(pointer, FaultCode::BadFormat, "fault-spaces");
        }
        if text.chars().any(is_hidden) {
            faults.note(pointer, FaultCode::BadFormat, "fault-hidden-characters");
        }
        if text.chars().count() > MAX {
            let problem = text::Text::new("fault-too-long").counted("most", MAX);
            faults.note(pointer, FaultCode::OutOfRange, problem);
        }
        (faults.0.len() == before).then(|| Self(text.to_owned()))
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Whole<const MIN: u8, const MAX: u8>(u8);

impl<const MIN: u8, const MAX: u8> Whole<MIN, MAX> {
    /// The number.
    pub const fn value(self) -> u8 {
        self.0
    }
}

impl<const MIN: u8, const MAX: u8> Field for Whole<MIN, MAX> {
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
        let number = whole(value);
        let within = number
            .and_then(|number| u8::try_from(number).ok())
            .filter(|number| (MIN..=MAX).contains(number));
        if within.is_none() {
            let code = if value.is_number() { FaultCode::OutOfRange } else { FaultCode::WrongType };
            let problem = text::Text::new("fault-not-whole-number");
            faults.note(pointer, code, problem.counted("least", MIN).counted("most", MAX));
        }
        within.map(Self)
    }
}

/// A value that is not of its form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {}", text::english(.0))]
pub struct BadForm(&'static str);

macro_rules! formed {
    ($($(#[$meta:meta])* $name:ident: $form:literal, $is:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadForm;

            fn from_str(text: &str) -> Result<Self, BadForm> {
                let is: fn(&str) -> bool = $is;
                if is(text) { Ok(Self(text.to_owned())) } else { Err(BadForm($form)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadForm;

            fn try_from(text: String) -> Result<Self, BadForm> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Field for $name {
            fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
                read_text(value, pointer, faults, BadForm($form).problem(), |text| text.parse().ok())
            }
        }
    )+};
}

formed! {
    /// Key of an NHS organisation, such as `RBV`.
    OdsCode: "form-ods-code", |text| shape(text, 3..=10, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    /// Random id of a person at one issuer; never a national number.
    SubjectRef: "form-subject-ref", |text| shape(text, 8..=64, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    /// GPG 45 identity profile, such as `H1A`.
    Gpg45Profile: "form-gpg45-profile", |text| matches!(text.as_bytes(), [b'L' | b'M' | b'H' | b'V', b'1'..=b'4', b'A'..=b'E']);
    /// ISO 3166-1 country, three letters.
    Country: "form-country", |text| shape(text, 3..=3, |byte| byte.is_ascii_uppercase());
    /// A small picture as a `data:` URI.
    Portrait: "form-portrait", is_portrait;
    /// Number of a DBS certificate.
    CertificateNumber: "form-certificate-number", |text| shape(text, 12..=12, |byte| byte.is_ascii_digit());
    /// Occupation code of the NHS manual.
    OccupationCode: "form-occupation-code", |text| shape(text, 3..=3, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    /// ESR assignment number.
    EsrAssignmentNumber: "form-esr-assignment-number", is_assignment_number;
    /// Three-digit ESR trust number.
    Vpd: "form-vpd", |text| shape(text, 3..=3, |byte| byte.is_ascii_digit());
    /// Pay band.
    PayBand: "form-pay-band", |text| !text.starts_with(' ') && !text.ends_with(' ') && shape(text, 1..=20, |byte| byte.is_ascii_alphanumeric() || byte == b' ');
    /// Share of full time as a decimal text.
    Wte: "form-wte", is_wte;
}

fn shape(text: &str, length: std::ops::RangeInclusive<usize>, byte: fn(u8) -> bool) -> bool {
    length.contains(&text.len()) && text.bytes().all(byte)
}

fn is_portrait(text: &str) -> bool {
    let Some(data) = ["jpeg", "png", "webp"]
        .iter()
        .find_map(|kind| text.strip_prefix(&format!("data:image/{kind};base64,")))
    else {
        return false;
    };
    let digits = data.strip_suffix('=').map_or(data, |data| data.strip_suffix('=').unwrap_or(data));
    text.len() <= 32_768
        && shape(digits, 1..=32_768, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
        })
}

fn is_assignment_number(text: &str) -> bool {
    let (number, suffix) =
        text.split_once('-').map_or((text, None), |(number, suffix)| (number, Some(suffix)));
    shape(number, 8..=8, |byte| byte.is_ascii_digit())
        && suffix.is_none_or(|suffix| shape(suffix, 1..=3, |byte| byte.is_ascii_digit()))
}

fn is_wte(text: &str) -> bool {
    matches!(
        text.as_bytes(),
        b"1" | b"1.0"
            | b"1.00"
            | [b'0', b'.', b'1'..=b'9']
            | [b'0', b'.', b'0', b'1'..=b'9']
            | [b'0', b'.', b'1'..=b'9', b'0'..=b'9']
    )
}

fn read_text<T>(
    value: &Value,
    pointer: &str,
    faults: &mut Faults,
    problem: impl Into<text::Text>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let read = value.as_str().and_then(parse);
    if read.is_none() {
        let code = if value.is_string() { FaultCode::BadFormat } else { FaultCode::WrongType };
        faults.note(pointer, code, problem);
    }
    read
}

/// How long training stands: `P3Y`, `P18M`, `P1Y6M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RenewalPeriod {
    years: u32,
    months: Option<u32>,
    only_months: bool,
}

impl RenewalPeriod {
    /// In months.
    pub const fn months(self) -> u32 {
        let months = match self.months {
            Some(months) => months,
            None => 0,
        };
        self.years.saturating_mul(12).saturating_add(months)
    }
}

impl FromStr for RenewalPeriod {
    type Err = BadForm;

    fn from_str(text: &str) -> Result<Self, BadForm> {
        const FORM: BadForm = BadForm("a period such as P3Y");
        let one_or_two = |digits: &str| -> Result<u32, BadForm> {
            let form =
                shape(digits, 1..=2, |byte| byte.is_ascii_digit()) && !digits.starts_with('0');
            if form { digits.parse().map_err(|_| FORM) } else { Err(FORM) }
        };
        let rest = text.strip_prefix('P').ok_or(FORM)?;
        let months_of = |rest: &str| -> Result<Option<u32>, BadForm> {
            if rest.is_empty() {
                return Ok(None);
            }
            one_or_two(rest.strip_suffix('M').ok_or(FORM)?).map(Some)
        };
        match rest.split_once('Y') {
            Some((years, rest)) => {
                Ok(Self { years: one_or_two(years)?, months: months_of(rest)?, only_months: false })
            }
            None if rest.is_empty() => Err(FORM),
            None => Ok(Self { years: 0, months: months_of(rest)?, only_months: true }),
        }
    }
}

impl fmt::Display for RenewalPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        if !self.only_months {
            write!(f, "{}Y", self.years)?;
        }
        self.months.map_or(Ok(()), |months| write!(f, "{months}M"))
    }
}

impl Serialize for RenewalPeriod {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Field for RenewalPeriod {
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
        let problem = "fault-not-period";
        read_text(value, pointer, faults, problem, |text| text.parse().ok())
    }
}

/// A registration number in the form of its body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RegistrationNumber(String);

impl RegistrationNumber {
    /// Parses a number as `body` writes it.
    ///
    /// # Errors
    /// [`BadForm`] says what its numbers look like.
    pub fn of(body: Body, text: &str) -> Result<Self, BadForm> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let bytes = text.as_bytes();
        let (fits, form) = match body {
            Body::Nmc => (
                matches!(
                    bytes,
                    [y1, y2, letter, n1, n2, n3, n4, check]
                        if [y1, y2, n1, n2, n3, n4].iter().all(|byte| byte.is_ascii_digit())
                            && letter.is_ascii_uppercase() && check.is_ascii_uppercase()
                ),
                "form-nmc-number",
            ),
            Body::Gmc => (
                {
                    let number = text.strip_prefix('A').unwrap_or(text);
                    number.len() == 7 && digits(number)
                },
                "form-gmc-number",
            ),
            Body::Gphc => {
                (text.len() == 7 && text.starts_with('2') && digits(text), "form-gphc-number")
            }
            Body::Hcpc => (
                matches!(bytes, [a, b, number @ ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase()
                    && (1..=6).contains(&number.len()) && number.iter().all(u8::is_ascii_digit)),
                "form-hcpc-number",
            ),
            Body::Gdc | Body::Goc | Body::Gosc | Body::Gcc | Body::Swe | Body::Voluntary => (
                shape(text, 1..=20, |byte| {
                    byte.is_ascii_uppercase()
                        || byte.is_ascii_digit()
                        || matches!(byte, b'-' | b'/')
                }) && !text.starts_with(['-', '/'])
                    && !text.ends_with(['-', '/']),
                "form-registration-number",
            ),
        };
        if fits { Ok(Self(text.to_owned())) } else { Err(BadForm(form)) }
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BadForm {
    /// What was expected, to follow the label of the place.
    pub(crate) fn problem(&self) -> text::Text {
        text::Text::new("fault-form").with("form", text::Value::Word(self.0.to_owned()))
    }
}

impl Field for RegistrationNumber {
    /// Any text: its form hangs on the body, which the registration looks at.
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
        read_text(value, pointer, faults, "fault-not-text", |text| Some(Self(text.to_owned())))
    }
}
