//! What the store keeps. Nothing personal stands here in clear.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use vc::base64url;
use vc::oid4vci::RefusalReason;
use vc::status_list::{LIST_ENTRIES, Status};

use crate::store::grants::Client;

mod words;

pub use words::{
    Act, ArchiveReason, AskedAct, ChangeKind, ConfirmKey, MovementState, OfferReason, OfferStep,
    PassportState, Queue, RefusedRelease, ReinstatementReason, RevocationReason, SuspensionReason,
    UnknownWord, WithdrawalReason,
};

/// SHA-256 or HMAC-SHA-256 of a secret: an offer id, a code, a token. The secret is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SecretHash(pub [u8; 32]);

impl From<SecretHash> for String {
    fn from(hash: SecretHash) -> Self {
        base64url::encode(&hash.0)
    }
}

impl TryFrom<String> for SecretHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = base64url::decode(&text).map_err(|_| "not base64url")?;
        bytes.try_into().map(Self).map_err(|_| "not 32 bytes")
    }
}

/// A passport's id in our API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassportId(pub Uuid);

impl utoipa::PartialSchema for PassportId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        crate::openapi::uuid()
    }
}

impl utoipa::ToSchema for PassportId {}

impl fmt::Display for PassportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PassportId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self)
    }
}

/// An entry of one of our status lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StatusEntry {
    /// The list's number.
    pub list: u32,
    /// Index in it.
    pub index: u32,
}

/// How status lists are filled.
#[derive(Clone, Copy, Debug)]
pub struct ListPolicy {
    /// Entries of a list.
    pub entries: u32,
    /// Seconds that a list is public before its first index is given: a `ttl` and a margin.
    pub lead: i64,
    /// Entries that nobody is given, and that change all the same.
    pub decoys: u32,
}

impl Default for ListPolicy {
    fn default() -> Self {
        Self { entries: u32::try_from(LIST_ENTRIES).unwrap_or(1 << 17), lead: 60, decoys: 1024 }
    }
}

/// A status list and the key that signs it: the key of the credentials it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// The list's number.
    pub number: u32,
    /// `kid` of its key.
    pub kid: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "ListForm::is_token")]
    pub form: ListForm,
}

/// What a status list is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ListForm {
    /// Copies in wallets: a Token Status List.
    #[default]
    Token,
    /// Downloads: a Bitstring Status List for each purpose.
    Bitstring,
}

impl ListForm {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_token(&self) -> bool {
        *self == Self::Token
    }
}

/// A copy of a credential in a wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// Its entry; no other copy has it.
    pub entry: StatusEntry,
    /// What the entry says.
    pub status: Status,
    /// RFC 7638 thumbprint of the holder's key.
    pub holder: String,
    /// `kid` of the issuer's key.
    pub kid: String,
    /// `iat`.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

impl Copy {
    /// Whether a holder's key stands behind it; behind a download none does.
    pub fn is_in_a_wallet(&self) -> bool {
        !self.holder.is_empty()
    }
}

/// A line of a passport's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who: `token:ID`, `person:ID`, `wallet` or `issuer`.
    pub who: String,
    /// What.
    pub what: Act,
    /// Why: a word of the act's own set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In somebody's own words, sealed under the person's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The latest offer of a passport, as far as its progress goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestOffer {
    /// Hash of its id.
    pub hash: SecretHash,
    /// How far it is.
    pub step: OfferStep,
    /// Until when its code may be redeemed, or, while HR is to compare, until when that helps.
    pub expires_at: i64,
    /// Wrong transaction codes so far.
    pub wrong_tries: u8,
    /// Who vouches for the phone.
    pub confirm_key: ConfirmKey,
    /// Hash of the access token that it was redeemed for.
    pub token: Option<SecretHash>,
    /// The digits to compare.
    pub digits: Option<String>,
}

/// A refusal by the staff member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Why; absent when the wallet could not keep it.
    pub reason: Option<RefusalReason>,
    /// In the staff member's words, sealed under the person's key.
    pub note: Option<String>,
}

/// A revocation that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedFor {
    /// Why.
    pub reason: RevocationReason,
    /// Whether what was wrong is put right, so that it may be offered again.
    pub corrected: bool,
}

/// A passport without its personal values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passport {
    /// Its id.
    pub id: PassportId,
    /// The person, at this issuer.
    pub subject_ref: String,
    /// Credential configuration.
    pub configuration: String,
    /// Where it is in its life.
    pub state: PassportState,
    /// Milliseconds since 1970.
    pub created_at_ms: i64,
    /// Rises with every change of its document: whoever read an older one does not overwrite it.
    pub revision: u64,
    /// Whether its document has no faults: only then may it be offered.
    pub whole: bool,
    /// Last second of the first check to run out.
    pub due_at: Option<i64>,
    /// Its latest offer.
    pub latest: Option<LatestOffer>,
    /// When the staff member said that she keeps the newest copy.
    pub accepted_at: Option<i64>,
    /// Why the staff member refused.
    pub rejection: Option<Rejection>,
    /// Why it is revoked.
    pub revoked: Option<RevokedFor>,
    /// What stands in its place.
    pub superseded_by: Option<PassportId>,
    /// Its copies, oldest first.
    pub copies: Vec<Copy>,
    /// What HR has downloaded of it, oldest first: held by nobody's key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub downloads: Vec<Copy>,
    /// Lines of its history.
    pub acts: u64,
    /// What one person asked for and a second has not decided yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The account at the identity provider by which the staff member may fetch it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<StaffAccount>,
    /// Whether the person is erased: nothing of hers is left.
    #[serde(default)]
    pub erased: bool,
}

/// A staff member's account at the trust's identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffAccount {
    /// What it is found by: a keyed hash.
    pub found_by: SecretHash,
    /// In HR's words, sealed under the person's key.
    pub sealed: String,
}

