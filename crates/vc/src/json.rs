//! Strict JSON: duplicate members, depth and size are refused before anything is used
//! (RFC 8725, 2.4 and RFC 7515, 4: member names MUST be unique).

use serde_json::Value;

/// Bounds on a document from outside.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest text in bytes.
    pub bytes: usize,
    /// Deepest nesting of arrays and objects.
    pub depth: usize,
}

impl Limits {
    /// For a token's header or payload.
    pub const TOKEN: Self = Self { bytes: 256 * 1024, depth: 32 };
}

/// Parses one JSON text with nothing after it.
///
/// # Errors
/// [`JsonError`]: too long, too deep, a duplicate member at any depth, or not JSON.
pub fn parse(text: &[u8], limits: Limits) -> Result<Value, JsonError> {
    todo!()
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
