use serde_json::{Value, json};
use vc::oid4vci::{
    CredentialOffer, InputMode, IssuerMetadata, MAX_LINK_BYTES, OfferError, OfferLink, Transport,
};

use super::example;

const ISSUER: &str = "https://issuer.example";

fn offer() -> Value {
    json!({
        "credential_issuer": ISSUER,
        "credential_configuration_ids": ["one"],
        "grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {
            "pre-authorized_code": "secret code+1",
            "tx_code": {"input_mode": "numeric", "length": 6, "description": "Six digits"},
        }},
    })
}

fn parse(offer: &Value) -> Result<CredentialOffer, OfferError> {
    CredentialOffer::parse(offer.to_string().as_bytes(), Transport::Https)
}

fn with(name: &str, value: Value) -> Value {
    let mut offer = offer();
    offer[name] = value;
    offer
}

#[test]
fn the_specifications_examples_parse() {
    for name in [
        "credential_offer_authz_code.txt",
        "credential_offer_by_reference.json",
        "credential_offer_multiple_credentials.json",
        "credential_offer_pre-authz_code.json",
    ] {
        let Some(text) = example(name) else { return };
        let json = &text[text.find('{').unwrap()..];

        CredentialOffer::parse(json.as_bytes(), Transport::Https).unwrap();
    }
}

#[test]
fn an_empty_tx_code_still_means_that_one_is_needed() {
    let Some(text) = example("credential_offer_by_reference.json") else { return };

    let offer = CredentialOffer::parse(text.as_bytes(), Transport::Https).unwrap();

    assert!(offer.pre_authorized().unwrap().tx_code.is_some());
}

#[test]
fn an_offer_by_value_comes_back_through_its_link() {
    let link = OfferLink::ByValue(parse(&offer()).unwrap());

    let uri = link.to_uri();

    assert!(uri.starts_with("openid-credential-offer://?credential_offer="), "{uri}");
    assert_eq!(OfferLink::parse(&uri, Transport::Https).unwrap(), link);
}

#[test]
fn an_offer_by_reference_comes_back_through_its_link() {
    let link = OfferLink::ByReference("https://issuer.example/offers/a?b=c&d".to_owned());

    let uri = link.to_uri();

    assert_eq!(
        uri,
        "openid-credential-offer://?credential_offer_uri=\
         https%3A%2F%2Fissuer.example%2Foffers%2Fa%3Fb%3Dc%26d"
    );
    assert_eq!(OfferLink::parse(&uri, Transport::Https).unwrap(), link);
}

#[test]
fn unknown_parameters_and_members_are_ignored() {
    let uri = "haip-vci://?x=1&credential_offer_uri=https%3A%2F%2Fissuer.example%2F1&y";
    assert!(OfferLink::parse(uri, Transport::Https).is_ok());

    let mut more = with("unknown", json!({"a": 1}));
    more["grants"]["urn:other"] = json!({});
    assert!(parse(&more).is_ok());
}

#[test]
fn exactly_one_offer_stands_in_a_link() {
    let one = "credential_offer_uri=https%3A%2F%2Fissuer.example%2F1";
    let value = format!("credential_offer={}", "%7B%7D");
    for query in [format!("{one}&{value}"), format!("{one}&{one}"), format!("{value}&{value}")] {
        let link = format!("openid-credential-offer://?{query}");
        assert_eq!(
            OfferLink::parse(&link, Transport::Https),
            Err(OfferError::NotExactlyOneOffer),
            "{link}"
        );
    }
    for link in ["openid-credential-offer://", "openid-credential-offer://?", "x", "?a=b"] {
        assert_eq!(OfferLink::parse(link, Transport::Https), Err(OfferError::NotALink), "{link}");
    }
}

#[test]
fn a_link_too_long_is_refused() {
    let link = format!("openid-credential-offer://?{}", "a".repeat(MAX_LINK_BYTES));

    assert_eq!(OfferLink::parse(&link, Transport::Https), Err(OfferError::TooLong));
}

#[test]
fn an_address_that_is_not_https_is_refused() {
    for uri in ["http://issuer.example/1", "ftp://a", "/offers/1", "https://u:p@a/", "https://a/#b"]
    {
        let link = OfferLink::ByReference(uri.to_owned()).to_uri();
        assert_eq!(OfferLink::parse(&link, Transport::Https), Err(OfferError::BadAddress), "{uri}");
    }
}

