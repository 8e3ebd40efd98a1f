//! Queues and search.

use axum::http::StatusCode;
use serde_json::json;

use super::world::{World, between, main_of};
use crate::console::form::{Entered, entered};

use super::world::press;

#[tokio::test]
async fn queues_count_what_waits_and_lead_to_it() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let empty = hr.get("/console").await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let mut form = Entered::fresh();
    form.set("identity.given_name".to_owned(), "Dara");
    press(&mut hr, "/console/passports/new", &form, "draft", &[]).await;

    let home = hr.get("/console").await;

    for words in ["No phone is waiting for you.", "There are no drafts.", "Nothing ends within"] {
        assert!(empty.body.contains(words), "{words}");
    }
    let waiting = between(&home.body, "id=\"queue-WAITING\"", "</section>");
    assert!(waiting.contains("<span class=\"app-count\">1</span>"));
    assert!(waiting.contains(&format!("/console/passports/{id}/offer")));
    assert!(waiting.contains("<bdi>Amara Okafor</bdi>"));
    let drafts = between(&home.body, "id=\"queue-TO_ISSUE\"", "</section>");
    assert!(drafts.contains("<bdi>Dara</bdi>"));
    assert!(drafts.contains("/edit\""));
}

#[tokio::test]
async fn a_passport_is_found_by_name_number_and_state() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    world.create(&mut hr, &world.nurse()).await;
    let mut other = world.nurse();
    other["identity"]["given_name"] = json!("Zoë");
    other["identity"]["family_name"] = json!("O’Brien");
    other["professional_registration"]["number"] = json!("20B4321Z");
    world.create(&mut hr, &other).await;

    for (query, amara, zoe) in [
        ("", true, true),
        ("?q=okafor", true, false),
        ("?q=zoe", false, true),
        ("?q=obrien", false, true),
        ("?q=oko", false, false),
        ("?q=oka", true, false),
        ("?q=18a+1234e", false, false),
        ("?q=18a1234e", true, false),
        ("?state=OFFERED&q=zoe", false, true),
        ("?state=ACTIVE", false, false),
        ("?queue=WAITING", true, true),
        ("?queue=SUSPENDED", false, false),
        ("?q=...", false, false),
        // What cannot be read is as if it were not there.
        ("?state=NONSENSE", true, true),
        ("?cursor=nonsense", true, true),
    ] {
        let seen = hr.get(&format!("/console/passports{query}")).await;
        assert_eq!(seen.status, StatusCode::OK, "{query}");
        let table = main_of(&seen.body);
        assert_eq!(table.contains("Amara Okafor"), amara, "{query}");
        assert_eq!(table.contains("O’Brien"), zoe, "{query}");
    }
    let kept = hr.get("/console/passports?q=zoe&state=OFFERED").await;
    assert!(kept.body.contains("value=\"zoe\""));
    assert!(kept.body.contains("value=\"OFFERED\" selected"));
}

#[tokio::test]
async fn pages_follow_one_another_and_keep_the_question() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let form = entered(&world.nurse());
    for _ in 0..27 {
        press(&mut hr, "/console/passports/new", &form, "draft", &[]).await;
    }

    let first = hr.get("/console/passports?q=amara").await;
    let next = main_of(&first.body).split("<a href=\"").find(|it| it.contains("rel=\"next\""));
    let next = next.unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let second = hr.get(&next).await;

    assert!(next.contains("q=amara"));
    assert_eq!(first.body.matches("<tr class=\"nhsuk-table__row\">").count(), 26);
    assert_eq!(second.body.matches("<tr class=\"nhsuk-table__row\">").count(), 3);
    assert!(!second.body.contains("rel=\"next\""));
    assert!(second.body.contains("Back to the first page"));
}

#[tokio::test]
async fn an_unknown_passport_is_a_page_of_its_own() {
    let world = World::new().await;
    let mut hr = world.hr().await;

    for path in [
        "/console/passports/nonsense",
        "/console/passports/00000000-0000-4000-8000-000000000000",
        "/console/passports/00000000-0000-4000-8000-000000000000/offer",
        "/console/passports/00000000-0000-4000-8000-000000000000/revoke",
        "/console/passports/00000000-0000-4000-8000-000000000000/explode",
    ] {
        let seen = hr.get(path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
        assert!(seen.body.contains("<h1"), "{path}");
    }
}
