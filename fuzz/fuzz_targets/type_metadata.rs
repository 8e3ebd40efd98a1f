//! Any JSON as type metadata: it is read as its hash says, and an extending type loosens nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use vc::type_metadata::{Hiding, TypeChain, TypeMetadata, check_integrity, integrity_of};

#[path = "../support.rs"]
mod support;

const BASE: &str = "urn:base";
const BASE_DOCUMENT: &[u8] = br#"{"vct":"urn:base","display":[{"locale":"en-GB","name":"Base"}],
"claims":[{"path":["identity"],"mandatory":true,"sd":"always",
"display":[{"locale":"en","label":"Who"}]},{"path":["iss"],"sd":"never"},
{"path":["core_skills",null]}]}"#;

fuzz_target!(|text: &str| {
    // A line of integrity metadata, then the document.
    let (integrity, octets) = text.split_once('\n').unwrap_or((text, text));
    let octets = octets.as_bytes();
    let right = integrity_of(octets);
    assert_eq!(check_integrity(octets, &right), Ok(()));
    if check_integrity(octets, integrity).is_ok() {
        assert!(check_integrity(&[octets, b" "].concat(), integrity).is_err());
    }

    let Some(mut members) = support::object(octets) else { return };
    members.insert("vct".to_owned(), support::VCT.into());
    if members.contains_key("extends") {
        members.insert("extends".to_owned(), BASE.into());
    }
    let octets = Value::Object(members).to_string();
    let octets = octets.as_bytes();
    let right = integrity_of(octets);
    let plain = TypeMetadata::parse(octets, support::VCT, None);
    assert_eq!(TypeMetadata::parse(octets, support::VCT, Some(&right)), plain);
    let Ok(metadata) = plain else { return };
    let written = json!(metadata).to_string();
    assert_eq!(TypeMetadata::parse(written.as_bytes(), support::VCT, None), Ok(metadata));

    let Ok(chain) = TypeChain::start(octets, support::VCT, None) else { return };
    let extending = chain.needed().is_some();
    let chain = if extending { chain.extend(BASE_DOCUMENT) } else { Ok(chain) };
    let Ok(resolved) = chain.and_then(TypeChain::resolve) else { return };
    let paths: std::collections::BTreeSet<_> =
        resolved.claims().iter().map(|claim| &claim.path).collect();
    assert_eq!(paths.len(), resolved.claims().len(), "a path stands twice");
    for path in paths {
        let _label = resolved.label(path, &["de-CH-1996", "en", integrity]);
    }
    if extending {
        let base = TypeMetadata::parse(BASE_DOCUMENT, BASE, None).expect("the base");
        for inherited in &base.claims {
            let claim = resolved.claims().iter().find(|claim| claim.path == inherited.path);
            let claim = claim.expect("no claim is lost");
            assert!(claim.mandatory || !inherited.mandatory);
            assert!(inherited.sd == Hiding::Allowed || claim.sd == inherited.sd);
        }
    }
    let _ = resolved.check(&support::held());
});
