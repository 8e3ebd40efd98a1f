//! Files as HR has them.

use passport::samples::sample_nurse;
use serde_json::{Map, Value};

use super::mapping::{Mapping, faults_of, template_headings};
use super::row::{RowFault, read};
use super::sheet::{Sheet, SheetError};
use crate::console::form::{claims, entered};
use crate::state::{OFFER_SECONDS, Settings};

/// 2026-12-01T09:00:00Z
const NOW: i64 = 1_796_115_600;

fn settings() -> Settings {
    Settings {
        base_url: "https://issuer.example".parse().unwrap(),
        ods: "RBV".parse().unwrap(),
        name: "The Christie NHS Foundation Trust".to_owned(),
        offer_seconds: OFFER_SECONDS,
        policy: crate::oid4vci::policy::Policy::default(),
        two_people: false,
        network_roots: vec![],
    }
}

fn preset(name: &str) -> Mapping {
    Mapping::presets().unwrap().into_iter().find(|preset| preset.name == name).unwrap()
}

fn nurse() -> Map<String, Value> {
    let today = passport::day::parse("2026-12-01").unwrap();
    sample_nurse(today).as_object().unwrap().clone()
}

/// The sample nurse under the template's headings.
fn template_row(change: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let mut document = nurse();
    document.remove("assurance");
    let form = entered(&document);
    let headings = template_headings();
    let cells = headings
        .iter()
        .map(|heading| {
            if let Some((_, text)) = change.iter().find(|(name, _)| name == heading) {
                return (*text).to_owned();
            }
            let name = match heading.strip_prefix("core_skills.") {
                Some(rest) => {
                    let (row, path) = rest.split_once('.').unwrap();
                    format!("core_skills.{}.{path}", row.parse::<usize>().unwrap() - 1)
                }
                None => heading.clone(),
            };
            let day = form.text(&format!("{name}.day"));
            if !day.is_empty() {
                let [month, year] =
                    ["month", "year"].map(|part| form.text(&format!("{name}.{part}")).to_owned());
                return format!("{day:0>2}/{month:0>2}/{year}");
            }
            let (years, months) =
                (form.text(&format!("{name}.years")), form.text(&format!("{name}.months")));
            match (years, months) {
                ("", "") => form.text(&name).to_owned(),
                ("", months) => format!("{months} months"),
                (years, _) => format!("{years} years"),
            }
        })
        .collect();
    (headings, cells)
}

