//! Acts: what a state allows is shown and works; what it forbids is hidden and refused.

use axum::http::StatusCode;
use server::people::Role;
use server::testing::Browser;

use super::world::{World, main_of, phone};
use crate::store::PassportState;

const ACTS: [&str; 6] = ["reoffer", "withdraw", "suspend", "reinstate", "revoke", "archive"];

/// A passport that a phone has collected.
async fn active() -> (World, Browser, String) {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let path = format!("/console/passports/{id}");
    let offer = format!("{path}/offer");
    let page = hr.get(&offer).await;
    hr.post(&offer, &[("do", "waive")]).await;
    let access = world.opens(&page.body).await;
    world.asks(&phone(), &access).await;
    assert_eq!(world.passport(&id).await.state, PassportState::Active);
    hr.get(&path).await;
    (world, hr, path)
}

async fn shown(hr: &mut Browser, path: &str) -> Vec<&'static str> {
    let page = hr.get(path).await;
    ACTS.into_iter().filter(|act| page.body.contains(&format!("href=\"{path}/{act}\""))).collect()
}

async fn done(hr: &mut Browser, path: &str, act: &str, reason: &str) -> String {
    hr.get(&format!("{path}/{act}")).await;
    let seen = hr.post(&format!("{path}/{act}"), &[("reason", reason)]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, path), "{}", seen.body);
    hr.get(path).await.body
}

#[tokio::test]
async fn a_life_from_use_to_the_archive() {
    let (world, mut hr, path) = active().await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    assert_eq!(shown(&mut hr, &path).await, ["reoffer", "suspend", "revoke"]);

    let page = done(&mut hr, &path, "suspend", "CHECK_IN_DOUBT").await;
    assert!(page.contains("The passport is suspended."));
    assert_eq!(world.passport(&id).await.state, PassportState::Suspended);
    assert_eq!(shown(&mut hr, &path).await, ["reinstate", "revoke"]);

    let page = done(&mut hr, &path, "reinstate", "CLEARED").await;
    assert!(page.contains("The passport is reinstated."));

    let page = done(&mut hr, &path, "revoke", "LOST_DEVICE").await;
    assert!(page.contains("The passport is revoked."));
    assert!(main_of(&page).contains("The phone is lost"));
    assert_eq!(world.passport(&id).await.state, PassportState::Revoked);

    let page = done(&mut hr, &path, "archive", "FINISHED").await;
    assert!(page.contains("The passport is archived."));
    assert_eq!(shown(&mut hr, &path).await, Vec::<&str>::new());
    // What was done is said once.
    assert!(!hr.get(&path).await.body.contains("The passport is archived."));
}

#[tokio::test]
async fn what_the_state_forbids_is_hidden_and_refused() {
    let (world, mut hr, path) = active().await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let allowed = shown(&mut hr, &path).await;

    for act in ACTS.into_iter().filter(|act| !allowed.contains(act)) {
        let asked = hr.get(&format!("{path}/{act}")).await;
        let done = hr.post(&format!("{path}/{act}"), &[("reason", "OTHER")]).await;

        assert_eq!(asked.status, StatusCode::CONFLICT, "{act}");
        assert_eq!(done.status, StatusCode::CONFLICT, "{act}");
        assert!(asked.body.contains("In use now"), "{act}");
    }
    assert_eq!(world.passport(&id).await.state, PassportState::Active);
}

#[tokio::test]
async fn an_act_needs_a_reason_of_its_own() {
    let (world, mut hr, path) = active().await;
    let id = path.rsplit('/').next().unwrap().to_owned();

    for reason in ["", "FIRST", "CHECK_IN_DOUBT", "<script>"] {
        let note = "The note stays <b>";
        let fields = [("reason", reason), ("note", note)];
        let seen = hr.post(&format!("{path}/revoke"), &fields).await;

        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        assert!(seen.body.contains("href=\"#reason\""));
        assert!(seen.body.contains("The note stays &#60;b&#62;"));
    }
    assert_eq!(world.passport(&id).await.state, PassportState::Active);
}

