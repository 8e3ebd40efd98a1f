//! Invented people, and plainly so, for the demonstration and for tests. Dates are relative to a
//! day, so that they stay valid.

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use crate::checks::{Assurance, EmploymentChecks};
use crate::day::plus_months;

/// The ODS code of the samples' employer.
pub const EMPLOYER_ODS: &str = "RBV";
/// Its name.
pub const EMPLOYER_NAME: &str = "The Christie NHS Foundation Trust";

/// `days` before `today`, as text.
fn ago(today: NaiveDate, days: u64) -> String {
    today.checked_sub_days(Days::new(days)).unwrap_or(today).to_string()
}

fn ahead(today: NaiveDate, days: u64) -> String {
    today.checked_add_days(Days::new(days)).unwrap_or(today).to_string()
}

fn skill(today: NaiveDate, subject: &str, level: u8, years: u32, done: u64) -> Value {
    let awarded = today.checked_sub_days(Days::new(done)).unwrap_or(today);
    json!({
        "subject": subject,
        "level": level,
        "framework": "CSTF",
        "attainment": "ACHIEVED",
        "awarded_on": awarded.to_string(),
        "renewal_period": format!("P{years}Y"),
        "valid_until": plus_months(awarded, years.saturating_mul(12)).to_string(),
    })
}

/// Amara Okafor, acute-oncology nurse of The Christie: six checks, her job, eleven skills, no inner
/// block, as HR would give them. Clear to start for every shipped requirement, for 80 days.
pub fn sample_nurse(today: NaiveDate) -> Value {
    json!({
        "identity": {
            "given_name": "Amara",
            "family_name": "Okafor",
            "birth_date": "1990-06-20",
            "check_method": "IN_PERSON",
            "gpg45_profile": "H1A",
            "checked_on": ago(today, 48),
            "document_expiry": ahead(today, 1900),
        },
        "right_to_work": {
            "basis": "LIST_A",
            "method": "MANUAL",
            "checked_on": ago(today, 1650),
            "work_restrictions": "NONE",
            "document_kind": "UK passport",
        },
        "professional_registration": {
            "body": "NMC",
            "number": "18A1234E",
            "profession": "Nurse",
            "part": "Adult",
            "status": "REGISTERED",
            "has_conditions": false,
            "registered_on": "2018-09-14",
            "expires_on": ahead(today, 212),
            "revalidation_due": ahead(today, 577),
            "checked_on": ago(today, 1),
        },
        "employment_history": {
            "period_covered_years": 3,
            "references_received": 2,
            "gaps_explained": true,
            "outcome": "SATISFACTORY",
            "checked_on": ago(today, 1650),
        },
        "criminal_record": {
            "level": "ENHANCED",
            "workforce": "ADULT",
            "barred_adult": "CHECKED",
            "barred_child": "NOT_CHECKED",
            "outcome": "SATISFACTORY",
            "issued_on": ago(today, 630),
            "update_service": "SUBSCRIBED",
            "status_checked_on": ago(today, 48),
        },
        "work_health": {
            "outcome": "FIT",
            "assessed_on": ago(today, 480),
            "role_category": "CLINICAL",
        },
        "assignment": {
            "department": "Acute Oncology",
            "staff_group": "NURSING_AND_MIDWIFERY_REGISTERED",
            "job_role": "Staff Nurse",
            "job_title": "Acute Oncology Nurse",
            "assignment_category": "PERMANENT",
            "assignment_status": "ACTIVE",
            "start": ago(today, 1632),
        },
        "core_skills": [
            skill(today, "CONFLICT_RESOLUTION", 1, 3, 650),
            skill(today, "EQUALITY_DIVERSITY_AND_HUMAN_RIGHTS", 1, 3, 650),
            skill(today, "FIRE_SAFETY", 1, 2, 280),
            skill(today, "HEALTH_SAFETY_AND_WELFARE", 1, 3, 650),
            skill(today, "INFECTION_PREVENTION_AND_CONTROL", 2, 1, 118),
            skill(today, "INFORMATION_GOVERNANCE_AND_DATA_SECURITY", 1, 1, 117),
            skill(today, "MOVING_AND_HANDLING", 2, 2, 279),
            skill(today, "PREVENT", 1, 3, 650),
            skill(today, "RESUSCITATION_ADULT", 2, 1, 111),
            skill(today, "SAFEGUARDING_ADULTS", 3, 3, 629),
            skill(today, "SAFEGUARDING_CHILDREN", 2, 3, 629),
        ],
    })
}

