//! Lists of passports, page by page.

use std::fmt;
use std::str::FromStr;

use vc::base64url;

use crate::store::{IndexToken, Passport, PassportId, PassportState, Queue};

/// A place in a list of passports: the end of an index key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub Vec<u8>);

impl Cursor {
    /// Longest index key's end: an instant and a place.
    const MAX_BYTES: usize = 32;
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match base64url::decode(text) {
            Ok(bytes) if (24..=Self::MAX_BYTES).contains(&bytes.len()) => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err("not a cursor"),
        }
    }
}

/// Which passports.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// In this state only; archived ones are shown only when asked for.
    pub state: Option<PassportState>,
    /// In this queue only.
    pub queue: Option<Queue>,
    /// Until when something must run out to be in [`Queue::Expiring`].
    pub expiring_until: i64,
    /// Found by all of these.
    pub tokens: Vec<IndexToken>,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: usize,
}

/// Passports: newest first, those that run out in that order.
#[derive(Clone, Debug)]
pub struct Page {
    /// The passports.
    pub items: Vec<Listed>,
    /// Where the next page begins, when there may be one.
    pub next: Option<Cursor>,
}

/// A row of a page. One that can't be read does not hide the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A passport.
    Passport(Box<Passport>),
    /// Its row is damaged.
    Unreadable(PassportId),
}

/// How many wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// In each queue but [`Queue::Expiring`].
    pub waiting: Vec<(Queue, u64)>,
    /// That run out in time, and not past [`MAX_EXPIRING`].
    pub expiring: u64,
}

/// Most passports that run out soon that are counted one by one.
pub const MAX_EXPIRING: u64 = 1000;
