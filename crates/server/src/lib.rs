//! What the services share: the durable store, problems, strict JSON, API tokens, people and their
//! sign-in, pages, the control socket, configuration, serving, health and telemetry.

pub mod audit;
pub mod caller;
pub mod config;
pub mod control;
pub mod docs;
pub mod durable;
pub mod etag;
pub mod health;
pub mod json;
pub mod metrics;
pub mod pages;
pub mod people;
pub mod problem;
pub mod program;
pub mod serve;
pub mod sessions;
pub mod sign_in;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod texts;
pub mod tokens;
pub mod web;

pub use caller::{Authorised, Caller};
pub use durable::Durable;
pub use json::StrictJson;
pub use problem::Problem;
pub use serve::serve;
pub use tokens::Tokens;
