//! The same work by other libraries, each as its own documentation does it.

use identity_kit::jose::{DefaultVerifier, JwsAlgorithm, SignError, Signer};
use identity_kit::resolver::{KeyReference, KeyResolutionError, KeyResolver, KeyRole};
use identity_kit::sd_jwt_vc::validation::{
    KeyBindingOptions, SdJwtCredentialValidator, SdJwtValidationOptions,
};
use identity_kit::sd_jwt_vc::{SdJwt, SdJwtBuilder, SdJwtVc};
use identity_kit::vc::validation::{StatusPolicy, TimeOptions};
use sd_jwt_rs::issuer::ClaimsForSelectiveDisclosureStrategy;
use sd_jwt_rs::{SDJWTIssuer, SDJWTSerializationFormat, SDJWTVerifier};
use serde_json::{Map, Value};
use vc::claim_path::PathElement;
use vc::jwk::Algorithm;

use crate::keys::Key;
use crate::scene::{AUDIENCE, NOW, Scene};

/// sd-jwt-rs: both signatures, disclosures, audience, nonce.
pub fn sd_jwt_rs_verify(scene: &Scene, presentation: String) -> Value {
    let key = decoding_key_9(&scene.issuer);
    SDJWTVerifier::new(
        presentation,
        Box::new(move |_, _| key.clone()),
        Some(AUDIENCE.to_owned()),
        Some(scene.nonce.clone()),
        SDJWTSerializationFormat::Compact,
    )
    .unwrap()
    .verified_claims
}

/// sd-jwt-rs takes its keys from jsonwebtoken 9.
fn decoding_key_9(key: &Key) -> jsonwebtoken_9::DecodingKey {
    let jwk = key.public().to_jwk();
    let member = |name: &str| jwk[name].as_str().unwrap();
    match key.public().algorithm() {
        Algorithm::EdDsa => jsonwebtoken_9::DecodingKey::from_ed_components(member("x")).unwrap(),
        Algorithm::Es256 => {
            jsonwebtoken_9::DecodingKey::from_ec_components(member("x"), member("y")).unwrap()
        }
    }
}

/// An issuer that sd-jwt-rs can use again and again.
pub fn sd_jwt_rs_issuer(key: &Key) -> SDJWTIssuer {
    let algorithm = key.public().algorithm();
    let signer = match algorithm {
        Algorithm::EdDsa => jsonwebtoken_9::EncodingKey::from_ed_der(key.pkcs8()),
        Algorithm::Es256 => jsonwebtoken_9::EncodingKey::from_ec_der(key.pkcs8()),
    };
    SDJWTIssuer::new(signer, Some(algorithm.name().to_owned()))
}

/// sd-jwt-rs: salts, digests, one signature.
pub fn sd_jwt_rs_issue(issuer: &mut SDJWTIssuer, claims: &Value, hide: &[String]) -> String {
    let hide = hide.iter().map(String::as_str).collect();
    issuer
        .issue_sd_jwt(
            claims.clone(),
            ClaimsForSelectiveDisclosureStrategy::Custom(hide),
            None,
            false,
            SDJWTSerializationFormat::Compact,
        )
        .unwrap()
}

/// The hidden paths as sd-jwt-rs writes them.
pub fn json_paths(scene: &Scene) -> Vec<String> {
    names(scene).iter().map(|path| format!("$.{}", path.join("."))).collect()
}

fn names(scene: &Scene) -> Vec<Vec<String>> {
    let name = |element: &PathElement| match element {
        PathElement::Name(name) => name.clone(),
        PathElement::Index(_) | PathElement::All(()) => unreachable!("only members hide here"),
    };
    scene
        .hide
        .iter()
        .filter(|path| !path.select(&Value::Object(scene.claims.clone())).is_empty())
        .map(|path| path.0.iter().map(name).collect())
        .collect()
}

/// Hands out the key that the scene trusts.
pub struct Trusted(identity_kit::jose::Jwk);

#[async_trait::async_trait]
impl KeyResolver for Trusted {
    async fn resolve_key(
        &self,
        _key: &KeyReference,
        _role: KeyRole,
    ) -> Result<identity_kit::jose::Jwk, KeyResolutionError> {
        Ok(self.0.clone())
    }
}

/// identity-kit's validator and what it insists on. It checks no status here: its check fetches.
pub struct IdentityKit {
    validator: SdJwtCredentialValidator<Trusted>,
    options: SdJwtValidationOptions,
}

impl IdentityKit {
    pub fn new(scene: &Scene) -> Self {
        let now = TimeOptions::at(chrono::DateTime::from_timestamp(NOW.0, 0).unwrap());
        let jwk = serde_json::from_value(scene.issuer.public().to_jwk()).unwrap();
        let key_binding =
            KeyBindingOptions::new(AUDIENCE, scene.nonce.clone()).with_time(now.clone());
        Self {
            validator: SdJwtCredentialValidator::new(Trusted(jwk), DefaultVerifier),
            options: SdJwtValidationOptions::new()
                .with_time(now)
                .with_key_binding(key_binding)
                .with_status(StatusPolicy::SkipAll),
        }
    }

