//! Private keys and everything that needs one: rings sealed at rest, signing, certificates,
//! decryption, data keys for personal values, sealed files. Library and `keys` program.
//!
//! Nothing private is ever printed, logged or shown by `Debug`.

mod aead;
pub mod args;
pub mod certify;
pub mod data_key;
pub mod files;
pub mod jwe;
pub mod key_file;
pub mod program;
pub mod ring;
pub mod seal;
pub mod secret;
pub mod signing;

pub use aead::OpenFailed;
pub use args::RingArgs;
pub use data_key::DataKey;
pub use key_file::create_key_file;
pub use ring::{KeyInfo, KeyState, Purpose, Ring, RingError};
pub use seal::{Cost, SealError, SealedFile, Sealing};
pub use secret::Secret;
pub use signing::SigningKey;
