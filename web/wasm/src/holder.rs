//! The holder: read an offer, prove a key, check and keep a credential, present it.

use vc::claim_path::ClaimPath;
use vc::jwk::PublicKey;
use vc::oauth::{DpopBound, DpopInput};
use vc::oid4vci::{CredentialOffer, OfferLink, ProofInput, Transport};
use vc::sd_jwt::{
    KeyBinding, UnsignedKeyBinding, UnverifiedSdJwt, VerifiedSdJwt, key_binding_input,
};
use vc::time::UnixTime;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert::{algorithm, from_json, instant, public_key, refusal};
use crate::trust::Registry;

/// How far an issuer's clock may be ahead, in seconds.
const CLOCK_SKEW: i64 = 60;

pub(crate) fn transport(loopback: bool) -> Transport {
    if loopback { Transport::LoopbackHttp } else { Transport::Https }
}

/// Reads an offer link: `{"uri":…}` to fetch, or `{"offer":…}` by value. `loopback` also permits
/// `http` on this machine.
///
/// # Errors
/// What is wrong with the link.
#[wasm_bindgen(js_name = readOfferLink)]
pub fn read_offer_link(link: &str, loopback: bool) -> Result<String, JsError> {
    let link = OfferLink::parse(link, transport(loopback)).map_err(|error| refusal(&error))?;
    Ok(match link {
        OfferLink::ByReference(uri) => serde_json::json!({ "uri": uri }).to_string(),
        OfferLink::ByValue(offer) => format!("{{\"offer\":{}}}", offer.to_json()),
    })
}

/// Checks a fetched offer and gives it back as JSON.
///
/// # Errors
/// What is wrong with the offer.
#[wasm_bindgen(js_name = readOffer)]
pub fn read_offer(json: &str, loopback: bool) -> Result<String, JsError> {
    CredentialOffer::parse(json.as_bytes(), transport(loopback))
        .map(|offer| offer.to_json())
        .map_err(|error| refusal(&error))
}

/// Waits for the holder's signature.
#[wasm_bindgen]
pub struct ToSign(Waiting);

enum Waiting {
    Proof(ProofInput),
    Dpop(DpopInput),
    KeyBinding(UnsignedKeyBinding),
}

#[wasm_bindgen]
impl ToSign {
    /// The bytes to sign.
    #[wasm_bindgen(js_name = signingInput)]
    pub fn signing_input(&self) -> Vec<u8> {
        match &self.0 {
            Waiting::Proof(input) => input.signing_input().to_vec(),
            Waiting::Dpop(input) => input.signing_input().to_vec(),
            Waiting::KeyBinding(input) => input.signing_input().to_vec(),
        }
    }

    /// The finished token or presentation.
    pub fn finish(self, signature: &[u8]) -> String {
        match self.0 {
            Waiting::Proof(input) => input.finish(signature),
            Waiting::Dpop(input) => input.finish(signature),
            Waiting::KeyBinding(input) => input.finish(signature),
        }
    }
}

/// The proof of possession for the credential endpoint (OpenID4VCI 1.0, "jwt Proof Type").
///
/// # Errors
/// When the key or the instant is not usable.
#[wasm_bindgen]
pub fn proof(
    jwk: &str,
    audience: &str,
    nonce: Option<String>,
    issued_at: f64,
) -> Result<ToSign, JsError> {
    let key = public_key(jwk)?;
    let at = instant(issued_at)?;
    let input = ProofInput::new(key.algorithm(), &key, audience, nonce.as_deref(), at, None);
    Ok(ToSign(Waiting::Proof(input)))
}

/// The proof beside a POST (RFC 9449), with the access token that it carries and the nonce that the
/// server gave, if any.
///
/// # Errors
/// When the key or the instant is not usable.
#[wasm_bindgen]
pub fn dpop(
    jwk: &str,
    address: &str,
    jti: &str,
    issued_at: f64,
    access_token: Option<String>,
    nonce: Option<String>,
) -> Result<ToSign, JsError> {
    let key = public_key(jwk)?;
    let bound = DpopBound { access_token: access_token.as_deref(), nonce: nonce.as_deref() };
    let input = DpopInput::new(&key, "POST", address, jti, instant(issued_at)?, bound);
    Ok(ToSign(Waiting::Dpop(input)))
}

