//! Sessions: what a browser's cookie stands for. Anonymous ones (a sign-in that is under way) live
//! in memory, few and short; signed-in ones are on disk under the hash of their id.

mod store;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::people::PersonId;
use crate::sign_in::staff::Proved;

pub(crate) use store::Store;

/// Seconds without a request after which a session ends.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// Seconds after sign-in at which a session ends whatever happens.
pub const ABSOLUTE_SECONDS: i64 = 12 * 60 * 60;
/// Seconds that an anonymous session lives.
pub const ANONYMOUS_SECONDS: i64 = 15 * 60;

/// The one value in a session.
const KEY: &str = "contents";

/// What the server remembers of a browser.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Contents {
    /// Proves that a form came from our page.
    pub(crate) csrf: String,
    /// Who is signed in.
    pub(crate) person: Option<PersonId>,
    /// When.
    pub(crate) signed_in_at: i64,
    /// Shown once on the next page.
    pub(crate) notice: Option<String>,
    /// Where to go after signing in: a path of ours.
    pub(crate) next: Option<String>,
    /// A passkey's ceremony under way: its challenge never leaves the server's keeping.
    pub(crate) ceremony: Option<Value>,
    /// A sign-in at a provider under way.
    pub(crate) provider: Option<Value>,
    /// An account at a provider, proved here to fetch a passport.
    pub(crate) staff: Option<Proved>,
}

/// A browser's session in one request.
#[derive(Clone, Debug)]
pub(crate) struct Session(pub(crate) tower_sessions::Session);

impl Session {
    pub(crate) async fn contents(&self) -> Contents {
        match self.0.get::<Contents>(KEY).await {
            Ok(contents) => contents.unwrap_or_default(),
            Err(error) => {
                tracing::error!(%error, "a session cannot be read");
                Contents::default()
            }
        }
    }

    /// Keeps the contents; they are stored before the answer leaves.
    pub(crate) async fn keep(&self, contents: &Contents) {
        if let Err(error) = self.0.insert(KEY, contents).await {
            tracing::error!(%error, "a session cannot be kept");
        }
    }

    /// A new id for the same browser: whoever knew the old one has nothing (session fixation).
    pub(crate) async fn renew(&self, contents: &Contents) {
        if let Err(error) = self.0.cycle_id().await {
            tracing::error!(%error, "a session cannot be renewed");
            return;
        }
        self.keep(contents).await;
    }

    /// Ends it.
    pub(crate) async fn end(&self) {
        if let Err(error) = self.0.flush().await {
            tracing::error!(%error, "a session cannot be ended");
        }
    }
}
