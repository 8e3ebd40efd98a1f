//! Everything that can stop a command. What people read is in [`crate::messages`].

use std::path::PathBuf;

use vc::jwk::JwkError;

use crate::console::ConsoleError;
use crate::network::NetworkError;
use crate::present::PresentError;
use crate::receive::{ReceiveError, RenewError};
use crate::store::StoreError;
use crate::trust::TrustError;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No folder for the store is known.
    #[error("no data folder")]
    NoDataFolder,
    /// The operators' keys can't be used.
    #[error("operator keys in {}", path.display())]
    OperatorKeys {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        fault: OperatorKeysFault,
    },
    /// The network can't be reached at all.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// There is no registry in force.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Receiving.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// Renewing.
    #[error(transparent)]
    Renew(#[from] RenewError),
    /// Showing.
    #[error(transparent)]
    Present(#[from] PresentError),
    /// Asking.
    #[error(transparent)]
    Console(#[from] ConsoleError),
}

/// Why the operators' keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OperatorKeysFault {
    /// The file can't be read.
    #[error("not read")]
    Io(#[from] std::io::Error),
    /// Neither a JWK nor a JWK set.
    #[error("not a JWK or JWK set")]
    NotJwks,
    /// A key is refused.
    #[error("key refused")]
    Key(#[from] JwkError),
    /// The threshold asks for more keys than there are, or for none.
    #[error("threshold {threshold} of {keys} keys")]
    Threshold {
        /// How many must sign.
        threshold: usize,
        /// How many there are.
        keys: usize,
    },
}
