//! What is measured: one issuer, one holder, one host, and the same texts for every competitor.

pub mod figures;
pub mod keys;
pub mod peers;
pub mod scene;
pub mod size;
