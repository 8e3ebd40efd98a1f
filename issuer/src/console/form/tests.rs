//! The form holds every claim, and nothing gets lost on the way.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use passport::{EmploymentChecks, samples};
use serde_json::{Map, Value, json};
use server::problem::Fault as ApiFault;
use server::texts::Texts;

use super::entered::MAX_ROWS;
use super::fields::{Kind, Need, Presence, SECTIONS, SKILLS};
use super::*;

const SCHEMA: &str = include_str!("../../../../schemas/employment-checks-1/schema.json");
const TEXTS: &str = include_str!("../../../texts/en.ftl");

fn today() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

fn texts() -> Texts {
    Texts::new(&[TEXTS, passport::text::ENGLISH]).unwrap()
}

fn nurse() -> Map<String, Value> {
    samples::sample_nurse(today()).as_object().unwrap().clone()
}

/// What a field of the schema allows.
#[derive(Debug, PartialEq, Eq)]
struct Leaf {
    words: Vec<String>,
    required: bool,
}

fn resolved<'a>(schema: &'a Value, part: &'a Value) -> &'a Value {
    match part.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            resolved(schema, schema.pointer(reference.strip_prefix('#').unwrap()).unwrap())
        }
        None => part,
    }
}

fn walk(
    schema: &Value,
    part: &Value,
    path: &str,
    required: bool,
    out: &mut BTreeMap<String, Leaf>,
) {
    let part = resolved(schema, part);
    if let Some(members) = part.get("properties").and_then(Value::as_object) {
        let needs = part.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (name, member) in members {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            walk(schema, member, &path, needs.contains(&json!(name)), out);
        }
        return;
    }
    if let Some(items) = part.get("items") {
        let items = resolved(schema, items);
        if items.get("properties").is_some() {
            walk(schema, items, path, true, out);
            return;
        }
    }
    let words = part.get("enum").and_then(Value::as_array).map_or_else(Vec::new, |words| {
        words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    });
    out.insert(path.to_owned(), Leaf { words, required });
}

#[test]
fn every_field_of_the_schema_is_in_the_form_with_its_words() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut wanted = BTreeMap::new();
    walk(&schema, &schema, "", true, &mut wanted);

    let mut found = BTreeMap::new();
    for section in SECTIONS {
        for field in section.fields() {
            let words = match field.kind {
                Kind::OneOf(_) | Kind::Pick(_) | Kind::Tick(_) | Kind::Always(_) => {
                    field.kind.words().into_iter().map(str::to_owned).collect()
                }
                _ => Vec::new(),
            };
            // `reference` may be left out, and needs its only member when it is there.
            let required =
                matches!(field.need, Need::Always) || field.path == "reference.certificate_number";
            let path = format!("{}.{}", section.name, field.path);
            assert!(found.insert(path, Leaf { words, required }).is_none(), "twice");
        }
    }

    assert!(wanted.len() > 100);
    assert_eq!(found, wanted);
}

