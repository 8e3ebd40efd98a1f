//! The typed passport: `schemas/employment-checks-1/schema.json` in Rust. A test holds the two to
//! accept the same documents.

mod assignment;
mod assurance;
mod core_skill;
mod criminal_record;
mod employment_history;
mod identity;
mod professional_registration;
mod right_to_work;
mod work_health;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::fault::{Fault, FaultCode, Faults};
use crate::read::{Field, Object};
pub use crate::rules::MAX_SKILLS;
use crate::rules::rules;
use crate::values::{List, Name, OdsCode};

pub use assignment::{Assignment, Employment};
pub use assurance::{Assurance, AssuranceDifference};
pub use core_skill::CoreSkill;
pub use criminal_record::{CriminalRecord, Reference};
pub use employment_history::EmploymentHistory;
pub use identity::{Identity, Personal};
pub use professional_registration::ProfessionalRegistration;
pub use right_to_work::RightToWork;
pub use work_health::WorkHealth;

/// A closed object: its members, read with every fault and written back in order.
///
/// `req` must be there, `opt` may be; the function looks at members together.
macro_rules! part {
    (
        $(#[$meta:meta])* $name:ident, $together:expr,
        { $($(#[$field_meta:meta])* $kind:ident $field:ident: $type:ty,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: part!(@type $kind $type),)+
        }

        impl crate::read::Field for $name {
            fn read(
                value: &serde_json::Value,
                pointer: &str,
                faults: &mut crate::fault::Faults,
            ) -> Option<Self> {
                let mut object = crate::read::Object::open(value, pointer, faults)?;
                $(let $field = part!(@read $kind object $field);)+
                let together: fn(&mut crate::read::Object<'_>) = $together;
                together(&mut object);
                object.finish();
                Some(Self { $($field: part!(@take $kind $field),)+ })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $(part!(@write $kind map $field self.$field);)+
                map.end()
            }
        }
    };
    (@type req $type:ty) => { $type };
    (@type opt $type:ty) => { Option<$type> };
    (@read req $object:ident $field:ident) => { $object.required(stringify!($field)) };
    (@read opt $object:ident $field:ident) => { $object.optional(stringify!($field)) };
    (@take req $field:ident) => { $field? };
    (@take opt $field:ident) => { $field };
    (@write req $map:ident $field:ident $value:expr) => {
        $map.serialize_entry(stringify!($field), &$value)?;
    };
    (@write opt $map:ident $field:ident $value:expr) => {
        if let Some(value) = &$value {
            $map.serialize_entry(stringify!($field), value)?;
        }
    };
}
pub(crate) use part;

/// For objects whose members do not hang together.
pub(crate) fn apart(_: &mut Object<'_>) {}

/// For objects that are left out rather than empty.
pub(crate) fn not_empty(object: &mut Object<'_>) {
    if object.is_empty() {
        object.note_here(FaultCode::OutOfRange, "fault-part-empty");
    }
}

part! {
    /// What HR gives for a passport.
    EmploymentChecks, apart, {
        /// Where the facts come from; the issuer fills it in when HR leaves it out.
        opt assurance: Assurance,
        /// Who this is.
        req identity: Identity,
        /// The right to work.
        req right_to_work: RightToWork,
        /// Registration with a professional body, for those who need one.
        opt professional_registration: ProfessionalRegistration,
        /// Employment history and references.
        req employment_history: EmploymentHistory,
        /// The DBS certificate.
        req criminal_record: CriminalRecord,
        /// Work health clearance.
        req work_health: WorkHealth,
        /// The job at the home trust.
        req assignment: Assignment,
        /// Training.
        req core_skills: List<CoreSkill, 0, MAX_SKILLS>,
    }
}

part! {
    /// The home trust, at the top of a credential.
    Employer, apart, {
        /// Its ODS code.
        req ods: OdsCode,
        /// Its name.
        req name: Name,
    }
}

impl EmploymentChecks {
    /// Reads what HR gives: shape and words, as the JSON Schema has them, every fault at once.
    ///
    /// # Errors
    /// Every [`Fault`], in the order of their places.
    pub fn from_value(value: &Value) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let checks = Self::read(value, "", &mut faults);
        sorted(faults).and(checks.ok_or_else(Vec::new))
    }

    /// Reads what HR gives and applies the [`rules`] between dates as well: the call to accept a
    /// passport by. `today` is London's.
    ///
    /// # Errors
    /// Every [`Fault`], in the order of their places.
    pub fn accept(value: &Value, today: NaiveDate) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let checks = Self::read(value, "", &mut faults);
        faults.0.extend(rules(value, today));
        sorted(faults).and(checks.ok_or_else(Vec::new))
    }

    /// The claims, members in the order of the schema: what is stored and signed.
    pub fn to_claims(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(claims)) => claims,
            // Texts, numbers and lists only: there is nothing that serde_json can't write.
            Ok(_) | Err(_) => Map::new(),
        }
    }
}

fn sorted(faults: Faults) -> Result<(), Vec<Fault>> {
    let mut faults = faults.0;
    if faults.is_empty() {
        return Ok(());
    }
    faults.sort();
    faults.dedup();
    Err(faults)
}
