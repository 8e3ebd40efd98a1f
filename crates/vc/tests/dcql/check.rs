//! P7 and P9: never rely on the wallet to enforce the query.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use vc::dcql::{Answer, AnswerFault, DcqlQuery};

use crate::common::keys::object;

fn query(members: Value) -> DcqlQuery {
    let mut query = json!({
        "id": "q", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:a"]},
        "claims": [{"id": "name", "path": ["name"]}, {"id": "fit", "path": ["fit"], "values": [true]}],
    });
    query.as_object_mut().unwrap().extend(object(&members));
    DcqlQuery::parse(&json!({ "credentials": [query] })).unwrap()
}

fn answer(claims: &Map<String, Value>) -> Answer<'_> {
    Answer { claims, extends: &[], authorities: &[], holder_proven: true }
}

fn check(query: &DcqlQuery, answers: &[(&str, Vec<Answer<'_>>)]) -> Result<(), AnswerFault> {
    let answers: BTreeMap<String, Vec<Answer<'_>>> =
        answers.iter().map(|(id, of_one)| ((*id).to_owned(), of_one.clone())).collect();
    query.check(&answers)
}

fn check_claims(members: Value, claims: Value) -> Result<(), AnswerFault> {
    let claims = object(&claims);
    check(&query(members), &[("q", vec![answer(&claims)])])
}

fn not_met() -> Result<(), AnswerFault> {
    Err(AnswerFault::NotMet("q".to_owned()))
}

#[test]
fn an_answer_must_show_every_claim_with_a_value_asked_for() {
    let good = json!({"vct": "urn:a", "name": "n", "fit": true});

    assert_eq!(check_claims(json!({}), good), Ok(()));
    assert_eq!(check_claims(json!({}), json!({"vct": "urn:a", "name": "n"})), not_met());
    assert_eq!(
        check_claims(json!({}), json!({"vct": "urn:a", "name": "n", "fit": false})),
        not_met()
    );
    assert_eq!(
        check_claims(json!({}), json!({"vct": "urn:b", "name": "n", "fit": true})),
        not_met(),
        "another type"
    );
}

#[test]
fn any_claim_set_will_do() {
    let sets = json!({"claim_sets": [["name", "fit"], ["name"]]});

    assert_eq!(check_claims(sets.clone(), json!({"vct": "urn:a", "name": "n"})), Ok(()));
    assert_eq!(check_claims(sets, json!({"vct": "urn:a", "fit": true})), not_met());
}

#[test]
fn the_holder_must_be_proven_unless_the_query_says_otherwise() {
    let claims = object(&json!({"vct": "urn:a", "name": "n", "fit": true}));
    let unproven = Answer { holder_proven: false, ..answer(&claims) };
    let check_unproven = |members| check(&query(members), &[("q", vec![unproven])]);

    assert_eq!(check_unproven(json!({})), not_met());
    assert_eq!(check_unproven(json!({"require_cryptographic_holder_binding": false})), Ok(()));
}

#[test]
fn the_authority_must_be_one_asked_for() {
    let claims = object(&json!({"vct": "urn:a", "name": "n", "fit": true}));
    let asked = query(json!({"trusted_authorities": [{"type": "aki", "values": ["k"]}]}));
    let certified = Answer { authorities: &[("aki", "k")], ..answer(&claims) };

    assert_eq!(check(&asked, &[("q", vec![certified])]), Ok(()));
    assert_eq!(check(&asked, &[("q", vec![answer(&claims)])]), not_met());
}

#[test]
fn exactly_one_presentation_unless_several_were_asked_for() {
    let claims = object(&json!({"vct": "urn:a", "name": "n", "fit": true}));
    let two = vec![answer(&claims), answer(&claims)];
    let wrong = Err(AnswerFault::WrongNumber("q".to_owned()));

    assert_eq!(check(&query(json!({})), &[("q", two.clone())]), wrong);
    assert_eq!(check(&query(json!({})), &[("q", Vec::new())]), wrong);
    assert_eq!(check(&query(json!({"multiple": true})), &[("q", two)]), Ok(()));
}

#[test]
fn each_of_several_presentations_must_be_what_was_asked_for() {
    let good = object(&json!({"vct": "urn:a", "name": "n", "fit": true}));
    let bad = object(&json!({"vct": "urn:a"}));

    let mixed = [("q", vec![answer(&good), answer(&bad)])];

    assert_eq!(check(&query(json!({"multiple": true})), &mixed), not_met());
}

#[test]
fn an_id_that_was_not_asked_for_is_refused() {
    let claims = object(&json!({"vct": "urn:a", "name": "n", "fit": true}));
    let answers = [("q", vec![answer(&claims)]), ("more", vec![answer(&claims)])];

    assert_eq!(check(&query(json!({})), &answers), Err(AnswerFault::NotAsked("more".to_owned())));
}

#[test]
fn a_credential_that_was_asked_for_must_be_there() {
    assert_eq!(check(&query(json!({})), &[]), Err(AnswerFault::Missing("q".to_owned())));
}

#[test]
fn every_required_credential_set_must_be_answered_whole() {
    let ask = |id| json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:a"]}});
    let query = DcqlQuery::parse(&json!({
        "credentials": [ask("a"), ask("b"), ask("c")],
        "credential_sets": [
            {"options": [["a", "b"], ["c"]]},
            {"options": [["b"]], "required": false},
        ],
    }))
    .unwrap();
    let claims = object(&json!({"vct": "urn:a"}));
    let with = |ids: &[&'static str]| {
        let answers: Vec<_> = ids.iter().map(|id| (*id, vec![answer(&claims)])).collect();
        check(&query, &answers)
    };

    assert_eq!(with(&["c"]), Ok(()));
    assert_eq!(with(&["a", "b"]), Ok(()));
    assert_eq!(with(&["a"]), Err(AnswerFault::SetMissing(0)));
    assert_eq!(with(&["b"]), Err(AnswerFault::SetMissing(0)));
}
