//! Catalogues of texts against the templates and code that use them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Keys that code makes out of parts.
const MADE: &[(&str, &[&str])] = &[
    ("error-{}-heading", STATUSES),
    ("error-{}-what", STATUSES),
    ("error-{}-next", STATUSES),
    ("audit-{}", EVENTS),
    ("role-{}-hint", &["hr-issuer", "hr-verifier", "administrator", "auditor"]),
    ("problem-{}", PROBLEMS),
];
/// `server::audit::Event::key`.
const EVENTS: &[&str] = &[
    "invited",
    "enrolled",
    "roles-from-provider",
    "signed-in",
    "signed-out",
    "sign-in-refused",
    "role-missing",
    "roles-asked",
    "roles-changed",
    "roles-refused",
    "disabled",
    "enabled",
    "token-created",
    "token-revoked",
    "two-people-set",
    "import-asked",
    "import-agreed",
    "webhook-added",
    "webhook-removed",
];
/// What pages answer besides the general words of a status.
const PROBLEMS: &[&str] = &[
    "SIGN_IN_REFUSED",
    "NO_ACCOUNT",
    "NO_ROLE",
    "BEGIN_AGAIN",
    "PASSKEY_REFUSED",
    "NO_SUCH_ROLE",
    "NOT_A_FORM",
    "BODY_TOO_LONG",
    "FORM_UNREADABLE",
    "CSRF_FAILED",
    "ROLE_MISSING",
    "NOT_FOUND",
    "UNAVAILABLE",
    "PROVIDER_UNREACHABLE",
    "INVITATION_OVER",
    "ACCOUNT_DISABLED",
    "OWN_ACCOUNT",
    "SECOND_PERSON_NEEDED",
    "CREDENTIAL_TAKEN",
    "NO_SUCH_CHANGE",
    "LAST_ADMINISTRATOR",
    "FILE_TOO_LARGE",
];
const STATUSES: &[&str] =
    &["400", "401", "403", "404", "405", "409", "413", "415", "422", "429", "500", "503"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
}

fn keys(catalogue: &Path) -> BTreeSet<String> {
    std::fs::read_to_string(catalogue)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key)
        .filter(|key| key.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

fn sources(folders: &[&str]) -> String {
    let mut found = Vec::new();
    for folder in folders {
        files(&root().join(folder).join("templates"), "html", &mut found);
        files(&root().join(folder).join("src"), "rs", &mut found);
    }
    found.iter().map(|path| without_comments(&std::fs::read_to_string(path).unwrap())).collect()
}

fn without_comments(source: &str) -> String {
    let mut kept = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{#") {
        kept.push_str(before);
        rest = after.split_once("#}").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let code = kept.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect()
}

/// The literal keys of `t("…")`, `ta("…"` and `say("…"`.
fn asked(sources: &str) -> BTreeSet<String> {
    let mut asked = BTreeSet::new();
    for call in ["shell.t(\"", "shell.ta(\"", ".say(\"", "texts.t(\"", "texts.ta(\""] {
        for rest in sources.split(call).skip(1) {
            asked.insert(rest.split('"').next().unwrap().to_owned());
        }
    }
    asked.retain(|key| !key.contains('{'));
    asked
}

#[test]
fn every_text_that_the_shared_pages_ask_for_is_there() {
    let have = keys(&root().join("crates/server/texts/en.ftl"));
    let asked = asked(&sources(&["crates/server"]));

    assert!(asked.len() > 50, "the search finds what is there");
    let missing: Vec<_> = asked.difference(&have).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for (pattern, parts) in MADE {
        for part in *parts {
            let key = pattern.replace("{}", part);
            assert!(have.contains(&key), "{key}");
        }
    }
}

/// The codes of the problems that pages answer, by the names that programs read.
#[test]
fn every_problem_of_a_page_has_its_words() {
    // Their own words come from a catalogue, or the status says enough.
    const SAID_OTHERWISE: [&str; 3] = ["INVALID", "STATE_FORBIDS", "TOO_MANY_ATTEMPTS"];
    let mut found = Vec::new();
    for folder in [
        "crates/server/src/pages",
        "crates/server/src/sign_in",
        "issuer/src/console",
        "verifier/src/desk",
    ] {
        files(&root().join(folder), "rs", &mut found);
    }
    found.push(root().join("crates/server/src/people.rs"));
    let mut codes = BTreeSet::new();
    for source in found.iter().map(|path| std::fs::read_to_string(path).unwrap()) {
        for made in ["Problem::new(", "Self::new(", "forbidden(", "bad_request(", "conflict("] {
            for call in source.split(made).skip(1) {
                let first = call.split('"').nth(1).unwrap_or_default();
                let near = call.find('"').is_some_and(|at| at < 90);
                if near
                    && !first.is_empty()
                    && first.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
                {
                    codes.insert(first.to_owned());
                }
            }
        }
    }

    assert!(codes.len() > 10, "the search finds what is there: {codes:?}");
    codes.retain(|code| !SAID_OTHERWISE.contains(&code.as_str()));
    let unsaid: Vec<_> = codes.iter().filter(|code| !PROBLEMS.contains(&code.as_str())).collect();
    assert!(unsaid.is_empty(), "{unsaid:?}");
}

#[test]
fn every_shared_text_is_used() {
    let made: BTreeSet<String> = MADE
        .iter()
        .flat_map(|(pattern, parts)| parts.iter().map(move |part| pattern.replace("{}", part)))
        .collect();
    let sources = sources(&["crates/server", "issuer", "verifier"]);

    let unused: Vec<_> = keys(&root().join("crates/server/texts/en.ftl"))
        .into_iter()
        .filter(|key| !made.contains(key) && !sources.contains(&format!("\"{key}\"")))
        .collect();

    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn the_services_pages_ask_for_no_text_that_is_nowhere() {
    let shared = keys(&root().join("crates/server/texts/en.ftl"));
    for service in ["issuer", "verifier"] {
        let own = keys(&root().join(service).join("texts/en.ftl"));
        let asked = asked(&sources(&[service]));

        let missing: Vec<_> =
            asked.iter().filter(|key| !own.contains(*key) && !shared.contains(*key)).collect();
        assert!(missing.is_empty(), "{service}: {missing:?}");
        let twice: Vec<_> = own.intersection(&shared).collect();
        assert!(twice.is_empty(), "{service}: {twice:?}");
    }
}

#[test]
fn a_value_cannot_turn_the_sentence_around_it() {
    let texts = server::texts::Texts::new(&[]).unwrap();

    let text = texts.ta("invitation-heading", &[("name", "\u{202e}\u{5d0}\u{5d1}")]);

    assert_eq!(text, "Welcome, \u{2068}\u{5d0}\u{5d1}\u{2069}");
    assert_eq!(texts.ta("invitation-heading", &[("name", "Zoë")]), "Welcome, Zoë");
}

#[test]
fn a_catalogue_that_repeats_a_key_stops_start_up() {
    assert!(server::texts::Texts::new(&["sign-out = Again"]).is_err());
    assert!(server::texts::Texts::new(&["= nothing"]).is_err());
}
