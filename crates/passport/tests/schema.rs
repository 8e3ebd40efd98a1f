//! The typed model and `schemas/employment-checks-1/schema.json` accept the same documents.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "helpers of tests"
)]

use std::collections::BTreeSet;

use chrono::NaiveDate;
use jsonschema::Validator;
use passport::{EmploymentChecks, samples, types};
use serde_json::{Map, Value, json};

fn today() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

fn schema() -> Validator {
    let schema: Value = serde_json::from_str(types::EMPLOYMENT_CHECKS.schema).unwrap();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Every word, name and edge value that the schema or the world may hold.
fn values(schema: &Value) -> (Vec<Value>, Vec<String>) {
    fn walk(value: &Value, words: &mut BTreeSet<String>, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(words_of) = members.get("enum").and_then(Value::as_array) {
                    words.extend(words_of.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                if let Some(Value::Object(properties)) = members.get("properties") {
                    names.extend(properties.keys().cloned());
                }
                members.values().for_each(|value| walk(value, words, names));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, words, names)),
            _ => {}
        }
    }
    let (mut words, mut names) = (BTreeSet::new(), BTreeSet::new());
    walk(schema, &mut words, &mut names);
    names.extend(["nhs_number".to_owned(), "a/b~c".to_owned(), String::new()]);
    let mut values: Vec<Value> = words.into_iter().map(Value::from).collect();
    for text in [
        "",
        " ",
        "x",
        " x",
        "x ",
        "x\n",
        "\u{202e}abc",
        "a\u{0}b",
        "Zoë",
        "李",
        "\u{85}",
        "\u{a0}x",
        "2024-02-29",
        "2023-02-29",
        "2100-02-28",
        "1899-12-31",
        "1900-01-01",
        "1900-02-29",
        "2000-02-29",
        "2099-12-31",
        "2026-04-31",
        "2026-13-01",
        "2026-00-10",
        "2026-1-1",
        "26-01-01",
        "2026-01-01T00:00:00Z",
        "+2026-01-01",
        "２０２６-01-01",
        "01/02/2026",
        "H1A",
        "Z1A",
        "H5A",
        "h1a",
        "GBR",
        "gbr",
        "GB",
        "1234567",
        "A1234567",
        "A12345678",
        "2345678",
        "1345678",
        "18A1234E",
        "18a1234E",
        "18A12345",
        "PH123456",
        "PH1234567",
        "P1",
        "PH",
        "AB/12-3",
        "-AB",
        "AB-",
        "ABCDEFGHIJKLMNOPQRSTU",
        "ABCDEFGHIJKLMNOPQRST",
        "001234567890",
        "00123456789",
        "P1Y",
        "P0Y",
        "P",
        "PY",
        "P1",
        "P1M",
        "P1Y6M",
        "P6M1Y",
        "P100Y",
        "P99Y",
        "P01Y",
        "P1Y0M",
        "p1y",
        "P3YM",
        "0.8",
        "0.80",
        "0.08",
        "0.00",
        "0.0",
        "0",
        "1",
        "1.0",
        "1.00",
        "1.000",
        "1.1",
        "0.123",
        ".5",
        "Band 6",
        " Band",
        "Band ",
        "Band 8a",
        "12345678",
        "12345678-1",
        "12345678-",
        "12345678-1234",
        "1234567-1",
        "218",
        "N7C",
        "n7c",
        "data:image/png;base64,AAAA",
        "data:image/png;base64,AA==",
        "data:image/png;base64,A===",
        "data:image/png;base64,",
        "data:image/gif;base64,AAAA",
        "data:image/webp;base64,====",
    ] {
        values.push(text.into());
    }
    for length in [80, 81, 100, 101, 500, 501] {
        values.push("é".repeat(length).into());
    }
    values.push(format!("data:image/png;base64,{}", "A".repeat(32_768 - 22)).into());
    values.push(format!("data:image/png;base64,{}", "A".repeat(32_768 - 21)).into());
    for number in
        [json!(-1), json!(0), json!(1), json!(2), json!(3), json!(4), json!(2.0), json!(2.5)]
    {
        values.push(number);
    }
    for number in
        [json!(20), json!(21), json!(60), json!(61), json!(1e300), json!(u64::MAX), json!(1e3)]
    {
        values.push(number);
    }
    values.extend([Value::Null, json!(true), json!(false), json!([]), json!({}), json!(["x"])]);
    (values, names.into_iter().collect())
}

fn parent<'a>(document: &'a mut Value, pointer: &str) -> Option<(&'a mut Value, String)> {
    let (parent, last) = pointer.rsplit_once('/')?;
    Some((document.pointer_mut(parent)?, last.to_owned()))
}

