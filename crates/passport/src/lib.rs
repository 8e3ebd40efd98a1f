//! What an NHS employer attests about a member of staff, what a placement asks for, and the
//! verdict: may this person start?
//!
//! Pure: no clock, file, socket or randomness. Callers pass `now`.
//!
//! ```
//! use passport::{
//!     EmploymentChecks, Kind, PlacementRequest, Presented, Requirements, Scan, StaffGroup,
//!     StatusAge, judge, samples,
//! };
//! use vc::time::UnixTime;
//!
//! let now = UnixTime(1_772_442_000);
//! let today = passport::day::london(now);
//! let checks = EmploymentChecks::accept(&samples::sample_nurse(today), today).unwrap();
//! let claims = samples::as_credential(&checks, today);
//!
//! let placement = PlacementRequest {
//!     kind: Kind::TemporaryDeployment,
//!     staff_group: StaffGroup::NursingAndMidwiferyRegistered,
//!     start: today,
//!     end: today + chrono::Days::new(13),
//! }
//! .check(now)
//! .unwrap();
//! let requirements = Requirements::shipped();
//! let requirement = requirements.find(placement.kind(), placement.staff_group()).unwrap();
//! // A service has a `vc::verify::Verified` and calls `Presented::from_verified`.
//! let presented = Presented::dangerous_from_claims(&claims, "RBV", StatusAge::Fresh);
//!
//! let verdict = judge(&Scan::Shown(&presented), requirement, &placement, now);
//!
//! assert_eq!(verdict.outcome, passport::Outcome::ClearToStart);
//! ```
#![warn(missing_docs)]

mod check;
pub mod checks;
pub mod day;
mod fault;
mod finding;
mod judge;
mod labels;
pub mod movement;
mod person;
mod placement;
mod presented;
mod read;
mod reasons;
mod requirement;
mod rules;
pub mod samples;
pub mod text;
pub mod types;
pub mod values;
pub mod words;

pub use check::Check;
pub use checks::{Employer, EmploymentChecks};
pub use fault::{Fault, FaultCode};
pub use finding::{Code, Finding, Outcome, Who};
pub use judge::{RequirementUsed, Scan, Verdict, judge};
pub use labels::of_pointer as label_of;
pub use person::{KnownPerson, compare};
pub use placement::{MAX_DAYS, Placement, PlacementFault, PlacementRequest};
pub use presented::{Presented, StatusAge};
pub use requirement::{
    AppliesTo, Asked, Need, NeedCriminalRecord, NeedRegistration, NeedSubject, NeedTraining,
    NeedWorkHealth, Plain, Requirement, RequirementError, Requirements, SHIPPED,
};
pub use rules::rules;
pub use values::{OdsCode, RegistrationNumber, SubjectRef};
pub use words::{Kind, StaffGroup, Subject};