/// An offer that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedOffer {
    /// Why.
    pub reason: OfferReason,
    /// Who vouches for the phone.
    pub confirm_key: ConfirmKey,
    /// Credential configurations that it names.
    pub configurations: Vec<String>,
}

/// What waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What for.
    pub act: AskedAct,
    /// Who asked.
    pub by: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// The document that it was asked for.
    pub revision: u64,
    /// Which offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<AskedOffer>,
    /// Why it is to be reinstated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reinstate: Option<ReinstatementReason>,
    /// In whose own words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Passport {
    /// The last second of the newest copy that is not revoked.
    pub fn copy_ends_at(&self) -> Option<i64> {
        self.copies
            .iter()
            .filter(|copy| copy.status != Status::Invalid)
            .map(|copy| copy.expires_at)
            .max()
    }

    /// Which queues it waits in, [`Queue::Expiring`] left out.
    pub fn queues(&self) -> Vec<Queue> {
        let by_state = match self.state {
            PassportState::Drafted => Some(Queue::ToIssue),
            PassportState::Rejected => Some(Queue::Rejected),
            PassportState::Suspended => Some(Queue::Suspended),
            PassportState::Offered
            | PassportState::Active
            | PassportState::Withdrawn
            | PassportState::Superseded
            | PassportState::Revoked
            | PassportState::Expired
            | PassportState::Archived => None,
        };
        let by_step = match self.latest.as_ref().map(|offer| offer.step) {
            Some(OfferStep::Waiting | OfferStep::Collected | OfferStep::Confirmed) => {
                Some(Queue::Waiting)
            }
            // Nobody has it, and HR is to offer it again.
            Some(OfferStep::Refused | OfferStep::Killed | OfferStep::Expired) => {
                (self.state == PassportState::Offered).then_some(Queue::Waiting)
            }
            Some(OfferStep::Confirm) => Some(Queue::ToConfirm),
            Some(
                OfferStep::Issued
                | OfferStep::Accepted
                | OfferStep::Rejected
                | OfferStep::Withdrawn,
            )
            | None => None,
        };
        let asked = self.asked.as_ref().map(|_| Queue::ToApprove);
        by_state.into_iter().chain(by_step).chain(asked).collect()
    }

    /// When the first of its checks and its copy runs out, of a passport that is in use.
    pub fn runs_out_at(&self) -> Option<i64> {
        match self.state {
            PassportState::Active | PassportState::Suspended => {
                self.due_at.into_iter().chain(self.copy_ends_at()).min()
            }
            PassportState::Drafted
            | PassportState::Offered
            | PassportState::Rejected
            | PassportState::Withdrawn
            | PassportState::Superseded
            | PassportState::Revoked
            | PassportState::Expired
            | PassportState::Archived => None,
        }
    }
}

/// Where an offer is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OfferState {
    /// Its code may be redeemed.
    Open,
    /// Its code was redeemed.
    Redeemed,
    /// Killed by wrong transaction codes, taken back, or replaced by another.
    Dead,
}

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it offers.
    pub passport: PassportId,
    /// Credential configurations that it names.
    pub configurations: Vec<String>,
    /// Hash of its pre-authorized code.
    pub code: SecretHash,
    /// Keyed hash of its transaction code, when it has one.
    pub tx_code: Option<SecretHash>,
    /// Wrong transaction codes so far.
    pub wrong_tries: u8,
    /// Where it is in its life.
    pub state: OfferState,
    /// Seconds since 1970; refused from then on.
    pub expires_at: i64,
    /// Who vouches for the phone.
    pub confirm_key: ConfirmKey,
    /// Its id and transaction code, sealed under the person's key, as long as it is open: HR may
    /// look at it again.
    pub in_hand: Option<String>,
}

/// A person's values, encrypted under a key of the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The data key, wrapped by the ring. Destroying it erases the person.
    pub wrapped_key: Vec<u8>,
    /// The checks document.
    pub document: Vec<u8>,
}

/// What an access token allows: one passport, once, a copy for each key of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Which passport.
    pub passport: PassportId,
    /// Credential configurations that it may be asked for; the one, once it has been.
    pub configurations: Vec<String>,
    /// Seconds since 1970; refused from then on.
    pub expires_at: i64,
    /// Whether the credential request must go by `credential_identifier`.
    pub by_identifier: bool,
    /// The offer that it was redeemed from.
    pub offer: SecretHash,
    /// Who vouches for the phone.
    pub confirm_key: ConfirmKey,
    /// Whose it is.
    #[serde(default)]
    pub client: Client,
    /// `client_id`, which a proof may name as its `iss`; absent for anonymous access.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Whether it came from a refresh token: then only a holder who has a copy that stands gets
    /// another.
    #[serde(default)]
    pub renews: bool,
    /// The key that waits for HR, or waited.
    pub deferral: Option<Deferral>,
    /// The copies, once they are recorded; in the order of the keys.
    pub entries: Vec<StatusEntry>,
}

/// A holder's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderKey {
    /// RFC 7638 thumbprint.
    pub thumbprint: String,
    /// The key itself, a JWK.
    pub jwk: Value,
}

/// A credential request that HR is to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// Hash of `transaction_id`.
    pub transaction: SecretHash,
    /// Credential configuration that was asked for.
    pub configuration: String,
    /// The keys that asked.
    pub holders: Vec<HolderKey>,
    /// How far it is.
    pub state: DeferralState,
}

/// How far a deferred credential request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeferralState {
    /// HR has not compared yet.
    Pending,
    /// HR has confirmed the key.
    Confirmed,
    /// HR has refused it.
    Denied,
    /// The credential was fetched.
    Delivered,
}