fn mutate(document: &mut Value, pick: &mut Seeded, values: &[Value], names: &[String]) {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    let place = pick.of(&places).clone();
    match pick.below(5) {
        0 => {
            if let Some((parent, last)) = parent(document, &place) {
                match parent {
                    Value::Object(members) => drop(members.shift_remove(&last)),
                    Value::Array(items) => drop(items.remove(last.parse().unwrap())),
                    _ => unreachable!(),
                }
            }
        }
        1 => {
            if let Some(target) = document.pointer_mut(&place) {
                match target {
                    Value::Object(members) => {
                        members.insert(pick.of(names).clone(), pick.of(values).clone());
                    }
                    Value::Array(items) => items.push(pick.of(values).clone()),
                    _ => {}
                }
            }
        }
        2 => *document.pointer_mut(&place).unwrap() = pick.of(values).clone(),
        3 => {
            let from: &String = pick.of(&places);
            let other = document.pointer(from).unwrap().clone();
            *document.pointer_mut(&place).unwrap() = other;
        }
        _ => {
            // Copies a sibling's value under a name of the same object, so that words meet.
            if let Some(Value::Object(members)) = document.pointer_mut(&place)
                && !members.is_empty()
            {
                let all: Vec<Value> = members.values().cloned().collect();
                let name = pick.of(names).clone();
                members.insert(name, pick.of(&all).clone());
            }
        }
    }
}

fn bases() -> Vec<Value> {
    let mut bases = vec![samples::sample_nurse(today())];
    bases.extend((0..6).map(|seed| samples::filled_nurse(today(), seed)));
    let mut doctor = samples::sample_nurse(today());
    let registration = doctor["professional_registration"].as_object_mut().unwrap();
    registration.extend(Map::from_iter([
        ("body".to_owned(), json!("GMC")),
        ("number".to_owned(), json!("A7654321")),
        ("licence_to_practise".to_owned(), json!(true)),
    ]));
    bases.push(doctor);
    bases
}

#[test]
fn the_typed_model_and_the_schema_accept_the_same_documents() {
    let validator = schema();
    let (values, names) = values(&serde_json::from_str(types::EMPLOYMENT_CHECKS.schema).unwrap());
    let bases = bases();
    let mut pick = Seeded(0x5eed);
    let (mut accepted, mut refused) = (0, 0);

    for round in 0..12_000 {
        let mut document = pick.of(&bases).clone();
        for _ in 0..=pick.below(3) {
            mutate(&mut document, &mut pick, &values, &names);
        }
        let by_schema = validator.is_valid(&document);
        let typed = EmploymentChecks::from_value(&document);
        assert_eq!(
            by_schema,
            typed.is_ok(),
            "round {round}: {:?}\n{:?}\n{document:#}",
            typed.err(),
            validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>()
        );
        if by_schema { accepted += 1 } else { refused += 1 }
    }

    assert!(accepted > 600 && refused > 3_000, "{accepted} accepted, {refused} refused");
}

/// Every value at every place of every base: what chance may miss.
#[test]
fn they_agree_on_every_value_at_every_place() {
    let validator = schema();
    let (values, names) = values(&serde_json::from_str(types::EMPLOYMENT_CHECKS.schema).unwrap());
    for (base, within) in [(&bases()[1], ""), (&bases()[7], "/professional_registration")] {
        // Two skills say as much as eleven.
        let mut base = base.clone();
        base["core_skills"].as_array_mut().unwrap().truncate(2);
        let mut places = Vec::new();
        pointers(&base, "", &mut places);
        for place in places.iter().filter(|place| place.starts_with(within)) {
            for value in &values {
                let mut document = base.clone();
                *document.pointer_mut(place).unwrap() = value.clone();
                agree(&validator, &document, place);
            }
            let mut without = base.clone();
            if let Some((parent, last)) = parent(&mut without, place) {
                match parent {
                    Value::Object(members) => drop(members.shift_remove(&last)),
                    Value::Array(items) => drop(items.remove(last.parse().unwrap())),
                    _ => unreachable!(),
                }
                agree(&validator, &without, place);
            }
            if base.pointer(place).unwrap().is_object() {
                for name in &names {
                    for value in [json!("2026-01-31"), json!("x"), json!(true), json!(2)] {
                        let mut document = base.clone();
                        let target = document.pointer_mut(place).unwrap();
                        target.as_object_mut().unwrap().insert(name.clone(), value);
                        agree(&validator, &document, place);
                    }
                }
            }
        }
    }
}

fn agree(validator: &Validator, document: &Value, place: &str) {
    let typed = EmploymentChecks::from_value(document);
    assert_eq!(
        validator.is_valid(document),
        typed.is_ok(),
        "at {place}: {:?}\n{document:#}",
        typed.err()
    );
}

#[test]
fn what_is_accepted_is_written_back_as_it_was() {
    for base in bases() {
        let claims = EmploymentChecks::from_value(&base).unwrap().to_claims();

        assert_eq!(Value::Object(claims), base);
    }
}
