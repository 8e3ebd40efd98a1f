//! Queues: what waits for HR.

use tokio::task::JoinSet;

use super::{
    Backend, NOW, collected, compared, deed, document, done, draft, id, issuance, notification,
    opened, redeemed, revocation,
};
use crate::store::{
    ArchiveReason, Document, HrAct, ListPolicy, Listed, PageRequest, PassportDraft, PassportId,
    PassportState, Queue, RevocationReason, Store, SuspensionReason, WalletSays, WithdrawalReason,
};

const DAY: i64 = 24 * 60 * 60;
const SUSPEND: HrAct = HrAct::Suspend(SuspensionReason::Investigation);

async fn page(store: &dyn Store, request: PageRequest) -> Vec<PassportId> {
    let items = store.passports(PageRequest { limit: 50, ..request }).await.unwrap().items;
    items
        .into_iter()
        .map(|item| match item {
            Listed::Passport(passport) => passport.id,
            Listed::Unreadable(id) => panic!("{id}"),
        })
        .collect()
}

async fn queue(store: &dyn Store, queue: Queue) -> Vec<PassportId> {
    page(store, PageRequest { queue: Some(queue), ..PageRequest::default() }).await
}

/// The counts, after comparing each with its queue.
async fn counted(store: &dyn Store) -> Vec<u64> {
    let counts = store.queue_counts(NOW).await.unwrap().waiting;
    for (queue, count) in &counts {
        let there = self::queue(store, *queue).await.len();
        assert_eq!(u64::try_from(there).unwrap(), *count, "{queue:?}");
    }
    counts.into_iter().map(|(_, count)| count).collect()
}

pub(crate) async fn every_passport_stands_in_the_queues_of_its_state<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    store.draft_passport(PassportDraft { offer: None, ..draft(1) }).await.unwrap();
    store.draft_passport(draft(2)).await.unwrap();
    store.draft_passport(PassportDraft { offer: Some(compared(3)), ..draft(3) }).await.unwrap();
    redeemed(&*store, 3).await;
    store.record_issuance(issuance(3, "holder", 3)).await.unwrap();
    let copy = collected(&*store, 4).await;
    let deleted = notification(4, &copy, WalletSays::Deleted);
    done(store.record_notification(deleted).await.unwrap());
    collected(&*store, 5).await;
    done(store.act_on_passport(deed(5, SUSPEND)).await.unwrap());
    collected(&*store, 6).await;

    assert_eq!(queue(&*store, Queue::ToConfirm).await, [id(3)]);
    assert_eq!(queue(&*store, Queue::ToIssue).await, [id(1)]);
    assert_eq!(queue(&*store, Queue::Waiting).await, [id(2)]);
    assert_eq!(queue(&*store, Queue::Rejected).await, [id(4)]);
    assert_eq!(queue(&*store, Queue::Suspended).await, [id(5)]);
    assert_eq!(counted(&*store).await, [0, 1, 1, 1, 1, 1]);
    let withdraw = HrAct::Withdraw(WithdrawalReason::Mistake);
    done(store.act_on_passport(deed(2, withdraw)).await.unwrap());
    assert_eq!(counted(&*store).await, [0, 1, 1, 0, 1, 1]);
}

pub(crate) async fn queue_counts_are_right_after_acts_at_once<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let mut tasks = JoinSet::new();
    for n in 0..60 {
        let store = backend.store();
        tasks.spawn(async move {
            let offer = draft(n).offer.filter(|_| n % 3 != 0);
            store.draft_passport(PassportDraft { offer, ..draft(n) }).await.unwrap();
            if n % 3 == 1 {
                let revocation = revocation(n, RevocationReason::IssuedInError);
                done(store.act_on_passport(revocation).await.unwrap());
            }
        });
    }
    tasks.join_all().await;
    drop(store);

    let backend = backend.reopened();
    let store = backend.store();

    assert_eq!(counted(&*store).await, [0, 0, 20, 20, 0, 0]);
}

pub(crate) async fn what_runs_out_comes_in_the_order_of_its_days<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    for (n, days) in [(1, 20), (2, 5), (3, 40), (4, 10)] {
        let due_at = Some(NOW + days * DAY);
        let document = Document { due_at, ..document() };
        store.draft_passport(PassportDraft { document, ..draft(n) }).await.unwrap();
        redeemed(&*store, n).await;
        super::copy(&*store, issuance(n, "holder", n)).await;
    }
    done(store.act_on_passport(revocation(4, RevocationReason::LeftEmployment)).await.unwrap());
    let until = |days: i64| PageRequest {
        queue: Some(Queue::Expiring),
        expiring_until: NOW + days * DAY,
        ..PageRequest::default()
    };

    assert_eq!(page(&*store, until(30)).await, [id(2), id(1)]);
    assert_eq!(page(&*store, until(5)).await, [id(2)]);
    assert_eq!(page(&*store, until(4)).await, []);
    assert_eq!(store.queue_counts(NOW + 30 * DAY).await.unwrap().expiring, 2);
    let first = store.passports(PageRequest { limit: 1, ..until(90) }).await.unwrap();
    let rest = page(&*store, PageRequest { after: first.next, ..until(90) }).await;
    assert_eq!(rest, [id(1), id(3)]);
}

pub(crate) async fn archived_passports_are_out_of_sight<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    store.draft_passport(PassportDraft { offer: None, ..draft(1) }).await.unwrap();
    store.draft_passport(draft(2)).await.unwrap();

    let archive = HrAct::Archive(ArchiveReason::Duplicate);
    done(store.act_on_passport(deed(1, archive)).await.unwrap());

    assert_eq!(page(&*store, PageRequest::default()).await, [id(2)]);
    let archived = PageRequest { state: Some(PassportState::Archived), ..PageRequest::default() };
    assert_eq!(page(&*store, archived).await, [id(1)]);
    assert_eq!(counted(&*store).await, [0, 0, 0, 1, 0, 0]);
}
