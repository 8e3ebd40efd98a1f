//! What the holder sees of a credential: in short, whole, or before it is accepted.

use std::fmt::Write;

use chrono::NaiveDate;
use passport::day;
use serde_json::{Map, Value, json};
use vc::sd_jwt::{SdJwtError, UnverifiedSdJwt, VerifiedSdJwt};
use vc::time::UnixTime;

use crate::labels::Labels;
use crate::store::{Held, Issuer};
use crate::text;

/// Members that are technique, not content.
const TECHNICAL: [&str; 9] =
    ["iss", "vct", "vct#integrity", "iat", "nbf", "exp", "status", "cnf", "sub"];
/// The order in which people read a passport; what is not here follows as it comes.
const ORDER: [&str; 9] = [
    "employer",
    "identity",
    "assignment",
    "professional_registration",
    "right_to_work",
    "criminal_record",
    "work_health",
    "employment_history",
    "core_skills",
];

/// A held credential, verified once more under the issuer's key that was trusted when it came in.
///
/// # Errors
/// [`SdJwtError`]: never for a store that only this program wrote.
pub fn reopen(held: &Held) -> Result<VerifiedSdJwt, SdJwtError> {
    UnverifiedSdJwt::parse(&held.credential)?.verify_issuer(&held.issuer_key)
}

/// When this copy ends.
pub fn expires_at(claims: &Map<String, Value>) -> Option<UnixTime> {
    claims.get("exp").and_then(Value::as_i64).map(UnixTime)
}

/// `The Christie NHS Foundation Trust (RBV)`
pub fn issuer_name(issuer: &Issuer) -> String {
    match &issuer.registered {
        Some(registered) => {
            format!("{} ({})", text::plain(&registered.name), text::plain(&registered.ods))
        }
        None => format!("{}, which the network does not know", text::plain(&issuer.url)),
    }
}

/// A few lines: whose, from whom, how long this copy lives, what ends first.
///
/// # Errors
/// As [`reopen`].
pub fn summary(held: &Held, now: UnixTime) -> Result<String, SdJwtError> {
    let credential = reopen(held)?;
    let claims = credential.claims();
    let mut out = String::new();
    let whose = person(claims).map(|name| format!(" of {name}")).unwrap_or_default();
    add(&mut out, format_args!("{}  {}{whose}\n", held.id, text::plain(&held.name)));
    add(&mut out, format_args!("          from {}\n", issuer_name(&held.issuer)));
    if let Some(exp) = expires_at(claims) {
        let today = day::london(now);
        add(&mut out, format_args!("          this copy: {}\n", until(exp, now, today)));
        if let Some((what, end)) = next_end(claims) {
            let left = text::days_left(end, today);
            add(
                &mut out,
                format_args!("          next to end: {what}, {} ({left})\n", day::words(end)),
            );
        }
    }
    Ok(out)
}

/// The same for scripts.
///
/// # Errors
/// As [`reopen`].
pub fn summary_json(held: &Held) -> Result<Value, SdJwtError> {
    let credential = reopen(held)?;
    let claims = credential.claims();
    Ok(json!({
        "id": held.id,
        "name": held.name,
        "vct": claims.get("vct"),
        "issuer": held.issuer.url,
        "ods": held.issuer.registered.as_ref().map(|registered| &registered.ods),
        "received_at": held.received_at,
        "expires_at": expires_at(claims),
    }))
}

/// Everything that a held credential says.
///
/// # Errors
/// As [`reopen`].
pub fn full(held: &Held, now: UnixTime) -> Result<String, SdJwtError> {
    let credential = reopen(held)?;
    let mut out = summary(held, now)?;
    add(&mut out, format_args!("          received {}\n\n", text::moment(held.received_at)));
    out.push_str(&contents(credential.claims(), now));
    Ok(out)
}

/// The claims that people care for, one block an object.
pub fn contents(claims: &Map<String, Value>, now: UnixTime) -> String {
    let mut page = Page::new(claims, now);
    let first = ORDER.iter().filter_map(|name| claims.get_key_value(*name));
    let rest = claims
        .iter()
        .filter(|(name, _)| !ORDER.contains(&name.as_str()) && !TECHNICAL.contains(&name.as_str()));
    for (name, value) in first.chain(rest) {
        page.claim(&[name], value);
    }
    page.text
}

/// Lines in the words of the credential's type.
struct Page {
    text: String,
    labels: Labels,
    today: NaiveDate,
}

impl Page {
    fn new(claims: &Map<String, Value>, now: UnixTime) -> Self {
        let labels = Labels::of(claims.get("vct").and_then(Value::as_str));
        Self { text: String::new(), labels, today: day::london(now) }
    }

