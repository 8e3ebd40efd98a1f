//! The verifier through its real router, with a registry and an issuer on loopback.

mod network;
mod refusals;
mod replay;
mod requests;
mod status;
mod trust;
mod world;
