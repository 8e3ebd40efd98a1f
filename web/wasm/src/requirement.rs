//! What a host asks for (`schemas/requirements/`).

use passport::{Kind, Requirement, Requirements, StaffGroup};
use serde_json::{Value, json};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert::refusal;

fn for_holder(requirement: &Requirement) -> String {
    json!({
        "kind": requirement.kind,
        "staff_group": requirement.staff_group,
        "title": requirement.title,
        "version": requirement.version,
        "asked": requirement.paths_to_show(),
    })
    .to_string()
}

/// Reads a host's own requirement: `{"kind":…,"staff_group":…,"title":…,"version":…,"asked":
/// [{"path":…,"why":…}]}`.
///
/// # Errors
/// Why it is refused.
#[wasm_bindgen(js_name = readRequirement)]
pub fn read_requirement(text: &str) -> Result<String, JsError> {
    Requirement::from_json(text)
        .map(|requirement| for_holder(&requirement))
        .map_err(|error| refusal(&error))
}

/// The copy that comes with the program, in the form of `readRequirement`; nothing when there is
/// none for this kind and staff group.
#[wasm_bindgen(js_name = shippedRequirement)]
pub fn shipped_requirement(kind: &str, staff_group: &str) -> Option<String> {
    let (kind, group): (Kind, StaffGroup) = (kind.parse().ok()?, staff_group.parse().ok()?);
    Requirements::shipped().find(kind, group).map(for_holder)
}

/// `[{"kind":…,"staff_group":…,"title":…}]` of every copy that comes with the program.
#[wasm_bindgen(js_name = shippedRequirements)]
pub fn shipped_requirements() -> String {
    let every: Value = Requirements::shipped()
        .iter()
        .map(|one| json!({ "kind": one.kind, "staff_group": one.staff_group, "title": one.title }))
        .collect();
    every.to_string()
}
