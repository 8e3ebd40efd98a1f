//! The host trust's service: takes the code that a staff member shows and answers whether she may
//! start. Library and `verifier` program.

mod answer;
mod app;
mod desk;
mod files;
mod poll;
mod repeats;
mod requirements;
mod router;
mod scan;
pub mod serve;
mod service;
pub mod status;
pub mod store;
pub mod trust;

pub use crate::app::{Settings, StartError, Verifier};
pub use crate::service::SERVICE;

/// Every scope that an API token may have here.
pub const SCOPES: &[&str] = &["scan"];
