//! Plain names of members, from the type metadata: texts stand in one place.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::types::EMPLOYMENT_CHECKS;

/// By pointer, `*` for every element.
static LABELS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let metadata: Value = serde_json::from_str(EMPLOYMENT_CHECKS.metadata).unwrap_or_default();
    let claims = metadata.get("claims").and_then(Value::as_array).cloned().unwrap_or_default();
    claims
        .iter()
        .filter_map(|claim| {
            let path = claim.get("path")?.as_array()?;
            let pointer =
                path.iter().map(|step| format!("/{}", step.as_str().unwrap_or("*"))).collect();
            Some((pointer, claim.pointer("/display/0/label")?.as_str()?.to_owned()))
        })
        .collect()
});

/// The label of a top-level member, or its name.
pub(crate) fn of_member(name: &'static str) -> &'static str {
    LABELS.get(&format!("/{name}")).map_or(name, String::as_str)
}

/// `Training, entry 2, Level` for `/core_skills/1/level`.
pub fn of_pointer(pointer: &str) -> String {
    let mut pattern = String::new();
    let mut words: Vec<String> = Vec::new();
    for step in pointer.split('/').skip(1) {
        pattern.push('/');
        if let Ok(index) = step.parse::<usize>() {
            pattern.push('*');
            words.push(format!("entry {}", index.saturating_add(1)));
        } else {
            pattern.push_str(step);
            // An assurance inside a check has the labels of the one at the top.
            let label = LABELS.get(&pattern).or_else(|| {
                let at = pattern.find("/assurance/")?;
                LABELS.get(pattern.get(at..)?)
            });
            words.push(
                label.map_or_else(|| step.replace("~1", "/").replace("~0", "~"), Clone::clone),
            );
        }
    }
    words.join(", ")
}
