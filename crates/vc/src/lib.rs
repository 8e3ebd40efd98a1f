//! Verifiable credentials without I/O: formats, status lists, trust registry, QR codec, protocol
//! messages and the one safe way to verify a presentation.
//!
//! Begin at [`verify`]: its first page shows the whole way from issuing to a verified presentation.
//!
//! No clock, socket, file or hidden randomness: callers pass `now`, an RNG and fetched documents.
#![warn(missing_docs)]

pub mod base64url;
pub mod bitstring;
pub mod claim_path;
pub mod dcql;
pub mod did;
mod ed25519;
mod es256;
mod inflate;
pub mod jcs;
pub mod json;
pub mod jwk;
pub mod jws;
pub mod oauth;
pub mod oid4vci;
pub mod oid4vp;
pub mod qr;
pub mod registry;
pub mod sd_jwt;
pub mod status_list;
pub mod time;
pub mod type_metadata;
pub mod vcdm;
pub mod verify;
pub mod x5c;
