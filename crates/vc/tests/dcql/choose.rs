//! H5: the wallet releases what was selected and no more, or nothing.

use serde_json::{Value, json};
use vc::claim_path::ClaimPath;
use vc::dcql::{Chosen, DcqlQuery, HeldCredential, OptionalSets, Unsatisfied};
use vc::sd_jwt::VerifiedSdJwt;

use crate::common::keys::{TestKey, parse, path};

fn issue(claims: &Value, hide: &[Value]) -> VerifiedSdJwt {
    let key = TestKey::ed25519(1);
    let mut claims = claims.clone();
    claims["cnf"] = json!({"jwk": TestKey::ed25519(2).public().to_jwk()});
    let hide: Vec<ClaimPath> = hide.iter().map(path).collect();
    parse(&key.issue(&claims, &hide, 1)).verify_issuer(&key.public()).unwrap()
}

fn passport() -> VerifiedSdJwt {
    issue(
        &json!({
            "vct": "urn:passport",
            "employer": "RBV",
            "identity": {"family_name": "Okafor", "personal": {"sex": "F"}},
            "skills": [{"code": "fire", "level": 1}, {"code": "prevent", "level": 2}],
            "fit": true,
        }),
        &[
            json!(["identity"]),
            json!(["identity", "personal"]),
            json!(["skills"]),
            json!(["skills", null]),
            json!(["fit"]),
        ],
    )
}

fn held(sd_jwt: &VerifiedSdJwt) -> HeldCredential<'_> {
    HeldCredential { sd_jwt, extends: &[], authorities: &[] }
}

fn one(members: Value) -> DcqlQuery {
    let mut query = json!({
        "id": "q", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:passport"]},
    });
    query.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    DcqlQuery::parse(&json!({ "credentials": [query] })).unwrap()
}

/// What a verifier sees of the passport by this query.
fn shown(members: Value) -> Option<Value> {
    let passport = passport();
    let query = one(members);
    let chosen = query.choose(&[held(&passport)], OptionalSets::Skip).ok()?;
    let text = passport.disclose(&chosen[0].paths).unwrap();
    let verified = parse(&text).verify_issuer(&TestKey::ed25519(1).public()).unwrap();
    let mut claims = verified.claims().clone();
    claims.remove("cnf");
    claims.remove("vct");
    claims.remove("employer");
    Some(claims.into())
}

fn ids<'q>(chosen: &[Chosen<'q>]) -> Vec<&'q str> {
    chosen.iter().map(|it| it.query).collect()
}

#[test]
fn without_claims_nothing_that_hides_is_shown() {
    assert_eq!(shown(json!({})), Some(json!({})));
}

#[test]
fn only_the_claims_asked_for_are_shown() {
    assert_eq!(shown(json!({"claims": [{"path": ["fit"]}]})), Some(json!({"fit": true})));
    assert_eq!(
        shown(json!({"claims": [{"path": ["identity", "family_name"]}]})),
        Some(json!({"identity": {"family_name": "Okafor"}})),
        "what hides again inside stays hidden"
    );
    assert_eq!(
        shown(json!({"claims": [{"path": ["employer"]}]})),
        Some(json!({})),
        "a claim in clear costs nothing"
    );
}

#[test]
fn every_claim_asked_for_is_needed() {
    assert_eq!(shown(json!({"claims": [{"path": ["fit"]}, {"path": ["absent"]}]})), None);
    assert_eq!(shown(json!({"claims": [{"path": ["fit", "deeper"]}]})), None);
}

#[test]
fn null_selects_every_element() {
    assert_eq!(
        shown(json!({"claims": [{"path": ["skills", null, "code"]}]})),
        Some(json!({"skills": [{"code": "fire", "level": 1}, {"code": "prevent", "level": 2}]}))
    );
}

