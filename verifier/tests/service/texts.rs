//! The catalogue of texts: every key that pages ask for is there, and none lies idle.

use std::collections::BTreeSet;
use std::path::Path;

const CATALOGUE: &str = include_str!("../../texts/en.ftl");
/// What every service says.
const SHARED: &str = include_str!("../../../crates/server/texts/en.ftl");

fn keys(catalogue: &str) -> BTreeSet<String> {
    catalogue
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '}']))
        .filter_map(|line| Some(line.split_once(" = ")?.0.to_owned()))
        .collect()
}

/// Every text in quotation marks that looks like a key, below a folder.
fn asked_for(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            asked_for(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let quoted = text.split('"').filter(|one| {
            (one.starts_with("desk-") || one.starts_with("nav-"))
                && one.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        });
        // Classes and ids of the templates begin alike; texts are asked for by t(…) and ta(…).
        if path.extension().is_some_and(|kind| kind == "html") {
            let calls = text.split("shell.t").skip(1).filter_map(|call| call.split('"').nth(1));
            found.extend(calls.map(str::to_owned));
        } else {
            found.extend(quoted.map(str::to_owned));
        }
    }
}

#[test]
fn no_text_is_missing_and_none_lies_idle() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut asked = BTreeSet::new();
    asked_for(&here.join("src"), &mut asked);
    asked_for(&here.join("templates"), &mut asked);

    let (own, shared) = (keys(CATALOGUE), keys(SHARED));

    let missing: Vec<_> =
        asked.iter().filter(|key| !own.contains(*key) && !shared.contains(*key)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    let idle: Vec<_> = own.difference(&asked).collect();
    assert!(idle.is_empty(), "idle: {idle:?}");
}
