//! What a passport is found by: the words of the names, the first three letters of each, and the
//! registration number. The store sees keyed hashes only.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::secrets::Secrets;
use crate::store::IndexToken;

/// Letters of a word's beginning that find it.
const PREFIX: usize = 3;
/// Most words of one question.
const MAX_WORDS: usize = 8;
const NAMES: [&str; 3] = ["given_name", "family_name", "preferred_name"];

/// Everything that a document is found by.
pub fn index(secrets: &Secrets, checks: &Map<String, Value>) -> Vec<IndexToken> {
    let identity = checks.get("identity");
    let number = checks
        .get("professional_registration")
        .and_then(|registration| registration.get("number"))
        .and_then(Value::as_str);
    let mut found_by = BTreeSet::new();
    for name in NAMES.iter().filter_map(|name| identity?.get(name)?.as_str()) {
        for word in words(name) {
            if let Some(prefix) = prefix(&word) {
                found_by.insert(("prefix", prefix));
            }
            found_by.insert(("word", word));
        }
    }
    if let Some(number) = number {
        found_by.insert(("number", normal_number(number)));
    }
    found_by.into_iter().map(|(kind, value)| secrets.index_token(kind, &value)).collect()
}

/// The tokens that all must match. A word with a digit is a registration number; one of three
/// letters finds what begins with it; any other finds itself.
pub fn question(secrets: &Secrets, text: &str) -> Vec<IndexToken> {
    text.split_whitespace()
        .flat_map(|part| {
            if part.contains(|c: char| c.is_ascii_digit()) {
                vec![("number", normal_number(part))]
            } else {
                words(part)
                    .map(|word| {
                        let kind = if word.chars().count() == PREFIX { "prefix" } else { "word" };
                        (kind, word)
                    })
                    .collect()
            }
        })
        .take(MAX_WORDS)
        .map(|(kind, value)| secrets.index_token(kind, &value))
        .collect()
}

/// Lower case, without accents of the Latin letters, apostrophes dropped, split at anything that
/// is no letter: O'Brien-Núñez is `obrien` and `nunez`.
fn words(name: &str) -> impl Iterator<Item = String> + use<> {
    let plain: String = name
        .chars()
        // Apostrophes, and accents written as characters of their own.
        .filter(|c| !matches!(c, '\'' | '’' | '`' | '\u{300}'..='\u{36f}'))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphabetic() { c } else { ' ' })
        .map(without_accent)
        .collect();
    let words: Vec<String> = plain.split_whitespace().map(str::to_owned).collect();
    words.into_iter()
}

fn without_accent(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

fn prefix(word: &str) -> Option<String> {
    let prefix: String = word.chars().take(PREFIX).collect();
    (prefix.chars().count() == PREFIX).then_some(prefix)
}

fn normal_number(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_into_plain_words() {
        let words: Vec<String> = words("O’Brien-Núñez  Żółć").collect();

        assert_eq!(words, ["obrien", "nunez", "zołc".replace('ł', "l").as_str()]);
    }

    #[test]
    fn an_accent_is_dropped_however_it_is_written() {
        let composed: Vec<String> = words("Zoë N\u{fa}\u{f1}ez").collect();
        let decomposed: Vec<String> = words("Zoe\u{308} Nu\u{301}n\u{303}ez").collect();

        assert_eq!(composed, ["zoe", "nunez"]);
        assert_eq!(decomposed, composed);
    }

    #[test]
    fn a_number_is_compared_without_spaces_and_case() {
        assert_eq!(normal_number("18a 1234-e"), "18A1234E");
    }
}
