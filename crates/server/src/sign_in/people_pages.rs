//! `/people`: what an administrator does with accounts.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::DateTime;
use serde::Deserialize;

use crate::audit::Event;
use crate::pages::{Allow, OnPage, PageError, PageForm, Shell, page, page_with, see_other};
use crate::people::{
    Asked, Decision, Invitation, PeopleError, Person, PersonId, PersonState, Role, RoleChange,
};
use crate::problem::Problem;
use crate::sign_in::{Here, SignIn};
use crate::tokens::Scope;

/// May manage accounts.
#[derive(Clone, Copy, Debug)]
pub struct ManagePeople;

impl Scope for ManagePeople {
    const NAME: &'static str = "people:manage";
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    shell: Shell,
    rows: Vec<Row>,
    waiting: Vec<Waiting>,
    two_people: TwoPeople,
    form: InviteForm,
    errors: Vec<Fault>,
}

/// How the page speaks of the second administrator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TwoPeople {
    Needed,
    NobodyElse,
    TurnedOff,
}

struct Row {
    href: String,
    name: String,
    roles: String,
    state: &'static str,
    colour: &'static str,
}

struct Waiting {
    href: String,
    text: String,
}

/// As the error summary takes it.
struct Fault {
    href: String,
    text: String,
}

/// As the checkboxes take it.
struct Choice {
    value: &'static str,
    text: String,
    hint: String,
    checked: bool,
}

#[derive(Default)]
struct InviteForm {
    name: String,
    name_error: String,
    choices: Vec<Choice>,
    roles_error: String,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    shell: Shell,
    name: String,
    path: String,
    roles: String,
    state: &'static str,
    colour: &'static str,
    since: String,
    way_in: &'static str,
    own: bool,
    from_provider: bool,
    disabled: bool,
    choices: Vec<Choice>,
    two_people: TwoPeople,
    change: Option<ChangeView>,
}

struct ChangeView {
    roles: String,
    asked_by: String,
    own: bool,
}

#[derive(Template)]
#[template(path = "person-link.html")]
struct LinkPage {
    shell: Shell,
    name: String,
    path: String,
    link: String,
    waits: bool,
}

/// `GET /people`
pub(crate) async fn list(on: OnPage<ManagePeople>, here: Here) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let form = InviteForm { choices: choices(&on.shell, sign_in, &[]), ..InviteForm::default() };
    Ok(page(&people_page(on, sign_in, form, vec![])?))
}

/// `POST /people`: invites somebody and shows her link, once.
pub(crate) async fn invite(
    on: OnPage<ManagePeople>,
    here: Here,
    PageForm(fields): PageForm<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let name = value(&fields, "name").trim().to_owned();
    let roles = chosen(&fields)?;
    let by = Some(on.person.id);
    let invitation = match sign_in.people().invite(&name, &roles, by).await {
        Ok(invitation) => invitation,
        Err(error @ (PeopleError::BadName | PeopleError::NoRole)) => {
            let is_name = matches!(error, PeopleError::BadName);
            let (href, key) = if is_name {
                ("#name", "people-name-error")
            } else {
                ("#roles", "people-roles-error")
            };
            let text = on.shell.t(key);
            let said = |yes: bool| if yes { text.clone() } else { String::new() };
            let form = InviteForm {
                name,
                name_error: said(is_name),
                choices: choices(&on.shell, sign_in, &roles),
                roles_error: said(!is_name),
            };
            let errors = vec![Fault { href: href.to_owned(), text: text.clone() }];
            let page = people_page(on, sign_in, form, errors)?;
            return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, Allow::default(), &page));
        }
        Err(error) => return Err(Problem::from(error).into()),
    };
    Ok(page(&link_page(on, sign_in, name, &invitation)))
}