#[tokio::test]
async fn an_offer_is_taken_back_and_made_again() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let path = format!("/console/passports/{id}");
    assert_eq!(shown(&mut hr, &path).await, ["reoffer", "withdraw", "revoke"]);

    let page = done(&mut hr, &path, "withdraw", "MISTAKE").await;
    assert!(page.contains("The offer is taken back."));
    assert_eq!(world.passport(&id).await.state, PassportState::Withdrawn);

    let again = hr.post(&format!("{path}/reoffer"), &[("reason", "AGAIN")]).await;
    assert_eq!(again.location(), format!("{path}/offer"));
    assert_eq!(world.passport(&id).await.state, PassportState::Offered);
}

#[tokio::test]
async fn an_auditor_reads_everything_and_does_nothing() {
    let (world, _, path) = active().await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let mut auditor = world.somebody("Olu Example", Role::Auditor).await;

    let page = auditor.get(&path).await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("What you can do"));
    for page in ["/console", "/console/passports"] {
        let seen = auditor.get(page).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(!main_of(&seen.body).contains("/console/passports/new"));
    }
    for page in ["edit", "offer", "revoke"] {
        assert_eq!(auditor.get(&format!("{path}/{page}")).await.status, StatusCode::FORBIDDEN);
    }
    let done = auditor.post(&format!("{path}/revoke"), &[("reason", "LOST_DEVICE")]).await;
    assert_eq!(done.status, StatusCode::FORBIDDEN);
    assert_eq!(world.passport(&id).await.state, PassportState::Active);
}

#[tokio::test]
async fn nobody_gets_in_without_sign_in() {
    let (world, _, path) = active().await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let mut nobody = world.browser();

    for page in ["/console", "/console/passports", "/console/passports/new", &path] {
        let seen = nobody.get(page).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{page}");
        assert!(seen.location().starts_with("/sign-in?next="), "{page}");
    }
    for page in ["edit", "offer", "revoke", "reoffer"] {
        let seen = nobody.get(&format!("{path}/{page}")).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{page}");
    }
    let events = nobody.get(&format!("{path}/offer/events")).await;
    assert!(events.status.is_client_error(), "{}", events.status);
    nobody.post(&format!("{path}/revoke"), &[("reason", "LOST_DEVICE")]).await;
    assert_eq!(world.passport(&id).await.state, PassportState::Active);
}

#[tokio::test]
async fn a_forged_press_from_another_site_does_nothing() {
    let (world, mut hr, path) = active().await;
    let id = path.rsplit('/').next().unwrap().to_owned();

    let seen = hr
        .post_exactly(&format!("{path}/revoke"), &[("reason", "LOST_DEVICE"), ("csrf", "x")])
        .await;

    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert_eq!(world.passport(&id).await.state, PassportState::Active);
}

#[tokio::test]
async fn a_person_is_erased_when_her_passport_is_over_and_hr_is_sure() {
    let (world, mut hr, path) = active().await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let erase = format!("{path}/erase");
    assert!(!hr.get(&path).await.body.contains(&erase));
    let early = hr.post(&erase, &[("sure", "yes")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    done(&mut hr, &path, "revoke", "LEFT_EMPLOYMENT").await;
    assert!(hr.get(&path).await.body.contains(&erase));

    hr.get(&erase).await;
    let unsure = hr.post(&erase, &[]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsure.body.contains("Tick the box"), "{}", unsure.body);
    assert!(!world.passport(&id).await.erased);
    let sure = hr.post(&erase, &[("sure", "yes")]).await;

    assert_eq!((sure.status, sure.location()), (StatusCode::SEE_OTHER, "/console/passports"));
    assert!(world.passport(&id).await.erased);
    let list = hr.get("/console/passports").await;
    assert!(list.body.contains("The person is erased.") && !list.body.contains("Okafor"));
}
