//! Releases: what waits is decided on the page, and who is away is shown.

use axum::http::StatusCode;
use passport::{Kind, StaffGroup};
use vc::time::UnixTime;

use super::world::World;
use crate::store::{
    Movement, MovementId, MovementState, Notice, Noticed, RefusedRelease, SecretHash,
};

/// As the endpoint records it when a host's notice has been verified.
async fn noticed(world: &World, number: u8, subject_ref: &str) -> MovementId {
    let id = MovementId(SecretHash([number; 32]));
    let now = world.clock.now();
    let start = passport::day::london(UnixTime(now));
    let movement = Movement {
        id,
        passport: None,
        host: "R0A".parse().unwrap(),
        kind: Kind::TemporaryDeployment,
        staff_group: StaffGroup::NursingAndMidwiferyRegistered,
        start,
        end: start + chrono::Days::new(3),
        jti: format!("n{number}"),
        received_at: now,
        state: MovementState::Waiting,
        reason: None,
        decided_by: None,
        decided_at: None,
        answer: None,
    };
    let notice = Notice { movement, subject_ref: subject_ref.to_owned() };
    let noticed = world.app.issuer().store.record_notice(notice).await.unwrap();
    assert_eq!(noticed, Noticed::Recorded);
    id
}

#[tokio::test]
async fn hr_releases_refuses_and_ends_on_the_page() {
    let world = World::new().await;
    let mut hr = world.hr().await;
    let id = world.create(&mut hr, &world.nurse()).await;
    let subject_ref = world.passport(&id).await.subject_ref;
    let first = noticed(&world, 1, &subject_ref).await;
    let unknown = noticed(&world, 2, "nobody-has-this").await;
    let state = async |id: &MovementId| {
        let movement = world.app.issuer().store.movement(id).await.unwrap().unwrap();
        (movement.state, movement.reason)
    };

    let page = hr.get("/console/movements").await.body;
    assert!(page.contains(&format!("/console/passports/{id}")), "{page}");
    assert!(page.contains("Nobody here has this reference"));
    let at = |id: &MovementId| format!("/console/movements/{id}");
    let seen = hr.post(&at(&first), &[("do", "approve")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    hr.post(&at(&unknown), &[("do", "refuse")]).await;
    assert_eq!(state(&unknown).await.0, MovementState::Waiting);
    hr.post(&at(&unknown), &[("do", "refuse"), ("reason", "NOT_OURS")]).await;

    assert_eq!(state(&first).await, (MovementState::Approved, None));
    assert_eq!(state(&unknown).await, (MovementState::Refused, Some(RefusedRelease::NotOurs)));
    let page = hr.get("/console/movements").await.body;
    assert!(page.contains("End today") && page.contains("R0A"), "{page}");
    hr.post(&at(&first), &[("do", "end")]).await;
    assert_eq!(state(&first).await.0, MovementState::Ended);
    let page = hr.get("/console/movements").await.body;
    assert!(page.contains("Nobody is away today."), "{page}");
}
