//! What a service, its control socket and its command `audit` do with the logs: check and export.

use std::fmt;
use std::sync::Arc;

use chrono::DateTime;
use keys::{KeyState, Ring};

use crate::audit::chain::{self, Log};
use crate::audit::heads::{self, HeadsError, Signer, Whole};
use crate::durable::Durable;

/// Most lines that are given at once.
pub const MAX_LINES: usize = 1000;
/// The signed heads' name among the logs.
const HEADS: &str = "heads";

/// The logs of one service, opened.
#[derive(Clone)]
pub struct Auditor {
    db: Durable,
    logs: &'static [Log],
    ring: Option<Arc<Ring>>,
}

impl Auditor {
    /// Without a ring the signatures of the heads are not checked, and the report says so.
    pub fn new(db: Durable, logs: &'static [Log], ring: Option<Arc<Ring>>) -> Self {
        Self { db, logs, ring }
    }

    /// Checks everything and tells it in sentences, one a line.
    ///
    /// # Errors
    /// [`HeadsError`].
    pub fn report(&self, known: Option<&str>) -> Result<String, HeadsError> {
        let whole = self.verify(known)?;
        let mut lines: Vec<String> = whole
            .rows
            .iter()
            .map(|(log, rows)| format!("the log {log} is whole: {rows} entries"))
            .collect();
        lines.push(match whole.newest.and_then(|at| DateTime::from_timestamp(at, 0)) {
            None => "no head is signed yet: the first follows when the service runs".to_owned(),
            Some(at) => format!("{} signed heads stand, the newest of {at}", whole.heads),
        });
        if whole.unproven > 0 {
            lines.push(format!(
                "the newest {} of them are by a key that is compromised: they prove nothing",
                whole.unproven
            ));
        }
        if self.ring.is_none() {
            lines.push(
                "the signatures of the heads were not checked: name the ring with --ring"
                    .to_owned(),
            );
        }
        Ok(lines.iter().map(|line| format!("{line}\n")).collect())
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`HeadsError`].
    pub fn verify(&self, known: Option<&str>) -> Result<Whole, HeadsError> {
        let signer = |kid: &str| match &self.ring {
            None => Signer::Compromised,
            Some(ring) => match ring.by_kid(kid) {
                Some(key) => Signer::Key(Box::new(key.public_key().clone())),
                None if ring
                    .list()
                    .iter()
                    .any(|key| key.kid == kid && key.state == KeyState::Compromised) =>
                {
                    Signer::Compromised
                }
                None => Signer::Unknown,
            },
        };
        let mut whole = heads::verify(&self.db, self.logs, signer, known)?;
        if self.ring.is_none() {
            whole.unproven = 0;
        }
        Ok(whole)
    }

    /// Whether a text is a place among the lines: the name of a log (or `heads`) and a number.
    pub fn is_place(&self, text: &str) -> bool {
        text.split_once(':').is_some_and(|(log, number)| {
            number.parse::<u64>().is_ok()
                && (log == HEADS || self.logs.iter().any(|known| known.name == log))
        })
    }

    /// At most so many lines of JSON after a place, and the place to go on from: every row of
    /// every log with its hash, byte for byte as it is chained, then every signed head.
    ///
    /// # Errors
    /// [`HeadsError`], when the store cannot be read.
    pub fn lines(
        &self,
        after: Option<&str>,
        most: usize,
    ) -> Result<Option<(String, String)>, HeadsError> {
        let (name, mut number) = after
            .and_then(|place| place.split_once(':'))
            .and_then(|(log, number)| Some((log, number.parse::<u64>().ok()?)))
            .unwrap_or((self.logs.first().map_or(HEADS, |log| log.name), 0));
        let mut text = String::new();
        let mut lines = 0_usize;
        let mut at = name.to_owned();
        let mut on = false;
        for log in self.logs {
            on |= log.name == name;
            if !on {
                continue;
            }
            if at != log.name {
                (at, number) = (log.name.to_owned(), 0);
            }
            for row in log.rows_after(&self.db, number) {
                let (sequence, bytes) = row?;
                number = sequence;
                // A row that is no JSON would break the line: the check names it.
                let readable = (log.is_row)(&bytes);
                let row = if readable { String::from_utf8_lossy(&bytes) } else { "null".into() };
                push(&mut text, log.name, number, &bytes, &format!("\"row\":{row}"));
                lines = lines.saturating_add(1);
                if lines >= most {
                    return Ok(Some((text, format!("{at}:{number}"))));
                }
            }
        }
        if at != HEADS {
            (at, number) = (HEADS.to_owned(), 0);
        }
        for head in heads::after(&self.db, number) {
            let (sequence, jws) = head?;
            number = sequence;
            push(&mut text, HEADS, number, jws.as_bytes(), &format!("\"jws\":\"{jws}\""));
            lines = lines.saturating_add(1);
            if lines >= most {
                break;
            }
        }
        Ok((!text.is_empty()).then(|| (text, format!("{at}:{number}"))))
    }
}

/// A row goes in byte for byte, so that whoever has the export can hash it again.
fn push(text: &mut String, log: &str, number: u64, bytes: &[u8], content: &str) {
    let hash = chain::hash(bytes);
    text.push_str(&format!(
        "{{\"log\":\"{log}\",\"number\":{number},\"hash\":\"{hash}\",{content}}}\n"
    ));
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auditor")
    }
}
