//! The pages, by the real router in process.

mod acts;
mod approve;
mod create;
mod hostile;
mod import;
mod lists;
mod movements;
mod offer;
mod texts;
mod world;
