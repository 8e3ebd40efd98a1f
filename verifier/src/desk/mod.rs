//! The host's scan page: choose a placement, read a code, see the verdict.
//!
//! Nothing of the person scanned is kept here: the answer is the API's, shown once. What is
//! remembered of the HR person, in memory, is her last placement and her desk codes.

mod choice;
mod codes;
mod page;
mod panel;
mod placement;
mod recent;
mod scan;
mod shown;
mod words;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::desk::choice::Choice;
use crate::desk::codes::DeskCodes;
use crate::desk::recent::Recent;

/// Most people whose last placement is remembered.
const MOST_PEOPLE: usize = 1000;

/// What the page remembers, in memory.
pub(crate) struct Desk {
    codes: DeskCodes,
    placements: Recent<String, Choice>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { codes: DeskCodes::default(), placements: Recent::new(MOST_PEOPLE) }
    }
}

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/desk", get(page::show))
        .route("/desk/placement", get(placement::show).post(placement::choose))
        .route("/desk/code", post(codes::make))
        .route("/desk/scan", post(scan::scan))
}
