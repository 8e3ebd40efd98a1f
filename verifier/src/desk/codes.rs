//! Desk codes: six digits on the scan page, which the wallet signs (DESIGN 6.1). One belongs to one
//! scan session of one person and lives five minutes; a scan of that session must carry it.

use axum::extract::State;
use axum::response::Response;
use getrandom::SysRng;
use serde::Deserialize;
use server::Problem;
use server::pages::{OnPage, PageError, PageForm, see_other};
use uuid::Uuid;

use crate::app::App;
use crate::desk::choice::{Choice, Fields};
use crate::desk::recent::Recent;
use crate::scan::ScanScope;

/// How long a code can be used.
const LIFE_SECONDS: i64 = 300;
/// Most codes remembered. Those that are over count: their scan session must not do without one.
const MOST: usize = 2000;
/// Numbers from here on are not used, so that every code is as likely as another.
const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;

/// Whose, and for which scan session.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    who: String,
    scan_id: Uuid,
}

pub(super) struct DeskCodes(Recent<Key, DeskCode>);

/// Six digits and when they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeskCode {
    pub(super) digits: String,
    made_at: i64,
}

impl Default for DeskCodes {
    fn default() -> Self {
        Self(Recent::new(MOST))
    }
}

impl DeskCodes {
    pub(super) fn make(&self, who: &str, scan_id: Uuid, now: i64) -> Result<(), Problem> {
        let digits = digits()?;
        self.0.put(Key { who: who.to_owned(), scan_id }, DeskCode { digits, made_at: now });
        Ok(())
    }

    /// The code of a scan session, over or not.
    pub(super) fn find(&self, who: &str, scan_id: Uuid) -> Option<DeskCode> {
        self.0.find(&Key { who: who.to_owned(), scan_id })
    }
}

impl DeskCode {
    /// Seconds that it can still be used; none when it is over.
    pub(super) fn seconds_left(&self, now: i64) -> Option<i64> {
        // A clock that is set back makes no code live longer.
        let age = now.checked_sub(self.made_at).filter(|age| *age >= 0)?;
        LIFE_SECONDS.checked_sub(age).filter(|left| *left > 0)
    }

    /// `482 913`, for reading out.
    pub(super) fn spaced(&self) -> String {
        self.digits
            .split_at_checked(3)
            .map_or_else(String::new, |(first, last)| format!("{first} {last}"))
    }
}

fn digits() -> Result<String, Problem> {
    use getrandom::rand_core::TryRng;
    loop {
        let number = SysRng.try_next_u32().map_err(Problem::internal)?;
        if number < FAIR {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Form {
    scan_id: String,
    #[serde(flatten)]
    fields: Fields,
}

/// `POST /desk/code`: a code for a scan session.
pub(super) async fn make(
    State(app): State<App>,
    on: OnPage<ScanScope>,
    PageForm(form): PageForm<Form>,
) -> Result<Response, PageError> {
    let Some(choice) = Choice::read(&form.fields, &app) else {
        return Ok(see_other("/desk/placement"));
    };
    let scan_id = Uuid::try_parse(&form.scan_id).unwrap_or_else(|_| Uuid::new_v4());
    app.desk.codes.make(&on.person.who(), scan_id, app.clock.now())?;
    Ok(see_other(&format!("{}&scan={scan_id}", choice.path())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_code_is_six_digits_that_live_five_minutes() {
        let codes = DeskCodes::default();
        let scan = Uuid::from_u128(1);
        codes.make("person:1", scan, 1000).unwrap();

        let code = codes.find("person:1", scan).unwrap();

        assert_eq!(code.digits.len(), 6);
        assert!(code.digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(code.seconds_left(1000), Some(300));
        assert_eq!(code.seconds_left(1299), Some(1));
        assert_eq!(code.seconds_left(1300), None);
        assert_eq!(code.seconds_left(999), None);
    }

    #[test]
    fn a_desk_code_belongs_to_one_person_and_one_scan() {
        let codes = DeskCodes::default();
        codes.make("person:1", Uuid::from_u128(1), 1000).unwrap();

        assert_eq!(codes.find("person:2", Uuid::from_u128(1)), None);
        assert_eq!(codes.find("person:1", Uuid::from_u128(2)), None);
    }
}
