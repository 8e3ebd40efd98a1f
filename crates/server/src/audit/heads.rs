//! Signed heads: once an hour the service signs where its logs end, as a JWS of `typ`
//! `audit-head+jwt`, and keeps it. Each holds the hash of the one before. Whoever can write the
//! store but has no key can then take nothing away that is older than an hour; whoever keeps a
//! head elsewhere finds any later change at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use keys::{Purpose, Ring};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vc::jwk::PublicKey;
use vc::jws::{SigningInput, UnverifiedJws};

use crate::audit::chain::{self, ChainError, Head, Log};
use crate::durable::{CommitError, Durable, StoreError};

/// `typ` of a signed head.
pub const TYP: &str = "audit-head+jwt";
/// Seconds between two heads.
pub const PERIOD_SECONDS: i64 = 3600;
const PREFIX: &[u8] = b"audit-signed-head/";

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// The service.
    pub iss: String,
    /// When, in seconds since 1970.
    pub iat: i64,
    /// From 1, without gaps.
    pub number: u64,
    /// Hash of the head before, as compact text; the first has 32 zero bytes.
    pub previous: String,
    /// The end of each log by its name.
    pub logs: BTreeMap<String, End>,
}

/// The end of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// How many rows it has.
    pub count: u64,
    /// Hash of the last.
    pub hash: String,
}

/// What a check found whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// Rows of each log, in the order of the logs.
    pub rows: Vec<(&'static str, u64)>,
    /// Signed heads.
    pub heads: u64,
    /// `iat` of the newest.
    pub newest: Option<i64>,
    /// Heads at the end whose key is compromised by now: they prove nothing.
    pub unproven: u64,
}

/// Who signed a head.
#[derive(Clone, Debug)]
pub enum Signer {
    /// This key.
    Key(Box<PublicKey>),
    /// A key whose signatures do not stand any more.
    Compromised,
    /// Nobody that we know.
    Unknown,
}

/// Signs the ends of the logs, unless the newest head is less than an hour old. Answers whether it
/// did.
///
/// # Errors
/// [`HeadsError`].
pub async fn sign(
    db: &Durable,
    logs: &'static [Log],
    iss: &str,
    (ring, purpose): (Arc<Ring>, Purpose),
    now: i64,
) -> Result<bool, HeadsError> {
    if newest(db)?.is_some_and(|(head, _)| now < head.iat.saturating_add(PERIOD_SECONDS)) {
        return Ok(false);
    }
    let (iss, ends) = (iss.to_owned(), logs);
    db.commit(move |view, batch| {
        let before = view.scan_prefix(PREFIX).next_back().transpose()?;
        let before = before.map(|(_, text)| parse(text, 0)).transpose()?;
        let head = SignedHead {
            iss,
            iat: now,
            number: before.as_ref().map_or(0, |(head, _)| head.number).saturating_add(1),
            previous: before
                .map_or_else(|| Head::default().hash, |(_, text)| chain::hash(text.as_bytes())),
            logs: ends
                .iter()
                .map(|log| {
                    let Head { sequence, hash } = log.head_in(view)?;
                    Ok((log.name.to_owned(), End { count: sequence, hash }))
                })
                .collect::<Result<_, ChainError>>()?,
        };
        let number = head.number;
        let text = signed(&head, &ring, purpose).ok_or(HeadsError::NoKey)?;
        batch.put([PREFIX, &number.to_be_bytes()].concat(), text);
        Ok(true)
    })
    .await
}

fn signed(head: &SignedHead, ring: &Ring, purpose: Purpose) -> Option<String> {
    let key = ring.active(purpose)?;
    let Ok(Value::Object(claims)) = serde_json::to_value(head) else { return None };
    let header = Map::from_iter([("kid".to_owned(), key.kid().into())]);
    let input = SigningInput::new(key.algorithm(), TYP, header, &claims);
    let signature = key.sign(input.signing_input());
    Some(input.finish(&signature))
}

