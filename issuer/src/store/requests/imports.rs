//! Imports of many passports.

use crate::store::{PassportDraft, SecretHash};

/// An import of many passports out of one file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Import {
    /// Hash of who imports and the key that the caller gave it.
    pub id: SecretHash,
    /// SHA-256 of the file.
    pub file: SecretHash,
    /// Name of the mapping.
    pub mapping: String,
    /// Who.
    pub who: String,
    /// When.
    pub at: i64,
}

/// What came of beginning an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is new.
    Now,
    /// The same file was begun before: it goes on.
    Before,
    /// The key was used with another file or mapping.
    Otherwise,
}

/// One row of an import.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Which import.
    pub import: SecretHash,
    /// Its number in the file.
    pub row: usize,
    /// The passport.
    pub draft: PassportDraft,
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The passport is recorded.
    Now,
    /// The row had its passport already.
    Before,
}
