//! Accounts: two people, last administrator, disabling, the log.

use axum::http::StatusCode;
use server::audit::{self, Event};
use server::people::{Asked, Decision, PeopleError, Role};
use server::sign_in::SignInArgs;

use super::site::{Site, sees_things};

const HR: &[Role] = &[Role::HrIssuer];
const ADMIN: &[Role] = &[Role::Administrator];

fn events(site: &Site) -> Vec<Event> {
    let mut events: Vec<Event> = audit::newest(&site.db).map(|row| row.unwrap().what).collect();
    events.reverse();
    events
}

#[tokio::test]
async fn a_change_of_roles_holds_when_another_administrator_approves_it() {
    let site = Site::start();
    let (mut hr, person) = site.somebody("Ada", &[Role::Auditor]).await;
    let (mut first, _) = site.somebody("First", ADMIN).await;
    let (mut second, _) = site.somebody("Second", ADMIN).await;
    let path = format!("/people/{person}");

    let asked = first.post(&format!("{path}/roles"), &[("roles", "hr_issuer")]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    assert_eq!(hr.post("/things", &[("name", "x")]).await.status, StatusCode::FORBIDDEN);

    let own = first.post(&format!("{path}/decision"), &[("decision", "approve")]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "nobody approves what she asked for");
    let approved = second.post(&format!("{path}/decision"), &[("decision", "approve")]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER);

    assert_eq!(hr.post("/things", &[("name", "x")]).await.status, StatusCode::SEE_OTHER);
    let again = second.post(&format!("{path}/decision"), &[("decision", "approve")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_refused_change_never_holds() {
    let site = Site::start();
    let (_, person) = site.somebody("Ada", &[Role::Auditor]).await;
    let (_, first) = site.somebody("First", ADMIN).await;
    let (_, second) = site.somebody("Second", ADMIN).await;
    let people = site.people();
    assert_eq!(people.ask_roles(person, HR, first).await.unwrap(), Asked::Waits);

    people.decide(person, Decision::Refuse, second).await.unwrap();

    assert_eq!(people.find(person).unwrap().unwrap().roles, [Role::Auditor]);
    assert!(people.waiting_changes().unwrap().is_empty());
}

#[tokio::test]
async fn an_only_administrator_acts_alone_and_reads_so() {
    let site = Site::start();
    let (_, person) = site.somebody("Ada", &[Role::Auditor]).await;
    let (mut only, id) = site.somebody("Only", ADMIN).await;

    let page = only.get("/people").await;

    assert!(page.body.contains("You are the only administrator"), "{}", page.body);
    assert_eq!(site.people().ask_roles(person, HR, id).await.unwrap(), Asked::Done);
    assert_eq!(site.people().find(person).unwrap().unwrap().roles, HR);
}

#[tokio::test]
async fn an_invitations_roles_wait_for_the_second_administrator_too() {
    let site = Site::start();
    let (_, first) = site.somebody("First", ADMIN).await;
    let (_, second) = site.somebody("Second", ADMIN).await;
    let invitation = site.people().invite("Ada", HR, Some(first)).await.unwrap();
    assert_eq!(invitation.asked, Asked::Waits);
    let mut browser = site.browser();
    browser.enrol(&invitation.secret).await;
    assert_eq!(sees_things(&mut browser).await, StatusCode::FORBIDDEN);

    site.people().decide(invitation.person, Decision::Approve, second).await.unwrap();

    assert_eq!(sees_things(&mut browser).await, StatusCode::OK);
}

#[tokio::test]
async fn the_second_approval_can_be_turned_off_which_is_recorded() {
    let site = Site::with(&SignInArgs {
        product_name: "Staff passport".to_owned(),
        one_person_role_changes: true,
        ..Default::default()
    });
    let (_, person) = site.somebody("Ada", &[Role::Auditor]).await;
    let (_, first) = site.somebody("First", ADMIN).await;
    site.somebody("Second", ADMIN).await;

    site.sign_in.maintain().await.unwrap();

    assert_eq!(site.people().ask_roles(person, HR, first).await.unwrap(), Asked::Done);
    let row = audit::newest(&site.db)
        .map(Result::unwrap)
        .find(|row| row.what == Event::TwoPeopleSet)
        .unwrap();
    assert_eq!(row.detail.as_deref(), Some("off"));
}

/// I6
#[tokio::test]
async fn whoever_tries_to_give_herself_a_role_stands_in_the_log() {
    let site = Site::start();
    let (mut admin, id) = site.somebody("Ada", ADMIN).await;

    let seen = admin.post(&format!("/people/{id}/roles"), &[("roles", "hr_issuer")]).await;

    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    let row = audit::newest(&site.db).next().unwrap().unwrap();
    assert_eq!((row.what, row.who), (Event::RoleMissing, format!("person:{id}")));
    assert_eq!(row.detail.as_deref(), Some("own account"));
}

#[tokio::test]
async fn nobody_changes_an_account_of_her_own() {
    let site = Site::start();
    let (mut admin, id) = site.somebody("Ada", ADMIN).await;
    site.somebody("Second", ADMIN).await;

    for act in ["roles", "disable", "link"] {
        let fields: &[(&str, &str)] = if act == "roles" { &[("roles", "hr_issuer")] } else { &[] };
        let seen = admin.post(&format!("/people/{id}/{act}"), fields).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{act}");
    }
}

#[tokio::test]
async fn an_administrator_remains() {
    let site = Site::start();
    let (_, only) = site.somebody("Only", ADMIN).await;

    let refused = site.people().disable(only, None).await;

    assert!(matches!(refused, Err(PeopleError::LastAdministrator)));
}

#[tokio::test]
async fn disabling_ends_every_session_and_way_in_at_once() {
    let site = Site::start();
    let (mut hr, person) = site.somebody("Ada", HR).await;
    let (mut admin, _) = site.somebody("Admin", ADMIN).await;
    let link = site.people().invite_again(person, None).await.unwrap();

    admin.post(&format!("/people/{person}/disable"), &[]).await;

    assert_eq!(sees_things(&mut hr).await, StatusCode::SEE_OTHER);
    hr.get("/sign-in").await;
    assert_eq!(hr.try_sign_in(|_| {}).await.status, StatusCode::UNAUTHORIZED);
    let path = format!("/invitation/{}", link.secret);
    assert_eq!(site.browser().get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.db.scan_prefix(b"session/").count(), 1, "the administrator's");
}

#[tokio::test]
async fn a_request_under_way_does_not_bring_an_ended_session_back() {
    let site = Site::start();
    let (mut hr, person) = site.somebody("Ada", HR).await;
    site.people().disable(person, None).await.unwrap();
    site.people().enable(person, None).await.unwrap();

    // The page would store a notice in the session.
    hr.post("/things", &[("name", "x")]).await;

    assert_eq!(sees_things(&mut hr).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn roles_of_another_service_cannot_be_given_here() {
    let site = Site::start();

    let refused = site.people().invite("Ada", &[Role::HrVerifier], None).await;

    assert!(matches!(refused, Err(PeopleError::RoleNotHere { .. })));
}

#[tokio::test]
async fn every_act_about_accounts_is_in_the_log_and_no_name() {
    let site = Site::start();
    let (mut hr, person) = site.somebody("Adalbert Nguyen", HR).await;
    let (mut admin, _) = site.somebody("Admin", ADMIN).await;
    hr.post("/sign-out", &[]).await;
    hr.get("/sign-in").await;
    hr.sign_in().await;
    hr.get("/people").await;
    admin.post(&format!("/people/{person}/roles"), &[("roles", "auditor")]).await;
    admin.post(&format!("/people/{person}/disable"), &[]).await;
    hr.get("/sign-in").await;
    hr.try_sign_in(|_| {}).await;
    admin.post(&format!("/people/{person}/enable"), &[]).await;

    assert_eq!(
        events(&site),
        [
            Event::Invited,
            Event::Enrolled,
            Event::Invited,
            Event::Enrolled,
            Event::SignedOut,
            Event::SignedIn,
            Event::RoleMissing,
            Event::RolesChanged,
            Event::Disabled,
            Event::SignInRefused,
            Event::Enabled,
        ]
    );
    assert_eq!(audit::verify(&site.db).unwrap(), 11);
    for (_, row) in site.db.scan_prefix(b"account-audit/").map(Result::unwrap) {
        assert!(!String::from_utf8(row).unwrap().contains("Adalbert"));
    }
}

#[tokio::test]
async fn faults_of_an_invitation_stand_beside_the_field_and_nothing_is_lost() {
    let site = Site::start();
    let (mut admin, _) = site.somebody("Admin", ADMIN).await;

    let no_role = admin.post("/people", &[("name", "Nia New")]).await;
    let no_name = admin.post("/people", &[("name", " "), ("roles", "hr_issuer")]).await;

    for seen in [&no_role, &no_name] {
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.body.contains("nhsuk-error-summary"));
    }
    assert!(no_role.body.contains("value=\"Nia New\""));
    assert!(no_name.body.contains("value=\"hr_issuer\" checked"), "{}", no_name.body);
}

#[tokio::test]
async fn a_name_that_is_markup_or_turns_the_line_is_inert() {
    let site = Site::start();
    let (mut admin, _) = site.somebody("Admin", ADMIN).await;
    let name = "<script>x</script>\u{202e}nimdA";
    site.people().invite(name, HR, None).await.unwrap();

    let page = admin.get("/people").await.body;

    assert!(!page.contains("<script>x"));
    assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"), "{page}");
    assert!(!page.contains('\u{202e}'));
}

#[tokio::test]
async fn an_auditor_reads_the_log_with_names_and_pages() {
    let site = Site::start();
    let (mut auditor, _) = site.somebody("Olu Auditor", &[Role::Auditor]).await;
    for number in 0..60 {
        site.people().invite(&format!("Person {number}"), HR, None).await.unwrap();
    }

    let newest = auditor.get("/audit").await;
    let older = auditor.get("/audit?before=13").await;

    assert_eq!(newest.status, StatusCode::OK);
    assert!(newest.body.contains("Person 59") && !newest.body.contains("Olu Auditor</bdi></td>"));
    assert!(newest.body.contains("/audit?before=13"), "{}", newest.body);
    assert!(older.body.contains("Olu Auditor</bdi></td>") && !older.body.contains("Person 59"));
}
