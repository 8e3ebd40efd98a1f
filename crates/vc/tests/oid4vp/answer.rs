//! A response held against its request, end to end (P7, P9, P10, P11, P14, P15, H5, H6).

use std::collections::BTreeMap;

use serde_json::json;
use vc::dcql::{AnswerFault, HeldCredential, OptionalSets};
use vc::oid4vp::{
    AnswerError, AuthorizationRequest, DirectPost, ResponseMode, TransactionData, VerifiedAnswer,
    VpToken,
};
use vc::sd_jwt::{KeyBinding, key_binding_input_with};
use vc::verify::{Evidence, Reason, Rejection, StatusEvidence, Verified};

use crate::common::keys::{object, parse};
use crate::scene::{NOW, Scene, VCT, issuer};
use crate::{query, request};

/// The wallet's side: choose, disclose, bind.
fn present(request: &AuthorizationRequest, scene: &Scene) -> VpToken {
    let held = parse(&scene.issued()).verify_issuer(&issuer().public()).unwrap();
    let credential = HeldCredential { sd_jwt: &held, extends: &[], authorities: &[] };
    let chosen = request.dcql_query.choose(&[credential], OptionalSets::Skip).unwrap();
    let transactions: Vec<&TransactionData> = request.transaction_data.iter().collect();
    let binding = KeyBinding {
        audience: request.client_id.clone(),
        nonce: request.nonce.clone(),
        issued_at: NOW,
    };
    let mut presentations = BTreeMap::new();
    for one in chosen {
        let unsigned = key_binding_input_with(
            &held.disclose(&one.paths).unwrap(),
            scene.holder.algorithm(),
            &binding,
            TransactionData::binding_claims(&transactions),
        )
        .unwrap();
        let signature = scene.holder.sign(unsigned.signing_input());
        presentations.insert(one.query.to_owned(), vec![unsigned.finish(&signature)]);
    }
    VpToken::new(presentations)
}

fn verify(
    request: &AuthorizationRequest,
    scene: &Scene,
    post: &DirectPost,
) -> Result<Verified, Rejection> {
    let opened = request.open(post).unwrap().remove(0);
    let registry = scene.verified_registry();
    let status = StatusEvidence::List(scene.list.as_ref().unwrap());
    let evidence = Evidence { registry: Some(&registry), anchors: &[], status };
    let policy = request.policy(&[VCT], &Scene::policy());
    opened.presentation.verify(&evidence, &policy, NOW)
}

fn answer(verified: &Verified) -> VerifiedAnswer<'_> {
    VerifiedAnswer { query: "passport", verified, extends: &[], authorities: &[] }
}

fn post(request: &AuthorizationRequest, token: &VpToken) -> DirectPost {
    DirectPost::parse(request.answer_form(token).as_bytes()).unwrap()
}

#[test]
fn a_chosen_presentation_verifies_and_is_what_was_asked_for() {
    let (request, scene) = (request(), Scene::good());

    let verified = verify(&request, &scene, &post(&request, &present(&request, &scene))).unwrap();

    request.check(&[answer(&verified)]).unwrap();
    assert_eq!(verified.claims()["identity"]["family_name"], "Okafor");
}

#[test]
fn a_presentation_for_another_client_or_nonce_is_refused() {
    let scene = Scene::good();
    let asked = request();
    let other_nonce = AuthorizationRequest { nonce: "other".to_owned(), ..request() };
    let other_client =
        AuthorizationRequest { client_id: "x509_san_dns:verifier.example".to_owned(), ..request() };

    let stale = verify(&asked, &scene, &post(&asked, &present(&other_nonce, &scene)));
    let foreign = verify(&asked, &scene, &post(&asked, &present(&other_client, &scene)));

    assert_eq!(stale.unwrap_err().reason, Reason::NonceWrong);
    assert_eq!(foreign.unwrap_err().reason, Reason::WrongHost);
}

#[test]
fn a_wallet_that_shows_less_than_asked_is_refused() {
    let scene = Scene::good();
    let asked = request();
    let lazy = AuthorizationRequest { dcql_query: query(&json!({})), ..request() };

    let verified = verify(&asked, &scene, &post(&asked, &present(&lazy, &scene))).unwrap();

    let refused = asked.check(&[answer(&verified)]).unwrap_err();
    assert_eq!(refused, AnswerError::Query(AnswerFault::NotMet("passport".to_owned())));
}

