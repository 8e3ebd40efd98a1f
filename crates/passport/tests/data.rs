//! The data in `schemas/` fits the code and itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use passport::{Check, Kind, Requirement, Requirements, StaffGroup, types};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Every property of a schema as a metadata path, with what is inside it.
fn paths(schema: &Value) -> BTreeSet<String> {
    fn walk(root: &Value, node: &Value, at: &str, found: &mut BTreeSet<String>) {
        if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            let name = reference.rsplit('/').next().unwrap();
            return walk(root, &root["$defs"][name], at, found);
        }
        if let Some(properties) = node.get("properties").and_then(Value::as_object) {
            for (name, inner) in properties {
                let path = format!("{at}/{name}");
                found.insert(path.clone());
                // An assurance inside a check is shown as a whole.
                if name != "assurance" || at.is_empty() {
                    walk(root, inner, &path, found);
                }
            }
        }
        if let Some(items) = node.get("items")
            && items.get("$ref").is_some_and(|name| name == "#/$defs/core_skill")
        {
            walk(root, items, &format!("{at}/*"), found);
        }
    }
    let mut found = BTreeSet::new();
    walk(schema, schema, "", &mut found);
    found
}

fn claim_paths(metadata: &Value, only: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    metadata["claims"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|claim| only(claim))
        .map(|claim| {
            let steps = claim["path"].as_array().unwrap();
            steps.iter().map(|step| format!("/{}", step.as_str().unwrap_or("*"))).collect()
        })
        .collect()
}

#[test]
fn the_type_metadata_names_every_member_of_the_schema() {
    for one in types::ALL {
        let metadata = json(one.metadata);
        let issuers = |path: &String| path.starts_with("/employer") || path == "/subject_ref";
        let named: BTreeSet<String> =
            claim_paths(&metadata, |_| true).into_iter().filter(|path| !issuers(path)).collect();

        assert_eq!(metadata["vct"], one.vct);
        assert_eq!(named, paths(&json(one.schema)), "{}", one.vct);
    }
}

#[test]
fn what_hides_is_the_same_in_the_metadata_and_for_the_issuer() {
    for one in types::ALL {
        let issuance = one.issuance().unwrap();
        let hide: BTreeSet<String> = issuance.hide.iter().map(ToString::to_string).collect();

        assert_eq!(issuance.vct, one.vct);
        assert_eq!(issuance.lifetime_days, 90);
        assert_eq!(claim_paths(&json(one.metadata), |claim| claim["sd"] == "always"), hide);
    }
}

#[test]
fn a_parent_hides_before_what_is_in_it() {
    for one in types::ALL {
        let hide = one.issuance().unwrap().hide;
        for (index, path) in hide.iter().enumerate() {
            let parent = path.0.len() == 1
                || hide.iter().take(index).any(|earlier| path.0.starts_with(&earlier.0));

            assert!(parent, "{path}");
        }
    }
}

#[test]
fn the_eight_objects_hide_and_these_inner_blocks_alone() {
    let hide: Vec<String> =
        types::EMPLOYMENT_CHECKS.issuance().unwrap().hide.iter().map(ToString::to_string).collect();
    let inner: Vec<&str> =
        hide.iter().map(String::as_str).filter(|path| path.matches('/').count() == 2).collect();

    for check in Check::ALL {
        assert!(hide.contains(&format!("/{check}")), "{check}");
    }
    assert_eq!(
        inner,
        [
            "/identity/personal",
            "/professional_registration/conditions",
            "/criminal_record/reference",
            "/work_health/adjustments",
            "/assignment/employment",
        ]
    );
    assert_eq!(hide.len(), Check::ALL.len() + inner.len());
}

fn requirement_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/requirements");
    let mut files = Vec::new();
    for folder in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        if folder.is_dir() {
            files.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    files
}

#[test]
fn every_requirement_file_is_shipped_valid_and_where_its_name_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/requirements");
    let schema = json(&fs::read_to_string(root.join("schema.json")).unwrap());
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let files = requirement_files();

    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let requirement = Requirement::from_json(&text).unwrap();
        let place = format!("{}/{}.json", requirement.kind, requirement.staff_group);

        assert!(validator.is_valid(&json(&text)), "{place}");
        assert!(file.ends_with(&place), "{place} stands at {}", file.display());
        assert!(Requirements::shipped().iter().any(|shipped| *shipped == requirement), "{place}");
        let back = serde_json::to_value(&requirement).unwrap();
        assert!(validator.is_valid(&back), "written back: {back}");
    }
    assert_eq!(Requirements::shipped().iter().count(), files.len());
}

