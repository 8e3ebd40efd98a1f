//! kill -9 of the issuer under load: what it acknowledged is there when it comes back.
//!
//! Every round writers create passports, collect credentials and revoke some of them, the issuer is
//! killed in the middle, starts again on the same directory, and everything acknowledged so far is
//! looked up. `CRASH_ROUNDS` says how many rounds (50 by default).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod ledger;
mod load;
mod stale;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand_core::Rng as _;
use staff_passport_tests::network::{Network, POLL_SECONDS};

use crate::ledger::Ledger;
use crate::load::Writer;

const WRITERS: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_no_status_index_is_given_twice() {
    let rounds = std::env::var("CRASH_ROUNDS")
        .ok()
        .map_or(50, |text| text.parse::<usize>().expect("CRASH_ROUNDS is a number"));
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let mut network = Network::start(POLL_SECONDS);
    let ledger = Arc::new(Ledger::default());
    let (mut busy_rounds, mut passports) = (0, 0);

    for round in 0..rounds {
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(Writer::new(&network, &ledger, &stop).work()))
            .collect();
        let delay = 100 + u64::from(rng.next_u32() % 400);
        tokio::time::sleep(Duration::from_millis(delay)).await;
        let before = ledger.counts();
        network.kill_issuer();
        stop.store(true, Ordering::SeqCst);
        let mut in_flight = 0;
        for writer in writers {
            in_flight += usize::from(writer.await.expect("a writer ends without a surprise"));
        }
        busy_rounds += usize::from(before.passports > passports && in_flight > 0);
        passports = before.passports;

        network.start_issuer();
        ledger.check(&network, round).await;
    }

    println!("{}", network.verify_audit());
    let counts = ledger.counts();
    println!(
        "{rounds} rounds: {} passports, {} credentials, {} revocations, {} suspensions, \
         {} confirmed keys acknowledged; {} codes and {} nonces tried again; {busy_rounds} rounds \
         killed in the middle of work",
        counts.passports,
        counts.credentials,
        counts.revocations,
        counts.suspensions,
        counts.confirmations,
        counts.redemptions,
        counts.nonces,
    );
    assert!(counts.redemptions > rounds && counts.nonces > rounds, "too little was tried again");
    assert!(counts.passports > rounds && counts.credentials > rounds, "too little load to judge");
    assert!(counts.revocations > rounds / 2, "too few revocations to judge");
    assert!(counts.confirmations > rounds / 8, "too few confirmed keys to judge");
    assert!(counts.suspensions > rounds / 4, "too few suspensions to judge");
    assert!(busy_rounds > rounds / 2, "the kills hit an idle issuer");
}
