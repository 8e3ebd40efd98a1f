//! What stands in a cell, as the form's fields take it.

use crate::console::form::Entered;
use crate::console::form::fields::Kind;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Puts a cell into the form. What can't be understood is put in as it stands, so that the checks
/// name the fault.
pub(crate) fn enter(entered: &mut Entered, name: &str, kind: Kind, cell: &str) {
    if cell.is_empty() {
        return;
    }
    match kind {
        Kind::Day => {
            let parts = day(cell).unwrap_or_else(|| ["", "", cell].map(str::to_owned));
            for (part, text) in ["day", "month", "year"].into_iter().zip(parts) {
                entered.set(format!("{name}.{part}"), &text);
            }
        }
        Kind::Period => {
            let [years, months] = period(cell).unwrap_or_else(|| ["", cell].map(str::to_owned));
            entered.set(format!("{name}.years"), &years);
            entered.set(format!("{name}.months"), &months);
        }
        Kind::YesNo => entered.set(name.to_owned(), yes_no(cell).unwrap_or(cell)),
        Kind::OneOf(_) | Kind::Pick(_) | Kind::Tick(_) => {
            let word = word(cell, &kind.words());
            entered.set(name.to_owned(), word.as_deref().unwrap_or(cell));
        }
        Kind::Level => {
            let digits = cell.trim_start_matches(|letter: char| !letter.is_ascii_digit());
            let digits = digits.strip_suffix(".0").unwrap_or(digits);
            entered.set(name.to_owned(), if digits.is_empty() { cell } else { digits });
        }
        // A spreadsheet knows no whole numbers.
        Kind::Number => entered.set(name.to_owned(), cell.strip_suffix(".0").unwrap_or(cell)),
        Kind::Lines => {
            let lines: Vec<&str> = cell.split([';', '\n']).map(str::trim).collect();
            entered.set(name.to_owned(), &lines.join("\n"));
        }
        Kind::Line(_) | Kind::Code(_) | Kind::Paragraph(_) | Kind::Portrait => {
            entered.set(name.to_owned(), cell);
        }
        Kind::Always(_) => {}
    }
}

/// Day, month and year of `1990-06-20`, `20/06/1990`, `20.6.1990` or `20-JUN-1990`.
fn day(cell: &str) -> Option<[String; 3]> {
    // A time of day after it says nothing.
    let cell = cell.split(' ').next().unwrap_or(cell);
    let cell =
        cell.split_once('T').map_or(cell, |(day, _)| if day.len() == 10 { day } else { cell });
    let parts: Vec<&str> = cell.split(['-', '/', '.']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    let month = MONTHS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(month))
        .map_or_else(|| (*month).to_owned(), |at| at.saturating_add(1).to_string());
    let all_digits = [*day, &month, *year]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    (all_digits && year.len() == 4 && day.len() <= 2 && month.len() <= 2)
        .then(|| [(*day).to_owned(), month, (*year).to_owned()])
}

/// Years and months of `P3Y`, `P1Y6M`, `3 years`, `18 months` or `3`.
fn period(cell: &str) -> Option<[String; 2]> {
    let text = cell.to_ascii_uppercase();
    let text = text.strip_prefix('P').unwrap_or(&text);
    let mut answer = [String::new(), String::new()];
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let after = rest.get(digits.len()..)?.trim_start();
        let unit: String = after.chars().take_while(char::is_ascii_alphabetic).collect();
        let at = match unit.as_str() {
            "Y" | "YEAR" | "YEARS" | "YR" | "YRS" => 0,
            "M" | "MONTH" | "MONTHS" => 1,
            "" if answer.iter().all(String::is_empty) => 0,
            _ => return None,
        };
        let place = answer.get_mut(at).filter(|place| place.is_empty())?;
        if digits.is_empty() {
            return None;
        }
        *place = digits;
        rest = after.get(unit.len()..)?.trim_start();
    }
    Some(answer)
}

fn yes_no(cell: &str) -> Option<&'static str> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Some("true"),
        "no" | "n" | "false" | "0" => Some("false"),
        _ => None,
    }
}

/// The word that is spelt like the cell, whatever its case and punctuation.
pub(crate) fn word(cell: &str, words: &[&'static str]) -> Option<String> {
    let spelt = spelling(cell);
    words.iter().find(|word| spelling(word) == spelt).map(|word| (*word).to_owned())
}

fn spelling(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
