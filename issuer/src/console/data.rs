//! What the pages show of a passport, in words.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};
use server::Problem;
use server::pages::Shell;
use vc::time::UnixTime;

use crate::checks;
use crate::state::Issuer;
use crate::store::{HistoryEntry, Listed, Passport, PassportId, PassportState};

/// The id in an address.
pub(crate) fn id_of(text: &str) -> Result<PassportId, Problem> {
    text.parse().map_err(|_| unknown())
}

pub(crate) fn unknown() -> Problem {
    Problem::not_found("There is no such passport")
}

/// A passport and what it says.
pub(crate) struct Whole {
    pub(crate) passport: Passport,
    pub(crate) claims: Map<String, Value>,
}

/// A passport by the id in an address.
pub(crate) async fn whole(issuer: &Arc<Issuer>, id: &str) -> Result<Whole, Problem> {
    let passport = issuer.store.passport(&id_of(id)?).await?.ok_or_else(unknown)?;
    let claims = issuer.claims_of_person(&passport.subject_ref).await?;
    Ok(Whole { passport, claims })
}

/// What is still wrong with a draft.
pub(crate) fn faults(issuer: &Issuer, claims: &Map<String, Value>) -> Vec<String> {
    match checks::accept(claims.clone(), &issuer.settings, issuer.clock.now()) {
        Ok(_) => Vec::new(),
        Err(problem) => problem.body_faults().iter().map(|fault| fault.message.clone()).collect(),
    }
}

/// What happened to a passport, oldest first, with the notes opened.
pub(crate) async fn history(
    issuer: &Arc<Issuer>,
    whole: &Whole,
) -> Result<Vec<HistoryEntry>, Problem> {
    let person = issuer.person(&whole.passport.subject_ref).await?;
    let mut history = issuer.store.history(&whole.passport.id).await?;
    for entry in &mut history {
        entry.note = entry.note.take().and_then(|sealed| person.open_note(&sealed));
    }
    Ok(history)
}

/// The account by which the staff member may fetch it; empty when there is none.
pub(crate) async fn account(issuer: &Arc<Issuer>, whole: &Whole) -> Result<String, Problem> {
    let Some(account) = &whole.passport.account else { return Ok(String::new()) };
    let person = issuer.person(&whole.passport.subject_ref).await?;
    Ok(person.open_note(&account.sealed).unwrap_or_default())
}

/// Today in London.
pub(crate) fn today(issuer: &Issuer) -> NaiveDate {
    passport::day::london(UnixTime(issuer.clock.now()))
}

/// A day in words.
pub(crate) fn day(day: NaiveDate, shell: &Shell) -> String {
    passport::text::day_said(day, &|key, values| shell.ta(key, values))
}

/// `2 March 2026, 09:00`, London time.
pub(crate) fn moment(seconds: i64, shell: &Shell) -> String {
    let instant = UnixTime(seconds);
    let day = day(passport::day::london(instant), shell);
    shell.ta("london-time", &[("day", &day), ("time", &passport::day::clock(instant))])
}

/// Seconds since 1970 of an RFC 3339 text of ours.
pub(crate) fn seconds(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).map(|instant| instant.timestamp()).unwrap_or_default()
}

/// First and last name; drafts may have neither.
pub(crate) fn name(claims: &Map<String, Value>, shell: &Shell) -> String {
    let part = |which: &str| {
        claims.get("identity").and_then(|identity| identity.get(which)).and_then(Value::as_str)
    };
    let name: Vec<&str> = ["given_name", "family_name"].into_iter().filter_map(part).collect();
    if name.is_empty() { shell.t("no-name") } else { shell.inert(&name.join(" ")) }
}

/// A text of the claims by its pointer, or nothing.
pub(crate) fn text<'a>(claims: &'a Map<String, Value>, section: &str, member: &str) -> &'a str {
    claims
        .get(section)
        .and_then(|part| part.get(member))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A state as a tag.
pub(crate) struct Tag {
    pub(crate) text: String,
    pub(crate) colour: &'static str,
}

pub(crate) fn tag(state: PassportState, shell: &Shell) -> Tag {
    let colour = match state {
        PassportState::Active => "green",
        PassportState::Offered => "blue",
        PassportState::Drafted => "grey",
        PassportState::Rejected | PassportState::Expired => "orange",
        PassportState::Suspended => "yellow",
        PassportState::Revoked => "red",
        PassportState::Withdrawn | PassportState::Superseded | PassportState::Archived => "white",
    };
    Tag { text: shell.t(&format!("state-{}", state.name())), colour }
}

/// A line of a list of passports.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) born: String,
    pub(crate) number: String,
    pub(crate) job: String,
    pub(crate) state: Tag,
    pub(crate) created: String,
}

/// Values that cannot be read leave their row nameless; the others are shown.
pub(crate) async fn row(issuer: &Arc<Issuer>, listed: &Listed, shell: &Shell) -> Row {
    let passport = match listed {
        Listed::Passport(passport) => passport,
        Listed::Unreadable(id) => return unreadable(*id, shell),
    };
    if passport.erased {
        let erased = Row { name: shell.t("erased"), ..unreadable(passport.id, shell) };
        return Row { state: tag(passport.state, shell), ..erased };
    }
    let claims = match issuer.claims_of_person(&passport.subject_ref).await {
        Ok(claims) => claims,
        Err(error) => {
            let id = passport.id;
            tracing::error!(passport.id = %id, %error, "the values of passport {id} cannot be read");
            return unreadable(id, shell);
        }
    };
    Row {
        href: format!("/console/passports/{}", passport.id),
        name: name(&claims, shell),
        born: born(&claims, shell),
        number: text(&claims, "professional_registration", "number").to_owned(),
        job: job(&claims),
        state: tag(passport.state, shell),
        created: moment(passport.created_at_ms.div_euclid(1000), shell),
    }
}

fn unreadable(id: PassportId, shell: &Shell) -> Row {
    Row {
        href: format!("/console/passports/{id}"),
        name: shell.t("unreadable"),
        born: String::new(),
        number: String::new(),
        job: String::new(),
        state: Tag { text: String::new(), colour: "red" },
        created: String::new(),
    }
}

/// The date of birth in words.
pub(crate) fn born(claims: &Map<String, Value>, shell: &Shell) -> String {
    let born = passport::day::parse(text(claims, "identity", "birth_date"));
    born.map(|born| day(born, shell)).unwrap_or_default()
}

/// Job and department.
pub(crate) fn job(claims: &Map<String, Value>) -> String {
    let of = |member| text(claims, "assignment", member);
    let title = if of("job_title").is_empty() { of("job_role") } else { of("job_title") };
    let parts = [title, of("department")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Six digits in two groups, for the eye.
pub(crate) fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// Digits one by one, for the ear.
pub(crate) fn spoken(digits: &str) -> String {
    let digits: Vec<String> = digits.chars().map(String::from).collect();
    digits.join(" ")
}
