//! `explained.toml`: why each class of disagreement is as it should be.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explained {
    pub explained: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub kinds: Vec<String>,
    pub peers: Vec<String>,
    pub theirs: Theirs,
    /// Of the standard, or of a library.
    pub section: String,
    pub reason: String,
}

/// What the other code base does where we do something else.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Theirs {
    #[serde(rename = "accepts")]
    Accepts,
    #[serde(rename = "refuses")]
    Refuses,
    #[serde(rename = "reads other claims")]
    ReadsOtherClaims,
}

impl Theirs {
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::Refuses => "refuses",
            Self::ReadsOtherClaims => "reads other claims",
        }
    }
}

impl Explained {
    pub fn find(&self, kind: &str, peer: &str, theirs: Theirs) -> Option<&Entry> {
        self.explained.iter().find(|entry| {
            entry.theirs == theirs
                && entry.kinds.iter().any(|one| one == kind)
                && entry.peers.iter().any(|one| one == peer)
        })
    }
}
