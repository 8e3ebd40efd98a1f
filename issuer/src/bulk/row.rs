//! One row as a passport's document, or what is wrong with it, column by column.

use serde::Serialize;
use serde_json::{Map, Value};
use server::problem::Fault;

use crate::bulk::cells;
use crate::bulk::mapping::{self, Column, Columns, Mapping};
use crate::bulk::sheet::Row;
use crate::checks;
use crate::console::form::fields::{Kind, Presence, SECTIONS, SKILLS};
use crate::console::form::{Built, Entered, claims};
use crate::state::Settings;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct RowFault {
    /// As a spreadsheet counts: the headings are row 1.
    pub(crate) row: usize,
    /// Heading of the column; absent for what no column of the file gives.
    pub(crate) column: Option<String>,
    /// The claim, as a JSON pointer.
    pub(crate) pointer: String,
    /// Stable code.
    pub(crate) code: String,
    /// In plain words.
    pub(crate) message: String,
}

/// The document of a row, checked as the API checks one.
///
/// # Errors
/// Every fault.
pub(crate) fn read(
    row: &Row,
    columns: &Columns,
    preset: &Mapping,
    settings: &Settings,
    now: i64,
) -> Result<Map<String, Value>, Vec<RowFault>> {
    let entered = entered(row, columns, preset);
    let built = claims(&entered);
    checks::judge(built.claims.clone(), settings, now).map_err(|faults| {
        faults.into_iter().map(|fault| place(row.number, columns, &built, fault)).collect()
    })
}

fn entered(row: &Row, columns: &Columns, preset: &Mapping) -> Entered {
    let mut entered = Entered::default();
    let mut skills = 0_usize;
    for ((_, column), cell) in columns.iter().zip(&row.cells) {
        match column {
            Column::Field { name, kind } => {
                cells::enter(&mut entered, name, kind, preset.translated(name, cell));
                if !cell.is_empty() {
                    skills = skills.max(after_row(name));
                }
            }
            Column::Competence(_) | Column::Ignored => {}
        }
    }
    for ((_, column), cell) in columns.iter().zip(&row.cells) {
        let Column::Competence(competence) = column else { continue };
        if cell.is_empty() {
            continue;
        }
        let prefix = format!("{SKILLS}.{skills}");
        entered.set(format!("{prefix}.subject"), &competence.subject);
        entered.set(format!("{prefix}.level"), &competence.level);
        cells::enter(&mut entered, &format!("{prefix}.awarded_on"), Kind::Day, cell);
        if let Some(period) = &competence.renewal_period {
            cells::enter(&mut entered, &format!("{prefix}.renewal_period"), Kind::Period, period);
        }
        skills = skills.saturating_add(1);
    }
    for (name, value) in &preset.constants {
        let Some(field) = mapping::field(name) else { continue };
        let parts = field.kind.parts();
        if parts.iter().all(|part| entered.text(&format!("{name}{part}")).is_empty()) {
            cells::enter(&mut entered, name, field.kind, value);
        }
    }
    for section in SECTIONS {
        match section.presence {
            Presence::Rows => {
                // Each row of training follows the common framework unless it says otherwise.
                for row in 0..skills {
                    let name = format!("{SKILLS}.{row}.framework");
                    if entered.text(&name).is_empty() {
                        entered.set(name, "CSTF");
                    }
                }
            }
            Presence::Asked => {
                let given = entered.any_below(section.name);
                entered.set(section.name.to_owned(), if given { "yes" } else { "no" });
            }
            Presence::Always | Presence::Filled => {}
        }
    }
    entered
}

/// One past the training row that a field is of.
fn after_row(name: &str) -> usize {
    name.strip_prefix(SKILLS)
        .and_then(|rest| rest.strip_prefix('.')?.split('.').next()?.parse::<usize>().ok())
        .map_or(0, |row| row.saturating_add(1))
}

fn place(row: usize, columns: &Columns, built: &Built, fault: Fault) -> RowFault {
    let column = field_name(&fault.pointer, built)
        .and_then(|name| columns.heading_of(&name).map(str::to_owned))
        .or_else(|| competence_of(&fault.pointer, columns, built));
    RowFault { row, column, pointer: fault.pointer, code: fault.code, message: fault.message }
}

/// The form's name of what a pointer points to.
fn field_name(pointer: &str, built: &Built) -> Option<String> {
    let mut steps = pointer.split('/').skip(1);
    let section = steps.next()?;
    if section == SKILLS {
        let index = steps.next()?.parse::<usize>().ok()?;
        let row = built.rows.get(index)?;
        return Some(format!("{SKILLS}.{row}.{}", steps.collect::<Vec<_>>().join(".")));
    }
    Some(format!("{section}.{}", steps.collect::<Vec<_>>().join(".")))
}

/// The heading of a training subject that stands in one column.
fn competence_of(pointer: &str, columns: &Columns, built: &Built) -> Option<String> {
    let index = pointer.strip_prefix(&format!("/{SKILLS}/"))?.split('/').next()?;
    let skill = built.claims.get(SKILLS)?.get(index.parse::<usize>().ok()?)?;
    let subject = skill.get("subject")?.as_str()?;
    let level = skill.get("level")?.to_string();
    columns.iter().find_map(|(heading, column)| match column {
        Column::Competence(one) if one.subject == subject && one.level == level => {
            Some(heading.to_owned())
        }
        Column::Competence(_) | Column::Field { .. } | Column::Ignored => None,
    })
}
