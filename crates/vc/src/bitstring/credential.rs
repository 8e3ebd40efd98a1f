//! The list as a credential (section 2.2), secured as `vc+jwt` like what it speaks of
//! (section 3.6).

use serde_json::{Map, Value, json};

use super::entry::{messages_to_json, read_size};
use super::{
    BitstringError, EntryStatus, MAX_STATUS_SIZE, MAX_TTL_MILLISECONDS, MIN_LIST_BYTES, Purpose,
    StatusEntry, StatusMessage, list,
};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::SigningInput;
use crate::status_list::Status;
use crate::time::UnixTime;
use crate::vcdm::{
    CONTEXT, Issuance, KeyNeeded, UnverifiedCredential, VcdmError, VerifiedCredential, date_time,
    one_or_many,
};

const TYPE: &str = "BitstringStatusListCredential";
const SUBJECT_TYPE: &str = "BitstringStatusList";
const SUBJECT: &str = "credentialSubject";

/// What a list's credential says beside its bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListClaims {
    /// `id`: the list's address.
    pub url: String,
    /// `issuer`.
    pub issuer: String,
    /// `statusPurpose`, one at least.
    pub purposes: Vec<Purpose>,
    /// `validFrom`, and `iat` when we issue.
    pub valid_from: UnixTime,
    /// `validUntil`, and `exp` when we issue.
    pub valid_until: Option<UnixTime>,
    /// `ttl` in milliseconds.
    pub ttl_milliseconds: Option<u64>,
    /// `statusMessages`: what each value means, for the purpose `message`.
    pub messages: Vec<StatusMessage>,
}

/// The list's credential to sign. Put `Cache-Control: max-age` beside it as `ttl` says.
///
/// # Errors
/// [`BitstringError::Malformed`] without a purpose, [`BitstringError::Refused`] with what a
/// verifier would refuse.
pub fn list_input(
    algorithm: Algorithm,
    kid: &str,
    claims: &ListClaims,
    list: &super::Bitstring,
) -> Result<SigningInput, BitstringError> {
    let purposes: Vec<&str> = claims.purposes.iter().map(Purpose::as_str).collect();
    let purpose: Value = match purposes.as_slice() {
        [] => return Err(BitstringError::Malformed("statusPurpose")),
        [only] => (*only).into(),
        several => several.into(),
    };
    let mut subject = Map::new();
    subject.insert("id".to_owned(), format!("{}#list", claims.url).into());
    subject.insert("type".to_owned(), SUBJECT_TYPE.into());
    subject.insert("statusPurpose".to_owned(), purpose);
    subject.insert("encodedList".to_owned(), list.encode().into());
    if let Some(ttl) = claims.ttl_milliseconds {
        subject.insert("ttl".to_owned(), ttl.into());
    }
    // "credentialSubject.statusSize MUST be specified when this statusPurpose value is used"
    if list.size() > 1 || claims.purposes.contains(&Purpose::Message) {
        subject.insert("statusSize".to_owned(), list.size().into());
    }
    if !claims.messages.is_empty() {
        subject.insert("statusMessages".to_owned(), messages_to_json(&claims.messages));
    }
    let mut document = Map::new();
    document.insert("@context".to_owned(), json!([CONTEXT]));
    document.insert("id".to_owned(), claims.url.as_str().into());
    document.insert("type".to_owned(), json!(["VerifiableCredential", TYPE]));
    document.insert("issuer".to_owned(), claims.issuer.as_str().into());
    document.insert("validFrom".to_owned(), date_time::format(claims.valid_from).into());
    if let Some(end) = claims.valid_until {
        document.insert("validUntil".to_owned(), date_time::format(end).into());
    }
    document.insert(SUBJECT.to_owned(), subject.into());
    Issuance {
        algorithm,
        kid,
        credential: &document,
        issued_at: claims.valid_from,
        expires_at: claims.valid_until,
        holder: None,
    }
    .prepare()
    .map_err(|error| BitstringError::Refused(Box::new(error)))
}

/// A list whose credential verified; only [`VerifiedBitstring::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedBitstring {
    url: String,
    credential: VerifiedCredential,
    purposes: Vec<Purpose>,
    size: Option<u8>,
    ttl_milliseconds: Option<u64>,
    bytes: Vec<u8>,
}