/// `GET /people/{id}`
pub(crate) async fn show(
    on: OnPage<ManagePeople>,
    here: Here,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let person = find(sign_in, &id)?;
    let shell = on.shell;
    let change = change_of(sign_in, person.id)?.map(|change| ChangeView {
        roles: words(&shell, &change.roles),
        asked_by: asker(sign_in, &change),
        own: change.asked_by == on.person.who(),
    });
    let (state, colour) = state(&person);
    let way_in = match (&person.subject, person.passkeys.is_empty()) {
        (Some(_), _) => "people-way-provider",
        (None, false) => "people-way-passkey",
        (None, true) => "people-way-none",
    };
    Ok(page(&PersonPage {
        path: format!("/people/{}", person.id),
        roles: words(&shell, &person.roles),
        state,
        colour,
        since: day(person.enrolled_at.unwrap_or(person.invited_at)),
        way_in,
        own: person.id == on.person.id,
        from_provider: person.subject.is_some(),
        disabled: person.state == PersonState::Disabled,
        choices: choices(&shell, sign_in, &person.roles),
        two_people: two_people(sign_in, on.person.id)?,
        change,
        name: person.name,
        shell,
    }))
}

/// `POST /people/{id}/roles`
pub(crate) async fn roles(
    on: OnPage<ManagePeople>,
    here: Here,
    Path(id): Path<String>,
    PageForm(fields): PageForm<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let person = find(sign_in, &id)?;
    let roles = chosen(&fields)?;
    let asked = match sign_in.people().ask_roles(person.id, &roles, on.person.id).await {
        Ok(asked) => asked,
        Err(error) => return Err(refused(sign_in, &on, error).await.into()),
    };
    let key = match asked {
        Asked::Done => "people-roles-changed",
        Asked::Waits => "people-roles-asked",
    };
    on.say(key, &[("name", &person.name)]).await?;
    Ok(see_other(&format!("/people/{}", person.id)))
}

