//! `/desk/placement`: the form that asks what is scanned for.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use passport::{PlacementFault, day};
use serde::Deserialize;
use server::pages::{Allow, OnPage, PageError, PageForm, Shell, page_with, see_other};
use vc::time::UnixTime;

use crate::app::App;
use crate::desk::choice::{Choice, pair, pairs};
use crate::desk::words;
use crate::scan::ScanScope;

/// What the form holds, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    placement: String,
    #[serde(rename = "start.day")]
    start_day: String,
    #[serde(rename = "start.month")]
    start_month: String,
    #[serde(rename = "start.year")]
    start_year: String,
    #[serde(rename = "end.day")]
    end_day: String,
    #[serde(rename = "end.month")]
    end_month: String,
    #[serde(rename = "end.year")]
    end_year: String,
}

/// An entry of the error summary.
pub(super) struct ErrorLink {
    pub(super) href: &'static str,
    pub(super) text: String,
}

struct Choosable {
    value: String,
    text: String,
    checked: bool,
}

#[derive(Template)]
#[template(path = "desk/placement.html")]
struct PlacementPage {
    shell: Shell,
    errors: Vec<ErrorLink>,
    placement_error: String,
    start_error: String,
    end_error: String,
    options: Vec<Choosable>,
    form: Form,
}

/// `GET /desk/placement`: as it was last time, else from today.
pub(super) async fn show(State(app): State<App>, on: OnPage<ScanScope>) -> Response {
    let form = first_form(&app, &on.person.who());
    render(&app, on.shell, StatusCode::OK, form, &[])
}

pub(super) fn first_form(app: &App, who: &str) -> Form {
    let today = day::london(UnixTime(app.clock.now()));
    match app.desk.placements.find(who) {
        Some(last) => Form::of(&last.pair(), last.start.max(today), Some(last.end.max(today))),
        None => Form::of("", today, None),
    }
}

/// The form on its own, where the address of the scan page names no placement.
pub(super) fn ask(app: &App, on: OnPage<ScanScope>) -> Response {
    let form = first_form(app, &on.person.who());
    render(app, on.shell, StatusCode::OK, form, &[])
}

/// `POST /desk/placement`: to the scan page, whose address says the placement.
pub(super) async fn choose(
    State(app): State<App>,
    on: OnPage<ScanScope>,
    PageForm(form): PageForm<Form>,
) -> Result<Response, PageError> {
    match form.read(&app) {
        Ok(choice) => {
            app.desk.placements.put(on.person.who(), choice);
            Ok(see_other(&choice.path()))
        }
        Err(faults) => Ok(render(&app, on.shell, StatusCode::UNPROCESSABLE_ENTITY, form, &faults)),
    }
}

/// Which part of the form is wrong, and the key of the sentence.
type Fault = (Part, &'static str);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Placement,
    Start,
    End,
}

impl Form {
    fn of(pair: &str, start: NaiveDate, end: Option<NaiveDate>) -> Self {
        let end = |part: fn(&NaiveDate) -> String| end.as_ref().map_or_else(String::new, part);
        Self {
            placement: pair.to_owned(),
            start_day: start.day().to_string(),
            start_month: start.month().to_string(),
            start_year: start.year().to_string(),
            end_day: end(|day| day.day().to_string()),
            end_month: end(|day| day.month().to_string()),
            end_year: end(|day| day.year().to_string()),
        }
    }

    fn read(&self, app: &App) -> Result<Choice, Vec<Fault>> {
        let mut faults = Vec::new();
        let pair =
            pair(&self.placement).filter(|pair| pairs(app).any(|published| published == *pair));
        if pair.is_none() {
            faults.push((Part::Placement, "desk-fault-placement"));
        }
        let start = date(&self.start_day, &self.start_month, &self.start_year);
        if start.is_none() {
            faults.push((Part::Start, "desk-fault-start"));
        }
        let end = date(&self.end_day, &self.end_month, &self.end_year);
        if end.is_none() {
            faults.push((Part::End, "desk-fault-end"));
        }
        let (Some((kind, staff_group)), Some(start), Some(end)) = (pair, start, end) else {
            return Err(faults);
        };
        let choice = Choice { kind, staff_group, start, end };
        choice.check(app).map_err(|fault| vec![sentence(fault)])?;
        Ok(choice)
    }
}

const fn sentence(fault: PlacementFault) -> Fault {
    match fault {
        PlacementFault::EndsBeforeStart => (Part::End, "desk-fault-order"),
        PlacementFault::IsOver => (Part::End, "desk-fault-over"),
        PlacementFault::TooLong => (Part::End, "desk-fault-long"),
        PlacementFault::TooFarAhead => (Part::Start, "desk-fault-ahead"),
    }
}

fn date(day: &str, month: &str, year: &str) -> Option<NaiveDate> {
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| *number <= 9999);
    let text = format!("{:04}-{:02}-{:02}", number(year)?, number(month)?, number(day)?);
    passport::day::parse(&text)
}

fn render(app: &App, shell: Shell, status: StatusCode, form: Form, faults: &[Fault]) -> Response {
    let error = |part: Part| {
        let found = faults.iter().find(|(at, _)| *at == part);
        found.map_or_else(String::new, |(_, key)| shell.t(key))
    };
    let errors = faults
        .iter()
        .map(|(part, key)| ErrorLink {
            href: match part {
                Part::Placement => "#placement",
                Part::Start => "#start.day",
                Part::End => "#end.day",
            },
            text: shell.t(key),
        })
        .collect();
    let options = pairs(app)
        .map(|(kind, group)| {
            let value = format!("{kind}/{group}");
            Choosable {
                text: format!(
                    "{}: {}",
                    shell.t(words::kind(kind)),
                    shell.t(words::staff_group(group))
                ),
                checked: value == form.placement,
                value,
            }
        })
        .collect();
    let page = PlacementPage {
        errors,
        placement_error: error(Part::Placement),
        start_error: error(Part::Start),
        end_error: error(Part::End),
        options,
        form,
        shell,
    };
    page_with(status, Allow::default(), &page)
}
