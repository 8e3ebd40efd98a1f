//! The network operator's program: keeps the list of organisations, signs it as the trust registry
//! (docs/architecture.md, "Trust"), and serves the signed file. Any HTTP server may serve it.

pub mod draft;
pub mod program;
pub mod serve;
pub mod sign;

pub use draft::Draft;
