//! Looking at the registry and at each issuer's lists, again and again; each issuer by itself, so
//! that a slow one delays nobody.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, JoinHandle, JoinSet};

use crate::app::App;
use crate::status::{IssuerLists, StatusCache};
use crate::trust::{Polled, Trust};

/// Between two rounds of forgetting.
const FORGET_EVERY: Duration = Duration::from_secs(30);

/// The running loops; they end when this is dropped.
pub struct Polls([JoinHandle<()>; 2]);

impl Polls {
    pub(crate) fn start(app: App, poll_seconds: u32) -> Self {
        let forgetting = {
            let app = app.clone();
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(FORGET_EVERY).await;
                    forget(&app).await;
                }
            })
        };
        Self([tokio::spawn(follow_registry(app, poll_seconds)), forgetting])
    }
}

impl Drop for Polls {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// Each thing once, in order.
pub(crate) async fn once(trust: &Trust, status: &Arc<StatusCache>) {
    look_at_registry(trust, status).await;
    if let Some(registry) = trust.current() {
        status.poll_all(&registry).await;
    }
}

/// Forgets what has had its time: answers in memory, presentations in the store.
pub(crate) async fn forget(app: &App) {
    let now = app.clock.now();
    app.repeats.drop_old(now);
    loop {
        match app.store.forget_presentations(now).await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "old presentations are not forgotten");
                return;
            }
        }
    }
}

/// Whether it went well.
async fn look_at_registry(trust: &Trust, status: &StatusCache) -> bool {
    match trust.poll().await {
        Ok(Polled::Unchanged) => true,
        Ok(Polled::New) => {
            if let Some(registry) = trust.current() {
                status.follow(&registry).await;
            }
            true
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(error = %error, cause, "trust registry not refreshed");
            false
        }
    }
}

async fn follow_registry(app: App, poll_seconds: u32) {
    // Dropped with this task, and with it every loop inside.
    let mut loops = JoinSet::new();
    let mut running: HashMap<String, (Arc<IssuerLists>, AbortHandle)> = HashMap::new();
    let mut failures: u32 = 0;
    loop {
        failures = if look_at_registry(&app.trust, &app.status).await {
            0
        } else {
            failures.saturating_add(1)
        };
        let issuers = app.status.issuers();
        running.retain(|issuer, (lists, running)| {
            let stays = issuers.get(issuer).is_some_and(|current| Arc::ptr_eq(current, lists));
            if !stays {
                running.abort();
            }
            stays
        });
        for (issuer, lists) in issuers.iter() {
            running.entry(issuer.clone()).or_insert_with(|| {
                let task = follow_issuer(app.clone(), Arc::clone(lists), poll_seconds);
                (Arc::clone(lists), loops.spawn(task))
            });
        }
        while loops.try_join_next().is_some() {}
        tokio::time::sleep(pause(poll_seconds, failures)).await;
    }
}

async fn follow_issuer(app: App, lists: Arc<IssuerLists>, poll_seconds: u32) {
    let mut failures: u32 = 0;
    loop {
        if let Some(registry) = app.trust.current() {
            match app.status.poll(&lists, &registry).await {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures = failures.saturating_add(1);
                    // A host that stays down is not told about every few seconds.
                    if failures.is_power_of_two() {
                        lists.log(&error);
                    }
                }
            }
        }
        tokio::time::sleep(pause(poll_seconds, failures)).await;
    }
}

/// The poll less up to a tenth, so that verifiers do not ask in step; after failures sooner, from
/// a second up to the poll.
fn pause(poll_seconds: u32, failures: u32) -> Duration {
    let whole = Duration::from_secs(u64::from(poll_seconds.max(1)));
    let pause = match failures {
        0 => whole,
        _ => whole.min(Duration::from_secs(1u64.checked_shl(failures - 1).unwrap_or(u64::MAX))),
    };
    // Without randomness all ask in step: no harm to anybody's answer.
    let draw = getrandom::u32().unwrap_or(0);
    pause.mul_f64(1.0 - f64::from(draw) / f64::from(u32::MAX) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_host_is_asked_sooner_never_later_than_the_poll() {
        let bounds = |pause: Duration, seconds: f64| {
            let pause = pause.as_secs_f64();
            pause > seconds * 0.89 && pause <= seconds
        };

        for (failures, seconds) in [(0, 15.0), (1, 1.0), (2, 2.0), (4, 8.0), (5, 15.0), (99, 15.0)]
        {
            assert!(bounds(pause(15, failures), seconds), "{failures}");
        }
    }
}
