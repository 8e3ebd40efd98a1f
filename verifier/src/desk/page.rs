//! `/desk`: the scan page of one placement.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use server::pages::{Allow, OnPage, Shell, page_with, see_other};
use uuid::Uuid;

use crate::app::App;
use crate::desk::choice::{Choice, Fields, Place};
use crate::desk::placement::{self, ErrorLink};
use crate::scan::ScanScope;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    #[serde(flatten)]
    fields: Fields,
    /// A scan session that has a desk code.
    scan: String,
}

#[derive(Template)]
#[template(path = "desk/scan.html")]
struct ScanPage {
    shell: Shell,
    place: Place,
    scan_id: Uuid,
    desk_code: Option<ShownCode>,
    errors: Vec<ErrorLink>,
    code_error: String,
}

struct ShownCode {
    spaced: String,
    seconds: i64,
}

/// `GET /desk`: the address says the placement; without one it is the last, or it is asked for.
pub(super) async fn show(
    State(app): State<App>,
    on: OnPage<ScanScope>,
    RawQuery(query): RawQuery,
) -> Response {
    let query: Query =
        serde_urlencoded::from_str(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let who = on.person.who();
    let Some(choice) = Choice::read(&query.fields, &app) else {
        return match app.desk.placements.find(&who).filter(|last| last.stands(&app)) {
            Some(last) if query.fields.placement.is_empty() => see_other(&last.path()),
            _ => placement::ask(&app, on),
        };
    };
    app.desk.placements.put(who.clone(), choice);
    let scan_id = Uuid::try_parse(&query.scan)
        .ok()
        .filter(|scan_id| app.desk.codes.find(&who, *scan_id).is_some())
        .unwrap_or_else(Uuid::new_v4);
    render(&app, &who, on.shell, &choice, scan_id, None)
}

/// The page, with the key of what is wrong with the code sent, if something is.
pub(super) fn render(
    app: &App,
    who: &str,
    shell: Shell,
    choice: &Choice,
    scan_id: Uuid,
    fault: Option<&'static str>,
) -> Response {
    let desk_code = app.desk.codes.find(who, scan_id).map(|code| ShownCode {
        spaced: code.spaced(),
        seconds: code.seconds_left(app.clock.now()).unwrap_or(0),
    });
    let page = ScanPage {
        place: choice.told(&shell),
        scan_id,
        desk_code,
        errors: fault
            .map(|key| ErrorLink { href: "#code", text: shell.t(key) })
            .into_iter()
            .collect(),
        code_error: fault.map_or_else(String::new, |key| shell.t(key)),
        shell,
    };
    let status = fault.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    page_with(status, Allow { camera: true, wasm: true }, &page)
}