#[test]
fn values_match_by_type_and_show_only_what_matches() {
    let by = |values: Value| {
        shown(json!({"claims": [{"path": ["skills", null, "level"], "values": values}]}))
    };

    assert_eq!(by(json!([2])), Some(json!({"skills": [{"code": "prevent", "level": 2}]})));
    assert_eq!(by(json!(["2"])), None, "a string is no integer");
    assert_eq!(by(json!([3])), None);
    let fit = |value: Value| shown(json!({"claims": [{"path": ["fit"], "values": [value]}]}));
    assert_eq!(fit(json!(true)), Some(json!({"fit": true})));
    assert_eq!(fit(json!(false)), None);
    assert_eq!(fit(json!("true")), None);
}

#[test]
fn the_first_satisfiable_claim_set_is_shown() {
    let by = |sets: Value| {
        shown(json!({
            "claims": [
                {"id": "name", "path": ["identity"]},
                {"id": "fit", "path": ["fit"]},
                {"id": "absent", "path": ["absent"]},
            ],
            "claim_sets": sets,
        }))
    };
    let name = Some(json!({"identity": {"family_name": "Okafor"}}));

    assert_eq!(by(json!([["absent"], ["name"], ["fit"]])), name);
    assert_eq!(by(json!([["name"], ["fit"]])), name, "the verifier's order, not the cheapest");
    assert_eq!(by(json!([["absent", "fit"]])), None);
}

#[test]
fn a_claim_asked_for_twice_counts_once() {
    // 6.3: "Wallets SHOULD ignore such duplicate claim queries."
    let claims = json!([{"path": ["fit"]}, {"path": ["fit"], "values": [false]}]);

    assert_eq!(shown(json!({ "claims": claims })), Some(json!({"fit": true})));
}

#[test]
fn another_type_or_format_does_not_answer() {
    assert_eq!(shown(json!({"meta": {"vct_values": ["urn:other"]}})), None);
    assert_eq!(shown(json!({"format": "mso_mdoc", "meta": {}})), None);
}

#[test]
fn a_type_that_extends_the_one_asked_for_answers() {
    let passport = passport();
    let query = one(json!({"meta": {"vct_values": ["urn:base"]}}));
    let extending = HeldCredential { extends: &["urn:base"], ..held(&passport) };

    assert!(query.choose(&[held(&passport)], OptionalSets::Skip).is_err());
    assert_eq!(query.choose(&[extending], OptionalSets::Skip).unwrap().len(), 1);
}

#[test]
fn any_one_trusted_authority_is_enough() {
    let passport = passport();
    let query = one(json!({"trusted_authorities": [
        {"type": "etsi_tl", "values": ["https://list.example"]},
        {"type": "aki", "values": ["abc", "def"]},
    ]}));
    let with = |authorities| HeldCredential { authorities, ..held(&passport) };
    let answers = |held| query.choose(&[held], OptionalSets::Skip).is_ok();

    assert!(answers(with(&[("aki", "def")])));
    assert!(!answers(with(&[("etsi_tl", "def")])), "the value of another type");
    assert!(!answers(with(&[])));
}

#[test]
fn holder_binding_is_wanted_unless_the_query_says_otherwise() {
    let key = TestKey::ed25519(1);
    let text = key.issue(&json!({"vct": "urn:passport"}), &[], 1);
    let unbound = parse(&text).verify_issuer(&key.public()).unwrap();
    let choose = |members| one(members).choose(&[held(&unbound)], OptionalSets::Skip).is_ok();

    assert!(!choose(json!({})));
    assert!(choose(json!({"require_cryptographic_holder_binding": false})));
}

