//! Movements: a host's wish to take somebody on, and what HR says.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use chrono::NaiveDate;
use passport::{Kind, OdsCode, StaffGroup};
use serde::{Deserialize, Serialize};

use crate::store::{MovementState, PassportId, RefusedRelease, SecretHash, StoreError};

/// A movement's id: the hash of the notice, which only host and home have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MovementId(pub SecretHash);

impl fmt::Display for MovementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from(self.0))
    }
}

impl FromStr for MovementId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        SecretHash::try_from(text.to_owned()).map(Self)
    }
}

/// A movement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Its id.
    pub id: MovementId,
    /// Whose; absent for a reference that nobody here has, or a person who is erased.
    pub passport: Option<PassportId>,
    /// Where to.
    pub host: OdsCode,
    /// Kind of placement.
    pub kind: Kind,
    /// Staff group.
    pub staff_group: StaffGroup,
    /// First day.
    pub start: NaiveDate,
    /// Last day, included.
    pub end: NaiveDate,
    /// The host's name for the notice.
    pub jti: String,
    /// When it came, in seconds since 1970.
    pub received_at: i64,
    /// How far it is.
    pub state: MovementState,
    /// Why HR refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusedRelease>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<i64>,
    /// The newest signed answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// A notice about to be recorded.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The movement, its passport left out.
    pub movement: Movement,
    /// The person, as the host names her.
    pub subject_ref: String,
}

/// What came of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// Recorded, now or before. Whether anybody is known by the reference stays here.
    Recorded,
    /// The host used this `jti` for another notice.
    JtiUsed,
}

/// HR's word, or the host's end.
#[derive(Clone, Debug)]
pub struct MovementDecision {
    /// Which movement.
    pub id: MovementId,
    /// What it becomes.
    pub state: MovementState,
    /// Why HR refuses.
    pub reason: Option<RefusedRelease>,
    /// Another last day.
    pub end: Option<NaiveDate>,
    /// The signed answer.
    pub answer: String,
    /// Who.
    pub who: String,
    /// In whose own words, sealed.
    pub note: Option<String>,
    /// When.
    pub now: i64,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It stands.
    Done(Box<Movement>),
    /// There is no such movement.
    Unknown,
    /// Its state does not allow it.
    State(MovementState),
    /// Nobody here is known by the reference: it can only be refused.
    NobodyHere,
}

/// Which movements.
#[derive(Clone, Debug, Default)]
pub struct MovementsRequest {
    /// In this state only.
    pub state: Option<MovementState>,
    /// Whose days have this one among them.
    pub on: Option<NaiveDate>,
    /// Older than this place.
    pub after: Option<Vec<u8>>,
    /// At most so many.
    pub limit: usize,
}

/// What the store does for movements.
#[async_trait]
pub trait MovementStore: Send + Sync {
    /// Records a notice; the same again is recorded once.
    async fn record_notice(&self, notice: Notice) -> Result<Noticed, StoreError>;

    /// HR approves or refuses, or an approved one ends.
    async fn decide_movement(&self, decision: MovementDecision) -> Result<Decided, StoreError>;

    /// One by its id.
    async fn movement(&self, id: &MovementId) -> Result<Option<Movement>, StoreError>;

    /// The one of a host's `jti`.
    async fn movement_of(&self, host: &OdsCode, jti: &str) -> Result<Option<Movement>, StoreError>;

    /// Newest first, and the place of the next page.
    async fn movements(
        &self,
        request: MovementsRequest,
    ) -> Result<(Vec<Movement>, Option<Vec<u8>>), StoreError>;

    /// Every counter and its value: anonymous, and kept when a person is erased.
    async fn counters(&self) -> Result<Vec<(String, u64)>, StoreError>;
}
