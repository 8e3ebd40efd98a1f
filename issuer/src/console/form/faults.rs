//! What is wrong, each fault at the field it is about. The faults are those of the API.

use passport::text::Text;
use server::problem::Fault as ApiFault;

use super::claims::Built;
use super::entered::Entered;
use super::fields::{Field, Kind, Presence, SECTIONS, SKILLS, Section};

/// Texts by key, with values.
pub(crate) type Say<'a> = &'a dyn Fn(&str, &[(&str, &str)]) -> String;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Name of the field; empty when it is about none.
    pub(crate) field: String,
    /// Where the summary links to, `#identity.birth_date.day`, or empty.
    pub(crate) href: String,
    /// In the summary.
    pub(crate) text: String,
    /// Beside the field, which says its own name already.
    pub(crate) beside: String,
}

/// Everything that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    /// What stands beside a field.
    pub(crate) fn of(&self, field: &str) -> String {
        let mut texts =
            self.0.iter().filter(|fault| fault.field == field).map(|fault| fault.beside.as_str());
        let first = texts.next().unwrap_or_default().to_owned();
        texts.fold(first, |all, text| format!("{all}. {text}"))
    }

    /// Whether anything below a prefix is wrong.
    pub(crate) fn any_below(&self, prefix: &str) -> bool {
        self.0.iter().any(|fault| fault.field.starts_with(prefix))
    }
}

/// Puts the faults that the claims have to the fields they came from.
pub(crate) fn faults(found: &[ApiFault], built: &Built, entered: &Entered, say: Say<'_>) -> Faults {
    let mut faults = unanswered(built, entered, say);
    faults.extend(found.iter().map(|fault| place(fault, built, entered, say)));
    faults.sort_by_key(|fault| order(&fault.field));
    Faults(faults)
}

/// Where a field stands on the page: its section, row and place there. A fault about none is first.
fn order(name: &str) -> Option<(usize, usize, usize)> {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let (at, section) = SECTIONS.iter().enumerate().find(|(_, section)| section.name == first)?;
    let (row, path) = match section.presence {
        Presence::Rows => rest.split_once('.').unwrap_or((rest, "")),
        Presence::Always | Presence::Asked | Presence::Filled => ("", rest),
    };
    let field = section.fields().position(|field| field.path == path).unwrap_or_default();
    Some((at, row.parse().unwrap_or_default(), field))
}

/// Whether the person is registered is asked, and the answer is not guessed.
fn unanswered(built: &Built, entered: &Entered, say: Say<'_>) -> Vec<Fault> {
    SECTIONS
        .iter()
        .filter(|section| {
            section.presence == Presence::Asked
                && !built.claims.contains_key(section.name)
                && entered.text(section.name) != "no"
        })
        .map(|section| {
            let text = say(&format!("ask-{}-missing", section.name), &[]);
            let field = section.name.to_owned();
            Fault { href: format!("#{field}"), field, beside: text.clone(), text }
        })
        .collect()
}

fn place(fault: &ApiFault, built: &Built, entered: &Entered, say: Say<'_>) -> Fault {
    let mut steps = fault.pointer.split('/').skip(1);
    let first = steps.next().unwrap_or_default();
    let Some(section) = SECTIONS.iter().find(|section| section.name == first) else {
        return Fault {
            field: String::new(),
            href: String::new(),
            text: fault.message.clone(),
            beside: String::new(),
        };
    };
    let mut about = say(&format!("section-{}", section.name), &[]);
    let mut prefix = section.name.to_owned();
    if section.presence == Presence::Rows {
        let row = steps.next().and_then(|index| index.parse::<usize>().ok());
        if let Some(row) = row.and_then(|index| built.rows.get(index)) {
            prefix = format!("{SKILLS}.{row}");
            about = row_title(*row, entered, say);
        }
    }
    let path = steps.collect::<Vec<_>>().join(".");
    let problem = problem(fault, say);
    match field_of(section, &path) {
        Some(field) => {
            let label = say(&field.text_key(section.name), &[]);
            let beside = sentence(field, &fault.code, &label, &problem, say);
            let name = format!("{prefix}.{}", field.path);
            let first_input = field.kind.parts().first().copied().unwrap_or_default();
            Fault {
                href: format!("#{name}{first_input}"),
                field: name,
                text: format!("{about}: {beside}"),
                beside,
            }
        }
        // About a row or a section as a whole.
        None => {
            let field = match section.presence {
                Presence::Rows if prefix != SKILLS => format!("{prefix}.subject"),
                Presence::Rows | Presence::Always | Presence::Asked | Presence::Filled => prefix,
            };
            let beside = format!("{about} {problem}");
            Fault { href: format!("#{field}"), field, text: beside.clone(), beside }
        }
    }
}

/// What follows the label: "lies in the future".
fn problem(fault: &ApiFault, say: Say<'_>) -> String {
    let text: Option<Text> = fault.text.clone().and_then(|text| serde_json::from_value(text).ok());
    text.map_or_else(|| fault.message.clone(), |text| text.said(say))
}

/// What a training row is called.
pub(crate) fn row_title(row: usize, entered: &Entered, say: Say<'_>) -> String {
    let number = row.saturating_add(1).to_string();
    match entered.text(&format!("{SKILLS}.{row}.subject")) {
        "" => say("training-row", &[("number", &number)]),
        subject => {
            let subject = say(&format!("word-subject-{subject}"), &[]);
            say("training-row-of", &[("number", &number), ("subject", &subject)])
        }
    }
}

/// The field that a path is of, or is inside of (an entry of a list).
fn field_of(section: &Section, path: &str) -> Option<&'static Field> {
    section.fields().find(|field| {
        path.strip_prefix(field.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

fn sentence(field: &Field, code: &str, label: &str, problem: &str, say: Say<'_>) -> String {
    let key = match (field.kind, code) {
        (Kind::Day, "MISSING") => "fault-day-missing",
        (Kind::Day, "BAD_FORMAT" | "WRONG_TYPE") => "fault-day-unreadable",
        (Kind::Tick(_), "MISSING") => "fault-tick-missing",
        (
            Kind::YesNo | Kind::OneOf(_) | Kind::Pick(_) | Kind::Level,
            "MISSING" | "NOT_A_WORD" | "WRONG_TYPE" | "OUT_OF_RANGE",
        ) => "fault-choice-missing",
        (Kind::Period, "BAD_FORMAT") => "fault-period-unreadable",
        (_, "MISSING") => "fault-text-missing",
        _ => return format!("{label} {problem}"),
    };
    say(key, &[("field", label)])
}
