//! Claims in words: the answers to check before issuing, and the passport's own page.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::faults::Say;
use super::fields::{Field, Kind, Presence, SECTIONS, Section};
use super::view::word_key;

/// A section in words.
pub(crate) struct ReviewSection {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    /// Empty: the passport has no such section.
    pub(crate) lines: Vec<Line>,
    /// Training, a line an entry.
    pub(crate) skills: Vec<Skill>,
    pub(crate) is_rows: bool,
}

/// A claim in words.
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) value: String,
    /// For a picture: its `data:` URI.
    pub(crate) picture: String,
    pub(crate) ends: Ends,
}

/// Whether a date has passed or is near; an empty text when neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) text: String,
    pub(crate) colour: &'static str,
}

/// A training entry in words.
pub(crate) struct Skill {
    pub(crate) subject: String,
    pub(crate) level: String,
    pub(crate) awarded: String,
    pub(crate) until: String,
    pub(crate) other: String,
    pub(crate) ends: Ends,
}

/// Days on which something ends, wherever they stand.
const ENDS: [&str; 7] = [
    "document_expiry",
    "permission_until",
    "follow_up_due",
    "expires_on",
    "revalidation_due",
    "fixed_term_end",
    "valid_until",
];
/// Days ahead that count as soon.
const SOON: i64 = 30;

/// Every section in words. The assurance is left out where it is not given.
pub(crate) fn review(
    claims: &Map<String, Value>,
    today: NaiveDate,
    say: Say<'_>,
) -> Vec<ReviewSection> {
    SECTIONS
        .iter()
        .filter(|section| section.presence != Presence::Filled || claims.contains_key(section.name))
        .map(|section| {
            let part = claims.get(section.name).unwrap_or(&Value::Null);
            let is_rows = section.presence == Presence::Rows;
            let skills = part.as_array().map_or(&[][..], Vec::as_slice);
            ReviewSection {
                name: section.name,
                title: say(&format!("section-{}", section.name), &[]),
                lines: if is_rows { Vec::new() } else { lines(section, part, today, say) },
                skills: skills.iter().map(|entry| skill(section, entry, today, say)).collect(),
                is_rows,
            }
        })
        .collect()
}

fn lines(section: &Section, part: &Value, today: NaiveDate, say: Say<'_>) -> Vec<Line> {
    section
        .fields()
        .filter_map(|field| {
            let value = in_words(field, part, say)?;
            let is_picture = matches!(field.kind, Kind::Portrait);
            let (value, picture) =
                if is_picture { (String::new(), value) } else { (value, String::new()) };
            let ends = ends(field, part, today, say);
            Some(Line { label: label(section, field, say), value, picture, ends })
        })
        .collect()
}

/// A field inside a check's own assurance says so.
fn label(section: &Section, field: &Field, say: Say<'_>) -> String {
    let label = say(&field.text_key(section.name), &[]);
    if field.path.starts_with("assurance.") {
        say("assurance-of-check", &[("field", &label)])
    } else {
        label
    }
}

fn skill(section: &Section, entry: &Value, today: NaiveDate, say: Say<'_>) -> Skill {
    let of = |path: &str| {
        let field = section.fields().find(|field| field.path == path);
        field.and_then(|field| in_words(field, entry, say)).unwrap_or_default()
    };
    let shown = ["subject", "level", "awarded_on", "valid_until", "attainment", "framework"];
    let framework = entry.get("framework").and_then(Value::as_str).filter(|word| *word != "CSTF");
    let mut other: Vec<String> = framework.iter().map(|_| of("framework")).collect();
    for field in section.fields().filter(|field| !shown.contains(&field.path)) {
        if let Some(value) = in_words(field, entry, say) {
            other.push(format!("{}: {value}", label(section, field, say)));
        }
    }
    Skill {
        subject: of("subject"),
        level: of("level"),
        awarded: of("awarded_on"),
        until: of("valid_until"),
        other: other.join("; "),
        ends: section
            .fields()
            .find(|field| field.path == "valid_until")
            .map(|field| ends(field, entry, today, say))
            .unwrap_or_default(),
    }
}

fn ends(field: &Field, part: &Value, today: NaiveDate, say: Say<'_>) -> Ends {
    let day = ENDS
        .contains(&field.path)
        .then(|| part.get(field.path)?.as_str().and_then(passport::day::parse))
        .flatten();
    day.map(|day| ends_of(day, today, say)).unwrap_or_default()
}

/// Whether a last day has passed or is near.
pub(crate) fn ends_of(day: NaiveDate, today: NaiveDate, say: Say<'_>) -> Ends {
    match day.signed_duration_since(today).num_days() {
        ..0 => Ends { text: say("ends-over", &[]), colour: "red" },
        0 => Ends { text: say("ends-today", &[]), colour: "yellow" },
        days @ 1..=SOON => {
            Ends { text: say("ends-soon", &[("days", &days.to_string())]), colour: "yellow" }
        }
        _ => Ends::default(),
    }
}

fn in_words(field: &Field, part: &Value, say: Say<'_>) -> Option<String> {
    let value = part.pointer(&format!("/{}", field.path.replace('.', "/")))?;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            lines.join("; ")
        }
        other => other.to_string(),
    };
    Some(match field.kind {
        Kind::Day => match passport::day::parse(&text) {
            Some(day) => passport::text::day_said(day, say),
            None => text,
        },
        Kind::OneOf(_) | Kind::Pick(_) | Kind::YesNo | Kind::Level | Kind::Tick(_) => {
            let key = word_key(field, &text);
            let words = say(&key, &[]);
            if words == key { text } else { words }
        }
        Kind::Period => {
            let number = text.trim_start_matches('P');
            let (years, months) = number.split_once('Y').unwrap_or(("0", number));
            let months = match months.trim_end_matches('M') {
                "" => "0",
                months => months,
            };
            match (years, months) {
                (years, "0") => say("period-years", &[("years", years)]),
                ("0", months) => say("period-months", &[("months", months)]),
                (years, months) => say("period-both", &[("years", years), ("months", months)]),
            }
        }
        Kind::Line(_)
        | Kind::Code(_)
        | Kind::Paragraph(_)
        | Kind::Number
        | Kind::Lines
        | Kind::Always(_)
        | Kind::Portrait => text,
    })
}
