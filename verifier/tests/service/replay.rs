//! A presentation is taken once; the scan session that showed it first is told again for a minute.

use axum::http::StatusCode;
use serde_json::Value;
use vc::status_list::Status;

use crate::world::{INDEX, LIST, NOW, Shown, World, is, question, verdict};

#[tokio::test]
async fn the_same_session_gets_the_same_answer_for_a_minute() {
    let mut world = World::new().await;
    let (code, session) = (world.code(), world.session());
    let first = world.scan_in(&session, code.clone()).await;

    world.clock.advance(59);
    let again = world.scan_in(&session, code.clone()).await;
    world.clock.advance(1);
    let late = world.scan_in(&session, code).await;

    is(&first, "CLEAR_TO_START", &[]);
    assert_eq!(again, first);
    is(&late, "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn the_same_session_is_answered_even_when_the_code_grew_too_old_meanwhile() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { issued_at: Some(NOW - 80), ..Shown::default() });
    let session = world.session();
    let first = world.scan_in(&session, code.clone()).await;

    world.clock.advance(30);

    assert_eq!(world.scan_in(&session, code).await, first);
}

#[tokio::test]
async fn p1_another_session_is_told_of_a_replay_and_nothing_else() {
    let mut world = World::new().await;
    let code = world.code();
    world.scan(code.clone()).await;

    let answer = world.scan(code).await;

    is(&answer, "NOT_YET", &["REPLAYED"]);
    assert_eq!(answer["facts"], Value::Null);
    assert_eq!(answer["holder_proven"], false);
}

#[tokio::test]
async fn the_same_session_name_under_another_token_is_another_session() {
    let mut world = World::new().await;
    let (code, session) = (world.code(), world.session());
    world.scan_in(&session, code.clone()).await;
    let other = world.another_token().await;

    let reply = world.ask_as(&other, &question(&session, code.into())).await;

    is(&reply.json(), "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn another_rendering_of_the_same_presentation_is_a_replay() {
    let mut world = World::new().await;
    let shown = Shown::default();
    let issued = world.issue(&shown);
    let raw = world.presentation(&issued, &shown);
    world.scan(vc::qr::encode(&raw)).await;

    is(&world.scan(raw).await, "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn p1_a_nonce_used_twice_by_one_holder_is_a_replay() {
    let mut world = World::new().await;
    let nonce = Some(vc::base64url::encode(&[9; 16]));
    let first = world.code_with(Shown { nonce: nonce.clone(), ..Shown::default() });
    world.clock.advance(1);
    let second = world.code_with(Shown { nonce, ..Shown::default() });
    world.scan(first).await;

    is(&world.scan(second).await, "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn a_fresh_code_of_the_same_copy_is_no_replay() {
    let mut world = World::new().await;
    let shown = Shown::default();
    let issued = world.issue(&shown);
    let (first, second) = (world.present(&issued, &shown), world.present(&issued, &shown));

    is(&world.scan(first).await, "CLEAR_TO_START", &[]);
    is(&world.scan(second).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn p1_a_replay_is_found_over_a_restart() {
    let mut world = World::new().await;
    let (code, session) = (world.code(), world.session());
    world.scan_in(&session, code.clone()).await;

    let mut world = world.restart().await;

    is(&world.scan(code.clone()).await, "NOT_YET", &["REPLAYED"]);
    // The session that was first is judged anew: its answer was in memory only.
    is(&world.scan_in(&session, code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn the_same_session_may_ask_about_another_placement() {
    let mut world = World::new().await;
    let (code, session) = (world.code(), world.session());
    world.scan_in(&session, code.clone()).await;
    let mut body = question(&session, code.into());
    body["placement"]["kind"] = "OBSERVER".into();

    let answer = world.ask(&body).await.json();

    is(&answer, "CLEAR_TO_START", &[]);
    assert_eq!(answer["requirement"]["kind"], "OBSERVER");
}

#[tokio::test]
async fn a_replay_is_told_before_the_status() {
    let mut world = World::new().await;
    let code = world.code();
    world.scan(code.clone()).await;
    world.publish_list(LIST, &[(INDEX, Status::Invalid)]);
    world.look().await;

    is(&world.scan(code).await, "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn a_revoked_presentation_is_remembered_too() {
    let mut world = World::new().await;
    world.publish_list(LIST, &[(INDEX, Status::Invalid)]);
    world.look().await;
    let code = world.code();

    is(&world.scan(code.clone()).await, "DO_NOT_START", &["REVOKED"]);
    is(&world.scan(code).await, "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn a_code_refused_before_its_time_was_proven_is_not_used_up() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { issued_at: Some(NOW + 40), ..Shown::default() });
    is(&world.scan(code.clone()).await, "NOT_YET", &["CODE_FROM_FUTURE"]);

    world.clock.advance(20);

    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn forgetting_never_opens_a_code_that_could_still_be_taken() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { issued_at: Some(NOW + 30), ..Shown::default() });
    world.scan(code.clone()).await;

    world.clock.set(NOW + 120);
    world.forget().await;

    is(&world.scan(code).await, "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn p1_of_many_sessions_at_once_one_is_first() {
    let mut world = World::new().await;
    let code = world.code();
    let bodies: Vec<Value> = (0..16)
        .map(|_| {
            let session = world.session();
            question(&session, code.clone().into())
        })
        .collect();
    let world = std::sync::Arc::new(world);
    let mut scans = tokio::task::JoinSet::new();
    for body in bodies {
        let world = std::sync::Arc::clone(&world);
        scans.spawn(async move { world.ask(&body).await });
    }

    let replies = scans.join_all().await;

    assert!(replies.iter().all(|reply| reply.status == StatusCode::OK));
    let outcomes: Vec<String> = replies.iter().map(|reply| verdict(&reply.json()).0).collect();
    let clear = outcomes.iter().filter(|outcome| *outcome == "CLEAR_TO_START").count();
    assert_eq!((clear, outcomes.len()), (1, 16));
}
