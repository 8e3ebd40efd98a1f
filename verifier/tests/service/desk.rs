//! The scan page, as a browser has it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;
use server::people::Role;
use server::testing::{Browser, Seen};
use vc::status_list::Status;

use crate::world::{DAY, INDEX, LIST, NOW, ORIGIN, Shown, World, question};

const PLACE: [(&str, &str); 3] = [
    ("placement", "TRAINING_EDUCATION_DEVELOPMENT/NURSING_AND_MIDWIFERY_REGISTERED"),
    ("start", "2026-03-09"),
    ("end", "2026-03-20"),
];
const DESK: &str = "/desk?placement=TRAINING_EDUCATION_DEVELOPMENT/\
                    NURSING_AND_MIDWIFERY_REGISTERED&start=2026-03-09&end=2026-03-20";

fn fields<'a>(scan_id: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("scan_id", scan_id), ("code", code)];
    fields.extend(PLACE);
    fields
}

/// What the page's script sends.
async fn fetch(browser: &mut Browser, fields: &[(&str, &str)]) -> Seen {
    let csrf = browser.csrf.clone();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    let mut body = String::new();
    for (name, value) in all {
        let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        body.push_str(&format!("{name}={value}&"));
    }
    let request = Request::post("/desk/scan")
        .header("origin", ORIGIN)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-fragment", "verdict")
        .body(Body::from(body))
        .unwrap();
    browser.send(request).await
}

/// A new scan, as the script sends it.
async fn scan(world: &mut World, browser: &mut Browser, code: &str) -> String {
    let session = world.session();
    let seen = fetch(browser, &fields(&session, code)).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    assert_eq!(seen.headers["x-fragment"], "verdict");
    seen.body
}

#[track_caller]
fn says(seen: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(seen.contains(sentence), "{sentence:?} is not in {seen}");
    }
}

async fn at_the_desk() -> (World, Browser) {
    let world = World::new().await;
    let mut browser = world.browser(Role::HrVerifier).await;
    assert_eq!(browser.get(DESK).await.status, StatusCode::OK);
    (world, browser)
}

#[tokio::test]
async fn the_scan_page_is_for_whoever_may_scan() {
    let world = World::new().await;

    let nobody = world.nobody().get(DESK).await;
    let auditor = world.browser(Role::Auditor).await.get(DESK).await;

    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
    assert!(nobody.location().starts_with("/sign-in?next=%2Fdesk%3Fplacement"), "{nobody:?}");
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn only_the_scan_page_may_use_the_camera_and_webassembly() {
    let (_world, mut browser) = at_the_desk().await;

    let desk = browser.get(DESK).await;
    let form = browser.get("/desk/placement").await;

    let policy = |seen: &Seen| {
        let text = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
        (text("content-security-policy"), text("permissions-policy"), text("cache-control"))
    };
    let (content, permissions, cache) = policy(&desk);
    assert!(content.contains("script-src 'self' 'wasm-unsafe-eval';"), "{content}");
    assert!(permissions.contains("camera=(self)"), "{permissions}");
    assert_eq!(cache, "no-store");
    let (content, permissions, _) = policy(&form);
    assert!(!content.contains("wasm"), "{content}");
    assert!(permissions.contains("camera=()"), "{permissions}");
}

#[tokio::test]
async fn a_placement_is_chosen_once_and_remembered() {
    let world = World::new().await;
    let mut browser = world.browser(Role::HrVerifier).await;
    let asked = browser.get("/desk").await;
    says(&asked.body, &["Which placement is it for?", "value=\"2\"", "value=\"2026\""]);

    let chosen = [
        PLACE[0],
        ("start.day", "9"),
        ("start.month", "3"),
        ("start.year", "2026"),
        ("end.day", " 20 "),
        ("end.month", "03"),
        ("end.year", "2026"),
    ];
    let sent = browser.post("/desk/placement", &chosen).await;
    let again = browser.get("/desk").await;

    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, DESK));
    assert_eq!((again.status, again.location()), (StatusCode::SEE_OTHER, DESK));
    let page = browser.get(DESK).await.body;
    says(&page, &["9 March 2026 to 20 March 2026", "Training, education and development"]);
}