#[test]
fn an_answer_without_what_was_asked_for_is_refused() {
    let refused = request().check(&[]).unwrap_err();

    assert_eq!(refused, AnswerError::Query(AnswerFault::Missing("passport".to_owned())));
}

#[test]
fn the_state_must_be_this_requests() {
    let scene = Scene::good();
    let asked = request();
    let token = present(&asked, &scene);

    for state in [None, Some("other".to_owned())] {
        let stateless = AuthorizationRequest { state, ..request() };
        let refused = asked.open(&post(&stateless, &token)).unwrap_err();
        assert_eq!(refused, AnswerError::WrongState);
    }
}

#[test]
fn a_decline_is_never_a_presentation() {
    let form = request().error_form(vc::oid4vp::ErrorCode::AccessDenied);
    let declined = DirectPost::parse(form.as_bytes()).unwrap();

    let refused = request().open(&declined).unwrap_err();

    assert_eq!(refused, AnswerError::Declined("access_denied".to_owned()));
}

#[test]
fn the_answer_travels_as_asked() {
    let scene = Scene::good();
    let plain = request();
    let encrypted =
        AuthorizationRequest { response_mode: ResponseMode::DirectPostJwt, ..request() };
    let token = present(&plain, &scene);
    let payload = plain.answer_payload(&token);

    assert_eq!(encrypted.open(&post(&plain, &token)).unwrap_err(), AnswerError::WrongMode);
    assert_eq!(plain.open_decrypted(&payload).unwrap_err(), AnswerError::WrongMode);
    assert_eq!(encrypted.open_decrypted(&payload).unwrap().len(), 1);
}

#[test]
fn ids_and_numbers_are_those_of_the_query() {
    let open = |ids: &[(&str, usize)], asked: &AuthorizationRequest| {
        let token = ids
            .iter()
            .map(|(id, count)| ((*id).to_owned(), vec![Scene::good().code(); *count]))
            .collect();
        asked.open(&post(asked, &VpToken::new(token))).map(|opened| opened.len())
    };
    let several =
        AuthorizationRequest { dcql_query: query(&json!({"multiple": true})), ..request() };

    assert_eq!(open(&[("passport", 1)], &request()), Ok(1));
    assert_eq!(
        open(&[("passport", 2)], &request()),
        Err(AnswerError::Query(AnswerFault::WrongNumber("passport".to_owned())))
    );
    assert_eq!(open(&[("passport", 2)], &several), Ok(2));
    assert_eq!(
        open(&[("passport", 1), ("more", 1)], &request()),
        Err(AnswerError::Query(AnswerFault::NotAsked("more".to_owned())))
    );
}

#[test]
fn a_presentation_that_cannot_be_parsed_is_named() {
    let token = VpToken::new(BTreeMap::from([("passport".to_owned(), vec!["text".to_owned()])]));

    let refused = request().open(&post(&request(), &token)).unwrap_err();

    let AnswerError::Presentation(id, rejection) = refused else { panic!("{refused}") };
    assert_eq!((id.as_str(), rejection.reason), ("passport", Reason::NotAPassport));
}

#[test]
fn every_transaction_must_be_authorised() {
    let scene = Scene::good();
    let transaction = |kind: &str| {
        let members = json!({"type": kind, "credential_ids": ["passport"]});
        TransactionData::new(&object(&members)).unwrap()
    };
    let asked = AuthorizationRequest {
        transaction_data: vec![transaction("one"), transaction("two")],
        ..request()
    };
    let half = AuthorizationRequest { transaction_data: vec![transaction("one")], ..request() };
    let other = AuthorizationRequest { transaction_data: vec![transaction("x")], ..request() };
    let outcome = |wallet: &AuthorizationRequest| {
        let verified = verify(&asked, &scene, &post(&asked, &present(wallet, &scene))).unwrap();
        asked.check(&[answer(&verified)])
    };

    assert_eq!(outcome(&asked), Ok(()));
    assert_eq!(outcome(&half), Err(AnswerError::NotAuthorised));
    assert!(matches!(outcome(&other), Err(AnswerError::TransactionData(_))));
}