#[test]
fn every_text_of_the_form_is_there() {
    let texts = texts();
    let missing = |key: &str| texts.t(key) == key;
    let mut wrong = Vec::new();
    for section in SECTIONS {
        wrong.push(format!("section-{}", section.name));
        for group in section.groups.iter().filter(|group| !group.name.is_empty()) {
            wrong.push(format!("group-{}", group.name));
        }
        for field in section.fields() {
            if matches!(field.kind, Kind::Always(_)) {
                continue;
            }
            wrong.push(field.text_key(section.name));
            if matches!(field.kind, Kind::Tick(_)) {
                wrong.push(format!("{}-tick", field.text_key(section.name)));
            }
            for word in field.kind.words() {
                wrong.push(view::word_key(field, word));
            }
        }
    }
    wrong.retain(|key| missing(key));

    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_text_of_the_form_is_left_over() {
    let mut known = BTreeSet::new();
    for section in SECTIONS {
        known.insert(format!("section-{}", section.name));
        known.insert(format!("section-{}-intro", section.name));
        for part in ["", "-hint", "-yes", "-no", "-missing"] {
            known.insert(format!("ask-{}{part}", section.name));
        }
        for group in section.groups {
            known.insert(format!("group-{}", group.name));
        }
        for field in section.fields() {
            for end in ["", "-hint", "-tick"] {
                known.insert(format!("{}{end}", field.text_key(section.name)));
            }
            for word in field.kind.words() {
                known.insert(view::word_key(field, word));
                known.insert(format!("{}-hint", view::word_key(field, word)));
            }
        }
    }
    let left_over: Vec<&str> = TEXTS
        .lines()
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .filter(|key| {
            ["field-", "word-", "section-", "group-", "ask-"].iter().any(|it| key.starts_with(it))
        })
        .filter(|key| !known.contains(*key))
        .collect();

    assert_eq!(left_over, Vec::<&str>::new());
}

fn everyone() -> impl Iterator<Item = Map<String, Value>> {
    let filled = (0..40).map(|seed| samples::filled_nurse(today(), seed));
    std::iter::once(samples::sample_nurse(today()))
        .chain(filled)
        .map(|nurse| nurse.as_object().unwrap().clone())
}

#[test]
fn claims_come_back_from_the_form_unchanged() {
    for nurse in everyone() {
        assert!(EmploymentChecks::accept(&Value::Object(nurse.clone()), today()).is_ok());

        let back = claims(&entered(&nurse)).claims;

        assert_eq!(Value::Object(back), Value::Object(nurse));
    }
}

#[test]
fn a_form_comes_back_from_its_claims_unchanged() {
    for nurse in everyone() {
        let form = entered(&nurse);

        assert_eq!(entered(&claims(&form).claims), form);
    }
}

#[test]
fn a_person_without_registration_has_none_in_the_claims() {
    let mut nurse = nurse();
    nurse.remove("professional_registration");
    let form = entered(&nurse);

    assert_eq!(form.text("professional_registration"), "no");
    assert_eq!(claims(&form).claims, nurse);
}

#[test]
fn a_period_keeps_the_way_it_is_written() {
    for period in ["P1Y", "P18M", "P1Y6M", "P12M", "P99Y99M"] {
        let mut nurse = nurse();
        nurse["core_skills"][0]["renewal_period"] = json!(period);

        let back = claims(&entered(&nurse)).claims;

        assert_eq!(back["core_skills"][0]["renewal_period"], json!(period));
    }
}

#[test]
fn codes_are_written_without_spaces_and_in_capitals() {
    let mut form = entered(&nurse());
    form.set("professional_registration.number".to_owned(), " 18a 1234e ");
    form.set("identity.given_name".to_owned(), "  Amara ");

    let claims = claims(&form).claims;

    assert_eq!(claims["professional_registration"]["number"], "18A1234E");
    assert_eq!(claims["identity"]["given_name"], "Amara");
    assert_eq!(form.raw("professional_registration.number"), " 18a 1234e ");
}

#[test]
fn lines_of_an_address_become_one() {
    let mut form = entered(&nurse());
    form.set("identity.personal.address".to_owned(), "1 Sample Street,\r\nInventon\r\n\r\nZZ9 9ZZ");

    let claims = claims(&form).claims;

    assert_eq!(claims["identity"]["personal"]["address"], "1 Sample Street, Inventon, ZZ9 9ZZ");
}

#[test]
fn the_end_of_training_is_worked_out_when_it_is_left_empty() {
    let mut form = Entered::default();
    for (member, text) in [
        ("subject", "FIRE_SAFETY"),
        ("awarded_on.day", "31"),
        ("awarded_on.month", "8"),
        ("awarded_on.year", "2025"),
        ("renewal_period.months", "18"),
    ] {
        form.set(format!("{SKILLS}.0.{member}"), text);
    }

    let claims = claims(&form).claims;

    assert_eq!(claims[SKILLS][0]["valid_until"], "2027-02-28");
}

#[test]
fn rows_that_only_the_page_filled_in_are_not_in_the_passport() {
    let fresh = Entered::fresh();

    assert_eq!(claims(&fresh).claims[SKILLS], json!([]));
    assert_eq!(fresh.rows(), 15);
}

#[test]
fn a_subject_that_hr_chose_is_not_dropped() {
    let mut form = Entered::fresh();
    form.set(format!("{SKILLS}.13.subject"), "FIRE_SAFETY");
    form.set(format!("{SKILLS}.2.level"), "1");

    let built = claims(&form);

    assert_eq!(built.rows, [2, 13]);
}

#[test]
fn a_removed_row_lets_the_ones_below_move_up() {
    let mut form = entered(&nurse());
    let second = form.raw("core_skills.1.subject").to_owned();
    let rows = form.rows();

    form.remove_row(0);

    assert_eq!(form.raw("core_skills.0.subject"), second);
    assert_eq!(form.rows(), rows - 1);
    assert_eq!(claims(&form).claims[SKILLS].as_array().unwrap().len(), 10);
}

#[test]
fn a_form_has_an_end() {
    let mut form = Entered::from_pairs([
        ("core_skills.rows".to_owned(), "4000000000".to_owned()),
        ("core_skills.59.subject".to_owned(), "FIRE_SAFETY".to_owned()),
        ("core_skills.60.subject".to_owned(), "FIRE_SAFETY".to_owned()),
        ("core_skills.007.subject".to_owned(), "FIRE_SAFETY".to_owned()),
        ("identity.nonsense".to_owned(), "x".to_owned()),
        ("nonsense".to_owned(), "x".to_owned()),
        ("identity.birth_date".to_owned(), "x".to_owned()),
    ]);
    form.add_rows(usize::MAX);

    assert_eq!(form.rows(), MAX_ROWS);
    let names: Vec<&str> = form.pairs().map(|(name, _)| name).collect();
    assert_eq!(names, ["core_skills.59.subject", "core_skills.rows"]);
}

fn found(form: &Entered) -> (Built, Faults) {
    let built = claims(form);
    let errors = EmploymentChecks::accept(&Value::Object(built.claims.clone()), today())
        .err()
        .unwrap_or_default();
    let errors: Vec<ApiFault> = errors
        .into_iter()
        .map(|fault| ApiFault {
            pointer: fault.pointer,
            code: serde_json::to_value(fault.code).unwrap().as_str().unwrap().to_owned(),
            message: fault.message,
            text: serde_json::to_value(&fault.text).ok(),
        })
        .collect();
    let texts = texts();
    let say = |key: &str, values: &[(&str, &str)]| texts.ta(key, values);
    let faults = faults(&errors, &built, form, &say);
    (built, faults)
}

#[test]
fn a_fault_stands_at_its_field_and_the_summary_leads_there() {
    let mut form = entered(&nurse());
    form.set("identity.birth_date.month".to_owned(), "13");
    form.set("identity.family_name".to_owned(), "");
    form.set("right_to_work.basis".to_owned(), "LIST_B_G1");
    form.set("professional_registration.number".to_owned(), "12");
    form.set("core_skills.3.awarded_on.year".to_owned(), "next");
    form.set("employment_history.outcome".to_owned(), "");

    let (_, faults) = found(&form);

    let told: Vec<(&str, &str, &str)> = faults
        .0
        .iter()
        .map(|fault| (fault.field.as_str(), fault.href.as_str(), fault.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("identity.family_name", "#identity.family_name", "Identity: Last name is missing"),
            (
                "identity.birth_date",
                "#identity.birth_date.day",
                "Identity: Date of birth must be a real date, for example 31 3 2026",
            ),
            (
                "right_to_work.permission_until",
                "#right_to_work.permission_until.day",
                "Right to work: Permission ends on: enter the day, the month and the year",
            ),
            (
                "right_to_work.follow_up_due",
                "#right_to_work.follow_up_due.day",
                "Right to work: Next check due on: enter the day, the month and the year",
            ),
            (
                "professional_registration.number",
                "#professional_registration.number",
                "Professional registration: Registration number must be an NMC number such as 18A1234E",
            ),
            (
                "employment_history.outcome",
                "#employment_history.outcome",
                "Employment history: Outcome: tick to confirm",
            ),
            (
                "core_skills.3.awarded_on",
                "#core_skills.3.awarded_on.day",
                "Training 4, Health, safety and welfare: Achieved on must be a real date, for example 31 3 2026",
            ),
        ]
    );
}

#[test]
fn an_empty_form_asks_for_everything_that_is_needed_and_crashes_nowhere() {
    let (_, faults) = found(&Entered::fresh());

    let texts = texts();
    let fields: BTreeSet<&str> = faults.0.iter().map(|fault| fault.field.as_str()).collect();
    assert!(fields.contains("professional_registration"));
    assert!(fields.contains("criminal_record.outcome"));
    for section in SECTIONS.iter().filter(|section| section.presence == Presence::Always) {
        for field in section.fields().filter(|field| matches!(field.need, Need::Always)) {
            let name = format!("{}.{}", section.name, field.path);
            assert!(fields.contains(name.as_str()), "{name}");
        }
    }
    let say = |key: &str, values: &[(&str, &str)]| texts.ta(key, values);
    let view = form_view(&Entered::fresh(), &faults, &say);
    assert_eq!(view.sections.len(), SECTIONS.len());
}

#[test]
fn every_fault_that_claims_can_have_finds_a_field() {
    // Every field at once holds what it cannot be.
    for bad in ["\u{202e}<script>", "-1", "true", "9999999999999999999999"] {
        let mut form = entered(&samples::filled_nurse(today(), 1).as_object().unwrap().clone());
        let names: Vec<String> = form.pairs().map(|(name, _)| name.to_owned()).collect();
        for name in names.into_iter().filter(|name| name.contains('.') && !name.ends_with("rows")) {
            form.set(name, bad);
        }

        let (_, faults) = found(&form);

        assert!(faults.0.len() > 100, "{}", faults.0.len());
        for fault in faults.0 {
            assert!(!fault.field.is_empty(), "{fault:?}");
        }
    }
}

#[test]
fn the_review_tells_every_claim_in_words() {
    let texts = texts();
    let say = |key: &str, values: &[(&str, &str)]| texts.ta(key, values);
    let nurse = samples::filled_nurse(today(), 3).as_object().unwrap().clone();

    let sections = review(&nurse, today(), &say);

    let all: Vec<String> = sections
        .iter()
        .flat_map(|section| &section.lines)
        .map(|line| format!("{}: {}", line.label, line.value))
        .collect();
    assert!(
        all.contains(&"Kind of permission: List B, group 1: permission with an end".to_owned())
    );
    assert!(all.iter().all(|line| !line.contains("_")), "{all:?}");
    let training = sections.iter().find(|section| section.is_rows).unwrap();
    assert_eq!(training.skills.len(), 11);
    assert!(
        training.skills[0].other.contains("Renewed every: every 3 years"),
        "{}",
        training.skills[0].other
    );
}

#[test]
fn a_day_that_has_passed_or_is_near_says_so() {
    let texts = texts();
    let say = |key: &str, values: &[(&str, &str)]| texts.ta(key, values);
    let mut nurse = nurse();
    let told = |nurse: &Map<String, Value>| {
        let sections = review(nurse, today(), &say);
        let training = sections.into_iter().find(|section| section.is_rows).unwrap();
        training.skills[0].ends.text.clone()
    };

    for (day, words) in [
        ("2026-03-01", "Ended"),
        ("2026-03-02", "Ends today"),
        ("2026-03-03", "Ends in 1 day"),
        ("2026-04-01", "Ends in 30 days"),
        ("2026-04-02", ""),
    ] {
        nurse["core_skills"][0]["valid_until"] = json!(day);
        assert_eq!(told(&nurse), words, "{day}");
    }
}
