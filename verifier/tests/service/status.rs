//! Status lists: fetched before they are needed, never older than before, never green when they
//! cannot be read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;
use vc::status_list::Status;

use crate::network::{Answer, Site};
use crate::world::{
    AGGREGATION, DAY, INDEX, LIST, METADATA, OTHER_LIST, Shown, World, is, question,
};

#[tokio::test]
async fn each_status_has_its_answer() {
    for (status, outcome, code) in [
        (Status::Invalid, "DO_NOT_START", "REVOKED"),
        (Status::Suspended, "DO_NOT_START", "SUSPENDED"),
        (Status::Superseded, "NOT_YET", "SUPERSEDED"),
    ] {
        let mut world = World::new().await;
        world.publish_list(LIST, &[(INDEX, status)]);
        world.look().await;
        let code_shown = world.code();

        let answer = world.scan(code_shown).await;

        is(&answer, outcome, &[code]);
        assert_eq!(answer["facts"], serde_json::Value::Null);
        assert_eq!(answer["status"]["as_of"], "2026-03-02T09:00:00Z");
    }
}

#[tokio::test]
async fn the_neighbours_entries_say_nothing() {
    let mut world = World::new().await;
    world.publish_list(LIST, &[(INDEX - 1, Status::Invalid), (INDEX + 1, Status::Invalid)]);
    world.look().await;
    let code = world.code();

    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn s4_a_scan_does_not_ask_the_network_for_a_known_list() {
    let mut world = World::new().await;
    let before = world.issuer.asked(LIST);

    for _ in 0..5 {
        let code = world.code();
        is(&world.scan(code).await, "CLEAR_TO_START", &[]);
    }

    assert_eq!(world.issuer.asked(LIST), before);
}

#[tokio::test]
async fn an_unchanged_list_is_not_sent_again_and_metadata_is_asked_for_hourly() {
    let world = World::new().await;

    for _ in 0..3 {
        world.look().await;
    }

    assert_eq!((world.issuer.asked(LIST), world.issuer.bodies(LIST)), (4, 1));
    assert_eq!((world.issuer.asked(AGGREGATION), world.issuer.bodies(AGGREGATION)), (4, 1));
    assert_eq!(world.issuer.asked(METADATA), 1);
    world.clock.advance(3600);
    world.look().await;
    assert_eq!(world.issuer.asked(METADATA), 2);
}

#[tokio::test]
async fn a_list_nobody_named_is_asked_for_once() {
    let mut world = World::new().await;
    let elsewhere = || Shown { list: OTHER_LIST, ..Shown::default() };
    let (first, second) = (world.code_with(elsewhere()), world.code_with(elsewhere()));

    is(&world.scan(first).await, "CLEAR_TO_START", &[]);
    is(&world.scan(second).await, "CLEAR_TO_START", &[]);

    assert_eq!(world.issuer.asked(OTHER_LIST), 1);
}

#[tokio::test]
async fn a_list_that_is_not_there_is_asked_for_once_in_a_poll() {
    let mut world = World::new().await;
    world.issuer.remove(OTHER_LIST);
    let elsewhere = || Shown { list: OTHER_LIST, ..Shown::default() };

    for _ in 0..3 {
        let code = world.code_with(elsewhere());
        is(&world.scan(code).await, "CANNOT_TELL", &["STATUS_UNREACHABLE"]);
    }

    assert_eq!(world.issuer.asked(OTHER_LIST), 1);
    world.publish_list(OTHER_LIST, &[]);
    world.clock.advance(15);
    let code = world.code_with(elsewhere());
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn t9_no_list_is_asked_for_on_the_word_of_a_bad_presentation() {
    let mut world = World::new().await;
    world.issuer.remove(OTHER_LIST);
    let code = world.code_with(Shown {
        list: OTHER_LIST,
        audience: "ods:RM3".to_owned(),
        ..Shown::default()
    });

    is(&world.scan(code).await, "NOT_YET", &["WRONG_HOST"]);

    assert_eq!(world.issuer.asked(OTHER_LIST), 0);
}

#[tokio::test]
async fn p4_a_list_on_another_origin_is_never_asked_for() {
    let mut world = World::new().await;
    let canary = Site::open().await;
    canary.set(LIST, Answer::list(world.list(&world.signer, LIST, &[])));

    // On the word of a credential that the issuer signed.
    let elsewhere = Shown { list_origin: Some(canary.origin.clone()), ..Shown::default() };
    let code = world.code_with(elsewhere);
    is(&world.scan(code).await, "CANNOT_TELL", &["STATUS_UNREACHABLE"]);
    // On the word of its aggregation; the good list beside it is refreshed all the same.
    let lists = json!({ "status_lists": [canary.url(LIST), world.issuer.url(LIST)] });
    world.issuer.set(AGGREGATION, Answer::json(&lists));
    let before = world.issuer.asked(LIST);
    world.look().await;
    // On the word of its metadata.
    world.issuer.set(
        METADATA,
        Answer::json(&json!({
            "issuer": world.issuer.origin,
            "status_list_aggregation_endpoint": canary.url(AGGREGATION),
        })),
    );
    world.look().await;

    assert_eq!((canary.asked(LIST), canary.asked(AGGREGATION)), (0, 0));
    assert_eq!(world.issuer.asked(LIST), before + 2);
}

#[tokio::test]
async fn a_list_that_does_not_come_holds_up_a_scan_for_two_seconds_once() {
    let mut world = World::new().await;
    let late = Duration::from_secs(60);
    world.issuer.set(OTHER_LIST, Answer { delay: late, ..Answer::status(200) });
    let mut bodies = Vec::new();
    for _ in 0..4 {
        let code = world.code_with(Shown { list: OTHER_LIST, ..Shown::default() });
        let session = world.session();
        bodies.push(question(&session, code.into()));
    }
    let world = Arc::new(world);
    let begun = Instant::now();
    let mut scans = JoinSet::new();
    for body in bodies {
        let world = Arc::clone(&world);
        scans.spawn(async move { world.ask(&body).await.json() });
    }

    let answers = scans.join_all().await;

    for answer in answers {
        is(&answer, "CANNOT_TELL", &["STATUS_UNREACHABLE"]);
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(world.issuer.asked(OTHER_LIST), 1);
}

#[tokio::test]
async fn s2_metadata_of_another_issuer_is_not_believed() {
    let world = World::before_the_first_look().await;
    world.issuer.set(
        METADATA,
        Answer::json(&json!({
            "issuer": "https://other.example",
            "status_list_aggregation_endpoint": world.issuer.url(AGGREGATION),
        })),
    );

    world.look().await;

    assert_eq!(world.issuer.asked(AGGREGATION), 0);
}

#[tokio::test]
async fn s3_an_issuer_that_is_away_is_amber_by_age_and_then_cannot_be_told() {
    let mut world = World::new().await;
    world.issuer.break_down();
    let steps: [(i64, &str, &[&str]); 4] = [
        (600, "CLEAR_TO_START", &[]),
        (1, "CLEAR_WITH_CONDITIONS", &["STATUS_AGED"]),
        (DAY - 602, "CLEAR_WITH_CONDITIONS", &["STATUS_AGED"]),
        (1, "CANNOT_TELL", &["STATUS_TOO_OLD"]),
    ];

    for (later, outcome, codes) in steps {
        world.clock.advance(later);
        world.look().await;
        let code = world.code();

        is(&world.scan(code).await, outcome, codes);
    }
}

#[tokio::test]
async fn s3_a_list_never_reached_is_never_green() {
    let mut world = World::before_the_first_look().await;
    world.issuer.break_down();
    world.look().await;
    let code = world.code();

    is(&world.scan(code.clone()).await, "CANNOT_TELL", &["STATUS_UNREACHABLE"]);

    // The host recovers: the next code is judged, the used one stays used.
    world.issuer.recover();
    world.look().await;
    let fresh = world.code();
    is(&world.scan(fresh).await, "CLEAR_TO_START", &[]);
    is(&world.scan(code).await, "NOT_YET", &["REPLAYED"]);
}

#[tokio::test]
async fn s3_a_restart_without_network_answers_by_the_kept_lists() {
    let mut world = World::new().await;
    world.publish_list(LIST, &[(INDEX + 1, Status::Invalid)]);
    world.look().await;
    world.issuer.break_down();
    world.registry.break_down();
    world = world.restart().await;
    world.look().await;
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_TO_START", &[]);

    world.clock.advance(3600);
    let code = world.code();
    is(&world.scan(code).await, "CLEAR_WITH_CONDITIONS", &["STATUS_AGED"]);
    let code = world.code_with(Shown { index: INDEX + 1, ..Shown::default() });
    is(&world.scan(code).await, "DO_NOT_START", &["REVOKED"]);
}

#[tokio::test]
async fn s2_a_list_never_goes_back_in_time() {
    let mut world = World::new().await;
    let old = world.list(&world.signer, LIST, &[]);
    world.clock.advance(10);
    world.publish_list(LIST, &[(INDEX, Status::Invalid)]);
    world.look().await;

    world.issuer.set(LIST, Answer::list(old.clone()));
    world.clock.advance(10);
    world.look().await;

    let code = world.code();
    is(&world.scan(code).await, "DO_NOT_START", &["REVOKED"]);

    // Nor over a restart.
    let mut world = world.restart().await;
    world.look().await;
    let code = world.code();
    is(&world.scan(code).await, "DO_NOT_START", &["REVOKED"]);
}

#[tokio::test]
async fn s2_a_list_that_turns_bad_leaves_the_good_one_standing() {
    let mut world = World::new().await;
    let stranger = world.list(&world.stranger, LIST, &[]);
    let bad = [
        Answer::list(stranger),
        Answer::list("not a token"),
        Answer::list(vec![0xff; 10]),
        Answer::of("application/json", world.list(&world.signer, LIST, &[])),
        Answer::list(world.list(&world.signer, OTHER_LIST, &[])),
        Answer::list(vec![b'a'; 2 * 1024 * 1024]),
        Answer::status(500),
    ];

    for answer in bad {
        world.issuer.set(LIST, answer.clone());
        world.clock.advance(1);
        world.look().await;
        let code = world.code();

        is(&world.scan(code).await, "CLEAR_TO_START", &[]);
    }
}

#[tokio::test]
async fn a_first_list_that_is_bad_says_how() {
    type Bad = fn(&World) -> Answer;
    let cases: [(Bad, &str); 7] = [
        (|world| Answer::list(world.list(&world.stranger, LIST, &[])), "STATUS_WRONG_SIGNER"),
        (|world| Answer::list(world.list(&world.operator, LIST, &[])), "STATUS_WRONG_SIGNER"),
        (|_| Answer::list("not a token"), "STATUS_MALFORMED"),
        (|world| Answer::list(world.list(&world.signer, OTHER_LIST, &[])), "STATUS_MALFORMED"),
        (|_| Answer::list(vec![b'a'; 2 * 1024 * 1024]), "STATUS_MALFORMED"),
        (|world| Answer::of("text/html", world.list(&world.signer, LIST, &[])), "STATUS_MALFORMED"),
        (|_| Answer::status(404), "STATUS_UNREACHABLE"),
    ];

    for (bad, expected) in cases {
        let mut world = World::before_the_first_look().await;
        world.issuer.set(LIST, bad(&world));
        world.look().await;
        let code = world.code();

        is(&world.scan(code).await, "CANNOT_TELL", &[expected]);
    }
}

#[tokio::test]
async fn t10_an_index_past_the_end_is_malformed() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { index: 1 << 17, ..Shown::default() });

    is(&world.scan(code).await, "CANNOT_TELL", &["STATUS_MALFORMED"]);
}

#[tokio::test]
async fn a_passport_without_a_status_entry_is_never_green() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { without: vec!["status"], ..Shown::default() });

    is(&world.scan(code).await, "CANNOT_TELL", &["STATUS_MALFORMED"]);
}
