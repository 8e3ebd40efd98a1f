//! The form: create, faults, drafts, rows, review, change.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::world::{World, main_of, press};
use crate::checks;
use crate::console::form::{Entered, entered};
use crate::store::{Act, PassportState};

const NEW: &str = "/console/passports/new";

#[tokio::test]
async fn the_form_creates_the_passport_that_the_api_would() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let nurse = world.nurse();

    let review = press(&mut hr, NEW, &entered(&nurse), "review", &[]).await;
    let id = world.create(&mut hr, &nurse).await;

    assert_eq!(review.status, StatusCode::OK);
    for words in ["Amara", "20 June 1990", "Nursing and Midwifery Council (NMC)", "Fire safety"] {
        assert!(main_of(&review.body).contains(words), "{words}");
    }
    let settings = &world.app.issuer().settings;
    let accepted = checks::accept(nurse, settings, world.clock.now()).unwrap();
    assert_eq!(world.claims(&id).await, accepted);
    let passport = world.passport(&id).await;
    assert_eq!(passport.state, PassportState::Offered);
}

#[tokio::test]
async fn the_review_carries_every_answer_and_stores_nothing() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let form = entered(&world.nurse());

    let review = press(&mut hr, NEW, &form, "review", &[]).await;

    for (name, text) in form.pairs() {
        let field = format!("<input type=\"hidden\" name=\"{name}\" value=\"{text}\">");
        assert!(review.body.contains(&field), "{field}");
    }
    let list = hr.get("/console/passports").await;
    assert!(list.body.contains("There are no passports yet."));
}

#[tokio::test]
async fn every_fault_is_in_the_summary_and_leads_to_its_field() {
    let world = World::new().await;
    let mut hr = world.hr().await;

    let seen = press(&mut hr, NEW, &Entered::fresh(), "review", &[]).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let summary = seen.body.split("nhsuk-error-summary__list").nth(1).unwrap();
    let summary = summary.split("</ul>").next().unwrap();
    let links: Vec<&str> =
        summary.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(links.len() > 25, "{links:?}");
    for link in links {
        assert!(seen.body.contains(&format!("id=\"{link}\"")), "{link}");
    }
    assert!(seen.body.contains("<title>Error: "));
    let beside = seen.body.matches("class=\"nhsuk-error-message\"").count();
    assert_eq!(beside, summary.matches("<li>").count());
}

#[tokio::test]
async fn nothing_that_was_typed_is_lost_however_wrong_it_is() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let mut form = entered(
        &passport::samples::filled_nurse("2026-03-02".parse().unwrap(), 2)
            .as_object()
            .unwrap()
            .clone(),
    );
    form.set("identity.birth_date.day".to_owned(), "thirty-first");
    form.set("identity.birth_date.month".to_owned(), " 2");
    form.set("right_to_work.hours_cap".to_owned(), "about 20");
    form.set("core_skills.4.renewal_period.years".to_owned(), "three");
    form.set("assignment.job_role".to_owned(), "\"quoted\" & <b>bold</b>");

    let seen = press(&mut hr, NEW, &form, "review", &[]).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (name, text) in form.pairs() {
        let escaped = text
            .replace('&', "&#38;")
            .replace('"', "&#34;")
            .replace('\'', "&#39;")
            .replace('<', "&#60;")
            .replace('>', "&#62;");
        let field =
            seen.body.split('<').filter(|tag| tag.contains(&format!("name=\"{name}\""))).any(
                |tag| {
                    let value = tag.contains(&format!("value=\"{escaped}\""));
                    let chosen = tag.contains(" checked") || !tag.contains("type=\"radio\"");
                    let area = tag.starts_with("textarea")
                        && tag.split('>').nth(1).is_some_and(|text| text.trim() == escaped);
                    (value && chosen) || area || tag.starts_with("select")
                },
            );
        assert!(field, "{name} = {text}");
        if let Some(select) = seen.body.split("<select").find(|part| {
            part.split('>').next().is_some_and(|tag| tag.contains(&format!("name=\"{name}\"")))
        }) {
            let select = select.split("</select>").next().unwrap();
            assert!(select.contains(&format!("value=\"{escaped}\" selected")), "{name}");
        }
    }
}

#[tokio::test]
async fn a_draft_keeps_what_there_is_and_is_finished_later() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let mut form = Entered::fresh();
    form.set("identity.given_name".to_owned(), "Dara");
    form.set("identity.birth_date.day".to_owned(), "31");

    let saved = press(&mut hr, NEW, &form, "draft", &[]).await;
    let page = hr.get(saved.location()).await;
    let again = hr.get(&format!("{}/edit", saved.location())).await;

    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(page.body.contains("The draft is saved."));
    assert!(page.body.contains("Still missing or wrong"));
    assert!(again.body.contains("name=\"identity.given_name\" type=\"text\" value=\"Dara\""));
    assert!(again.body.contains(
        "name=\"identity.birth_date.day\" type=\"text\" inputmode=\"numeric\" value=\"31\""
    ));
    let edit = format!("{}/edit", saved.location());
    let offered = press(&mut hr, &edit, &entered(&world.nurse()), "create", &[]).await;
    assert_eq!(offered.location(), format!("{}/offer", saved.location()));
}

