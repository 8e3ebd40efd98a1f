//! The working file: what a person may have typed.

use registry::Draft;
use registry::draft::DraftError;
use registry::program::RegistryProgramError;
use serde_json::{Value, json};

use super::network::{Network, VCT};

fn faults(result: Result<impl Sized, DraftError>) -> String {
    match result {
        Err(DraftError::Faults(faults)) => faults.join("\n"),
        Err(other) => format!("{other}"),
        Ok(_) => "accepted".to_owned(),
    }
}

#[tokio::test]
async fn every_fault_is_named() {
    let mut network = Network::new().await;
    network.add_the_christie().await;
    let path = network.path("draft.json");
    let good: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();

    for (pointer, value, fault) in [
        ("/organisations/0/ods", json!("rbv"), "rbv: this is no ODS code such as RBV"),
        ("/organisations/0/name", json!(""), "is no name or contact"),
        ("/organisations/0/name", json!("a\nb"), "is no name or contact"),
        ("/organisations/0/issuer/url", json!("http://example.org"), "plain http is for this"),
        ("/organisations/0/issuer/url", json!("https://example.org/"), "write https://example.org"),
        ("/organisations/0/issuer/keys", json!([]), "an issuer needs a key"),
        ("/organisations/0/types", json!([]), "an issuer and the types it may issue go together"),
        ("/organisations/0/types", json!(["passport"]), "is no credential type"),
        ("/organisations/0/state", json!("gone"), "unknown variant `gone`"),
        ("/organisations/0/issuer/keys/0/jwk/x", json!("AAAA"), "is no registry working file"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        std::fs::write(&path, bad.to_string()).unwrap();

        let told = faults(Draft::read(&path));

        assert!(told.contains(fault), "{pointer}: {told}");
    }
}

#[tokio::test]
async fn an_unknown_or_repeated_member_is_refused() {
    let network = Network::new().await;
    let path = network.path("draft.json");
    for text in [
        r#"{"organisations":[],"organizations":[]}"#,
        r#"{"organisations":[],"organisations":[]}"#,
        r#"{"version":1}"#,
        "[]",
    ] {
        std::fs::write(&path, text).unwrap();

        assert!(matches!(Draft::read(&path), Err(DraftError::NotADraft { .. })), "{text}");
    }
}

#[tokio::test]
async fn a_code_an_issuer_and_a_key_belong_to_one_organisation() {
    let mut network = Network::new().await;
    let kid = network.add_the_christie().await;
    let add = |ods: &'static str, url: &'static str, jwks: &'static str| {
        ["organisation", "add", "--ods", ods, "--name", "Another", "--types", VCT]
            .into_iter()
            .chain(["--issuer-url", url, "--issuer-jwks", jwks])
            .collect::<Vec<_>>()
    };
    network.issuer_key("other.jwks", 101);

    for (command, fault) in [
        (
            add("RBV", "https://other.example", "other.jwks"),
            "organisation RBV stands twice".to_owned(),
        ),
        (
            add("R0A", "http://127.0.0.1:8101", "other.jwks"),
            "issuer http://127.0.0.1:8101 stands twice".to_owned(),
        ),
        (add("R0A", "https://other.example", "christie.jwks"), format!("key {kid} stands twice")),
    ] {
        let refused = network.run(&command).await.unwrap_err();

        assert_eq!(refused.to_string(), fault);
    }
    network.run(&add("R0A", "https://other.example", "other.jwks")).await.unwrap();
}

#[tokio::test]
async fn a_private_key_is_never_taken_for_a_public_one() {
    let mut network = Network::new().await;
    // RFC 8037, A.1.
    let private = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    });
    std::fs::write(network.path("private.jwks"), private.to_string()).unwrap();

    let refused = network
        .run(&[
            "organisation",
            "add",
            "--ods",
            "RBV",
            "--name",
            "The Christie",
            "--types",
            VCT,
            "--issuer-url",
            "https://a.example",
            "--issuer-jwks",
            "private.jwks",
        ])
        .await
        .unwrap_err();

    assert!(matches!(refused, RegistryProgramError::Draft(DraftError::BadKeys { .. })));
}

#[tokio::test]
async fn a_compromised_key_stays_compromised() {
    let mut network = Network::new().await;
    let kid = network.add_the_christie().await;
    let set = |state: &'static str| ["key", "set-state", "--ods", "RBV", "--state", state];
    let mut compromise = set("compromised").to_vec();
    compromise.extend(["--kid", &kid]);
    network.run(&compromise).await.unwrap();

    let mut revive = set("active").to_vec();
    revive.extend(["--kid", &kid]);
    let refused = network.run(&revive).await.unwrap_err();

    assert!(matches!(refused, RegistryProgramError::Draft(DraftError::Compromised(_))));
    assert!(
        network.run(&["show"]).await.unwrap().contains(&format!("key {kid} EdDSA compromised"))
    );
}
