//! The one thread that writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use tokio::sync::oneshot;

use super::disk::Disk;
use crate::metrics;

use super::{Batch, CommitError, Options, View};

pub(super) struct Writer {
    queue: SyncSender<Box<dyn Job>>,
    thread: JoinHandle<()>,
}

impl Writer {
    pub(super) fn start(db: sled::Db, disk: Disk, options: Options) -> std::io::Result<Self> {
        let (queue, facts) = sync_channel(options.queue);
        let thread = thread::Builder::new()
            .name("store writer".to_owned())
            .spawn(move || write(&db, disk, &facts, options.group))?;
        Ok(Self { queue, thread })
    }

    pub(super) fn enqueue<T, E, F>(
        &self,
        fact: F,
        reply: oneshot::Sender<Result<T, E>>,
    ) -> Result<(), CommitError>
    where
        F: FnOnce(&View<'_>, &mut Batch) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<CommitError> + Send + 'static,
    {
        let waiting = Waiting { fact: Some(fact), result: None, reply };
        self.queue.try_send(Box::new(waiting)).map_err(|refused| match refused {
            TrySendError::Full(_) => CommitError::Overloaded,
            TrySendError::Disconnected(_) => CommitError::Dropped,
        })
    }

    pub(super) fn finish(self) {
        drop(self.queue);
        // A fact that holds the last clone of the store ends here on the writer's own thread.
        if self.thread.thread().id() != thread::current().id() && self.thread.join().is_err() {
            tracing::error!("the store's writer panicked");
        }
    }
}

fn write(db: &sled::Db, mut disk: Disk, facts: &Receiver<Box<dyn Job>>, limit: usize) {
    while let Ok(first) = facts.recv() {
        let began = Instant::now();
        let mut group = vec![first];
        group.extend(facts.try_iter().take(limit.saturating_sub(1)));

        let mut wrote = false;
        for job in &mut group {
            wrote |= job.run(db);
        }
        if wrote && let Err(error) = disk.sync(db) {
            stop("the store could not be synced", &error);
        }
        metrics::group(group.len(), began.elapsed());
        // Refusals wait too: they may rest on facts of this group.
        for job in group {
            job.answer();
        }
    }
}

/// Nothing may be acknowledged any more, and what is on disk is unknown until it is read again.
fn stop(what: &'static str, error: &dyn std::error::Error) -> ! {
    tracing::error!(store.error = %error, "{what}; stopping the process");
    std::process::abort()
}

trait Job: Send {
    /// Runs the fact and applies its batch; tells whether anything was written.
    fn run(&mut self, db: &sled::Db) -> bool;
    /// Gives the result to the caller.
    fn answer(self: Box<Self>);
}

struct Waiting<F, T, E> {
    fact: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Waiting<F, T, E>
where
    F: FnOnce(&View<'_>, &mut Batch) -> Result<T, E> + Send,
    T: Send,
    E: From<CommitError> + Send,
{
    fn run(&mut self, db: &sled::Db) -> bool {
        let Some(fact) = self.fact.take().filter(|_| !self.reply.is_closed()) else {
            return false;
        };
        let mut batch = Batch::default();
        // A panic drops this fact, which its caller learns; the others go on.
        let Ok(result) = catch_unwind(AssertUnwindSafe(|| fact(&View { db }, &mut batch))) else {
            tracing::error!("a fact panicked and was dropped");
            return false;
        };
        let Batch { writes, any, too_long } = batch;
        let value = match result {
            Ok(value) => value,
            Err(refused) => {
                self.result = Some(Err(refused));
                return false;
            }
        };
        if let Some(length) = too_long {
            self.result = Some(Err(CommitError::ValueTooLong(length).into()));
            return false;
        }
        if any && let Err(error) = db.apply_batch(writes) {
            stop("a batch could not be applied", &error);
        }
        self.result = Some(Ok(value));
        any
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // The caller may have gone away; the fact stands all the same.
            drop(self.reply.send(result));
        }
    }
}
