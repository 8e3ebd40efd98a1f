//! Any JSON as a query: the wallet's answer is what the verifier takes, and no more is shown.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vc::dcql::{Answer, DcqlQuery, HeldCredential, OptionalSets};
use vc::json::Limits;
use vc::sd_jwt::{UnverifiedSdJwt, VerifiedSdJwt};

#[path = "../support.rs"]
mod support;

static HELD: LazyLock<VerifiedSdJwt> = LazyLock::new(support::held);

fuzz_target!(|text: &[u8]| {
    let Ok(value) = vc::json::parse(text, Limits::TOKEN) else { return };
    let Ok(query) = DcqlQuery::parse(&value) else { return };
    assert_eq!(DcqlQuery::parse(&query.to_json()).as_ref(), Ok(&query));

    let held = [HeldCredential { sd_jwt: &HELD, extends: &[], authorities: &[("aki", "anchor")] }];
    for optional in [OptionalSets::Skip, OptionalSets::Answer] {
        let Ok(chosen) = query.choose(&held, optional) else { continue };
        let shown: BTreeMap<&str, VerifiedSdJwt> = chosen
            .iter()
            .map(|chosen| {
                let text = HELD.disclose(&chosen.paths).expect("what was chosen is held");
                let parsed = UnverifiedSdJwt::parse(&text).expect("our own text parses");
                let shown = parsed.verify_issuer(support::issuer()).expect("it verifies");
                for opened in shown.disclosable() {
                    let needed = chosen.paths.iter().any(|path| opened.covers(path));
                    assert!(needed, "{opened} was shown and not asked for");
                }
                (chosen.query, shown)
            })
            .collect();
        let answers = shown
            .iter()
            .map(|(id, shown)| {
                let answer = Answer {
                    claims: shown.claims(),
                    extends: &[],
                    authorities: held[0].authorities,
                    holder_proven: true,
                };
                ((*id).to_owned(), vec![answer])
            })
            .collect();
        assert_eq!(query.check(&answers), Ok(()));
    }
});