/// Splitmix64: seeded choices without a dependency.
struct Choices(u64);

impl Choices {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or_default()
    }

    fn of(&mut self, words: &[&'static str]) -> &'static str {
        let length = u64::try_from(words.len()).unwrap_or(1);
        let index = usize::try_from(self.below(length)).unwrap_or_default();
        words.get(index).copied().unwrap_or_default()
    }

    fn digits(&mut self, count: u32) -> String {
        (0..count).map(|_| self.below(10).to_string()).collect()
    }

    fn letter(&mut self) -> &'static str {
        self.of(&["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M"])
    }
}

/// An invented nurse with every member there is, inner blocks included; another one for each seed.
/// Ten of them (seeds 0 to 9) measure the worst QR code.
pub fn filled_nurse(today: NaiveDate, seed: u64) -> Value {
    let mut pick = Choices(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let mut nurse = sample_nurse(today);
    let given = pick.of(&[
        "Amara",
        "Bronwen",
        "Chidi",
        "Dilys",
        "Eithne",
        "Farouk",
        "Gwenllian",
        "Hyun-woo",
    ]);
    let family = pick.of(&[
        "Sample-Okafor",
        "Testworthy",
        "Inventado",
        "O'Specimen",
        "Mustermann",
        "Examplewala",
    ]);
    let years = pick.below(25).saturating_add(1970);
    merge(
        &mut nurse,
        "assurance",
        json!({
            "origin": "ESR",
            "assurance_policy": "NHS Employment Check Standards",
            "assurance_outcome": "PASS",
            "provider": EMPLOYER_ODS,
            "verifier": "PROVIDER",
            "verification_method": "DOCUMENT_AND_RECORD",
            "pedigree": "SOURCED",
            "last_refresh": ago(today, pick.below(10)),
        }),
    );
    merge(
        &mut nurse,
        "identity",
        json!({
            "given_name": given,
            "family_name": family,
            "preferred_name": pick.of(&["Sam", "Alex", "Ari", "Jo"]),
            "birth_date": format!("{years}-0{}-1{}", pick.below(9).saturating_add(1), pick.below(10)),
            "check_method": "IDSP",
            "idsp": pick.of(&["Invented Identity Ltd", "Sample Trust Services"]),
            "gpg45_profile": pick.of(&["H1A", "M1B", "H1C", "V1D"]),
            "checked_on": ago(today, pick.below(200)),
            "personal": {
                "portrait": format!("data:image/jpeg;base64,{}", "Qk0xMjM0NTY3ODkw".repeat(40)),
                "legal_sex": pick.of(&["FEMALE", "MALE", "NOT_SPECIFIED"]),
                "nationality": pick.of(&["GBR", "IRL", "NGA", "IND", "PHL"]),
                "address": format!("{} Sample Street, Inventon, ZZ9 9ZZ", pick.below(200)),
            },
        }),
    );
    let until = ahead(today, pick.below(700).saturating_add(400));
    merge(
        &mut nurse,
        "right_to_work",
        json!({
            "basis": "LIST_B_G1",
            "method": "SHARE_CODE",
            "checked_on": ago(today, pick.below(300)),
            "permission_until": until,
            "follow_up_due": until,
            "work_restrictions": "HOURS_CAP",
            "hours_cap": pick.below(20).saturating_add(10),
            "document_kind": pick.of(&["Online immigration status", "Share code record"]),
        }),
    );
    merge(
        &mut nurse,
        "professional_registration",
        json!({
            "number": format!("{}{}{}{}", pick.digits(2), pick.letter(), pick.digits(4), pick.letter()),
            "part": pick.of(&["Adult", "Adult and children", "Mental health"]),
            "status": "REGISTERED_WITH_CONDITIONS",
            "has_conditions": true,
            "conditions": "Works under the supervision of another registered nurse for six months.",
            "qualifications": ["BSc (Hons) Adult Nursing", "Systemic anticancer therapy passport"],
            "checked_on": ago(today, pick.below(20)),
        }),
    );
    merge(
        &mut nurse,
        "criminal_record",
        json!({
            "workforce": "ADULT_AND_CHILD",
            "barred_child": "CHECKED",
            "issued_on": ago(today, pick.below(700).saturating_add(60)),
            "reference": {"certificate_number": format!("00{}", pick.digits(10))},
        }),
    );
    merge(
        &mut nurse,
        "work_health",
        json!({
            "outcome": "FIT_WITH_ADJUSTMENTS",
            "assessed_on": ago(today, pick.below(600)),
            "role_category": "EPP",
            "epp_cleared": true,
            "adjustments": "No lone work at night; a chair with back support.",
            "oh_provider": pick.of(&["Sample Occupational Health", "Inventon Staff Health"]),
        }),
    );
    merge(
        &mut nurse,
        "assignment",
        json!({
            "department": pick.of(&["Acute Oncology", "Day Chemotherapy Unit", "Ward 7, Haematology"]),
            "area_of_work": pick.of(&["Medical Oncology", "Clinical Haematology"]),
            "job_role": pick.of(&["Staff Nurse", "Nurse Specialist", "Senior Staff Nurse"]),
            "job_title": pick.of(&["Acute Oncology Nurse Specialist", "Chemotherapy Nurse"]),
            "assignment_category": "FIXED_TERM",
            "fixed_term_end": ahead(today, pick.below(300).saturating_add(200)),
            "occupation_code": format!("N{}{}", pick.below(10), pick.letter()),
            "employment": {
                "esr_assignment_number": format!("{}-{}", pick.digits(8), pick.below(9)),
                "vpd": pick.digits(3),
                "pay_band": pick.of(&["Band 5", "Band 6", "Band 7"]),
                "wte": pick.of(&["1", "0.8", "0.64", "0.5"]),
            },
            "assurance": {"last_refresh": ago(today, pick.below(30))},
        }),
    );
    if let Some(skills) = nurse.get_mut("core_skills").and_then(Value::as_array_mut) {
        for skill in skills {
            let days = pick.below(200).saturating_add(20);
            let (names, period) =
                (skill.get("subject").cloned(), skill.get("renewal_period").cloned());
            let awarded = today.checked_sub_days(Days::new(days)).unwrap_or(today);
            let years = period.as_ref().and_then(Value::as_str).map_or(12, |text| match text {
                "P3Y" => 36,
                "P2Y" => 24,
                _ => 12,
            });
            let name = names.as_ref().and_then(Value::as_str).unwrap_or_default().replace('_', " ");
            if let Some(members) = skill.as_object_mut() {
                members.insert("competency_name".to_owned(), json!(format!("NHS|CSTF|{name}|")));
                members.insert("awarded_on".to_owned(), json!(awarded.to_string()));
                members.insert(
                    "valid_until".to_owned(),
                    json!(plus_months(awarded, years).to_string()),
                );
                members.insert("assessed".to_owned(), json!(pick.below(2) == 1));
            }
        }
    }
    nurse
}

fn merge(nurse: &mut Value, name: &str, members: Value) {
    let (Some(nurse), Value::Object(members)) = (nurse.as_object_mut(), members) else { return };
    let part = nurse.entry(name).or_insert_with(|| json!({}));
    if let Some(part) = part.as_object_mut() {
        part.extend(members);
    }
}

/// The claims of a credential of the samples' employer: `subject_ref`, `employer` and assurance
/// added, without the technical claims.
pub fn as_credential(checks: &EmploymentChecks, today: NaiveDate) -> Map<String, Value> {
    let mut checks = checks.clone();
    if checks.assurance.is_none() {
        checks.assurance =
            EMPLOYER_ODS.parse().ok().and_then(|ods| Assurance::by_employer(&ods, today));
    }
    let mut claims = checks.to_claims();
    claims.insert("subject_ref".to_owned(), json!("sample-7Qm2vX0cTfaK"));
    claims.insert("employer".to_owned(), json!({"ods": EMPLOYER_ODS, "name": EMPLOYER_NAME}));
    claims
}