/// A credential whose issuer signature verified.
#[wasm_bindgen]
pub struct Credential {
    verified: VerifiedSdJwt,
    issuer_key: PublicKey,
}

#[wasm_bindgen]
impl Credential {
    /// Verifies what an issuer sent: its signature under a registered key that may issue, bound to
    /// `holder`, neither from the future nor expired, without a key binding of its own.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn receive(
        text: &str,
        registry: &Registry,
        holder: &str,
        now: f64,
    ) -> Result<Credential, JsError> {
        let parsed = UnverifiedSdJwt::parse(text).map_err(|error| refusal(&error))?;
        if parsed.key_binding().is_some() {
            return Err(JsError::new("an issuer sends no key binding"));
        }
        let issuer = parsed.issuer_jwt().dangerous_unverified_claim("iss");
        let issuer = issuer.as_ref().and_then(|value| value.as_str());
        let issuer = issuer.ok_or_else(|| JsError::new("the credential names no issuer"))?;
        let kid = parsed.issuer_jwt().header().kid.as_deref();
        let issuer_key = registry.issuing_key(issuer, kid)?;
        let verified = parsed.verify_issuer(&issuer_key).map_err(|error| refusal(&error))?;
        if verified.holder() != Some(&public_key(holder)?) {
            return Err(JsError::new("the credential is bound to another key"));
        }
        let now = instant(now)?;
        let date = |name: &str| verified.claims().get(name).and_then(UnixTime::from_json);
        if date("exp").is_none_or(|expires| expires <= now) {
            return Err(JsError::new("the credential has expired"));
        }
        if [date("iat"), date("nbf")].iter().flatten().any(|start| *start > now.plus(CLOCK_SKEW)) {
            return Err(JsError::new("the credential is from the future"));
        }
        Ok(Self { verified, issuer_key })
    }

    /// Verifies an SD-JWT VC under a given key; says nothing of holder and time.
    ///
    /// # Errors
    /// Why it is refused.
    #[wasm_bindgen(js_name = verifyWithKey)]
    pub fn verify_with_key(text: &str, jwk: &str, typ: &str) -> Result<Credential, JsError> {
        let parsed = UnverifiedSdJwt::parse(text).map_err(|error| refusal(&error))?;
        let issuer_key = public_key(jwk)?;
        let verified =
            parsed.verify_issuer_as(&issuer_key, typ).map_err(|error| refusal(&error))?;
        Ok(Self { verified, issuer_key })
    }

    /// The JWK that the issuer's signature verified under, to keep beside the credential.
    #[wasm_bindgen(js_name = issuerKey)]
    pub fn issuer_key(&self) -> String {
        self.issuer_key.to_jwk().to_string()
    }

    /// The claims with disclosed values in their places, as JSON.
    pub fn claims(&self) -> String {
        serde_json::Value::Object(self.verified.claims().clone()).to_string()
    }

    /// The paths that can be shown or kept back, parents before children, as JSON.
    ///
    /// # Errors
    /// When they can't be written, which paths always can.
    pub fn disclosable(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.verified.disclosable()).map_err(|error| refusal(&error))
    }

    /// The presentation of exactly `paths` (JSON) to `audience`, waiting for the holder.
    ///
    /// # Errors
    /// A path that this copy does not hold, or a bad algorithm or instant.
    pub fn present(
        &self,
        paths: &str,
        alg: &str,
        audience: &str,
        nonce: &str,
        issued_at: f64,
    ) -> Result<ToSign, JsError> {
        let paths: Vec<ClaimPath> = from_json(paths, "the paths")?;
        let disclosed = self.verified.disclose(&paths).map_err(|error| refusal(&error))?;
        let binding = KeyBinding {
            audience: audience.to_owned(),
            nonce: nonce.to_owned(),
            issued_at: instant(issued_at)?,
        };
        key_binding_input(&disclosed, algorithm(alg)?, &binding)
            .map(|input| ToSign(Waiting::KeyBinding(input)))
            .map_err(|error| refusal(&error))
    }
}

/// Checks a bare JWS signature under a key: `true` or an error. For vectors and registries.
///
/// # Errors
/// Why the key or the signature is refused.
#[wasm_bindgen(js_name = verifySignature)]
pub fn verify_signature(jwk: &str, message: &[u8], signature: &[u8]) -> Result<(), JsError> {
    public_key(jwk)?.verify(message, signature).map_err(|error| refusal(&error))
}