#[test]
fn a_requirement_asks_for_paths_that_hide_and_says_why() {
    let issuance = types::EMPLOYMENT_CHECKS.issuance().unwrap();
    for requirement in Requirements::shipped().iter() {
        for asked in requirement.paths_to_show() {
            assert!(issuance.hide.contains(&asked.path), "{}", asked.path);
            assert!(asked.why.ends_with('.'), "{}", asked.why);
        }
    }
}

#[test]
fn a_group_without_a_requirement_of_its_own_has_the_one_for_all() {
    let requirements = Requirements::shipped();

    let observer = requirements.find(Kind::Observer, StaffGroup::EstatesAndAncillary).unwrap();
    let doctors = requirements.find(Kind::TemporaryDeployment, StaffGroup::MedicalAndDental);

    assert_eq!(observer.staff_group.to_string(), "ANY");
    assert_eq!(doctors, None);
}

#[test]
fn a_hosts_own_requirement_takes_the_place_of_the_shipped_one() {
    let mut requirements = Requirements::shipped();
    let mut own = requirements.find(Kind::Observer, StaffGroup::StudentsMedical).unwrap().clone();
    own.version = 7;

    requirements.insert(own);

    let found = requirements.find(Kind::Observer, StaffGroup::StudentsMedical).unwrap();
    assert_eq!(found.version, 7);
    assert_eq!(requirements.iter().count(), Requirements::shipped().iter().count());
}

#[test]
fn a_requirement_that_contradicts_itself_is_refused() {
    let text = fs::read_to_string(&requirement_files()[0]).unwrap();
    let good = json(&text);
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut requirement = good.clone();
        change(&mut requirement);
        Requirement::from_json(&requirement.to_string()).is_err()
    };

    assert!(!refused(&|_| {}));
    assert!(refused(&|it| it["needs"] = Value::Array(vec![])));
    assert!(refused(&|it| it["needs"].as_array_mut().unwrap().push(good["needs"][0].clone())));
    assert!(refused(&|it| it["needs"][0]["show"] = serde_json::json!([["work_health"]])));
    assert!(refused(&|it| it["needs"][0]["wy"] = "x".into()));
    assert!(refused(&|it| it["extra"] = true.into()));
    assert!(refused(&|it| it["staff_group"] = "NURSES".into()));
}

#[test]
fn training_is_the_same_in_both_types() {
    let [passport, alone] =
        [types::EMPLOYMENT_CHECKS, types::CORE_SKILLS].map(|one| json(one.schema));
    let nurse = passport::samples::sample_nurse("2026-03-02".parse().unwrap());
    let record = serde_json::json!({
        "person": {"given_name": "Amara", "family_name": "Okafor", "birth_date": "1990-06-20"},
        "core_skills": nurse["core_skills"],
    });

    assert_eq!(passport["$defs"]["core_skill"], alone["$defs"]["core_skill"]);
    assert!(jsonschema::draft202012::new(&alone).unwrap().is_valid(&record));
}

/// V7: a binary claim would be a `data:` URI. There is none: every value of every type is a word, a
/// number, a date or a yes.
#[test]
fn v7_no_type_has_a_binary_claim() {
    fn keywords(node: &Value, found: &mut BTreeSet<String>) {
        match node {
            Value::Object(members) => {
                found.extend(members.keys().cloned());
                members.values().for_each(|inner| keywords(inner, found));
            }
            Value::Array(elements) => elements.iter().for_each(|inner| keywords(inner, found)),
            _ => {}
        }
    }
    for one in types::ALL {
        let mut found = BTreeSet::new();

        keywords(&json(one.schema), &mut found);

        assert!(found.contains("properties"), "{}", one.vct);
        for binary in ["contentEncoding", "contentMediaType"] {
            assert!(!found.contains(binary), "{}: {binary}", one.vct);
        }
    }
}
