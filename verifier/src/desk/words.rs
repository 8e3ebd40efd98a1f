//! Keys of the texts that stand for closed sets of words.

use passport::words::{
    AssignmentCategory, AssignmentStatus, DbsLevel, Fitness, IdentityMethod, RegistrationStatus,
    RightToWorkMethod, RoleCategory, WorkRestrictions, Workforce,
};
use passport::{Kind, StaffGroup};
use server::pages::Shell;

/// A day in words.
pub(super) fn day(day: chrono::NaiveDate, shell: &Shell) -> String {
    passport::text::day_said(day, &|key, values| shell.ta(key, values))
}

pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::TemporaryDeployment => "desk-kind-temporary-deployment",
        Kind::TrainingEducationDevelopment => "desk-kind-training",
        Kind::ImagingNetwork => "desk-kind-imaging",
        Kind::CancerScreening => "desk-kind-screening",
        Kind::Nursing => "desk-kind-nursing",
        Kind::PhysicianAssociate => "desk-kind-physician-associate",
        Kind::ClinicalNetwork => "desk-kind-clinical-network",
        Kind::MutualAid => "desk-kind-mutual-aid",
        Kind::TrainingRotation => "desk-kind-rotation",
        Kind::Observer => "desk-kind-observer",
    }
}

pub(super) const fn staff_group(group: StaffGroup) -> &'static str {
    match group {
        StaffGroup::AdditionalClinicalServices => "desk-group-clinical-services",
        StaffGroup::AdditionalProfessionalScientificAndTechnical => "desk-group-professional",
        StaffGroup::AdministrativeAndClerical => "desk-group-administrative",
        StaffGroup::AlliedHealthProfessionals => "desk-group-allied-health",
        StaffGroup::EstatesAndAncillary => "desk-group-estates",
        StaffGroup::HealthcareScientists => "desk-group-scientists",
        StaffGroup::MedicalAndDental => "desk-group-medical",
        StaffGroup::NursingAndMidwiferyRegistered => "desk-group-nursing",
        StaffGroup::StudentsNonMedical => "desk-group-students",
        StaffGroup::StudentsMedical => "desk-group-medical-students",
    }
}

pub(super) const fn identity_method(method: IdentityMethod) -> &'static str {
    match method {
        IdentityMethod::InPerson => "desk-identity-in-person",
        IdentityMethod::Idsp => "desk-identity-idsp",
        IdentityMethod::NhsCredential => "desk-identity-credential",
    }
}

pub(super) const fn right_method(method: RightToWorkMethod) -> &'static str {
    match method {
        RightToWorkMethod::Manual => "desk-right-manual",
        RightToWorkMethod::ShareCode => "desk-right-share-code",
        RightToWorkMethod::Idsp => "desk-right-idsp",
    }
}

pub(super) const fn restrictions(restrictions: WorkRestrictions) -> &'static str {
    match restrictions {
        WorkRestrictions::None => "desk-right-unrestricted",
        WorkRestrictions::HoursCap => "desk-right-hours",
        WorkRestrictions::EmployerTied => "desk-right-employer",
        WorkRestrictions::RoleLimited => "desk-right-role",
    }
}

pub(super) const fn registration(status: RegistrationStatus) -> &'static str {
    match status {
        RegistrationStatus::Registered => "desk-registration-registered",
        RegistrationStatus::RegisteredWithConditions => "desk-registration-conditions",
        RegistrationStatus::Suspended
        | RegistrationStatus::Lapsed
        | RegistrationStatus::Removed => "desk-registration-inactive",
    }
}

pub(super) const fn dbs_level(level: DbsLevel) -> &'static str {
    match level {
        DbsLevel::Basic => "desk-dbs-basic",
        DbsLevel::Standard => "desk-dbs-standard",
        DbsLevel::Enhanced => "desk-dbs-enhanced",
    }
}

pub(super) const fn workforce(workforce: Workforce) -> &'static str {
    match workforce {
        Workforce::Adult => "desk-dbs-adult",
        Workforce::Child => "desk-dbs-child",
        Workforce::AdultAndChild => "desk-dbs-adult-and-child",
        Workforce::Other => "desk-dbs-other",
    }
}

pub(super) const fn fitness(fitness: Fitness) -> &'static str {
    match fitness {
        Fitness::Fit => "desk-health-fit",
        Fitness::FitWithAdjustments => "desk-health-adjustments",
    }
}

pub(super) const fn role_category(category: RoleCategory) -> &'static str {
    match category {
        RoleCategory::NonClinical => "desk-health-non-clinical",
        RoleCategory::Clinical => "desk-health-clinical",
        RoleCategory::Epp => "desk-health-epp",
    }
}

pub(super) const fn contract(category: AssignmentCategory) -> &'static str {
    match category {
        AssignmentCategory::Permanent => "desk-job-permanent",
        AssignmentCategory::FixedTerm => "desk-job-fixed-term",
        AssignmentCategory::Bank => "desk-job-bank",
        AssignmentCategory::Honorary => "desk-job-honorary",
    }
}

pub(super) const fn contract_status(status: AssignmentStatus) -> &'static str {
    match status {
        AssignmentStatus::Active => "desk-job-active",
        // The reason is nobody's business at the desk.
        AssignmentStatus::Suspended | AssignmentStatus::Ended => "desk-job-not-active",
    }
}
