//! The trust registry: signed by pinned operators, never older than before, kept over a restart.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use vc::status_list::Status;

use crate::network::Answer;
use crate::world::{DAY, INDEX, LIST, REGISTRY, World, is};

async fn ready(world: &World) -> StatusCode {
    world.send(Request::get("/readyz").body(Body::empty()).unwrap()).await.status
}

fn organisation(payload: &mut Value) -> &mut Value {
    &mut payload["organisations"][0]
}

#[tokio::test]
async fn it_is_ready_once_a_registry_is_in_force() {
    let world = World::before_the_first_look().await;
    assert_eq!(ready(&world).await, StatusCode::SERVICE_UNAVAILABLE);

    world.look().await;

    assert_eq!(ready(&world).await, StatusCode::OK);
}

#[tokio::test]
async fn without_a_registry_nothing_is_green() {
    let mut world = World::before_the_first_look().await;
    let code = world.code();

    let answer = world.scan(code).await;

    is(&answer, "CANNOT_TELL", &["REGISTRY_EXPIRED"]);
    assert_eq!(answer["registry"], Value::Null);
}

#[tokio::test]
async fn a_registry_is_worked_from_until_it_expires() {
    let mut world = World::new().await;
    world.registry.break_down();
    for (later, outcome, codes) in
        [(7 * DAY, "CLEAR_TO_START", &[][..]), (1, "CANNOT_TELL", &["REGISTRY_EXPIRED"])]
    {
        world.clock.advance(later);
        world.publish_list(LIST, &[]);
        world.look().await;
        let code = world.code();

        is(&world.scan(code).await, outcome, codes);
    }
    assert_eq!(ready(&world).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn k1_a_registry_frozen_by_somebody_expires() {
    let mut world = World::new().await;

    // The old copy is served for ever.
    world.clock.advance(7 * DAY + 1);
    world.look().await;

    let code = world.code();
    is(&world.scan(code).await, "CANNOT_TELL", &["REGISTRY_EXPIRED"]);
}

#[tokio::test]
async fn k1_an_older_registry_is_refused_over_a_restart_too() {
    let mut world = World::new().await;
    let mut second = world.registry_payload(2);
    organisation(&mut second)["types"] = json!([]);
    world.publish_registry(&second);
    world.look().await;
    let code = world.code();
    is(&world.scan(code).await, "DO_NOT_START", &["ISSUER_NOT_ENTITLED"]);

    world.publish_registry(&world.registry_payload(1));
    world.look().await;
    let code = world.code();
    is(&world.scan(code).await, "DO_NOT_START", &["ISSUER_NOT_ENTITLED"]);

    let mut world = world.restart().await;
    world.look().await;
    let code = world.code();
    let answer = world.scan(code).await;
    is(&answer, "DO_NOT_START", &["ISSUER_NOT_ENTITLED"]);
    assert_eq!(answer["registry"]["version"], 2);
}

#[tokio::test]
async fn k1_an_older_registry_is_refused_even_after_the_newer_one_expired() {
    let world = World::new().await;
    world.publish_registry(&world.registry_payload(5));
    world.look().await;
    world.clock.advance(7 * DAY + 1);
    world.publish_registry(&world.registry_payload(4));

    let world = world.restart().await;
    world.look().await;

    assert_eq!(ready(&world).await, StatusCode::SERVICE_UNAVAILABLE);
    world.publish_registry(&world.registry_payload(6));
    world.look().await;
    assert_eq!(ready(&world).await, StatusCode::OK);
}

#[tokio::test]
async fn k1_one_version_with_two_contents_is_refused() {
    let mut world = World::new().await;
    let mut changed = world.registry_payload(1);
    organisation(&mut changed)["types"] = json!([]);
    world.publish_registry(&changed);

    world.look().await;

    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn k1_a_registry_by_a_wrong_signer_or_damaged_is_refused() {
    let mut world = World::new().await;
    let mut next = world.registry_payload(2);
    organisation(&mut next)["state"] = "removed".into();
    world.publish_registry_by(&world.stranger, &next);
    world.look().await;
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);

    for body in ["", "[]", "{}", "[1]", "[\"a.b.c\"]"] {
        world.registry.set(REGISTRY, Answer::of("application/json", body));
        world.look().await;
        let code = world.code();
        is(&world.scan(code).await, "CLEAR_TO_START", &[]);
    }
}

#[tokio::test]
async fn a_restart_without_network_knows_whom_to_trust() {
    let world = World::new().await;
    world.registry.break_down();
    world.issuer.break_down();

    let mut world = world.restart().await;

    assert_eq!(ready(&world).await, StatusCode::OK);
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn an_unchanged_registry_is_not_sent_again_over_a_restart_too() {
    let world = World::new().await;
    world.look().await;
    let world = world.restart().await;
    world.look().await;

    assert_eq!((world.registry.asked(REGISTRY), world.registry.bodies(REGISTRY)), (3, 1));
}

#[tokio::test]
async fn k3_a_compromised_key_is_refused_at_the_next_look() {
    let mut world = World::new().await;
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
    let mut next = world.registry_payload(2);
    organisation(&mut next)["issuer"]["keys"][0]["state"] = "compromised".into();
    world.publish_registry(&next);

    world.look().await;

    let code = world.code();
    let answer = world.scan(code).await;
    is(&answer, "DO_NOT_START", &["KEY_COMPROMISED"]);
    assert_eq!(answer["facts"], Value::Null);
}

#[tokio::test]
async fn k3_a_list_signed_by_a_key_that_is_compromised_later_no_longer_stands() {
    let mut world = World::new().await;
    // The list is by the second key, the credential by the first.
    world.clock.advance(1);
    world.issuer.set(LIST, Answer::list(world.list(&world.second_signer, LIST, &[])));
    world.look().await;
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
    let mut next = world.registry_payload(2);
    organisation(&mut next)["issuer"]["keys"][1]["state"] = "compromised".into();
    world.publish_registry(&next);
    world.look().await;

    let code = world.code();
    is(&world.scan(code).await, "CANNOT_TELL", &["STATUS_WRONG_SIGNER"]);

    // The issuer signs it anew.
    world.clock.advance(1);
    world.publish_list(LIST, &[(INDEX, Status::Invalid)]);
    world.look().await;
    let code = world.code();
    is(&world.scan(code).await, "DO_NOT_START", &["REVOKED"]);
}

#[tokio::test]
async fn an_organisation_held_or_put_out_is_not_trusted() {
    for state in ["suspended", "removed"] {
        let mut world = World::new().await;
        let mut next = world.registry_payload(2);
        organisation(&mut next)["state"] = state.into();
        world.publish_registry(&next);
        world.look().await;
        let asked = world.issuer.asked(LIST);
        world.look().await;
        let code = world.code();

        is(&world.scan(code).await, "DO_NOT_START", &["ISSUER_NOT_TRUSTED"]);
        assert_eq!(world.issuer.asked(LIST), asked);
    }
}

#[tokio::test]
async fn a_type_the_issuer_is_not_entitled_to_is_refused() {
    let mut world = World::new().await;
    let mut next = world.registry_payload(2);
    organisation(&mut next)["types"] = json!(["urn:staff-passport:core-skills:1"]);
    world.publish_registry(&next);
    world.look().await;
    let code = world.code();

    is(&world.scan(code).await, "DO_NOT_START", &["ISSUER_NOT_ENTITLED"]);
}

#[tokio::test]
async fn a_new_issuer_is_taken_up_with_its_lists() {
    let mut world = World::before_the_first_look().await;
    let mut first = world.registry_payload(1);
    organisation(&mut first).as_object_mut().unwrap().remove("issuer");
    world.publish_registry(&first);
    world.look().await;
    assert_eq!(world.issuer.asked(LIST), 0);
    let code = world.code();
    is(&world.scan(code).await, "DO_NOT_START", &["ISSUER_NOT_TRUSTED"]);

    world.publish_registry(&world.registry_payload(2));
    world.look().await;

    assert_eq!(world.issuer.asked(LIST), 1);
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn the_loops_find_a_change_by_themselves() {
    let mut world = World::before_the_first_look().await;
    let _polls = world.verifier().poll();
    let wait = async {
        while world.issuer.bodies(LIST) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), wait).await.unwrap();

    // The body is on its way; the list is taken, or asked for by the scan itself.
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn a_compromised_key_cannot_put_a_list_in_place_of_a_good_one() {
    let mut world = World::new().await;
    let mut next = world.registry_payload(2);
    organisation(&mut next)["issuer"]["keys"][1]["state"] = "compromised".into();
    world.publish_registry(&next);
    world.look().await;
    world.clock.advance(1);
    world.issuer.set(LIST, Answer::list(world.list(&world.second_signer, LIST, &[])));

    world.look().await;

    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn k2_a_retired_key_goes_on_signing_lists() {
    let mut world = World::new().await;
    let mut next = world.registry_payload(2);
    let key = &mut organisation(&mut next)["issuer"]["keys"][1];
    key["state"] = "retired".into();
    key["retired_at"] = world.clock.now().into();
    world.publish_registry(&next);
    world.clock.advance(1);
    let revoked = [(INDEX, Status::Invalid)];
    world.issuer.set(LIST, Answer::list(world.list(&world.second_signer, LIST, &revoked)));

    world.look().await;

    let code = world.code();
    is(&world.scan(code).await, "DO_NOT_START", &["REVOKED"]);
}
