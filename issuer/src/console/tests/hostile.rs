//! Claims and addresses as attacks: they stay text (SECURITY D2).

use super::world::{World, main_of, press};
use crate::console::form::{Entered, entered};

const MARKUP: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";
const OVERRIDE: char = '\u{202e}';

/// No markup of ours is made out of what was typed.
#[track_caller]
fn is_inert(page: &str) {
    assert!(!page.contains("<script>"), "{page}");
    assert!(!page.contains("<img src=x"), "{page}");
    assert!(!page.contains(" onerror=alert(2)>"), "{page}");
}

#[tokio::test]
async fn markup_in_any_field_stays_text_on_every_page() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let mut form = entered(&world.nurse());
    let names: Vec<String> = form.pairs().map(|(name, _)| name.to_owned()).collect();
    for name in names.into_iter().filter(|name| name.contains('.') && !name.ends_with(".rows")) {
        form.set(name, MARKUP);
    }

    let faults = press(&mut hr, "/console/passports/new", &form, "review", &[]).await;
    let saved = press(&mut hr, "/console/passports/new", &form, "draft", &[]).await;

    is_inert(&faults.body);
    for end in ["", "/edit"] {
        is_inert(&hr.get(&format!("{}{end}", saved.location())).await.body);
    }
    is_inert(&hr.get("/console").await.body);
    is_inert(&hr.get("/console/passports").await.body);
}

#[tokio::test]
async fn markup_in_an_address_stays_text() {
    let world = World::new().await;
    let mut hr = world.hr().await;

    let query = serde_urlencoded::to_string([("q", MARKUP), ("state", MARKUP), ("cursor", MARKUP)]);
    let seen = hr.get(&format!("/console/passports?{}", query.unwrap())).await;
    let like = hr.get("/console/passports/new?like=%3Cscript%3E").await;

    is_inert(&seen.body);
    is_inert(&like.body);
}

#[tokio::test]
async fn a_name_that_turns_the_writing_direction_turns_nothing_around_it() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let mut form = Entered::fresh();
    form.set("identity.given_name".to_owned(), &format!("Ann{OVERRIDE}gnp.exe"));
    form.set("assignment.job_title".to_owned(), &format!("Nurse{OVERRIDE}"));

    let saved = press(&mut hr, "/console/passports/new", &form, "draft", &[]).await;

    for path in [saved.location(), "/console", "/console/passports"] {
        let page = hr.get(path).await;
        for outside in main_of(&page.body).split("<bdi>").enumerate().map(|(at, part)| {
            if at == 0 { part } else { part.split_once("</bdi>").map_or(part, |(_, after)| after) }
        }) {
            assert!(!outside.contains(OVERRIDE), "{path}: {outside}");
        }
    }
}

#[tokio::test]
async fn notes_and_words_stay_text() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let path = format!("/console/passports/{id}");

    hr.post(&format!("{path}/withdraw"), &[("reason", "OTHER"), ("note", MARKUP)]).await;
    let page = hr.get(&path).await;

    is_inert(&page.body);
    assert!(page.body.contains("&#60;script&#62;alert(1)"));
}