    fn claim(&mut self, path: &[&str], value: &Value) {
        match value {
            _ if path.last() == Some(&"portrait") => self.line(path, ": held"),
            Value::Object(members) => {
                self.line(path, "");
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| self.labels.place(&[path, &[name]].concat()));
                for (name, inner) in members {
                    self.claim(&[path, &[name]].concat(), inner);
                }
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                self.line(path, "");
                for item in items {
                    let line = match item {
                        Value::Object(members) => self.record(members),
                        other => text::value(other),
                    };
                    add(&mut self.text, format_args!("{}{line}\n", "  ".repeat(path.len())));
                }
            }
            other => {
                let end = path.last().and_then(|name| end_of(name, other));
                let left = end.map(|end| format!(" ({})", text::days_left(end, self.today)));
                let said = format!(": {}{}", text::value(other), left.unwrap_or_default());
                self.line(path, &said);
            }
        }
    }

    fn line(&mut self, path: &[&str], rest: &str) {
        let indent = "  ".repeat(path.len().saturating_sub(1));
        let label = self.labels.label(path);
        add(&mut self.text, format_args!("{indent}{label}{rest}\n"));
    }

    /// One training record in one line.
    fn record(&self, members: &Map<String, Value>) -> String {
        let Some(subject) = members.get("subject") else {
            return text::value(&Value::Object(members.clone()));
        };
        let mut line = text::value(subject);
        if let Some(level) = members.get("level") {
            add(&mut line, format_args!(", level {}", text::value(level)));
        }
        match members.get("valid_until").and_then(|end| end_of("valid_until", end)) {
            Some(end) => {
                let left = text::days_left(end, self.today);
                add(&mut line, format_args!(", until {} ({left})", day::words(end)));
            }
            None => line.push_str(", for good"),
        }
        line
    }
}

/// `Amara Okafor`, when the credential names a person.
pub fn person(claims: &Map<String, Value>) -> Option<String> {
    let identity = claims.get("identity")?;
    let part = |name| identity.get(name).and_then(Value::as_str);
    let name = format!("{} {}", part("given_name")?, part("family_name")?);
    Some(text::plain(&name))
}

fn until(exp: UnixTime, now: UnixTime, today: NaiveDate) -> String {
    if exp <= now {
        return "expired; ask your employer's HR for a new one".to_owned();
    }
    let end = day::london(exp);
    format!("to {} ({})", day::words(end), text::days_left(end, today))
}

/// What ends first, passed ends included.
fn next_end(claims: &Map<String, Value>) -> Option<(String, NaiveDate)> {
    let labels = Labels::of(claims.get("vct").and_then(Value::as_str));
    let mut ends = Vec::new();
    for (name, value) in claims {
        collect_ends(&labels.label(&[name]), value, &mut ends);
    }
    ends.into_iter().min_by_key(|(_, end)| *end)
}

fn collect_ends(what: &str, value: &Value, ends: &mut Vec<(String, NaiveDate)>) {
    match value {
        Value::Object(members) => {
            let what = match members.get("subject") {
                Some(subject) => format!("{what}, {}", text::value(subject)),
                None => what.to_owned(),
            };
            for (name, inner) in members {
                match end_of(name, inner) {
                    Some(end) => ends.push((what.clone(), end)),
                    None => collect_ends(&what, inner, ends),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_ends(what, item, ends)),
        _ => {}
    }
}

fn end_of(name: &str, value: &Value) -> Option<NaiveDate> {
    text::is_end(name).then(|| value.as_str().and_then(text::parse_day)).flatten()
}

/// Writing to a string never fails.
fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _written = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noon of 2 March 2026.
    const NOW: UnixTime = UnixTime(1_772_452_800);

    fn claims(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(claims) => claims,
            _ => panic!("an object"),
        }
    }

    #[test]
    fn nothing_that_an_issuer_says_can_move_the_cursor() {
        let claims = claims(json!({
            "identity": { "given_name": "A\u{1b}[2J", "family_name": "B\r", "x\u{1b}]0;y": "\u{7}" },
            "core_skills": [{ "subject": "\u{1b}c", "level": "\u{9b}2J" }, "\u{202e}z"],
            "\u{1b}new": { "deep": { "deeper": ["\u{1b}"] } }
        }));

        let shown = contents(&claims, NOW);

        assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
        assert!(!shown.contains('\u{202e}'));
        assert_eq!(person(&claims).as_deref(), Some("A\u{fffd}[2J B\u{fffd}"));
    }

    #[test]
    fn what_ends_first_is_named_even_when_it_has_passed() {
        let claims = claims(json!({
            "vct": "urn:staff-passport:employment-checks:1",
            "right_to_work": { "permission_until": "2026-12-24", "checked_on": "2020-01-01" },
            "core_skills": [
                { "subject": "FIRE_SAFETY", "valid_until": "2026-02-27" },
                { "subject": "PREVENT", "valid_until": "2028-02-27" }
            ]
        }));

        let (what, end) = next_end(&claims).expect("something ends");

        assert_eq!(what, "Training, Fire safety");
        assert_eq!(text::days_left(end, day::london(NOW)), "ended 3 days ago");
    }

    #[test]
    fn a_portrait_is_mentioned_and_not_printed() {
        let claims = claims(json!({ "identity": { "personal": { "portrait": "data:xyz" } } }));

        let shown = contents(&claims, NOW);

        assert!(shown.contains("held") && !shown.contains("xyz"), "{shown}");
    }
}
