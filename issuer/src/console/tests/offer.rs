//! The offer screen.

use axum::http::StatusCode;
use serde_json::json;
use server::testing::Browser;

use super::world::{World, code_of, main_of, phone};
use crate::store::PassportState;

async fn offered() -> (World, Browser, String) {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let path = format!("/console/passports/{id}/offer");
    (world, hr, path)
}

#[tokio::test]
async fn the_screen_shows_code_and_digits_to_hand_over() {
    let (_world, mut hr, path) = offered().await;

    let page = hr.get(&path).await;

    assert!(page.body.contains("data-step=\"WAITING\""));
    assert!(page.body.contains("<img src=\"data:image/svg+xml;base64,"));
    assert!(page.body.contains("Valid until 2 March 2026, 09:15"));
    let code = code_of(&page.body);
    assert_eq!(code.len(), 7, "{code}");
    // For the ear, digit by digit.
    let spoken: Vec<String> = code.replace(' ', "").chars().map(String::from).collect();
    assert!(page.body.contains(&spoken.join(" ")));
}

#[tokio::test]
async fn hr_types_the_digits_of_the_phone_and_the_page_never_shows_them() {
    let (world, mut hr, path) = offered().await;
    let page = hr.get(&path).await;
    let access = world.opens(&page.body).await;
    assert!(hr.get(&path).await.body.contains("data-step=\"COLLECTED\""));
    let (status, _) = world.asks(&phone(), &access).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let id = path.split('/').nth(3).unwrap().to_owned();
    let digits = world.passport(&id).await.latest.unwrap().digits.unwrap();

    let asked = hr.get(&path).await;

    assert!(asked.body.contains("data-step=\"CONFIRM\""));
    assert!(asked.body.contains("name=\"digits\""));
    assert!(!asked.body.contains(&digits));
    assert!(!asked.body.contains("data:image/svg+xml"), "the code is of no use to anybody now");
    let wrong = if digits == "000000" { "000001" } else { "000000" };
    let refused = hr.post(&path, &[("do", "confirm"), ("digits", wrong)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("href=\"#digits\""));
    assert!(refused.body.contains(&format!("value=\"{wrong}\"")));
    let empty = hr.post(&path, &[("do", "confirm"), ("digits", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let spaced = format!(" {} {}", digits.get(..3).unwrap(), digits.get(3..).unwrap());
    let right = hr.post(&path, &[("do", "confirm"), ("digits", &spaced)]).await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let done = hr.get(&path).await;
    assert!(done.body.contains("data-step=\"CONFIRMED\""));
    assert!(done.body.contains("The phone is fetching the passport."));
}

#[tokio::test]
async fn hr_stops_an_offer_whose_digits_differ() {
    let (world, mut hr, path) = offered().await;
    let page = hr.get(&path).await;
    let access = world.opens(&page.body).await;
    let (_, reply) = world.asks(&phone(), &access).await;
    hr.get(&path).await;

    hr.post(&path, &[("do", "refuse")]).await;

    assert!(hr.get(&path).await.body.contains("data-step=\"REFUSED\""));
    let transaction = json!({ "transaction_id": reply["transaction_id"] });
    let (status, reply) = world.post_json(&access, "/deferred-credential", &transaction).await;
    assert!(status.is_client_error(), "{reply}");
}

#[tokio::test]
async fn hr_does_without_digits_by_name() {
    let (world, mut hr, path) = offered().await;
    let page = hr.get(&path).await;

    let waived = hr.post(&path, &[("do", "waive")]).await;

    assert_eq!(waived.status, StatusCode::SEE_OTHER);
    let access = world.opens(&page.body).await;
    let (status, _) = world.asks(&phone(), &access).await;
    assert_eq!(status, StatusCode::OK);
    let id = path.split('/').nth(3).unwrap();
    assert_eq!(world.passport(id).await.state, PassportState::Active);
    assert!(hr.get(&path).await.body.contains("data-step=\"ISSUED\""));
    let page = hr.get(&format!("/console/passports/{id}")).await;
    assert!(main_of(&page.body).contains("Done without comparing six digits"));
}

#[tokio::test]
async fn an_offer_that_ran_out_can_be_made_anew() {
    let (world, mut hr, path) = offered().await;
    world.clock.advance(901);

    let page = hr.get(&path).await;

    assert!(page.body.contains("data-step=\"EXPIRED\""));
    assert!(!page.body.contains("data-events"));
    assert!(page.body.contains("/reoffer"));
}

#[tokio::test]
async fn a_press_that_comes_too_late_changes_nothing_and_shows_how_it_stands() {
    let (_world, mut hr, path) = offered().await;
    hr.get(&path).await;

    let late = hr.post(&path, &[("do", "confirm"), ("digits", "123456")]).await;

    assert_eq!((late.status, late.location()), (StatusCode::SEE_OTHER, path.as_str()));
    assert!(hr.get(&path).await.body.contains("data-step=\"WAITING\""));
}

#[tokio::test]
async fn the_page_is_told_when_something_happens() {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    let (world, mut hr, path) = offered().await;
    let page = hr.get(&path).await;
    let cookies: Vec<String> =
        hr.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::get(format!("{path}/events")).header("cookie", cookies.join("; "));
    let stream = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    let mut stream = stream.into_body();
    let mut next = async || {
        let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
        String::from_utf8(frame.to_vec()).unwrap()
    };

    assert!(next().await.contains("data: WAITING"));
    world.opens(&page.body).await;
    assert!(next().await.contains("data: COLLECTED"));
}