/// The newest head and its compact text.
///
/// # Errors
/// [`HeadsError`].
pub fn newest(db: &Durable) -> Result<Option<(SignedHead, String)>, HeadsError> {
    let entry = db.range(PREFIX.to_vec()..[PREFIX, &[u8::MAX; 8]].concat()).next_back();
    entry.transpose()?.map(|(_, text)| parse(text, 0)).transpose()
}

/// The compact texts after one, by their numbers.
pub fn after(
    db: &Durable,
    number: u64,
) -> impl Iterator<Item = Result<(u64, String), HeadsError>> + use<> {
    let from = [PREFIX, &number.saturating_add(1).to_be_bytes()].concat();
    db.range(from..[PREFIX, &[u8::MAX; 8]].concat()).map(|entry| {
        let (_, text) = entry?;
        parse(text, 0).map(|(head, text)| (head.number, text))
    })
}

fn parse(text: Vec<u8>, number: u64) -> Result<(SignedHead, String), HeadsError> {
    let broken = HeadsError::Head(number);
    let text = String::from_utf8(text).map_err(|_| broken.clone())?;
    let jws = UnverifiedJws::parse(&text).map_err(|_| broken.clone())?;
    let claims = Value::Object(jws.dangerous_unverified_claims().clone());
    let head = serde_json::from_value(claims).map_err(|_| broken)?;
    Ok((head, text))
}

/// Checks every entry, every link and every signed head. `signer` finds the key of a `kid`;
/// `known` is a head that was kept elsewhere and must be among them.
///
/// # Errors
/// [`HeadsError`] with the first thing that does not stand.
pub fn verify(
    db: &Durable,
    logs: &[Log],
    signer: impl Fn(&str) -> Signer,
    known: Option<&str>,
) -> Result<Whole, HeadsError> {
    let mut whole = Whole::default();
    let mut marks: BTreeMap<String, BTreeMap<u64, String>> = BTreeMap::new();
    let mut previous = Head::default().hash;
    let mut found = known.is_none();
    for entry in db.scan_prefix(PREFIX) {
        let (key, text) = entry?;
        let number = whole.heads.saturating_add(1);
        let (head, text) = parse(text, number)?;
        let follows = key == [PREFIX, &number.to_be_bytes()].concat()
            && head.number == number
            && head.previous == previous
            && whole.newest.is_none_or(|newest| newest <= head.iat);
        if !follows {
            return Err(HeadsError::Head(number));
        }
        let jws = UnverifiedJws::parse(&text).map_err(|_| HeadsError::Head(number))?;
        match signer(jws.header().kid.as_deref().unwrap_or_default()) {
            Signer::Key(key) => {
                jws.verify(&key, TYP).map_err(|_| HeadsError::Head(number))?;
                whole.unproven = 0;
            }
            // A later head that stands holds on to this one.
            Signer::Compromised => whole.unproven = whole.unproven.saturating_add(1),
            Signer::Unknown => return Err(HeadsError::UnknownKey(number)),
        }
        found |= known.is_some_and(|known| known.trim() == text);
        previous = chain::hash(text.as_bytes());
        whole.heads = number;
        whole.newest = Some(head.iat);
        for (log, end) in head.logs {
            marks.entry(log).or_default().insert(end.count, end.hash);
        }
    }
    if !found {
        return Err(HeadsError::NotAmongThem);
    }
    for log in logs {
        let mut marks = marks.remove(log.name).unwrap_or_default();
        if marks.remove(&0).is_some_and(|hash| hash != Head::default().hash) {
            return Err(ChainError::Signed { log: log.name, sequence: 0 }.into());
        }
        whole.rows.push((log.name, log.verify(db, &marks)?));
    }
    Ok(whole)
}

/// Why a check fails.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HeadsError {
    /// A log.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A head was changed, or one before it was removed.
    #[error("signed head {0} was changed, or a head before it was removed")]
    Head(u64),
    /// Nobody knows its key.
    #[error("signed head {0} is signed by a key that is not in the ring")]
    UnknownKey(u64),
    /// A head that was kept elsewhere is missing.
    #[error(
        "the head that you kept is not among the signed heads: the log was cut or written anew"
    )]
    NotAmongThem,
    /// There is nothing to sign with.
    #[error("the key ring has no active key to sign the head of the log")]
    NoKey,
    /// It could not be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}
