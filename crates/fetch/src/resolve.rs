//! Names to addresses, checked where the connection is made: the checked address is the connected
//! one, so a name that answers differently the second time gains nothing (DNS rebinding).

use std::error::Error;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;

/// The one name that may stand for this machine.
pub(crate) const LOCALHOST: &str = "localhost";

pub(crate) type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;

/// Asks for the addresses of a name; faked in tests.
pub(crate) trait Lookup: Send + Sync {
    fn lookup(&self, name: &str) -> Found;
}

/// The system's resolver.
pub(crate) struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> Found {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Carried through the client's own errors, to be found again in their chain.
#[derive(Debug, thiserror::Error)]
#[error("{0} is a special-purpose address")]
pub(crate) struct RefusedAddress(pub(crate) IpAddr);

pub(crate) struct GuardedResolver {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) loopback: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.lookup.lookup(name.as_str());
        let loopback = self.loopback && name.as_str() == LOCALHOST;
        Box::pin(async move {
            let addresses = permitted(found.await?, loopback)?;
            let addresses: Addrs =
                Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// The addresses that may be connected to; an error when a name has none of them.
fn permitted(
    found: Vec<IpAddr>,
    loopback: bool,
) -> Result<Vec<IpAddr>, Box<dyn Error + Send + Sync>> {
    let (permitted, refused): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|address| if loopback { address.is_loopback() } else { is_public(*address) });
    match refused.first() {
        Some(address) if permitted.is_empty() => Err(Box::new(RefusedAddress(*address))),
        _ => Ok(permitted),
    }
}
