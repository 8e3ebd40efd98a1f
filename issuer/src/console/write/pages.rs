//! The form and the review as pages.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};
use server::pages::{Allow, Shell, page, page_with};

use super::{KIND, NEW, NOTE, Sent, Work};
use crate::console::data::{self, Row};
use crate::console::form::{
    Control, Fault, Faults, FormView, Opt, ReviewSection, form_view, review,
};
use crate::state::Issuer;
use crate::store::ChangeKind;

#[derive(Template)]
#[template(path = "console/edit.html")]
struct EditPage {
    shell: Shell,
    heading: String,
    lead: String,
    back: String,
    action: String,
    form: FormView,
    errors: Vec<Fault>,
    can_draft: bool,
    /// What a change means for copies that are out; empty for a draft.
    changes: Vec<Opt>,
    change_error: String,
    note: String,
}

impl EditPage {
    /// Askama hands what it matches by reference.
    fn inputmode(numeric: &bool) -> &'static str {
        if *numeric { "numeric" } else { "" }
    }
}

#[derive(Template)]
#[template(path = "console/review.html")]
struct ReviewPage {
    shell: Shell,
    action: String,
    lead: String,
    offer_text: String,
    entered: Vec<(String, String)>,
    /// Passports of the same registration number.
    same: Vec<Row>,
    same_text: String,
    sections: Vec<ReviewSection>,
    is_new: bool,
    confirm: String,
    change_words: String,
}

/// The form with what was sent and what is wrong with it.
pub(super) fn edit_page(
    shell: &Shell,
    work: &Work,
    sent: &Sent,
    lead: &str,
    faults: Faults,
    status: StatusCode,
) -> Response {
    let say = |key: &str, values: &[(&str, &str)]| shell.ta(key, values);
    let (heading, back) = match work {
        Work::New => ("new-title", "/console".to_owned()),
        Work::Draft(id) => ("edit-draft-title", format!("/console/passports/{id}")),
        Work::Change(id, _) => ("edit-title", format!("/console/passports/{id}")),
    };
    let is_change = matches!(work, Work::Change(..));
    let template = EditPage {
        heading: shell.t(heading),
        lead: lead.to_owned(),
        back,
        action: action(work),
        form: form_view(&sent.entered, &faults, &say),
        can_draft: !is_change,
        changes: if is_change { kinds(sent.kind, shell) } else { Vec::new() },
        change_error: faults.of(KIND),
        note: sent.note.clone(),
        errors: faults.0,
        shell: shell.clone(),
    };
    page_with(status, Allow::default(), &template)
}

fn action(work: &Work) -> String {
    match work {
        Work::New => NEW.to_owned(),
        Work::Draft(id) | Work::Change(id, _) => format!("/console/passports/{id}/edit"),
    }
}

fn kinds(chosen: Option<ChangeKind>, shell: &Shell) -> Vec<Opt> {
    ChangeKind::ALL
        .iter()
        .map(|kind| {
            let key = format!("change-kind-{}", kind.name());
            Opt {
                value: kind.name().to_owned(),
                text: shell.t(&key),
                hint: shell.t(&format!("{key}-hint")),
                checked: chosen == Some(*kind),
            }
        })
        .collect()
}

/// Everything in words, and the form in hidden fields.
pub(super) fn review_page(
    shell: &Shell,
    issuer: &Issuer,
    work: &Work,
    sent: &Sent,
    (accepted, same): (&Map<String, Value>, Vec<Row>),
) -> Response {
    let say = |key: &str, values: &[(&str, &str)]| shell.ta(key, values);
    let is_new = !matches!(work, Work::Change(..));
    let mut entered: Vec<(String, String)> =
        sent.entered.pairs().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    entered.extend(sent.kind.map(|kind| (KIND.to_owned(), kind.name().to_owned())));
    entered.push((NOTE.to_owned(), sent.note.clone()));
    let change_words = sent.kind.map(|kind| {
        let key = format!("change-kind-{}", kind.name());
        format!("{}. {}", shell.t(&key), shell.t(&format!("{key}-hint")))
    });
    page(&ReviewPage {
        action: action(work),
        lead: shell.ta("review-lead", &[("organisation", &issuer.settings.name)]),
        offer_text: shell.ta("review-offer-text", &[("name", &data::name(accepted, shell))]),
        entered,
        same_text: shell.ta("review-same-text", &[("count", &same.len().to_string())]),
        same,
        sections: review(accepted, data::today(issuer), &say),
        is_new,
        confirm: shell.t(if is_new { "review-create" } else { "review-save" }),
        change_words: change_words.unwrap_or_default(),
        shell: shell.clone(),
    })
}
