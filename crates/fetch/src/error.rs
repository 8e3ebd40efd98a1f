//! Why nothing was fetched.

use std::net::IpAddr;

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not a URL with a host, or carries a user name or password.
    #[error("not a fetchable address")]
    BadAddress,
    /// Only `https`, and `http` to this machine when that is allowed.
    #[error("scheme {0:?} is not allowed there")]
    SchemeNotAllowed(String),
    /// Not one of the allowed origins.
    #[error("{0} is not an allowed origin")]
    OriginNotAllowed(String),
    /// The host is, or its name stands for, a special-purpose address.
    #[error("{0} is a special-purpose address")]
    AddressNotAllowed(IpAddr),
    /// The server wants to send us elsewhere; nobody follows.
    #[error("redirected with status {0}")]
    Redirected(u16),
    /// Longer than the limit.
    #[error("answer longer than {0} bytes")]
    TooLarge(usize),
    /// Not whole within the limit of time.
    #[error("timed out")]
    TimedOut,
    /// The server answered, not with success.
    #[error("status {0}")]
    Status(u16),
    /// No connection, broken TLS or a broken answer.
    #[error("unreachable")]
    Unreachable(#[source] reqwest::Error),
}

/// Why no fetcher can be made.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The extra root certificates are not PEM.
    #[error("the extra root certificates are not PEM")]
    BadRoots(#[source] reqwest::Error),
    /// The TLS client can't be made.
    #[error("no HTTP client")]
    NoClient(#[source] reqwest::Error),
}
