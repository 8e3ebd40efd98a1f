//! How names, values and days are written for people. What came from outside is made inert first.

use chrono::NaiveDate;
use passport::{Subject, day};
use serde_json::Value;
use vc::time::UnixTime;

/// Longest foreign text that is printed, in characters.
const MAX_CHARS: usize = 200;

/// Foreign text without anything that could move the cursor or turn the reading order round.
pub fn plain(foreign: &str) -> String {
    let mut text: String = foreign
        .chars()
        .take(MAX_CHARS)
        .map(|char| if is_inert(char) { char } else { '\u{fffd}' })
        .collect();
    if foreign.chars().nth(MAX_CHARS).is_some() {
        text.push('…');
    }
    text
}

fn is_inert(char: char) -> bool {
    let turns = matches!(char,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    !char.is_control() && !turns
}

/// `2 October 2026 at 14:05`, London time.
pub fn moment(at: UnixTime) -> String {
    format!("{} at {}", day::words(day::london(at)), day::clock(at))
}

/// `31 days left`, `last day today`, `ended 3 days ago`
pub fn days_left(end: NaiveDate, today: NaiveDate) -> String {
    match end.signed_duration_since(today).num_days() {
        0 => "last day today".to_owned(),
        1 => "1 day left".to_owned(),
        -1 => "ended yesterday".to_owned(),
        left if left > 0 => format!("{left} days left"),
        left => format!("ended {} days ago", left.unsigned_abs()),
    }
}

/// A claim's own name as words, for want of better ones.
pub fn label(name: &str) -> String {
    plain(&capitalised(&name.replace('_', " ")))
}

fn capitalised(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// One value in words: dates as days, codes in lower case, abbreviations as they are.
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => match (parse_day(text), text.parse::<Subject>()) {
            (Some(date), _) => day::words(date),
            (None, Ok(subject)) => subject.label().to_owned(),
            (None, Err(_)) if is_code(text) => code_words(text),
            (None, Err(_)) => plain(text),
        },
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null => "none".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(self::value).collect();
            items.join(", ")
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, inner)| {
                    format!("{} {}", label(name).to_lowercase(), self::value(inner))
                })
                .collect();
            members.join(", ")
        }
    }
}

/// A full date, `2026-10-02`.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// `IN_PERSON`, `ENHANCED`; not `NMC`, which is a name, and not a number such as `18A1234E`.
fn is_code(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_uppercase).count();
    let only_code = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let has_digit = text.chars().any(|c| c.is_ascii_digit());
    let word = !has_digit && (letters > 4 || matches!(text, "NONE" | "FIT" | "PASS" | "MALE"));
    only_code && (text.contains('_') || word)
}

/// `list B G1` for `LIST_B_G1`: single letters and numbers are names.
fn code_words(code: &str) -> String {
    let word = |word: &str| match word.len() {
        0 | 1 => word.to_owned(),
        _ if word.chars().any(|c| c.is_ascii_digit()) => word.to_owned(),
        _ => word.to_lowercase(),
    };
    let words: Vec<String> = code.split('_').map(word).collect();
    words.join(" ")
}

/// Whether a member's date is the last day of what it belongs to.
pub fn is_end(name: &str) -> bool {
    matches!(
        name,
        "valid_until"
            | "expires_on"
            | "permission_until"
            | "document_expiry"
            | "fixed_term_end"
            | "end"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_move_the_cursor_or_turn_the_reading_order() {
        let hostile = "Amara\u{1b}[2J\r\n\u{202e}VBR\u{200b}";

        let shown = plain(hostile);

        assert_eq!(shown, "Amara\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}VBR\u{fffd}");
    }

    #[test]
    fn foreign_text_is_cut_at_its_bound() {
        let shown = plain(&"x".repeat(10_000));

        assert_eq!(shown.chars().count(), MAX_CHARS + 1);
    }

    #[test]
    fn codes_read_as_words_and_names_stay() {
        let said = |text: &str| value(&Value::String(text.to_owned()));

        assert_eq!(said("ADULT_AND_CHILD"), "adult and child");
        assert_eq!(said("LIST_B_G1"), "list B G1");
        assert_eq!(said("FIRE_SAFETY"), "Fire safety");
        assert_eq!(said("ENHANCED"), "enhanced");
        assert_eq!(said("NMC"), "NMC");
        assert_eq!(said("18A1234E"), "18A1234E");
        assert_eq!(said("Okafor"), "Okafor");
        assert_eq!(said("1990-06-20"), "20 June 1990");
    }

    #[test]
    fn days_are_counted_to_the_last_one_included() {
        let day = |text: &str| parse_day(text).expect("a date");
        let left = |end: &str| days_left(day(end), day("2026-10-02"));

        assert_eq!(left("2026-10-02"), "last day today");
        assert_eq!(left("2026-10-03"), "1 day left");
        assert_eq!(left("2027-10-02"), "365 days left");
        assert_eq!(left("2026-10-01"), "ended yesterday");
        assert_eq!(left("2026-09-02"), "ended 30 days ago");
    }
}
