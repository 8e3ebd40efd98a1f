//! The passport's form: a flat set of named texts, the claims they stand for, what is wrong with
//! them, and how they are shown. Nothing that was typed is ever lost.

mod claims;
mod entered;
mod faults;
pub(crate) mod fields;
mod review;
mod view;

pub(crate) use claims::{Built, claims, entered};
pub(crate) use entered::{Entered, MAX_ROWS};
pub(crate) use faults::{Fault, Faults, faults};
pub(crate) use review::{Ends, ReviewSection, ends_of, review};
pub(crate) use view::{Control, FormView, Opt, form_view};

#[cfg(test)]
mod tests;