#[test]
fn plain_http_is_for_loopback_alone() {
    for (uri, permitted) in [
        ("http://127.0.0.1:8101/offers/1", true),
        ("http://localhost:8101/offers/1", true),
        ("http://[::1]:8101/offers/1", true),
        ("http://localhost.example/offers/1", false),
        ("http://10.0.0.1/offers/1", false),
    ] {
        assert_eq!(Transport::LoopbackHttp.permits(uri), permitted, "{uri}");
        assert!(!Transport::Https.permits(uri), "{uri}");
    }
}

#[test]
fn an_issuer_is_an_https_url_without_query_and_fragment() {
    for issuer in [
        "http://a.example",
        "https://a.example?x",
        "https://a.example#",
        "a.example",
        "",
        "https://",
    ] {
        let refused = parse(&with("credential_issuer", json!(issuer)));
        assert_eq!(refused, Err(OfferError::BadIssuer), "{issuer}");
    }
}

#[test]
fn configurations_are_unique_and_at_least_one() {
    let ids = |ids: Value| parse(&with("credential_configuration_ids", ids));

    assert_eq!(ids(json!([])), Err(OfferError::NothingOffered));
    assert_eq!(ids(json!(["a", "b", "a"])), Err(OfferError::OfferedTwice("a".to_owned())));
    assert!(matches!(ids(json!([1])), Err(OfferError::Document(_))));
}

#[test]
fn a_description_is_at_most_300_characters() {
    let described = |chars: usize| {
        let mut offer = offer();
        offer["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"]["tx_code"]["description"] =
            json!("\u{e9}".repeat(chars));
        parse(&offer)
    };

    assert!(described(300).is_ok());
    assert_eq!(described(301), Err(OfferError::DescriptionTooLong));
}

#[test]
fn duplicate_members_are_refused() {
    let text = r#"{"credential_issuer":"https://a","credential_issuer":"https://b",
        "credential_configuration_ids":["a"]}"#;

    let refused = CredentialOffer::parse(text.as_bytes(), Transport::Https);

    assert!(matches!(refused, Err(OfferError::Document(_))));
}

#[test]
fn a_code_is_not_printed() {
    let offer = parse(&offer()).unwrap();

    assert!(!format!("{offer:?}").contains("secret"));
    let tx_code = offer.pre_authorized().unwrap().tx_code.as_ref().unwrap();
    assert_eq!(tx_code.input_mode, Some(InputMode::Numeric));
}

fn metadata(servers: Value) -> IssuerMetadata {
    let metadata = json!({
        "credential_issuer": ISSUER, "credential_endpoint": "https://issuer.example/credential",
        "authorization_servers": servers,
        "credential_configurations_supported": {"one": {"format": "dc+sd-jwt", "vct": "urn:x"}},
    });
    IssuerMetadata::parse(metadata.to_string().as_bytes(), ISSUER, Transport::Https).unwrap()
}

#[test]
fn an_offer_names_configurations_that_the_issuer_has() {
    let metadata = metadata(json!([]));

    assert_eq!(parse(&offer()).unwrap().check_against(&metadata), Ok(()));
    let other = parse(&with("credential_configuration_ids", json!(["one", "two"]))).unwrap();
    assert_eq!(
        other.check_against(&metadata),
        Err(OfferError::UnknownConfiguration("two".to_owned()))
    );
    let other = parse(&with("credential_issuer", json!("https://other.example"))).unwrap();
    assert_eq!(other.check_against(&metadata), Err(OfferError::BadIssuer));
}

#[test]
fn an_authorization_server_is_named_only_among_several() {
    let server = "https://as.example";
    let hinted = with("grants", json!({"authorization_code": {"authorization_server": server}}));
    let hinted = parse(&hinted).unwrap();
    let unknown = Err(OfferError::UnknownAuthorizationServer(server.to_owned()));

    assert_eq!(hinted.check_against(&metadata(json!([]))), unknown);
    assert_eq!(hinted.check_against(&metadata(json!([server]))), unknown);
    assert_eq!(hinted.check_against(&metadata(json!([server, "https://b.example"]))), Ok(()));
    assert_eq!(
        hinted.check_against(&metadata(json!(["https://a.example", "https://b.example"]))),
        unknown
    );
}
