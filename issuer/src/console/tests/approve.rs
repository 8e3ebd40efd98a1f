//! Two people: what one asks for by hand, another approves (SECURITY H1).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use server::people::Role;
use server::testing::{Browser, Seen};

use super::world::{World, phone, press};
use crate::console::form::entered;
use crate::store::{Act, ConfirmKey, PassportState};

async fn two(world: &World) -> (Browser, Browser) {
    let first = world.somebody("Hannah Example", Role::HrIssuer).await;
    let second = world.somebody("Sam Second", Role::HrIssuer).await;
    (first, second)
}

/// The first asks for an offer through the form; gives the passport's page.
async fn asked(world: &World, first: &mut Browser) -> (String, String) {
    first.get("/console/passports/new").await;
    let form = entered(&world.nurse());
    let seen = press(first, "/console/passports/new", &form, "create", &[]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    let path = seen.location().to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    (id, path)
}

async fn decides(browser: &mut Browser, path: &str, word: &str) -> Seen {
    let page = format!("{path}/approve");
    browser.get(&page).await;
    browser.post(&page, &[("do", word), ("note", "Seen by me")]).await
}

async fn call(browser: &mut Browser, id: &str, act: &str, body: &Value) -> (StatusCode, Value) {
    let path = format!("/api/v1/passports/{id}/{act}");
    let seen = browser.script(Method::POST, &path, Some(body)).await;
    (seen.status, serde_json::from_str(&seen.body).unwrap_or_default())
}

async fn queue(browser: &mut Browser) -> u64 {
    browser.get("/api/v1/queues").await.json()["to_approve"].as_u64().unwrap()
}

#[tokio::test]
async fn h1_an_offer_waits_until_a_second_person_approves_it() {
    let world = World::of_two_people().await;
    let (mut first, mut second) = two(&world).await;

    let (id, path) = asked(&world, &mut first).await;

    let waiting = world.passport(&id).await;
    assert_eq!((waiting.state, waiting.latest.is_none()), (PassportState::Drafted, true));
    assert_eq!(queue(&mut second).await, 1);
    let page = second.get("/console").await;
    assert!(page.body.contains(&format!("{path}/approve")), "{}", page.body);
    let seen = decides(&mut second, &path, "approve").await;
    assert_eq!(seen.location(), format!("{path}/offer"), "{}", seen.body);
    let offered = world.passport(&id).await;
    assert_eq!((offered.state, offered.asked), (PassportState::Offered, None));
    assert_eq!(queue(&mut second).await, 0);
    // Both may show the offer to the staff member.
    assert!(first.get(&format!("{path}/offer")).await.body.contains("openid-credential-offer:"));
    let history = world.app.issuer().store.history(&offered.id).await.unwrap();
    let who: Vec<_> = history.iter().map(|line| (line.what, line.who.clone())).collect();
    let [(_, hannah), (asked, asker), (offered, approver)] = who.as_slice() else {
        panic!("{who:?}")
    };
    assert_eq!((*asked, *offered), (Act::ApprovalAsked, Act::Offered));
    assert!(hannah == asker && asker != approver && approver.starts_with("person:"));
}

#[tokio::test]
async fn h1_nobody_approves_what_she_asked_for_herself_and_she_may_take_it_back() {
    let world = World::of_two_people().await;
    let (mut first, _) = two(&world).await;
    let (id, path) = asked(&world, &mut first).await;
    assert!(!first.get(&format!("{path}/approve")).await.body.contains("value=\"approve\""));

    let by_hand = decides(&mut first, &path, "approve").await;
    let (status, problem) = call(&mut first, &id, "approve", &json!({})).await;

    assert_eq!(by_hand.status, StatusCode::FORBIDDEN);
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("SECOND_PERSON_NEEDED")));
    assert_eq!(world.passport(&id).await.state, PassportState::Drafted);
    decides(&mut first, &path, "refuse").await;
    assert_eq!(world.passport(&id).await.asked, None);
}

