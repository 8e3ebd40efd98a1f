//! Passkeys (WebAuthn level 3): registration behind an invitation, sign-in without a name. The user
//! is always verified (PIN or biometric), so a passkey is two factors. A ceremony's challenge waits
//! in the session, which the browser cannot read.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse, Webauthn,
    WebauthnBuilder,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use crate::audit::Event;
use crate::config::BaseUrl;
use crate::json::StrictJson;
use crate::pages::Visit;
use crate::people::{PeopleError, Person, PersonId, PersonState};
use crate::problem::Problem;
use crate::sign_in::limits::Key;
use crate::sign_in::{Here, SignInError};

/// What waits in the session between the two requests of a ceremony.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ceremony {
    Register { person: PersonId, state: PasskeyRegistration },
    SignIn { state: DiscoverableAuthentication },
}

/// The relying party: its id is the host of the base URL.
pub(crate) fn relying_party(base_url: &BaseUrl, name: &str) -> Result<Webauthn, SignInError> {
    let host = base_url.url().domain().ok_or(SignInError::NoName)?;
    WebauthnBuilder::new(host, base_url.url())
        .and_then(|builder| builder.rp_name(name).build())
        .map_err(|error| SignInError::Passkeys(error.to_string()))
}

/// `POST /sign-in/passkey/start`
pub(crate) async fn start(
    here: Here,
    headers: HeaderMap,
) -> Result<Json<RequestChallengeResponse>, Problem> {
    let visit = &here.visit;
    from_our_script(visit, &headers)?;
    here.attempt()?;
    let (mut challenge, state) = visit
        .sign_in()
        .webauthn()
        .start_discoverable_authentication()
        .map_err(Problem::internal)?;
    // A button starts it; nothing waits in the autofill of a field.
    challenge.mediation = None;
    keep(visit, &Ceremony::SignIn { state }).await?;
    Ok(Json(challenge))
}

/// `POST /sign-in/passkey/finish`
pub(crate) async fn finish(
    here: Here,
    headers: HeaderMap,
    StrictJson(credential): StrictJson<PublicKeyCredential>,
) -> Result<Json<Value>, Problem> {
    let visit = &here.visit;
    from_our_script(visit, &headers)?;
    here.attempt()?;
    let Some(Ceremony::SignIn { state }) = take(visit).await else { return Err(begin_again()) };
    let sign_in = visit.sign_in();
    let webauthn = sign_in.webauthn();
    let people = sign_in.people();

    let Ok((handle, credential_id)) = webauthn.identify_discoverable_authentication(&credential)
    else {
        return Err(refused(visit, None, "no user handle").await);
    };
    let id = PersonId(handle);
    let Some(person) = people.find(id)? else {
        return Err(refused(visit, None, "unknown account").await);
    };
    sign_in.attempts().count(Key::Person(id), sign_in.now())?;
    if person.state != PersonState::Active {
        return Err(refused(visit, Some(id), "account not active").await);
    }
    let known = person.passkeys.iter().find(|known| known.cred_id().as_slice() == credential_id);
    let Some(known) = known else {
        return Err(refused(visit, Some(id), "unknown passkey").await);
    };
    let checked = webauthn.finish_discoverable_authentication_v2(&credential, state, known);
    let result = match checked {
        Ok(result) if result.user_verified() => result,
        Ok(_) => return Err(refused(visit, Some(id), "user not verified").await),
        Err(error) => return Err(refused(visit, Some(id), &error.to_string()).await),
    };
    let person = people.signed_in_with_passkey(id, result).await?;
    Ok(Json(json!({ "next": sign_in.begin_session(visit, &person).await })))
}

