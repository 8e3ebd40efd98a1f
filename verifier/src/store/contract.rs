//! Every rule of [`Store`], to be run on every backend.

use std::sync::Arc;

use tokio::task::JoinSet;
use uuid::Uuid;
use vc::jwk::Thumbprint;
use vc::verify::PresentationId;

use super::{REMEMBER_SECONDS, REPEAT_SECONDS, Remembered, Session, Shown, Store};

const NOW: i64 = 1_800_000_000;

fn shown(holder: u8, nonce: &str) -> Shown {
    Shown::from(&PresentationId { holder: Thumbprint([holder; 32]), nonce: nonce.to_owned() })
}

fn session(token: &str, number: u128) -> Session {
    Session::new(token, Uuid::from_u128(number))
}

/// Runs every rule. `reopen` closes the store and opens it again from what is on disk.
pub(super) async fn run<S, F>(store: S, reopen: impl Fn(S) -> F)
where
    S: Store + 'static,
    F: Future<Output = S>,
{
    first_then_again_then_replayed(&store).await;
    holder_and_nonce_name_a_presentation_together(&store).await;
    the_session_is_scoped_to_its_token(&store).await;
    old_presentations_are_forgotten_and_young_ones_kept(&store).await;
    let store = one_of_many_at_once_is_first(store).await;
    what_was_remembered_outlives_the_process(store, reopen).await;
}

async fn remember(store: &impl Store, shown: Shown, session: Session, now: i64) -> Remembered {
    store.remember_presentation(shown, session, now).await.unwrap()
}

async fn first_then_again_then_replayed(store: &impl Store) {
    let (code, mine, other) = (shown(1, "a"), session("t", 1), session("t", 2));

    let answers = [
        remember(store, code, mine, NOW).await,
        remember(store, code, mine, NOW + 1).await,
        remember(store, code, other, NOW + 1).await,
        remember(store, code, mine, NOW + REPEAT_SECONDS - 1).await,
        remember(store, code, mine, NOW + REPEAT_SECONDS).await,
        remember(store, code, mine, NOW - 1).await,
    ];

    assert_eq!(
        answers,
        [
            Remembered::First,
            Remembered::SameSession,
            Remembered::Replayed,
            Remembered::SameSession,
            Remembered::Replayed,
            Remembered::Replayed,
        ]
    );
}

async fn holder_and_nonce_name_a_presentation_together(store: &impl Store) {
    let mine = session("t", 1);

    let answers = [
        remember(store, shown(2, "a"), mine, NOW).await,
        remember(store, shown(2, "b"), mine, NOW).await,
        remember(store, shown(3, "a"), mine, NOW).await,
    ];

    assert_eq!(answers, [Remembered::First; 3]);
}

async fn the_session_is_scoped_to_its_token(store: &impl Store) {
    let code = shown(4, "a");

    let first = remember(store, code, session("t", 7), NOW).await;
    let again = remember(store, code, session("u", 7), NOW).await;

    assert_eq!((first, again), (Remembered::First, Remembered::Replayed));
}

async fn old_presentations_are_forgotten_and_young_ones_kept(store: &impl Store) {
    let (old, young, mine) = (shown(5, "old"), shown(5, "young"), session("t", 1));
    remember(store, old, mine, NOW + 1000).await;
    remember(store, young, mine, NOW + 1001).await;

    let mut forgotten = 0;
    while let count @ 1.. = store.forget_presentations(NOW + 1000 + REMEMBER_SECONDS).await.unwrap()
    {
        forgotten += count;
    }

    assert!(forgotten > 0);
    let later = NOW + 1001 + REMEMBER_SECONDS;
    assert_eq!(remember(store, young, mine, later).await, Remembered::Replayed);
    assert_eq!(remember(store, old, mine, later).await, Remembered::First);
}

async fn one_of_many_at_once_is_first<S: Store + 'static>(store: S) -> S {
    let store = Arc::new(store);
    let mut shows = JoinSet::new();
    for number in 0..64 {
        let store = Arc::clone(&store);
        shows.spawn(
            async move { remember(&*store, shown(6, "race"), session("t", number), NOW).await },
        );
    }

    let answers = shows.join_all().await;

    let firsts = answers.iter().filter(|answer| **answer == Remembered::First).count();
    let replays = answers.iter().filter(|answer| **answer == Remembered::Replayed).count();
    assert_eq!((firsts, replays), (1, 63));
    Arc::into_inner(store).unwrap()
}

async fn what_was_remembered_outlives_the_process<S, F>(store: S, reopen: impl Fn(S) -> F)
where
    S: Store,
    F: Future<Output = S>,
{
    let (code, mine, other) = (shown(7, "a"), session("t", 1), session("t", 2));
    remember(&store, code, mine, NOW).await;

    let store = reopen(store).await;

    assert_eq!(remember(&store, code, other, NOW + 1).await, Remembered::Replayed);
    assert_eq!(remember(&store, code, mine, NOW + 1).await, Remembered::SameSession);
}