#[tokio::test]
async fn h1_what_is_refused_is_not_done_and_keeps_its_reason() {
    let world = World::of_two_people().await;
    let (mut first, mut second) = two(&world).await;
    let (id, path) = asked(&world, &mut first).await;

    decides(&mut second, &path, "refuse").await;

    let passport = world.passport(&id).await;
    assert_eq!((passport.state, passport.asked), (PassportState::Drafted, None));
    let page = second.get(&path).await;
    assert!(page.body.contains("Not approved") && page.body.contains("Seen by me"));
    let (status, _) = call(&mut second, &id, "approve", &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn h1_what_was_edited_meanwhile_is_not_what_was_asked_for() {
    let world = World::of_two_people().await;
    let (mut first, mut second) = two(&world).await;
    let (id, path) = asked(&world, &mut first).await;
    let mut other = world.nurse();
    other["identity"]["given_name"] = json!("Another");
    let checks = format!("/api/v1/passports/{id}/checks");
    let saved = first.script(Method::PUT, &checks, Some(&Value::Object(other))).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);

    let (status, _) = call(&mut second, &id, "approve", &json!({})).await;

    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(world.passport(&id).await.state, PassportState::Drafted);
    second.get(&path).await;
}

#[tokio::test]
async fn h1_a_change_a_reinstatement_and_a_waiver_wait_and_bad_news_does_not() {
    let world = World::of_two_people().await;
    let (mut first, mut second) = two(&world).await;
    let (id, path) = asked(&world, &mut first).await;
    decides(&mut second, &path, "approve").await;
    let page = first.get(&format!("{path}/offer")).await;

    let (status, _) = call(&mut first, &id, "waive-key", &json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(world.passport(&id).await.latest.unwrap().confirm_key, ConfirmKey::Compare);
    decides(&mut second, &path, "approve").await;
    assert_eq!(world.passport(&id).await.latest.unwrap().confirm_key, ConfirmKey::Waived);
    let access = world.opens(&page.body).await;
    world.asks(&phone(), &access).await;
    assert_eq!(world.passport(&id).await.state, PassportState::Active);

    let mut checks = world.nurse();
    checks["assignment"]["job_title"] = json!("Matron");
    let checks = json!({ "assignment": checks["assignment"] });
    let change = |kind: &str| json!({ "checks": checks, "kind": kind });
    let patch = format!("/api/v1/passports/{id}/checks");
    let title = |claims: &serde_json::Map<String, Value>| claims["assignment"]["job_title"].clone();
    let seen = first.script(Method::PATCH, &patch, Some(&change("BENIGN"))).await;
    assert_eq!(seen.status, StatusCode::ACCEPTED, "{}", seen.body);
    assert_ne!(title(&world.claims(&id).await), json!("Matron"));
    assert!(second.get(&format!("{path}/approve")).await.body.contains("Matron"));
    decides(&mut second, &path, "approve").await;
    assert_eq!(title(&world.claims(&id).await), json!("Matron"));

    let (status, _) = call(&mut first, &id, "suspend", &json!({ "reason": "INVESTIGATION" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.passport(&id).await.state, PassportState::Suspended);
    let (status, _) = call(&mut first, &id, "reinstate", &json!({ "reason": "CLEARED" })).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(world.passport(&id).await.state, PassportState::Suspended);
    decides(&mut second, &path, "approve").await;
    assert_eq!(world.passport(&id).await.state, PassportState::Active);
}

#[tokio::test]
async fn h1_a_machine_issues_alone_only_with_its_own_scope_and_approves_nothing() {
    let world = World::of_two_people().await;
    let writer = world.token_with(&["passports:read", "passports:write"]).await;
    let scopes = ["passports:write", "passports:issue-unattended"];
    let unattended = world.token_with(&scopes).await;
    let nurse = Value::Object(world.nurse());

    let (waits, view) = world.post_json(&writer, "/api/v1/passports", &nurse).await;
    let (issued, _) = world.post_json(&unattended, "/api/v1/passports", &nurse).await;
    let approve = format!("/api/v1/passports/{}/approve", view["id"].as_str().unwrap());
    let (refused, _) = world.post_json(&unattended, &approve, &json!({})).await;

    assert_eq!((waits, issued), (StatusCode::ACCEPTED, StatusCode::CREATED), "{view}");
    assert_eq!((&view["state"], &view["asked"]["act"]), (&json!("DRAFTED"), &json!("TO_OFFER")));
    assert_eq!(refused, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn h1_turning_two_people_off_stands_in_the_log() {
    let world = World::new().await;
    let mut auditor = world.somebody("Olu Auditor", Role::Auditor).await;

    let export = auditor.get("/api/v1/audit/export").await.body;

    assert!(export.contains("\"what\":\"TWO_PEOPLE_SET\""), "{export}");
    assert!(export.contains("issuing by hand: off"), "{export}");
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    assert_eq!(world.passport(&id).await.state, PassportState::Offered);
}

#[tokio::test]
async fn h1_an_account_is_named_before_a_colleague_approves_and_she_sees_it() {
    let world = World::of_two_people().await;
    let (mut first, mut second) = two(&world).await;
    let (id, path) = asked(&world, &mut first).await;
    let mut name = async |account: &str| {
        let body = json!({ "account": account });
        let its = format!("/api/v1/passports/{id}/account");
        first.script(Method::PUT, &its, Some(&body)).await
    };

    // What changes takes back what was asked for without it.
    assert_eq!(name("ada@nhs.net").await.status, StatusCode::OK);
    assert_eq!(world.passport(&id).await.asked, None);
    let body = json!({ "reason": "FIRST" });
    let (status, _) = call(&mut first, &id, "offer", &body).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(second.get(&format!("{path}/approve")).await.body.contains("ada@nhs.net"));
    decides(&mut second, &path, "approve").await;

    let late = json!({ "account": "mallory@nhs.net" });
    let its = format!("/api/v1/passports/{id}/account");
    let refused = first.script(Method::PUT, &its, Some(&late)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.json()["code"], "OFFER_OPEN");
    let page = format!("{path}/account");
    assert!(first.get(&page).await.body.contains("ada@nhs.net"));
    let said = first.post(&page, &[("account", "mallory@nhs.net"), ("do", "name")]).await;
    assert_eq!(said.status, StatusCode::CONFLICT);
    assert!(said.body.contains("An offer is open") && said.body.contains("mallory@nhs.net"));
}