/// `POST /invitation/{secret}/start`
pub(crate) async fn enrol_start(
    here: Here,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Json<CreationChallengeResponse>, Problem> {
    let visit = &here.visit;
    from_our_script(visit, &headers)?;
    here.attempt()?;
    let sign_in = visit.sign_in();
    let person = sign_in.people().invited(&secret)?;
    let known = person.passkeys.iter().map(|passkey| passkey.cred_id().clone()).collect();
    let (mut challenge, state) = sign_in
        .webauthn()
        .start_passkey_registration(person.id.0, &person.name, &person.name, Some(known))
        .map_err(Problem::internal)?;
    // Kept on the device with its account, so that signing in needs no name.
    if let Some(selection) = &mut challenge.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    keep(visit, &Ceremony::Register { person: person.id, state }).await?;
    Ok(Json(challenge))
}

/// `POST /invitation/{secret}/finish`
pub(crate) async fn enrol_finish(
    here: Here,
    Path(secret): Path<String>,
    headers: HeaderMap,
    StrictJson(credential): StrictJson<RegisterPublicKeyCredential>,
) -> Result<Json<Value>, Problem> {
    let visit = &here.visit;
    from_our_script(visit, &headers)?;
    here.attempt()?;
    let Some(Ceremony::Register { person, state }) = take(visit).await else {
        return Err(begin_again());
    };
    let sign_in = visit.sign_in();
    if sign_in.people().invited(&secret)?.id != person {
        return Err(PeopleError::InvitationOver.into());
    }
    let passkey: Passkey = sign_in
        .webauthn()
        .finish_passkey_registration(&credential, &state)
        .map_err(|error| not_taken().logged(error))?;
    let person = sign_in.people().enrol_passkey(&secret, passkey).await?;
    Ok(Json(json!({ "next": sign_in.begin_session(visit, &person).await })))
}

/// A request of our own page's script: same origin, and the token of its session.
fn from_our_script(visit: &Visit, headers: &HeaderMap) -> Result<(), Problem> {
    visit.same_origin(headers)?;
    visit.holds_csrf_header(headers)
}

async fn keep(visit: &Visit, ceremony: &Ceremony) -> Result<(), Problem> {
    let mut contents = visit.contents().clone();
    contents.ceremony = Some(serde_json::to_value(ceremony).map_err(Problem::internal)?);
    visit.session().keep(&contents).await;
    Ok(())
}

/// A challenge is good once, whatever comes of it.
async fn take(visit: &Visit) -> Option<Ceremony> {
    let mut contents = visit.contents().clone();
    let ceremony = contents.ceremony.take()?;
    visit.session().keep(&contents).await;
    serde_json::from_value(ceremony).ok()
}

async fn refused(visit: &Visit, person: Option<PersonId>, why: &str) -> Problem {
    visit.sign_in().note_refused(person, why).await;
    Problem::new(StatusCode::UNAUTHORIZED, "SIGN_IN_REFUSED", "Not signed in")
        .detail("This passkey cannot sign in here.")
        .logged(why)
}

fn begin_again() -> Problem {
    Problem::conflict("BEGIN_AGAIN", "The page was open for too long. Load it anew and try again.")
}

fn not_taken() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "PASSKEY_REFUSED", "The passkey was not taken")
        .detail("The passkey was not taken. It has to ask for a PIN, a fingerprint or your face.")
}

impl Here {
    /// Counts an attempt of this address.
    pub(crate) fn attempt(&self) -> Result<(), Problem> {
        let sign_in = self.visit.sign_in();
        sign_in.attempts().count(Key::Address(self.peer), sign_in.now())
    }
}

impl super::SignIn {
    /// Tells the log of a refused sign-in, a few times a minute at most.
    pub(crate) async fn note_refused(&self, person: Option<PersonId>, why: &str) {
        if person.is_none() && self.attempts().count(Key::Strangers, self.now()).is_err() {
            return;
        }
        let who = person.map_or_else(|| "nobody".to_owned(), |id| format!("person:{id}"));
        if let Err(error) = self.people().note(who, Event::SignInRefused, Some(why)).await {
            tracing::error!(%error, "a refused sign-in cannot be recorded");
        }
    }

    /// Signs a person in: a new session id, a new CSRF token, nothing of before. Gives the path to
    /// go to.
    pub(crate) async fn begin_session(&self, visit: &Visit, person: &Person) -> String {
        let next = visit.contents().next.clone().unwrap_or_else(|| "/".to_owned());
        visit
            .session()
            .renew(&crate::sessions::Contents {
                csrf: crate::pages::random_text(),
                person: Some(person.id),
                signed_in_at: self.now(),
                ..Default::default()
            })
            .await;
        next
    }
}
