//! For arbitrary claims and arbitrary hiding: what is issued verifies to what went in, and any
//! choice of disclosures shows that and no more.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value};
use vc::claim_path::{ClaimPath, PathElement};
use vc::sd_jwt::{Issuance, KeyBinding, UnverifiedSdJwt};
use vc::time::UnixTime;

use crate::common::keys::{TestKey, rng};

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Zé\u{10000}~/ ]{1,6}".prop_filter("reserved", |name| {
        !["_sd", "...", "_sd_alg", "cnf", "iss", "nbf", "exp", "vct", "status"]
            .contains(&name.as_str())
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53)..(1_i64 << 53)).prop_map(Value::from),
        (-1.0e6..1.0e6_f64)
            .prop_filter("integers are written as such", |number| number.fract() != 0.0)
            .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(name(), inner, 0..5)
                .prop_map(|members| { Value::Object(members.into_iter().collect::<Map<_, _>>()) }),
        ]
    })
}

fn claims() -> impl Strategy<Value = Map<String, Value>> {
    btree_map(name(), value(), 0..6).prop_map(|members| members.into_iter().collect())
}

/// Every place in the claims.
fn places(value: &Value, at: &ClaimPath, found: &mut Vec<ClaimPath>) {
    let step = |element: PathElement| {
        let mut path = at.0.clone();
        path.push(element);
        ClaimPath(path)
    };
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let path = step(PathElement::Name(name.clone()));
                places(inner, &path, found);
                found.push(path);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                let path = step(PathElement::Index(index));
                places(inner, &path, found);
                found.push(path);
            }
        }
        _ => {}
    }
}

/// What a verifier may see: hidden places that were not chosen, and all beneath them, are gone.
fn visible(value: &Value, at: &ClaimPath, hidden: &[ClaimPath], shown: &[ClaimPath]) -> Value {
    let child = |element: PathElement, inner: &Value| {
        let mut path = at.0.clone();
        path.push(element);
        let path = ClaimPath(path);
        let gone = hidden.contains(&path) && !shown.iter().any(|chosen| path.covers(chosen));
        (!gone).then(|| visible(inner, &path, hidden, shown))
    };
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter_map(|(name, inner)| {
                    Some((name.clone(), child(PathElement::Name(name.clone()), inner)?))
                })
                .collect(),
        ),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .filter_map(|(index, inner)| child(PathElement::Index(index), inner))
            .collect(),
        scalar => scalar.clone(),
    }
}

fn chosen(places: &[ClaimPath], picks: &[bool]) -> Vec<ClaimPath> {
    let picks = picks.iter().copied().chain(std::iter::repeat(false));
    places.iter().zip(picks).filter(|(_, picked)| *picked).map(|(path, _)| path.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_choice_of_disclosures_shows_that_and_no_more(
        claims in claims(),
        hide in vec(any::<bool>(), 60),
        show in vec(any::<bool>(), 60),
        decoys in 0_usize..3,
        seed in any::<u8>(),
    ) {
        let issuer = TestKey::ed25519(1);
        let holder = TestKey::ed25519(2);
        let all: Value = claims.clone().into();
        let root = ClaimPath(Vec::new());
        let mut every = Vec::new();
        places(&all, &root, &mut every);
        let hidden = chosen(&every, &hide);

        let unsigned = Issuance {
            algorithm: issuer.algorithm(),
            kid: &issuer.kid(),
            x5c: &[],
            claims: &claims,
            hide: &hidden,
        }
        .prepare_with_decoys(decoys, &mut rng(seed))
        .unwrap();
        let signature = issuer.sign(unsigned.signing_input());
        let issued = unsigned.finish(&signature);
        let held = UnverifiedSdJwt::parse(&issued).unwrap().verify_issuer(&issuer.public()).unwrap();

        prop_assert_eq!(&Value::Object(held.claims().clone()), &all);
        let mut listed: Vec<ClaimPath> = held.disclosable().into_iter().cloned().collect();
        let mut expected = hidden.clone();
        listed.sort();
        expected.sort();
        prop_assert_eq!(listed, expected);

        let shown = chosen(&every, &show);
        let disclosed = held.disclose(&shown).unwrap();
        let binding = KeyBinding {
            audience: "ods:R0A".to_owned(),
            nonce: "nonce".to_owned(),
            issued_at: UnixTime(1_800_000_000),
        };
        let presentation = UnverifiedSdJwt::parse(&holder.bind(&disclosed, &binding)).unwrap();

        let verified = presentation.verify_key_binding(&holder.public(), binding.issued_at);
        prop_assert_eq!(verified, Ok(binding));
        let verified = presentation.verify_issuer(&issuer.public()).unwrap();
        prop_assert_eq!(
            Value::Object(verified.claims().clone()),
            visible(&all, &root, &hidden, &shown)
        );
    }

    #[test]
    fn any_text_is_parsed_or_refused_without_panic(text in "[eyJ0.~A-Za-z_-]{0,200}") {
        let _ = UnverifiedSdJwt::parse(&text);
    }
}
