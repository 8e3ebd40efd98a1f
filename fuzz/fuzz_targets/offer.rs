//! Any text as an offer link, an offer and the issuer's documents.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::oid4vci::{
    AuthorizationServerMetadata, CredentialOffer, CredentialRequest, CredentialResponse,
    IssuerMetadata, OfferLink, TokenRequest, TokenResponse, Transport,
};

fuzz_target!(|text: &str| {
    if let Ok(link) = OfferLink::parse(text, Transport::Https) {
        let again = OfferLink::parse(&link.to_uri(), Transport::Https).expect("our own link");
        assert_eq!(again, link);
    }
    let bytes = text.as_bytes();
    if let Ok(offer) = CredentialOffer::parse(bytes, Transport::Https) {
        let again = CredentialOffer::parse(offer.to_json().as_bytes(), Transport::Https);
        assert_eq!(again.expect("our own offer"), offer);
    }
    let _ = IssuerMetadata::parse(bytes, "https://issuer.example", Transport::Https);
    let _ = AuthorizationServerMetadata::parse(bytes, "https://issuer.example", Transport::Https);
    let _ = CredentialRequest::parse(bytes);
    let _ = CredentialResponse::parse(bytes);
    let _ = TokenRequest::parse(bytes);
    let _ = TokenResponse::parse(bytes);
});