    /// Both signatures, disclosures, audience, nonce, times.
    pub fn verify(&self, presentation: &str) -> SdJwtVc {
        let sd_jwt = SdJwt::parse(presentation).unwrap();
        pollster::block_on(self.validator.validate(&sd_jwt, &self.options)).unwrap().credential
    }
}

/// A signer for identity-kit.
pub struct KitSigner<'k> {
    pub key: &'k Key,
    pub kid: &'k str,
}

#[async_trait::async_trait]
impl Signer for KitSigner<'_> {
    fn alg(&self) -> JwsAlgorithm {
        match self.key.public().algorithm() {
            Algorithm::EdDsa => JwsAlgorithm::EdDSA,
            Algorithm::Es256 => JwsAlgorithm::ES256,
        }
    }

    fn kid(&self) -> Option<&str> {
        Some(self.kid)
    }

    async fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.key.sign(signing_input).to_vec())
    }
}

/// identity-kit: salts, digests, one signature.
pub fn identity_kit_issue(scene: &Scene, hide: &[identity_kit::vc::ClaimPath]) -> String {
    let signer = KitSigner { key: &scene.issuer, kid: &scene.kid };
    let mut header = identity_kit::jose::JwsHeader::new(signer.alg());
    header.typ = Some("dc+sd-jwt".to_owned());
    header.kid = Some(scene.kid.clone());
    let mut builder = SdJwtBuilder::new(scene.claims.clone());
    for path in hide {
        builder = builder.conceal(path.clone());
    }
    pollster::block_on(builder.sign(&header, &signer)).unwrap().to_string()
}

/// The hidden paths as identity-kit takes them.
pub fn kit_paths(scene: &Scene) -> Vec<identity_kit::vc::ClaimPath> {
    names(scene).into_iter().map(identity_kit::vc::ClaimPath::new).collect()
}

/// The two signed tokens of a presentation: all that a JWT library can verify of it.
pub fn tokens(presentation: &str) -> [&str; 2] {
    let (issuer, _) = presentation.split_once('~').unwrap();
    let (_, holder) = presentation.rsplit_once('~').unwrap();
    [issuer, holder]
}

/// jsonwebtoken on aws-lc-rs.
pub struct JsonWebToken {
    issuer: jsonwebtoken::DecodingKey,
    validation: [jsonwebtoken::Validation; 2],
}

impl JsonWebToken {
    pub fn new(scene: &Scene) -> Self {
        let algorithm = jwt_algorithm(&scene.issuer);
        let issuer_jwt = jsonwebtoken::Validation::new(algorithm);
        let mut key_binding = jsonwebtoken::Validation::new(algorithm);
        key_binding.set_audience(&[AUDIENCE]);
        key_binding.set_required_spec_claims(&["aud"]);
        Self {
            issuer: decoding_key(&scene.issuer.public().to_jwk()),
            validation: [issuer_jwt, key_binding],
        }
    }

    /// Both tokens; no disclosure, no `sd_hash`.
    pub fn verify(&self, presentation: &str) -> Map<String, Value> {
        let [issuer, holder] = tokens(presentation);
        let [issuer_jwt, key_binding] = &self.validation;
        let issued: Map<String, Value> =
            jsonwebtoken::decode(issuer, &self.issuer, issuer_jwt).unwrap().claims;
        let key = decoding_key(&issued["cnf"]["jwk"]);
        jsonwebtoken::decode::<Map<String, Value>>(holder, &key, key_binding).unwrap();
        issued
    }
}

fn decoding_key(jwk: &Value) -> jsonwebtoken::DecodingKey {
    let member = |name: &str| jwk[name].as_str().unwrap();
    match member("kty") {
        "OKP" => jsonwebtoken::DecodingKey::from_ed_components(member("x")).unwrap(),
        _ => jsonwebtoken::DecodingKey::from_ec_components(member("x"), member("y")).unwrap(),
    }
}

pub fn jwt_algorithm(key: &Key) -> jsonwebtoken::Algorithm {
    match key.public().algorithm() {
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
    }
}

/// josekit: both tokens; no disclosure, no `sd_hash`, no times.
pub fn josekit_verify(
    issuer: &dyn josekit::jws::JwsVerifier,
    algorithm: Algorithm,
    presentation: &str,
) -> Map<String, Value> {
    let [issuer_jwt, holder_jwt] = tokens(presentation);
    let (payload, _) = josekit::jws::deserialize_compact(issuer_jwt, issuer).unwrap();
    let issued: Map<String, Value> = serde_json::from_slice(&payload).unwrap();
    let holder = josekit_verifier(algorithm, &issued["cnf"]["jwk"]);
    let (payload, _) = josekit::jws::deserialize_compact(holder_jwt, holder.as_ref()).unwrap();
    serde_json::from_slice::<Map<String, Value>>(&payload).unwrap();
    issued
}

pub fn josekit_verifier(
    algorithm: Algorithm,
    jwk: &Value,
) -> Box<dyn josekit::jws::JwsVerifier> {
    let jwk = josekit::jwk::Jwk::from_map(jwk.as_object().unwrap().clone()).unwrap();
    match algorithm {
        Algorithm::EdDsa => Box::new(josekit::jws::EdDSA.verifier_from_jwk(&jwk).unwrap()),
        Algorithm::Es256 => Box::new(josekit::jws::ES256.verifier_from_jwk(&jwk).unwrap()),
    }
}