fn csv(headings: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn judged(file: Vec<u8>, name: &str) -> Vec<Result<Map<String, Value>, Vec<RowFault>>> {
    let preset = preset(name);
    let sheet = Sheet::open(file).unwrap();
    let columns = preset.columns(&sheet.headings).unwrap();
    sheet.rows().map(|row| read(&row.unwrap(), &columns, &preset, &settings(), NOW)).collect()
}

#[test]
fn the_sample_nurse_goes_through_the_template_unchanged() {
    let (headings, cells) = template_row(&[]);

    let read = judged(csv(&headings, &[cells]), "template").remove(0).unwrap();

    let mut expected = claims(&entered(&nurse())).claims;
    expected.insert("assurance".to_owned(), read["assurance"].clone());
    assert_eq!(Value::Object(read), Value::Object(expected));
}

#[test]
fn a_fault_names_its_row_and_column() {
    let (headings, good) = template_row(&[]);
    let (_, bad) = template_row(&[
        ("identity.birth_date", "31/02/1990"),
        ("professional_registration.number", "12"),
        ("core_skills.2.awarded_on", "soon"),
    ]);

    let answers = judged(csv(&headings, &[good, bad]), "template");

    assert!(answers[0].is_ok());
    let faults = answers[1].as_ref().unwrap_err();
    let mut columns: Vec<_> = faults.iter().filter_map(|fault| fault.column.as_deref()).collect();
    columns.dedup();
    assert!(faults.iter().all(|fault| fault.row == 3), "{faults:?}");
    for column in
        ["identity.birth_date", "professional_registration.number", "core_skills.2.awarded_on"]
    {
        assert!(columns.contains(&column), "{column} in {columns:?}");
    }
}

#[test]
fn presets_name_fields_and_words_that_exist() {
    for preset in Mapping::presets().unwrap() {
        assert_eq!(faults_of(&preset), Vec::<String>::new(), "{}", preset.name);
    }
}

const ESR: &str = "\
First Name;Last Name;Date of Birth;ID Check Method;ID Check Date;Right to Work Basis;\
Right to Work Check Method;Right to Work Check Date;Right to Work Restrictions;\
Registration Body;Registration Number;Registration Profession;Registration Status;\
Registration Conditions;Registration Expiry Date;Registration Check Date;\
Reference Years Covered;References Received;Employment Gaps Explained;\
Employment History Check Date;DBS Level;DBS Workforce;DBS Adult Barred List;\
DBS Child Barred List;DBS Issue Date;OH Outcome;OH Assessment Date;OH Role Category;\
Staff Group;Job Role;Assignment Category;Assignment Status;Employee Number;\
NHS|CSTF|Fire Safety - 2 Years|;NHS|CSTF|Infection Prevention and Control - Level 2 - 1 Year|\n\
Amara;Okafor;20-JUN-1990;In Person;03-MAR-2026;List A;Manual;03-MAR-2026;None;\
Nursing and Midwifery Council;18A1234E;Registered nurse;Registered;No;30-SEP-2027;01-NOV-2026;\
3;2;Yes;03-MAR-2026;Enhanced;Adult;Checked;Checked;10-FEB-2026;Fit for Role;01-MAR-2026;\
Clinical;Nursing and Midwifery Registered;Staff Nurse;Permanent;Active Assignment;21812345;\
01-OCT-2026;FIRE\n";

#[test]
fn an_extract_is_read_under_its_own_headings_and_words() {
    let file = ESR.replace(";FIRE\n", ";05-OCT-2026\n");

    let read = judged(file.into_bytes(), "esr").remove(0).unwrap();

    assert_eq!(read["identity"]["birth_date"], "1990-06-20");
    assert_eq!(read["professional_registration"]["body"], "NMC");
    assert_eq!(read["assignment"]["staff_group"], "NURSING_AND_MIDWIFERY_REGISTERED");
    let skills = read["core_skills"].as_array().unwrap();
    assert_eq!(skills[0]["subject"], "FIRE_SAFETY");
    assert_eq!(skills[0]["valid_until"], "2028-10-01");
    assert_eq!((&skills[1]["level"], &skills[1]["framework"]), (&2.into(), &"CSTF".into()));
}

#[test]
fn a_fault_of_training_in_one_column_names_that_column() {
    let faults = judged(ESR.as_bytes().to_vec(), "esr").remove(0).unwrap_err();

    let columns: Vec<_> = faults.iter().map(|fault| fault.column.as_deref()).collect();
    let heading = "NHS|CSTF|Infection Prevention and Control - Level 2 - 1 Year|";
    assert!(columns.contains(&Some(heading)), "{faults:?}");
}

#[test]
fn an_unknown_heading_is_not_left_out_silently() {
    let sheet = Sheet::open(b"identity.given_name,Shoe Size\nAmara,5\n".to_vec()).unwrap();

    let unknown = preset("template").columns(&sheet.headings).unwrap_err();

    assert_eq!(unknown.0, ["Shoe Size"]);
}

#[test]
fn a_file_that_is_no_table_says_what_to_do() {
    let open = |file: &[u8]| Sheet::open(file.to_vec()).map(|_| ());
    let rows = |file: &[u8]| {
        Sheet::open(file.to_vec()).unwrap().rows().collect::<Result<Vec<_>, _>>().map(|_| ())
    };

    assert_eq!(open(b""), Err(SheetError::Empty));
    assert_eq!(open(b"a,,c\n"), Err(SheetError::NoHeading(2)));
    assert_eq!(open(b"a,b,A\n"), Err(SheetError::HeadingTwice("A".to_owned())));
    assert_eq!(open(b"a,\xff\n"), Err(SheetError::NotUtf8));
    assert_eq!(open(b"PK\x03\x04 nothing"), Err(SheetError::NotAWorkbook));
    assert_eq!(rows(b"a,b\n1,2,3\n"), Err(SheetError::TooWide { row: 2, columns: 2 }));
    let long = [b"a\n".to_vec(), vec![b'x'; super::sheet::MAX_CELL_BYTES + 1]].concat();
    let refused = SheetError::CellTooLong { row: 2, bytes: super::sheet::MAX_CELL_BYTES };
    assert_eq!(rows(&long), Err(refused));
}

#[test]
fn empty_rows_are_passed_over_and_keep_their_numbers() {
    let file = b"\xef\xbb\xbfa\tb\n\t\n1\t\"2\n2\"\n\n3\n";
    let sheet = Sheet::open(file.to_vec()).unwrap();

    let rows: Vec<_> = sheet.rows().map(Result::unwrap).collect();

    assert_eq!(sheet.headings, ["a", "b"]);
    assert_eq!(rows[0].cells, ["1", "2\n2"]);
    assert_eq!(rows[0].number, 3);
    assert_eq!(rows[1].cells, ["3", ""]);
    assert_eq!(rows[1].number, 5);
}
