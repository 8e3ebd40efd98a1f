//! The pages, by the real router in process.

mod acts;
mod create;
mod hostile;
mod import;
mod lists;
mod offer;
mod texts;
mod world;
