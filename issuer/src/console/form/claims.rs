//! From the form to claims and back. What cannot be read goes into the claims as it stands, so that
//! the same code as for the API finds the fault.

use chrono::Months;
use passport::values::RenewalPeriod;
use serde_json::{Map, Value, json};

use super::entered::Entered;
use super::fields::{Field, Kind, Presence, SECTIONS, Section};

/// Claims, and which row of the form each training entry came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Built {
    pub(crate) claims: Map<String, Value>,
    pub(crate) rows: Vec<usize>,
}

/// The claims that a form stands for.
pub(crate) fn claims(entered: &Entered) -> Built {
    let mut built = Built::default();
    for section in SECTIONS {
        let there = match section.presence {
            Presence::Always => true,
            Presence::Filled => entered.any_below(section.name),
            Presence::Asked => match entered.text(section.name) {
                "yes" => true,
                "no" => false,
                // Not answered: what is filled in answers it.
                _ => entered.any_below(section.name),
            },
            Presence::Rows => {
                let rows: Vec<usize> =
                    (0..entered.rows()).filter(|row| !entered.row_is_empty(*row)).collect();
                let skills: Vec<Value> = rows
                    .iter()
                    .map(|row| object(entered, section, &format!("{}.{row}", section.name)))
                    .map(|mut skill| {
                        work_out_end(&mut skill);
                        Value::Object(skill)
                    })
                    .collect();
                built.rows = rows;
                built.claims.insert(section.name.to_owned(), Value::Array(skills));
                false
            }
        };
        if there {
            let members = object(entered, section, section.name);
            built.claims.insert(section.name.to_owned(), Value::Object(members));
        }
    }
    built
}

fn object(entered: &Entered, section: &Section, prefix: &str) -> Map<String, Value> {
    let mut members = Map::new();
    for field in section.fields() {
        if let Some(value) = value(entered, field, &format!("{prefix}.{}", field.path)) {
            put(&mut members, field.path, value);
        }
    }
    members
}

fn put(members: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            members.insert(path.to_owned(), value);
        }
        Some((step, rest)) => {
            let inner = members.entry(step).or_insert_with(|| Value::Object(Map::new()));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

fn value(entered: &Entered, field: &Field, name: &str) -> Option<Value> {
    let text = entered.text(name);
    let given = (!text.is_empty()).then_some(text);
    match field.kind {
        Kind::Line(_) | Kind::OneOf(_) | Kind::Pick(_) => given.map(Value::from),
        Kind::Code(_) => given.map(|text| {
            let code: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            Value::from(code.to_ascii_uppercase())
        }),
        Kind::Portrait => given.map(|text| {
            Value::from(text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>())
        }),
        Kind::Paragraph(between) => given.map(|text| {
            let mut joined = String::new();
            for line in lines(text) {
                if !joined.is_empty() {
                    joined.truncate(joined.trim_end_matches(',').len());
                    joined.push_str(between);
                }
                joined.push_str(line);
            }
            Value::from(joined)
        }),
        Kind::Lines => given.map(|text| Value::from(lines(text).collect::<Vec<_>>())),
        Kind::Number | Kind::Level => given.map(|text| {
            text.parse::<i64>().map_or_else(|_| Value::from(text), |number| json!(number))
        }),
        Kind::YesNo => given.map(|text| match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => Value::from(other),
        }),
        Kind::Tick(_) => given.map(Value::from),
        Kind::Always(word) => Some(Value::from(word)),
        Kind::Day => day(entered, name),
        Kind::Period => period(entered, name),
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn day(entered: &Entered, name: &str) -> Option<Value> {
    let [day, month, year] =
        ["day", "month", "year"].map(|part| entered.text(&format!("{name}.{part}")));
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return None;
    }
    Some(Value::from(format!("{year}-{month:0>2}-{day:0>2}")))
}

fn period(entered: &Entered, name: &str) -> Option<Value> {
    let [years, months] = ["years", "months"].map(|part| entered.text(&format!("{name}.{part}")));
    let written = |number: &str, unit: char| match number {
        "" => String::new(),
        number => format!("{number}{unit}"),
    };
    match (years, months) {
        ("", "") => None,
        (years, months) => {
            Some(Value::from(format!("P{}{}", written(years, 'Y'), written(months, 'M'))))
        }
    }
}

/// The last day of training is worked out when it is left empty.
fn work_out_end(skill: &mut Map<String, Value>) {
    if skill.contains_key("valid_until") {
        return;
    }
    let text = |member: &str| skill.get(member).and_then(Value::as_str);
    let awarded = text("awarded_on").and_then(passport::day::parse);
    let period = text("renewal_period").and_then(|text| text.parse::<RenewalPeriod>().ok());
    if let Some((awarded, period)) = awarded.zip(period)
        && let Some(end) = awarded.checked_add_months(Months::new(period.months()))
    {
        skill.insert("valid_until".to_owned(), Value::from(end.to_string()));
    }
}

/// A text of a section.
pub(super) fn text<'a>(
    claims: &'a Map<String, Value>,
    section: &str,
    member: &str,
) -> Option<&'a str> {
    claims.get(section)?.get(member)?.as_str()
}

/// The form that stands for these claims.
pub(crate) fn entered(claims: &Map<String, Value>) -> Entered {
    let mut entered = Entered::default();
    let mut rows = 0;
    for section in SECTIONS {
        let part = claims.get(section.name);
        match section.presence {
            Presence::Rows => {
                let skills = part.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                rows = skills.len();
                for (row, skill) in skills.iter().enumerate() {
                    fill(&mut entered, section, &format!("{}.{row}", section.name), skill);
                }
            }
            Presence::Asked => {
                let answer = if part.is_some() { "yes" } else { "no" };
                entered.set(section.name.to_owned(), answer);
                fill(&mut entered, section, section.name, part.unwrap_or(&Value::Null));
            }
            Presence::Always | Presence::Filled => {
                fill(&mut entered, section, section.name, part.unwrap_or(&Value::Null));
            }
        }
    }
    entered.with_spare_rows(rows)
}

fn fill(entered: &mut Entered, section: &Section, prefix: &str, part: &Value) {
    for field in section.fields() {
        let Some(value) = part.pointer(&format!("/{}", field.path.replace('.', "/"))) else {
            continue;
        };
        let name = format!("{prefix}.{}", field.path);
        match field.kind {
            Kind::Day => {
                let text = value.as_str().unwrap_or_default();
                let mut parts = text.splitn(3, '-');
                for part in ["year", "month", "day"] {
                    let number = parts.next().unwrap_or_default().trim_start_matches('0');
                    entered.set(format!("{name}.{part}"), number);
                }
            }
            Kind::Period => {
                let text = value.as_str().unwrap_or_default();
                let text = text.strip_prefix('P').unwrap_or(text);
                let (years, months) = text.split_once('Y').unwrap_or(("", text));
                entered.set(format!("{name}.years"), years);
                entered.set(format!("{name}.months"), months.trim_end_matches('M'));
            }
            Kind::Lines => {
                let lines: Vec<&str> = value
                    .as_array()
                    .map(|lines| lines.iter().filter_map(Value::as_str).collect())
                    .unwrap_or_default();
                entered.set(name, &lines.join("\n"));
            }
            Kind::Always(_) => {}
            Kind::Line(_)
            | Kind::Code(_)
            | Kind::Paragraph(_)
            | Kind::Portrait
            | Kind::Number
            | Kind::Level
            | Kind::YesNo
            | Kind::OneOf(_)
            | Kind::Pick(_)
            | Kind::Tick(_) => {
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                entered.set(name, &text);
            }
        }
    }
}
