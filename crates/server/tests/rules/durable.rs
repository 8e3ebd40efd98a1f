//! The store's contract.

use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use server::Durable;
use server::durable::{CommitError, OpenError, Options, VALUE_LIMIT};

pub(crate) const SMALL: Options =
    Options { queue: 4096, group: 512, cache_bytes: 1 << 20, ballast_bytes: 0 };

pub(crate) fn open(dir: &Path) -> Durable {
    Durable::open_with(dir, SMALL).unwrap()
}

async fn put(store: &Durable, key: &[u8], value: &[u8]) -> Result<(), CommitError> {
    let (key, value) = (key.to_vec(), value.to_vec());
    store
        .commit(move |_, batch| {
            batch.put(key, value);
            Ok(())
        })
        .await
}

#[tokio::test]
async fn an_acknowledged_fact_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, b"a/1", b"one").await.unwrap();
    put(&store, b"a/2", b"two").await.unwrap();
    put(&store, b"b/1", b"other").await.unwrap();
    drop(store);

    let store = open(dir.path());

    assert_eq!(store.get(b"a/1").unwrap().unwrap(), b"one");
    let found: Vec<_> = store.scan_prefix(b"a/").map(|entry| entry.unwrap().0).collect();
    assert_eq!(found, [b"a/1", b"a/2"]);
    let backwards: Vec<_> = store.scan_prefix(b"a/").rev().map(|entry| entry.unwrap().0).collect();
    assert_eq!(backwards, [b"a/2", b"a/1"]);
    let range: Vec<_> =
        store.range(b"a/2".to_vec()..b"c".to_vec()).map(|entry| entry.unwrap().0).collect();
    assert_eq!(range, [b"a/2", b"b/1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_that_check_and_then_write_exactly_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());

    let tasks: Vec<_> = (0..64_u8)
        .map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .commit(move |view, batch| {
                        if view.contains(b"code")? {
                            return Ok::<_, CommitError>(false);
                        }
                        batch.put(b"code", [caller]);
                        Ok(true)
                    })
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += u32::from(task.await.unwrap());
    }

    assert_eq!(winners, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fact_sees_the_ones_before_it_in_its_group() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());

    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .commit(|view, batch| {
                        let count = view
                            .get(b"count")?
                            .map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()));
                        batch.put(b"count", (count + 1).to_be_bytes());
                        Ok::<_, CommitError>(count)
                    })
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.unwrap());
    }

    seen.sort_unstable();
    assert_eq!(seen, (0..200).collect::<Vec<_>>());
}

#[tokio::test]
async fn facts_run_in_the_order_of_their_calls() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (release, released) = mpsc::channel::<()>();
    let ran = Arc::new(AtomicU64::new(0));
    let mut first = pin!(store.commit(move |_, _| {
        released.recv().unwrap();
        Ok::<_, CommitError>(())
    }));
    assert!(poll_once(first.as_mut()).is_pending());

    let mut calls: Vec<_> = (0..100_u64)
        .map(|expected| {
            let ran = Arc::clone(&ran);
            Box::pin(store.commit(move |_, _| {
                Ok::<_, CommitError>(ran.fetch_add(1, Ordering::SeqCst) == expected)
            }))
        })
        .collect();
    for call in &mut calls {
        assert!(poll_once(call.as_mut()).is_pending());
    }
    release.send(()).unwrap();

    for call in calls.into_iter().rev() {
        assert!(call.await.unwrap());
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_refused_fact_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());

    let refused = store
        .commit(|_, batch| {
            batch.put(b"key", b"value");
            Err::<(), _>(CommitError::Overloaded)
        })
        .await;

    assert!(matches!(refused, Err(CommitError::Overloaded)));
    assert_eq!(store.get(b"key").unwrap(), None);
}

#[tokio::test]
async fn a_value_of_64_kib_is_refused_and_a_shorter_one_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());

    let refused = put(&store, b"long", &vec![7; VALUE_LIMIT]).await;
    put(&store, b"short", &vec![7; VALUE_LIMIT - 1]).await.unwrap();

    assert!(matches!(refused, Err(CommitError::ValueTooLong(VALUE_LIMIT))));
    assert_eq!(store.get(b"long").unwrap(), None);
    assert_eq!(store.get(b"short").unwrap().unwrap().len(), VALUE_LIMIT - 1);
}

#[tokio::test]
async fn long_values_survive_reopening() {
    // Sixteen of them share a node, which sled then keeps in a blob.
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for round in 0..4_u8 {
        for key in 0..24_u8 {
            put(&store, &[key], &vec![round; VALUE_LIMIT - 1]).await.unwrap();
        }
    }
    drop(store);

    let store = open(dir.path());

    for key in 0..24_u8 {
        assert_eq!(store.get(&[key]).unwrap().unwrap(), vec![3; VALUE_LIMIT - 1]);
    }
}

#[tokio::test]
async fn a_panicking_fact_is_dropped_and_the_next_one_runs() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());

    let panicked = store
        .commit(|_, batch| {
            batch.put(b"key", b"value");
            if batch_is_doomed() {
                panic!("on purpose");
            }
            Ok::<_, CommitError>(())
        })
        .await;

    assert!(matches!(panicked, Err(CommitError::Dropped)));
    assert_eq!(store.get(b"key").unwrap(), None);
    put(&store, b"key", b"next").await.unwrap();
}

fn batch_is_doomed() -> bool {
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_facts_than_the_queue_holds_are_answered_overloaded() {
    let dir = tempfile::tempdir().unwrap();
    let store = Durable::open_with(dir.path(), Options { queue: 2, ..SMALL }).unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let blocked = store.clone();
    let first = tokio::spawn(async move {
        blocked
            .commit(move |_, _| {
                begun.send(()).unwrap();
                released.recv().unwrap();
                Ok::<_, CommitError>(())
            })
            .await
    });
    has_begun.recv().unwrap();

    let mut waiting: Vec<_> =
        (0..2).map(|_| Box::pin(store.commit(|_, _| Ok::<_, CommitError>(())))).collect();
    for commit in &mut waiting {
        assert!(poll_once(commit.as_mut()).is_pending());
    }
    let refused = put(&store, b"key", b"value").await;
    release.send(()).unwrap();

    assert!(matches!(refused, Err(CommitError::Overloaded)));
    first.await.unwrap().unwrap();
    for commit in waiting {
        commit.await.unwrap();
    }
    put(&store, b"key", b"value").await.unwrap();
}

#[tokio::test]
async fn a_store_in_use_is_refused_in_a_plain_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let _store = open(dir.path());

    let refused = Durable::open_with(dir.path(), SMALL).err().unwrap();

    assert!(matches!(refused, OpenError::Locked(_)));
    assert!(refused.to_string().starts_with("another process uses the store in "));
}

#[tokio::test]
async fn the_ballast_is_kept_and_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { ballast_bytes: 3 << 20, ..SMALL };
    let ballast = dir.path().join("ballast");
    drop(Durable::open_with(dir.path(), options).unwrap());
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), 3 << 20);
    std::fs::remove_file(&ballast).unwrap();

    let store = Durable::open_with(dir.path(), options).unwrap();

    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), 3 << 20);
    assert_eq!(store.read_only(), None);
}
