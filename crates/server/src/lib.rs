//! What the services share: the durable store, problems, strict JSON, API tokens, the control
//! socket, configuration, serving, health and telemetry.

pub mod config;
pub mod control;
pub mod durable;
pub mod etag;
pub mod health;
pub mod json;
pub mod problem;
pub mod program;
pub mod serve;
pub mod telemetry;
pub mod tokens;
pub mod web;

pub use durable::Durable;
pub use json::StrictJson;
pub use problem::Problem;
pub use serve::serve;
pub use tokens::{Authorised, Tokens};
