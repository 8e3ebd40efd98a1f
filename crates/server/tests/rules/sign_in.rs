//! Passkeys, invitations, sessions, cookies.

use axum::body::Body;
use axum::http::header::SET_COOKIE;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;
use server::people::{PersonState, Role};
use server::sessions::{ABSOLUTE_SECONDS, IDLE_SECONDS};
use server::sign_in::SignIn;

use super::site::{START, Site, sees_things};

const HR: &[Role] = &[Role::HrIssuer];
const COOKIE: &str = "__Host-test-session";

#[tokio::test]
async fn an_invitation_makes_a_passkey_and_signs_in() {
    let site = Site::start();
    let invitation = site.people().invite("Ada", HR, None).await.unwrap();
    let mut browser = site.browser();

    browser.enrol(&invitation.secret).await;

    assert_eq!(browser.get("/things").await.body, "Ada");
    let person = site.people().find(invitation.person).unwrap().unwrap();
    assert_eq!((person.state, person.enrolled_at), (PersonState::Active, Some(START)));
}

#[tokio::test]
async fn an_invitation_is_good_once() {
    let site = Site::start();
    let invitation = site.people().invite("Ada", HR, None).await.unwrap();
    site.browser().enrol(&invitation.secret).await;

    let again = site.browser().get(&format!("/invitation/{}", invitation.secret)).await;

    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_has_it() {
    let site = Site::start();
    let invitation = site.people().invite("Ada", HR, None).await.unwrap();
    let path = format!("/invitation/{}", invitation.secret);
    let mut both = Vec::new();
    for _ in 0..2 {
        let mut browser = site.browser();
        browser.get(&path).await;
        let challenge = browser.script(Method::POST, &format!("{path}/start"), None).await.json();
        let (_, answer) = server::testing::Passkey::register(super::site::ORIGIN, &challenge);
        both.push((browser, answer));
    }
    let finish = format!("{path}/finish");
    let [(one, one_answer), (two, two_answer)] = &mut both[..] else { panic!() };

    let (one, two) = tokio::join!(
        one.script(Method::POST, &finish, Some(one_answer)),
        two.script(Method::POST, &finish, Some(two_answer)),
    );

    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::NOT_FOUND]);
    assert_eq!(site.people().find(invitation.person).unwrap().unwrap().passkeys.len(), 1);
}

#[tokio::test]
async fn an_invitation_ends_after_a_day() {
    let site = Site::start();
    let invitation = site.people().invite("Ada", HR, None).await.unwrap();
    let path = format!("/invitation/{}", invitation.secret);

    site.clock.set(START + 86_399);
    assert_eq!(site.browser().get(&path).await.status, StatusCode::OK);
    site.clock.set(START + 86_400);
    assert_eq!(site.browser().get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_secret_of_a_link_or_session_is_on_disk() {
    let site = Site::start();
    let waiting = site.people().invite("Waiting", HR, None).await.unwrap();
    let (browser, _) = site.somebody("Ada", HR).await;
    let session = browser.cookies[COOKIE].clone();

    let everything: Vec<u8> = site
        .db
        .scan_prefix(b"")
        .flat_map(|entry| {
            let (key, value) = entry.unwrap();
            [key, value].concat()
        })
        .collect();
    let has = |needle: &[u8]| everything.windows(needle.len()).any(|part| part == needle);

    assert!(has(b"Ada"), "the search finds what is there");
    assert!(!has(waiting.secret.as_bytes()));
    assert!(!has(session.as_bytes()));
    let raw = vc::base64url::decode(&session).unwrap();
    assert!(!has(&raw));
}

#[tokio::test]
async fn a_new_link_ends_the_passkey_and_sessions_of_before() {
    let site = Site::start();
    let (mut old, person) = site.somebody("Ada", HR).await;
    let invitation = site.people().invite_again(person, None).await.unwrap();

    site.browser().enrol(&invitation.secret).await;

    assert_eq!(sees_things(&mut old).await, StatusCode::SEE_OTHER);
    old.get("/sign-in").await;
    assert_eq!(old.try_sign_in(|_| {}).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_name() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    browser.post("/sign-out", &[]).await;
    assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER);

    browser.get("/sign-in?next=%2Fthings").await;
    let next = browser.sign_in().await;

    assert_eq!(next, "/things");
    assert_eq!(sees_things(&mut browser).await, StatusCode::OK);
}

#[tokio::test]
async fn a_forged_answer_does_not_sign_in() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    let (_, other) = site.somebody("Bea", HR).await;
    browser.post("/sign-out", &[]).await;
    browser.get("/sign-in").await;
    let handle = vc::base64url::encode(other.0.as_bytes());
    let nobody = vc::base64url::encode(&[7; 16]);
    let forgeries: [(&str, &str, serde_json::Value); 5] = [
        ("another's handle", "userHandle", json!(handle)),
        ("nobody's handle", "userHandle", json!(nobody)),
        ("no handle", "userHandle", json!(null)),
        ("a signature of zeros", "signature", json!(vc::base64url::encode(&[0; 70]))),
        ("other data", "authenticatorData", json!(vc::base64url::encode(&[1; 37]))),
    ];

    for (what, member, value) in forgeries {
        let seen = browser.try_sign_in(|answer| answer["response"][member] = value).await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{what}: {}", seen.body);
        assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER, "{what}");
    }
}