/// Whoever tries to give herself roles stands in the log.
async fn refused(sign_in: &SignIn, on: &OnPage<ManagePeople>, error: PeopleError) -> Problem {
    if matches!(error, PeopleError::OwnAccount | PeopleError::SecondPersonNeeded)
        && let Err(error) =
            sign_in.people().note(on.person.who(), Event::RoleMissing, Some("own account")).await
    {
        tracing::error!(%error, "a refusal cannot be recorded");
    }
    error.into()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionForm {
    decision: DecisionWord,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DecisionWord {
    Approve,
    Refuse,
}

/// `POST /people/{id}/decision`
pub(crate) async fn decide(
    on: OnPage<ManagePeople>,
    here: Here,
    Path(id): Path<String>,
    PageForm(form): PageForm<DecisionForm>,
) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let person = find(sign_in, &id)?;
    let (decision, key) = match form.decision {
        DecisionWord::Approve => (Decision::Approve, "people-roles-changed"),
        DecisionWord::Refuse => (Decision::Refuse, "people-roles-refused"),
    };
    if let Err(error) = sign_in.people().decide(person.id, decision, on.person.id).await {
        return Err(refused(sign_in, &on, error).await.into());
    }
    on.say(key, &[("name", &person.name)]).await?;
    Ok(see_other(&format!("/people/{}", person.id)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// `POST /people/{id}/disable`
pub(crate) async fn disable(
    on: OnPage<ManagePeople>,
    here: Here,
    Path(id): Path<String>,
    _form: PageForm<Nothing>,
) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let person = find(sign_in, &id)?;
    sign_in.people().disable(person.id, Some(on.person.id)).await.map_err(Problem::from)?;
    on.say("people-disabled", &[("name", &person.name)]).await?;
    Ok(see_other(&format!("/people/{}", person.id)))
}

/// `POST /people/{id}/enable`
pub(crate) async fn enable(
    on: OnPage<ManagePeople>,
    here: Here,
    Path(id): Path<String>,
    _form: PageForm<Nothing>,
) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let person = find(sign_in, &id)?;
    sign_in.people().enable(person.id, Some(on.person.id)).await.map_err(Problem::from)?;
    on.say("people-enabled", &[("name", &person.name)]).await?;
    Ok(see_other(&format!("/people/{}", person.id)))
}

/// `POST /people/{id}/link`: a new link, shown once.
pub(crate) async fn link(
    on: OnPage<ManagePeople>,
    here: Here,
    Path(id): Path<String>,
    _form: PageForm<Nothing>,
) -> Result<Response, PageError> {
    let sign_in = here.visit.sign_in();
    let person = find(sign_in, &id)?;
    let by = Some(on.person.id);
    let invitation = sign_in.people().invite_again(person.id, by).await.map_err(Problem::from)?;
    Ok(page(&link_page(on, sign_in, person.name, &invitation)))
}

fn people_page(
    on: OnPage<ManagePeople>,
    sign_in: &SignIn,
    form: InviteForm,
    errors: Vec<Fault>,
) -> Result<PeoplePage, Problem> {
    let shell = on.shell;
    let people = sign_in.people().list()?;
    let name_of = |id: PersonId| {
        people.iter().find(|person| person.id == id).map_or("–", |person| person.name.as_str())
    };
    let waiting = sign_in
        .people()
        .waiting_changes()?
        .iter()
        .map(|change| Waiting {
            href: format!("/people/{}", change.person),
            text: shell.ta(
                "people-waiting",
                &[
                    ("name", name_of(change.person)),
                    ("by", &asker(sign_in, change)),
                    ("roles", &words(&shell, &change.roles)),
                ],
            ),
        })
        .collect();
    let rows = people
        .iter()
        .map(|person| {
            let (state, colour) = state(person);
            Row {
                href: format!("/people/{}", person.id),
                name: shell.inert(&person.name),
                roles: words(&shell, &person.roles),
                state,
                colour,
            }
        })
        .collect();
    let two_people = two_people(sign_in, on.person.id)?;
    Ok(PeoplePage { rows, waiting, two_people, form, errors, shell })
}

fn link_page(
    on: OnPage<ManagePeople>,
    sign_in: &SignIn,
    name: String,
    invitation: &Invitation,
) -> LinkPage {
    LinkPage {
        shell: on.shell,
        name,
        path: format!("/people/{}", invitation.person),
        link: sign_in.invitation_link(invitation),
        waits: invitation.asked == Asked::Waits,
    }
}

fn two_people(sign_in: &SignIn, by: PersonId) -> Result<TwoPeople, Problem> {
    let people = sign_in.people();
    Ok(if !people.two_people() {
        TwoPeople::TurnedOff
    } else if people.second_administrator(by)? {
        TwoPeople::Needed
    } else {
        TwoPeople::NobodyElse
    })
}

fn find(sign_in: &SignIn, id: &str) -> Result<Person, Problem> {
    let id = id.parse().map_err(|_| PeopleError::NoSuchPerson)?;
    Ok(sign_in.people().find(id)?.ok_or(PeopleError::NoSuchPerson)?)
}

fn change_of(sign_in: &SignIn, person: PersonId) -> Result<Option<RoleChange>, Problem> {
    Ok(sign_in.people().waiting_changes()?.into_iter().find(|change| change.person == person))
}

/// Who asked, by name.
fn asker(sign_in: &SignIn, change: &RoleChange) -> String {
    change
        .asked_by
        .strip_prefix("person:")
        .and_then(|id| id.parse().ok())
        .and_then(|id| sign_in.people().find(id).ok().flatten())
        .map_or_else(|| change.asked_by.clone(), |person| person.name)
}

fn choices(shell: &Shell, sign_in: &SignIn, chosen: &[Role]) -> Vec<Choice> {
    sign_in
        .service()
        .grants
        .roles()
        .map(|role| Choice {
            value: role.name(),
            text: shell.role(&role),
            hint: shell.t(&format!("{}-hint", role.text_key())),
            checked: chosen.contains(&role),
        })
        .collect()
}

fn chosen(fields: &[(String, String)]) -> Result<Vec<Role>, Problem> {
    fields
        .iter()
        .filter(|(name, _)| name == "roles")
        .map(|(_, role)| role.parse())
        .collect::<Result<_, String>>()
        .map_err(|_| Problem::bad_request("NO_SUCH_ROLE", "There is no such role."))
}

fn value<'a>(fields: &'a [(String, String)], wanted: &str) -> &'a str {
    fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
}

fn words(shell: &Shell, roles: &[Role]) -> String {
    if roles.is_empty() {
        return shell.t("people-no-role");
    }
    let words: Vec<String> = roles.iter().map(|role| shell.role(role)).collect();
    words.join("; ")
}

/// Key of its text, and the colour of its tag.
fn state(person: &Person) -> (&'static str, &'static str) {
    match person.state {
        PersonState::Invited => ("people-state-invited", "blue"),
        PersonState::Active => ("people-state-active", "green"),
        PersonState::Disabled => ("people-state-disabled", "grey"),
    }
}

fn day(at: i64) -> String {
    DateTime::from_timestamp(at, 0)
        .map(|day| day.format("%-d %B %Y").to_string())
        .unwrap_or_default()
}