#[tokio::test]
async fn only_placements_with_a_requirement_can_be_chosen() {
    let world = World::new().await;
    let mut browser = world.browser(Role::HrVerifier).await;

    let page = browser.get("/desk/placement").await.body;
    let other = "/desk?placement=MUTUAL_AID/MEDICAL_AND_DENTAL&start=2026-03-09&end=2026-03-20";
    let unpublished = browser.get(other).await.body;

    assert_eq!(page.matches("<option value=\"OBSERVER/").count(), 10);
    assert!(!page.contains("MUTUAL_AID"));
    says(&unpublished, &["Which placement is it for?"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_placement_stands_beside_its_field() {
    let world = World::new().await;
    let mut browser = world.browser(Role::HrVerifier).await;
    browser.get("/desk/placement").await;
    let dates = |start: [&'static str; 3], end: [&'static str; 3]| {
        let names = ["start.day", "start.month", "start.year", "end.day", "end.month", "end.year"];
        let values = start.into_iter().chain(end);
        let mut all = vec![PLACE[0]];
        all.extend(names.into_iter().zip(values));
        all
    };
    let (march, bad) = (["9", "3", "2026"], ["31", "2", "2026"]);

    for (fields, sentence) in [
        (vec![], "Choose the placement and staff group"),
        (dates(bad, march), "Give the first day as day, month and year"),
        (dates(march, bad), "Give the last day as day, month and year"),
        (dates(march, ["8", "3", "2026"]), "The last day must not come before the first"),
        (dates(["1", "2", "2026"], ["1", "3", "2026"]), "The last day must not be past"),
        (dates(march, ["9", "4", "2027"]), "A placement is judged for 366 days at most"),
        (dates(["9", "4", "2027"], ["10", "4", "2027"]), "within the next 366 days"),
    ] {
        let seen = browser.post("/desk/placement", &fields).await;

        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(seen.body.matches(sentence).count(), 2, "{sentence}");
    }
}

#[tokio::test]
async fn a_verdict_says_who_may_start_and_what_it_rests_on() {
    let (mut world, mut browser) = at_the_desk().await;
    let code = world.code();

    let verdict = scan(&mut world, &mut browser, &code).await;

    says(
        &verdict,
        &[
            "May start",
            "Amara Okafor",
            "Acute Oncology Nurse",
            "The Christie NHS Foundation Trust",
            "20 June 1990",
            "Look at a photo ID now",
            "The passport is on the phone that showed the code",
            "2 March 2026 at 09:00",
            "list as of 09:00, 0 seconds old",
            "Version 1",
            "Harry Host",
            "NMC 18A1234E",
        ],
    );
    assert!(!verdict.contains("<html"));
}

#[tokio::test]
async fn without_script_the_verdict_is_a_page() {
    let (mut world, mut browser) = at_the_desk().await;
    let (code, session) = (world.code(), world.session());

    let seen = browser.post("/desk/scan", &fields(&session, &code)).await;

    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.headers["cache-control"], "no-store");
    assert!(!seen.headers.contains_key("x-fragment"));
    says(&seen.body, &["<html", "<title>May start", "Amara Okafor", "Scan the next person"]);
}

#[tokio::test]
async fn a_camera_that_repeats_itself_gets_the_same_verdict_and_others_a_replay() {
    let (mut world, mut browser) = at_the_desk().await;
    let (code, session) = (world.code(), world.session());
    let first = fetch(&mut browser, &fields(&session, &code)).await.body;
    world.clock.advance(30);

    let again = fetch(&mut browser, &fields(&session, &code)).await.body;
    let next = scan(&mut world, &mut browser, &code).await;
    let mut colleague = world.browser(Role::HrVerifier).await;
    let elsewhere = fetch(&mut colleague, &fields(&session, &code)).await.body;

    assert_eq!(first, again);
    for replayed in [next, elsewhere] {
        says(&replayed, &["Not yet", "This code was shown before."]);
        assert!(!replayed.contains("Okafor"));
    }
}

#[tokio::test]
async fn revoked_and_suspended_read_the_same_and_tell_nothing_of_the_person() {
    let mut seen = Vec::new();
    for status in [Status::Invalid, Status::Suspended] {
        let (mut world, mut browser) = at_the_desk().await;
        world.publish_list(LIST, &[(INDEX, status)]);
        world.look().await;
        let code = world.code();
        seen.push(scan(&mut world, &mut browser, &code).await);
    }

    says(&seen[0], &["Do not start", "This passport is not valid. Ask the home trust&#39;s HR."]);
    assert!(!seen[0].contains("Okafor"));
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn what_must_be_done_says_who_acts_worst_first() {
    let (mut world, mut browser) = at_the_desk().await;
    let shown = Shown { without: vec!["criminal_record", "work_health"], ..Shown::default() };
    let code = world.code_with(shown);

    let verdict = scan(&mut world, &mut browser, &code).await;

    says(
        &verdict,
        &[
            "Not yet",
            "The criminal record check (DBS) is not shown.",
            "The staff member",
            "Show a fresh code with the work health check.",
            "Not shown",
        ],
    );
    assert!(!verdict.contains("Look at a photo ID now"));
}

#[tokio::test]
async fn what_is_no_passport_is_a_verdict_too() {
    let (mut world, mut browser) = at_the_desk().await;

    let verdict = scan(&mut world, &mut browser, "https://example.org").await;

    says(&verdict, &["Cannot tell", "This code is not a staff passport."]);
}

#[tokio::test]
async fn parts_are_pasted_in_lines() {
    let (mut world, mut browser) = at_the_desk().await;
    let code = world.code();
    // No part but the last ends in a space.
    let first = code.split_at(code.len() / 2).0.trim_end_matches(' ');
    let last = code.split_at(first.len()).1;

    let lines = format!("SPP:A1/2/2:{last}\r\n\r\nSPP:A1/1/2:{first}\r\n");
    let verdict = scan(&mut world, &mut browser, &lines).await;

    says(&verdict, &["May start"]);
}

#[tokio::test]
async fn a_desk_code_must_be_in_the_code_of_its_scan() {
    let (mut world, mut browser) = at_the_desk().await;
    let (session, other) = (world.session(), world.session());
    let mut asked = vec![("scan_id", session.as_str())];
    asked.extend(PLACE);
    let made = browser.post("/desk/code", &asked).await;
    assert_eq!(made.location(), format!("{DESK}&scan={session}"));
    let page = browser.get(made.location()).await.body;
    let digits = page.split("desk-code__digits\">").nth(1).unwrap();
    let digits: String = digits.chars().take(7).filter(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 6, "{page}");
    says(&page, &[&format!("name=\"scan_id\" value=\"{session}\"")]);

    let without = world.code();
    let nonce = format!("{}.{digits}", vc::base64url::encode(&[9; 16]));
    let with = world.code_with(Shown { nonce: Some(nonce), ..Shown::default() });
    let refused = fetch(&mut browser, &fields(&session, &without)).await.body;
    let taken = fetch(&mut browser, &fields(&session, &with)).await.body;
    let unasked = world.code();
    let elsewhere = fetch(&mut browser, &fields(&other, &unasked)).await.body;

    says(&refused, &["Not yet", "The desk code is missing or another one."]);
    says(&taken, &["May start"]);
    says(&elsewhere, &["May start"]);
}

#[tokio::test]
async fn a_desk_code_that_has_run_out_is_not_done_without() {
    let (mut world, mut browser) = at_the_desk().await;
    let session = world.session();
    let mut asked = vec![("scan_id", session.as_str())];
    asked.extend(PLACE);
    browser.post("/desk/code", &asked).await;
    world.clock.advance(300);
    let code = world.code();

    let by_script = fetch(&mut browser, &fields(&session, &code)).await;
    let by_form = browser.post("/desk/scan", &fields(&session, &code)).await;

    assert_eq!(by_script.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&by_script.body, &["The desk code has run out"]);
    assert_eq!(by_form.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&by_form.body, &["The desk code has run out", "Make a new desk code", &session]);
}

#[tokio::test]
async fn an_empty_box_is_told_beside_it() {
    let (mut world, mut browser) = at_the_desk().await;
    let session = world.session();

    let by_form = browser.post("/desk/scan", &fields(&session, " \r\n")).await;
    let by_script = fetch(&mut browser, &fields(&session, "")).await;

    assert_eq!(by_form.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&by_form.body, &["There is no code", "id=\"code-error\"", &session]);
    assert_eq!(by_script.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(by_script.headers["x-fragment"], "verdict");
}

#[tokio::test]
async fn a_page_left_open_past_the_placement_asks_for_another() {
    let mut world = World::new().await;
    world.clock.set(NOW + 20 * DAY);
    let mut browser = world.browser(Role::HrVerifier).await;
    browser.get("/desk/placement").await;
    let session = world.session();

    let by_script = fetch(&mut browser, &fields(&session, "SP0:A")).await;
    let by_form = browser.post("/desk/scan", &fields(&session, "SP0:A")).await;

    says(&by_script.body, &["The last day of the placement is past", "/desk/placement"]);
    assert_eq!(by_form.location(), "/desk/placement");
}

#[tokio::test]
async fn a_scan_needs_the_session_and_its_page() {
    let (mut world, mut browser) = at_the_desk().await;
    let code = world.code();
    let session = world.session();
    let sent = fields(&session, &code);

    let mut stranger = browser.another();
    let signed_out = fetch(&mut stranger, &sent).await;
    let forged = browser.post_exactly("/desk/scan", &sent).await;
    let mut other_site = browser.copied();
    other_site.csrf = "guessed".to_owned();
    let guessed = fetch(&mut other_site, &sent).await;

    assert_eq!(signed_out.status, StatusCode::SEE_OTHER);
    assert!(signed_out.location().starts_with("/sign-in"));
    for refused in [forged, guessed] {
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(!refused.headers.contains_key("x-fragment"));
    }
    says(&scan(&mut world, &mut browser, &code).await, &["May start"]);
}

#[tokio::test]
async fn a_person_may_scan_by_the_api_from_our_page_only() {
    let (mut world, mut browser) = at_the_desk().await;
    let code = world.code();
    let session = world.session();
    let asked = question(&session, json!(code));

    let mut forged = browser.copied();
    forged.csrf.clear();
    let refused = forged.script(Method::POST, "/api/v1/scan", Some(&asked)).await;
    let taken = browser.script(Method::POST, "/api/v1/scan", Some(&asked)).await;
    let auditor = world.browser(Role::Auditor).await;
    let mut auditor = auditor;
    let role = auditor.script(Method::POST, "/api/v1/scan", Some(&asked)).await;

    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(taken.status, StatusCode::OK);
    assert_eq!(taken.json()["outcome"], "CLEAR_TO_START");
    assert_eq!(role.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn d2_a_name_is_text_whatever_is_in_it() {
    let (mut world, mut browser) = at_the_desk().await;
    let family_name = "<img src=x onerror=alert(1)>";
    let code = world.code_with(Shown { family_name, ..Shown::default() });

    let verdict = scan(&mut world, &mut browser, &code).await;

    assert!(!verdict.contains("<img"), "{verdict}");
    says(&verdict, &["&#60;img src=x"]);
}
