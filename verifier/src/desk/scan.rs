//! `POST /desk/scan`: the same scan as the API's, answered as a page, or as the part of it that a
//! script puts in place.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use server::Problem;
use server::pages::{Allow, OnPage, PageError, PageForm, Shell, page_with, see_other};
use uuid::Uuid;

use crate::app::App;
use crate::desk::choice::{Choice, Fields, Place};
use crate::desk::page;
use crate::desk::panel::Panel;
use crate::scan::{CodeAsked, ScanRequest, ScanScope, answer};

/// A script sends it, and finds it in the answer when the answer is meant for it.
const FRAGMENT: HeaderName = HeaderName::from_static("x-fragment");

#[derive(Deserialize)]
pub(super) struct Form {
    scan_id: String,
    #[serde(flatten)]
    fields: Fields,
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "desk/verdict_page.html")]
struct VerdictPage {
    shell: Shell,
    place: Place,
    panel: Panel,
}

#[derive(Template)]
#[template(path = "desk/verdict.html")]
struct Verdict {
    shell: Shell,
    place: Place,
    panel: Panel,
}

#[derive(Template)]
#[template(path = "desk/refused.html")]
struct Refused {
    sentence: String,
    again: String,
    link: String,
}

pub(super) async fn scan(
    State(app): State<App>,
    on: OnPage<ScanScope>,
    headers: HeaderMap,
    PageForm(form): PageForm<Form>,
) -> Result<Response, PageError> {
    let fragment = headers.contains_key(FRAGMENT);
    let who = on.person.who();
    let Ok(scan_id) = Uuid::try_parse(&form.scan_id) else {
        return Err(
            Problem::bad_request("FORM_UNREADABLE", "The form is not the scan page's.").into()
        );
    };
    let Some(choice) = Choice::read(&form.fields, &app) else {
        // Open since before the placement was over.
        return Ok(if fragment {
            refused(&on.shell, "desk-refused-placement", "/desk/placement", "desk-choose-again")
        } else {
            see_other("/desk/placement")
        });
    };
    let desk_code = app.desk.codes.find(&who, scan_id);
    let over = desk_code.as_ref().is_some_and(|code| code.seconds_left(app.clock.now()).is_none());
    let fault = match form.code.trim().is_empty() {
        true => Some("desk-fault-empty"),
        false if over => Some("desk-fault-desk-code"),
        false => None,
    };
    if let Some(fault) = fault {
        return Ok(if fragment {
            refused(&on.shell, fault, &choice.path(), "desk-scan-again")
        } else {
            page::render(&app, &who, on.shell, &choice, scan_id, Some(fault))
        });
    }
    let request = ScanRequest {
        scan_id,
        code: asked(&form.code),
        placement: choice.asked(),
        desk_code: desk_code.map(|code| code.digits),
    };
    let answer = answer(&app, &who, &request).await?;
    let panel = Panel::new(&answer, &app, &on.shell, &choice)?;
    let (place, shell) = (choice.told(&on.shell), on.shell);
    Ok(if fragment {
        in_place(StatusCode::OK, &Verdict { shell, place, panel })
    } else {
        page_with(StatusCode::OK, Allow::default(), &VerdictPage { shell, place, panel })
    })
}

/// A code as it was pasted: one, broken into lines by whatever carried it, or parts in lines.
fn asked(text: &str) -> CodeAsked {
    let lines: Vec<&str> = text
        .split(['\r', '\n'])
        // No code begins with a space, but one may end with one.
        .map(|line| line.trim_matches('\t').trim_start())
        .filter(|line| !line.is_empty())
        .collect();
    if lines.iter().all(|line| line.starts_with("SPP:")) {
        CodeAsked::Parts(lines.into_iter().map(str::to_owned).collect())
    } else {
        CodeAsked::Whole(lines.concat())
    }
}

fn refused(shell: &Shell, key: &str, link: &str, again: &str) -> Response {
    let refused = Refused { sentence: shell.t(key), again: shell.t(again), link: link.to_owned() };
    in_place(StatusCode::UNPROCESSABLE_ENTITY, &refused)
}

fn in_place(status: StatusCode, template: &impl Template) -> Response {
    let mut response = page_with(status, Allow::default(), template);
    response.headers_mut().insert(FRAGMENT, HeaderValue::from_static("verdict"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_broken_into_lines_is_one_code() {
        let CodeAsked::Whole(code) = asked("  SP0:AB C\r\nDE \r\n") else { panic!() };

        assert_eq!(code, "SP0:AB CDE ");
    }

    #[test]
    fn parts_come_in_lines() {
        let CodeAsked::Parts(parts) = asked("SPP:A/2/2:Y Z\n\nSPP:A/1/2:X\n") else { panic!() };

        assert_eq!(parts, ["SPP:A/2/2:Y Z", "SPP:A/1/2:X"]);
    }
}