impl VerifiedBitstring {
    /// Verifies a `vc+jwt` fetched from `url`, of `issuer`: the credential's own, or another that
    /// the caller trusts to speak of it. `key_of` finds the issuer's trusted key.
    ///
    /// The specification lets a list leave out its `id`; here it must be `url`, or one list of an
    /// issuer could be served in place of another.
    ///
    /// # Errors
    /// [`BitstringError`].
    pub fn verify(
        token: &str,
        url: &str,
        issuer: &str,
        key_of: impl FnOnce(&KeyNeeded) -> Option<PublicKey>,
        now: UnixTime,
    ) -> Result<Self, BitstringError> {
        let refused = |error| match error {
            VcdmError::WrongSigner | VcdmError::UnknownKey => BitstringError::WrongSigner,
            VcdmError::Expired | VcdmError::SignatureExpired => BitstringError::Expired,
            VcdmError::FromFuture | VcdmError::NotYetValid => BitstringError::FromFuture,
            other => BitstringError::Refused(Box::new(other)),
        };
        let unverified = UnverifiedCredential::parse(token).map_err(refused)?;
        if unverified.key_needed().id != issuer {
            return Err(BitstringError::WrongIssuer);
        }
        let credential = unverified.verify(key_of, now).map_err(refused)?;
        if !credential.types().contains(&TYPE) {
            return Err(BitstringError::Malformed("type"));
        }
        if credential.claims().get("id").is_none_or(|id| id != url) {
            return Err(BitstringError::WrongSubject);
        }
        let [subject] = credential.subjects() else {
            return Err(BitstringError::Malformed(SUBJECT));
        };
        if subject.get("type").is_none_or(|typ| one_or_many(typ) != [SUBJECT_TYPE]) {
            return Err(BitstringError::Malformed(SUBJECT));
        }
        let purposes = purposes(subject).ok_or(BitstringError::Malformed("statusPurpose"))?;
        let size = subject.get("statusSize").map(read_size).transpose()?;
        let ttl_milliseconds = subject.get("ttl").map(read_ttl).transpose()?;
        let encoded = subject.get("encodedList").and_then(Value::as_str);
        let bytes = list::decode(encoded.ok_or(BitstringError::Malformed("encodedList"))?)?;
        if bytes.len() < MIN_LIST_BYTES {
            return Err(BitstringError::TooShort);
        }
        Ok(Self { url: url.to_owned(), purposes, size, ttl_milliseconds, bytes, credential })
    }

    /// The list's credential.
    pub fn credential(&self) -> &VerifiedCredential {
        &self.credential
    }

    /// The list's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it is about.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// When to fetch it again at the latest, at most [`MAX_TTL_MILLISECONDS`].
    pub fn ttl_milliseconds(&self) -> Option<u64> {
        self.ttl_milliseconds
    }

    /// What the list says of an entry (section 3.2).
    ///
    /// # Errors
    /// [`BitstringError`]: another list, another purpose, another width, too few entries of this
    /// width, an index past the end.
    pub fn status(&self, entry: &StatusEntry) -> Result<EntryStatus, BitstringError> {
        if entry.list != self.url {
            return Err(BitstringError::WrongSubject);
        }
        // "Verify that the status purpose is equal to a statusPurpose value in the
        // statusListCredential … If the values are not equal, raise a STATUS_VERIFICATION_ERROR"
        if !self.purposes.contains(&entry.purpose) {
            return Err(BitstringError::WrongPurpose);
        }
        if self.size.is_some_and(|size| size != entry.size) {
            return Err(BitstringError::Malformed("statusSize"));
        }
        // The entry may be of the caller's own making
        if !(1..=MAX_STATUS_SIZE).contains(&entry.size) {
            return Err(BitstringError::UnsupportedSize(entry.size.into()));
        }
        let bits = self.bytes.len().saturating_mul(8);
        let entries = bits.checked_div(entry.size.into()).and_then(|n| u64::try_from(n).ok());
        if entries.is_none_or(|entries| entries < super::MIN_ENTRIES) {
            return Err(BitstringError::TooShort);
        }
        let value = list::value(&self.bytes, entry.size, entry.index)?;
        let status = match (&entry.purpose, value) {
            (_, 0) => Status::Valid,
            (Purpose::Revocation, _) => Status::Invalid,
            (Purpose::Suspension, _) => Status::Suspended,
            (Purpose::Refresh | Purpose::Message | Purpose::Other(_), value) => {
                Status::Other(value)
            }
        };
        let message = entry.message(value);
        Ok(EntryStatus { purpose: entry.purpose.clone(), value, status, message })
    }
}

/// Whole milliseconds, or so many that they are cut.
fn read_ttl(value: &Value) -> Result<u64, BitstringError> {
    match (value.as_u64(), value.as_f64()) {
        (Some(ttl), _) => Ok(ttl.min(MAX_TTL_MILLISECONDS)),
        (None, Some(1e15..)) => Ok(MAX_TTL_MILLISECONDS),
        (None, _) => Err(BitstringError::Malformed("ttl")),
    }
}

/// "one or more strings"
fn purposes(subject: &Value) -> Option<Vec<Purpose>> {
    let purposes: Option<Vec<Purpose>> = one_or_many(subject.get("statusPurpose")?)
        .iter()
        .map(|purpose| purpose.as_str().filter(|name| !name.is_empty()).map(Purpose::from))
        .collect();
    purposes.filter(|purposes| !purposes.is_empty())
}