#[tokio::test]
async fn an_unanswered_question_is_asked_again_in_a_draft() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let mut nurse = world.nurse();
    nurse.remove("professional_registration");
    let mut form = entered(&nurse);
    form.set("professional_registration".to_owned(), "");

    let seen = press(&mut hr, NEW, &form, "create", &[]).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("href=\"#professional_registration\""));
}

#[tokio::test]
async fn rows_are_added_and_removed_without_script_and_nothing_is_judged() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let mut form = Entered::fresh();
    form.set("identity.given_name".to_owned(), "Dara");

    let more = press(&mut hr, NEW, &form, "rows", &[]).await;
    let fewer = press(&mut hr, NEW, &form, "remove-0", &[]).await;

    assert_eq!(more.status, StatusCode::OK);
    assert!(more.body.contains("name=\"core_skills.19.subject\""));
    assert!(more.body.contains("value=\"Dara\""));
    assert!(!more.body.contains("nhsuk-error-message"));
    assert!(!fewer.body.contains("name=\"core_skills.14.subject\""));
    assert!(fewer.body.contains("name=\"core_skills.13.subject\""));
}

#[tokio::test]
async fn the_review_leads_back_to_the_form_with_everything() {
    let world = World::new().await;
    let mut hr = world.hr().await;

    let back = press(&mut hr, NEW, &entered(&world.nurse()), "change", &[]).await;

    assert_eq!(back.status, StatusCode::OK);
    assert!(back.body.contains("value=\"Okafor\""));
    assert!(!back.body.contains("nhsuk-error-summary"));
}

#[tokio::test]
async fn another_like_this_takes_the_job_and_nothing_of_the_person() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;

    let seen = hr.get(&format!("{NEW}?like={id}")).await;

    assert!(seen.body.contains("value=\"Acute Oncology\""));
    assert!(seen.body.contains("value=\"NMC\" selected"));
    for personal in ["Amara", "Okafor", "value=\"18A1234E", "\"1990\""] {
        assert!(!main_of(&seen.body).contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn a_change_says_what_it_means_for_copies_that_are_out() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let edit = format!("/console/passports/{id}/edit");
    let mut form = entered(&world.nurse());
    form.set("assignment.job_title".to_owned(), "Lead Nurse");

    let unsaid = press(&mut hr, &edit, &form, "review", &[]).await;
    let more = [("change.kind", "BENIGN"), ("change.note", "New post")];
    let review = press(&mut hr, &edit, &form, "review", &more).await;
    let saved = press(&mut hr, &edit, &form, "create", &more).await;
    let page = hr.get(saved.location()).await;

    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.body.contains("href=\"#change.kind\""));
    assert!(review.body.contains("copies stay valid"));
    assert!(review.body.contains("name=\"change.note\" value=\"New post\""));
    assert_eq!(saved.location(), format!("/console/passports/{id}"));
    assert!(page.body.contains("The checks are changed."));
    assert!(page.body.contains("Lead Nurse"));
    assert!(page.body.contains("New post"));
    assert_eq!(world.claims(&id).await["assignment"]["job_title"], json!("Lead Nurse"));
}

#[tokio::test]
async fn a_change_of_nothing_is_none() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let edit = format!("/console/passports/{id}/edit");
    world.clock.advance(3 * 24 * 60 * 60);
    // Her session has ended meanwhile.
    let mut hr = world.hr().await;

    let form = entered(&world.claims(&id).await);
    let seen = press(&mut hr, &edit, &form, "review", &[("change.kind", "BENIGN")]).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("You have not changed anything."));
}

#[tokio::test]
async fn an_answer_taken_back_is_gone_from_the_passport() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let edit = format!("/console/passports/{id}/edit");
    let mut form = entered(&world.nurse());
    form.set("professional_registration".to_owned(), "no");

    let saved = press(&mut hr, &edit, &form, "create", &[("change.kind", "BENIGN")]).await;

    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let claims = world.claims(&id).await;
    assert_eq!(claims.get("professional_registration").unwrap_or(&Value::Null), &Value::Null);
}

#[tokio::test]
async fn doing_without_the_digits_is_recorded() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let form = entered(&world.nurse());

    let seen = press(&mut hr, NEW, &form, "create", &[("waive", "yes")]).await;

    let id = seen.location().split('/').nth(3).unwrap().to_owned();
    let history = world.app.issuer().store.history(&id.parse().unwrap()).await.unwrap();
    assert!(history.iter().any(|entry| entry.what == Act::OfferedUncompared), "{history:?}");
    let page = hr.get(&format!("/console/passports/{id}")).await;
    assert!(page.body.contains("Offered, without comparing digits"));
    assert!(page.body.contains("<bdi>Hannah Example</bdi>"));
}

#[tokio::test]
async fn a_second_passport_of_the_same_number_is_warned_of() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let first = press(&mut hr, NEW, &entered(&world.nurse()), "review", &[]).await;
    let id = world.create(&mut hr, &world.nurse()).await;

    let second = press(&mut hr, NEW, &entered(&world.nurse()), "review", &[]).await;

    assert!(!first.body.contains("Already there"));
    assert!(second.body.contains("Already there"));
    assert!(second.body.contains(&format!("href=\"/console/passports/{id}\"")));
}
