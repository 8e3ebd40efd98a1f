//! The reference wallet: keeps credentials sealed on this machine, receives them by OpenID4VCI and
//! shows them as QR codes. Library and `wallet` program.

pub mod cli;
pub mod commands;
pub mod console;
pub mod error;
pub mod history;
pub mod hold;
pub mod labels;
pub mod messages;
pub mod network;
pub mod operator_keys;
pub mod present;
pub mod receive;
pub mod store;
pub mod text;
pub mod trust;