#[test]
fn of_several_that_answer_the_one_that_shows_least_is_chosen() {
    let whole = issue(
        &json!({"vct": "urn:passport", "identity": {"a": 1}, "fit": true}),
        &[json!(["identity"]), json!(["identity", "a"]), json!(["fit"])],
    );
    let finer =
        issue(&json!({"vct": "urn:passport", "identity": {"a": 1}}), &[json!(["identity", "a"])]);
    let query = one(json!({"claims": [{"path": ["identity", "a"]}]}));

    let chosen = query.choose(&[held(&whole), held(&finer)], OptionalSets::Skip).unwrap();

    assert_eq!(chosen[0].held, 1);
    let all = query.credentials[0].answers(&[held(&whole), held(&finer)]);
    assert_eq!(all.len(), 2, "for people to choose from");
}

/// Held: `urn:a`, `urn:b`, `urn:c`, each with `n` hidden claims of its number.
fn chosen_of_three(sets: Value, optional: OptionalSets) -> Result<Vec<String>, Unsatisfied> {
    let credentials: Vec<VerifiedSdJwt> = [("urn:a", 1), ("urn:b", 2), ("urn:c", 3)]
        .iter()
        .map(|(vct, count)| {
            let mut claims = json!({ "vct": vct });
            let names: Vec<String> = (0..*count).map(|it| format!("n{it}")).collect();
            for name in &names {
                claims[name] = json!("value");
            }
            let hide: Vec<Value> = names.iter().map(|name| json!([name])).collect();
            issue(&claims, &hide)
        })
        .collect();
    let ask = |id: &str, vct: &str, count: usize| {
        let claims: Vec<Value> = (0..count).map(|it| json!({"path": [format!("n{it}")]})).collect();
        json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": [vct]}, "claims": claims})
    };
    let mut query = json!({"credentials": [
        ask("a", "urn:a", 1), ask("b", "urn:b", 2), ask("c", "urn:c", 3), ask("x", "urn:x", 1),
    ]});
    if !sets.is_null() {
        query["credential_sets"] = sets;
    }
    let query = DcqlQuery::parse(&query).unwrap();
    let held: Vec<HeldCredential<'_>> = credentials.iter().map(held).collect();
    let chosen = query.choose(&held, optional)?;
    Ok(ids(&chosen).into_iter().map(str::to_owned).collect())
}

#[test]
fn without_credential_sets_every_credential_is_needed() {
    let refused = chosen_of_three(json!(null), OptionalSets::Skip).unwrap_err();

    assert_eq!(refused, Unsatisfied::Credential("x".to_owned()));
}

#[test]
fn of_the_options_the_one_that_shows_least_is_chosen() {
    let choose = |options: Value| {
        chosen_of_three(json!([{ "options": options }]), OptionalSets::Skip).unwrap()
    };

    assert_eq!(choose(json!([["c"], ["a"], ["b"]])), ["a"]);
    assert_eq!(choose(json!([["x"], ["c"]])), ["c"], "what can't be answered is no option");
    assert_eq!(choose(json!([["a", "b"], ["c"]])), ["c"], "one credential rather than two");
}

#[test]
fn a_credential_that_two_sets_share_is_shown_once() {
    let sets = json!([{"options": [["c"]]}, {"options": [["a"], ["c"]]}]);

    assert_eq!(chosen_of_three(sets, OptionalSets::Skip).unwrap(), ["c"]);
}

#[test]
fn a_required_set_that_cannot_be_answered_returns_nothing() {
    let sets = json!([{"options": [["a"]]}, {"options": [["x"], ["a", "x"]]}]);

    let refused = chosen_of_three(sets, OptionalSets::Answer).unwrap_err();

    assert_eq!(refused, Unsatisfied::CredentialSet(1));
}

#[test]
fn optional_sets_are_skipped_unless_the_person_wants_them() {
    let sets = json!([
        {"options": [["a"]]},
        {"options": [["b"]], "required": false},
        {"options": [["x"]], "required": false},
    ]);

    assert_eq!(chosen_of_three(sets.clone(), OptionalSets::Skip).unwrap(), ["a"]);
    assert_eq!(chosen_of_three(sets, OptionalSets::Answer).unwrap(), ["a", "b"]);
}
