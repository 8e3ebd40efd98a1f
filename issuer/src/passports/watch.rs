//! Tells whoever looks at a passport that it has changed: pages need not ask again and again.

use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender};
use tokio::time::timeout;

use crate::store::PassportId;

/// Changes that may wait for a slow page; one that has missed some looks anew.
const WAITING: usize = 256;
/// A page looks anew at least this often: time runs out without anybody's doing, and another
/// instance may have changed what it shows.
const LOOK_ANEW: Duration = Duration::from_secs(5);

/// News of passports.
#[derive(Clone, Debug)]
pub struct Watch(Sender<PassportId>);

impl Default for Watch {
    fn default() -> Self {
        Self(Sender::new(WAITING))
    }
}

impl Watch {
    /// Nobody looks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A passport has changed, and that is on disk.
    pub fn changed(&self, id: PassportId) {
        // Nobody may be looking.
        let _nobody = self.0.send(id);
    }

    /// News of any passport from now on.
    pub fn any(&self) -> AnyNews {
        AnyNews(self.0.subscribe())
    }

    /// News of one passport from now on.
    pub fn of(&self, id: PassportId) -> News {
        News { id, changes: self.0.subscribe() }
    }
}

/// News of any passport.
#[derive(Debug)]
pub struct AnyNews(Receiver<PassportId>);

impl AnyNews {
    /// Comes back when something may have changed: at the next news, or after some seconds.
    pub async fn next(&mut self) {
        let _time_is_up = timeout(LOOK_ANEW, self.0.recv()).await;
    }
}

/// News of one passport.
#[derive(Debug)]
pub struct News {
    id: PassportId,
    changes: Receiver<PassportId>,
}

impl News {
    /// Comes back when the passport may have changed: at the news of it, or after some seconds.
    pub async fn next(&mut self) {
        let news = async {
            loop {
                match self.changes.recv().await {
                    Ok(id) if id == self.id => return,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_) | RecvError::Closed) => return,
                }
            }
        };
        let _time_is_up = timeout(LOOK_ANEW, news).await;
    }
}