#[tokio::test]
async fn a_passkey_that_did_not_verify_its_user_is_refused() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    browser.post("/sign-out", &[]).await;
    browser.get("/sign-in").await;
    browser.passkey.as_mut().unwrap().flags = 0x01;

    let seen = browser.try_sign_in(|_| {}).await;

    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_challenge_is_good_once() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    browser.post("/sign-out", &[]).await;
    browser.get("/sign-in").await;
    let challenge = browser.script(Method::POST, "/sign-in/passkey/start", None).await.json();
    let answer = browser.passkey.as_mut().unwrap().sign(super::site::ORIGIN, &challenge);
    let mut second = browser.copied();
    let first = browser.script(Method::POST, "/sign-in/passkey/finish", Some(&answer)).await;

    let replayed = second.script(Method::POST, "/sign-in/passkey/finish", Some(&answer)).await;

    assert_eq!(first.status, StatusCode::OK);
    assert!(replayed.status.is_client_error(), "{}", replayed.status);
    assert_eq!(sees_things(&mut second).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_answer_of_another_origin_is_refused() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    browser.post("/sign-out", &[]).await;
    browser.get("/sign-in").await;
    let challenge = browser.script(Method::POST, "/sign-in/passkey/start", None).await.json();
    let answer = browser.passkey.as_mut().unwrap().sign("http://localhost:9999", &challenge);

    let seen = browser.script(Method::POST, "/sign-in/passkey/finish", Some(&answer)).await;

    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_session_cookie_has_every_guard() {
    let site = Site::start();

    let seen = site.browser().get("/sign-in").await;

    let cookie = seen.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with(&format!("{COOKIE}=")), "{cookie}");
    for guard in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(guard), "{guard}: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn signing_in_changes_the_session_id_and_the_csrf_token() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    browser.post("/sign-out", &[]).await;
    browser.get("/sign-in").await;
    let mut thief = browser.copied();

    browser.sign_in().await;

    assert_ne!(browser.cookies[COOKIE], thief.cookies[COOKIE]);
    assert_ne!(browser.csrf, thief.csrf);
    assert_eq!(sees_things(&mut thief).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_id_of_someone_elses_making_is_not_taken_up() {
    let site = Site::start();
    let invitation = site.people().invite("Ada", HR, None).await.unwrap();
    let planted = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let mut browser = site.browser();
    browser.cookies.insert(COOKIE.to_owned(), planted.clone());

    browser.enrol(&invitation.secret).await;

    assert_ne!(browser.cookies[COOKIE], planted);
    let mut thief = site.browser();
    thief.cookies.insert(COOKIE.to_owned(), planted);
    assert_eq!(sees_things(&mut thief).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_idle_session_ends() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;

    site.clock.advance(IDLE_SECONDS - 1);
    assert_eq!(sees_things(&mut browser).await, StatusCode::OK);
    site.clock.advance(IDLE_SECONDS - 1);
    assert_eq!(sees_things(&mut browser).await, StatusCode::OK);
    site.clock.advance(IDLE_SECONDS);
    assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_after_its_longest_time_however_busy() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;

    while site.clock.now() < START + ABSOLUTE_SECONDS - 600 {
        site.clock.advance(600);
        assert_eq!(sees_things(&mut browser).await, StatusCode::OK);
    }
    site.clock.set(START + ABSOLUTE_SECONDS);
    assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sign_out_ends_the_session_for_every_copy_of_the_cookie() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    let mut copy = browser.copied();

    let seen = browser.post("/sign-out", &[]).await;

    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(!browser.cookies.contains_key(COOKIE));
    assert_eq!(sees_things(&mut copy).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sessions_outlive_a_restart_and_sweeping_forgets_ended_ones() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    site.sign_in.maintain().await.unwrap();
    assert_eq!(sees_things(&mut browser).await, StatusCode::OK);
    assert_eq!(site.db.scan_prefix(b"session/").count(), 1);

    site.clock.advance(2 * IDLE_SECONDS);
    site.sign_in.maintain().await.unwrap();

    assert_eq!(site.db.scan_prefix(b"session/").count(), 0);
}

#[tokio::test]
async fn anonymous_visits_write_nothing_to_disk() {
    let site = Site::start();

    for _ in 0..5 {
        site.browser().get("/sign-in").await;
        site.browser().get("/things").await;
    }

    assert_eq!(site.db.scan_prefix(b"session/").count(), 0);
}

#[tokio::test]
async fn after_sign_in_nobody_is_sent_to_another_site() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    for next in ["%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example", "x"] {
        browser.post("/sign-out", &[]).await;
        browser.get(&format!("/sign-in?next={next}")).await;

        assert_eq!(browser.sign_in().await, "/", "{next}");
        // And when already signed in.
        let seen = browser.get(&format!("/sign-in?next={next}")).await;
        assert_eq!(seen.location(), "/", "{next}");
        browser.get("/things").await;
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let site = Site::start();

    let seen = site.browser().get("/things?q=a%20b").await;

    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    assert_eq!(seen.location(), "/sign-in?next=%2Fthings%3Fq%3Da%2520b");
}

#[tokio::test]
async fn too_many_attempts_of_one_account_wait() {
    let site = Site::start();
    let (mut browser, _) = site.somebody("Ada", HR).await;
    browser.post("/sign-out", &[]).await;
    browser.get("/sign-in").await;

    let mut last = StatusCode::OK;
    for _ in 0..12 {
        let zeros = json!(vc::base64url::encode(&[0; 70]));
        last = browser.try_sign_in(|answer| answer["response"]["signature"] = zeros).await.status;
    }

    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    site.clock.advance(60);
    browser.get("/sign-in").await;
    assert_eq!(browser.try_sign_in(|_| {}).await.status, StatusCode::OK);
}

#[test]
fn an_address_without_a_name_has_no_pages() {
    for (url, has_pages) in [
        ("http://localhost:8101", true),
        ("https://passport.example.nhs.uk", true),
        ("http://127.0.0.1:8101", false),
        ("https://[::1]", false),
        ("https://passport.example.nhs.uk/issuer", false),
    ] {
        assert_eq!(SignIn::no_pages_at(&url.parse().unwrap()).is_none(), has_pages, "{url}");
    }
}

#[tokio::test]
async fn a_person_without_roles_reads_why_nothing_opens() {
    let site = Site::start();
    let (_, first) = site.somebody("First", &[Role::Administrator]).await;
    site.somebody("Second", &[Role::Administrator]).await;
    let invitation = site.people().invite("Ada", HR, Some(first)).await.unwrap();
    let mut browser = site.browser();
    browser.enrol(&invitation.secret).await;

    let seen = browser.get("/").await;

    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert!(seen.body.contains("wait for a second administrator"), "{}", seen.body);
    assert_eq!(sees_things(&mut browser).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_page_of_errors_shows_no_detail_of_ours() {
    let site = Site::start();

    for path in ["/broken", "/panics"] {
        let seen = site.browser().get(path).await;

        assert_eq!(seen.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(seen.body.contains("<h1"), "{}", seen.body);
        assert!(!seen.body.contains("secret detail"));
        let id = seen.headers["x-request-id"].to_str().unwrap();
        assert!(seen.body.contains(id));
    }
}

#[tokio::test]
async fn pages_carry_the_headers_that_keep_scripts_and_frames_out() {
    let site = Site::start();

    for path in ["/sign-in", "/nothing"] {
        let seen = site.browser().get(path).await;

        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "style-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{path} {part}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(seen.headers[name], value, "{path} {name}");
        }
        assert!(seen.headers["permissions-policy"].to_str().unwrap().contains("camera=()"));
        // Nothing inline: no style, no handler, no script without an address.
        assert!(!seen.body.contains("style="), "{path}");
        assert!(!seen.body.contains(" onclick"), "{path}");
        assert_eq!(
            seen.body.matches("<script").count(),
            seen.body.matches("<script type=\"module\" src=\"/assets/").count()
        );
    }
}

#[tokio::test]
async fn a_machine_reads_problems_not_pages() {
    let site = Site::start();
    let request = Request::get("/api/v1/things").body(Body::empty()).unwrap();

    let seen = site.browser().send(request).await;

    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
    assert_eq!(seen.headers["content-type"], "application/problem+json");
}
