//! The request object (OpenID4VP 1.0, 5; RFC 9101): the signed request, and who signed it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::parameters::check_transaction_types;
use super::{AuthorizationRequest, ClientId, REQUEST_OBJECT_TYP, RequestError, STATIC_AUDIENCE};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::{Header, SigningInput, UnverifiedJws};
use crate::oid4vci::Transport;
use crate::time::UnixTime;

/// Clock difference allowed, in seconds.
const CLOCK_SKEW: i64 = 60;
/// Most certificates read from a header.
const MAX_CERTIFICATES: usize = 8;

/// What a request object says beside the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectClaims<'a> {
    /// `aud`; [`STATIC_AUDIENCE`] when the wallet's own is not known.
    pub audience: &'a str,
    /// The wallet's nonce, when it posted one.
    pub wallet_nonce: Option<&'a str>,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: UnixTime,
}

impl Default for ObjectClaims<'_> {
    fn default() -> Self {
        let epoch = UnixTime(0);
        Self { audience: STATIC_AUDIENCE, wallet_nonce: None, issued_at: epoch, expires_at: epoch }
    }
}

impl AuthorizationRequest {
    /// The request object to sign. `x5c` is the chain, leaf first, anchor left out (HAIP).
    pub fn signing_input(
        &self,
        algorithm: Algorithm,
        x5c: &[Vec<u8>],
        object: &ObjectClaims<'_>,
    ) -> SigningInput {
        let mut header = Map::new();
        if !x5c.is_empty() {
            let chain: Vec<String> = x5c.iter().map(|der| STANDARD.encode(der)).collect();
            header.insert("x5c".to_owned(), chain.into());
        }
        let mut claims = self.to_claims();
        claims.insert("aud".to_owned(), object.audience.into());
        claims.insert("iat".to_owned(), object.issued_at.0.into());
        claims.insert("exp".to_owned(), object.expires_at.0.into());
        if let Some(nonce) = object.wallet_nonce {
            claims.insert("wallet_nonce".to_owned(), nonce.into());
        }
        SigningInput::new(algorithm, REQUEST_OBJECT_TYP, header, &claims)
    }
}

/// A parsed request object that nobody has verified.
#[derive(Clone, Debug)]
pub struct UnverifiedRequest {
    jws: UnverifiedJws,
    client_id: ClientId,
    x5c: Vec<Vec<u8>>,
}

/// Who signed, as the caller established it: from `x5c` up to an anchor it trusts, or by a key
/// that it knows to be the client's.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'a> {
    /// The leaf of [`UnverifiedRequest::x5c`], its chain verified.
    Certificate {
        /// The leaf's key.
        key: &'a PublicKey,
        /// The leaf itself.
        der: &'a [u8],
        /// Its DNS names.
        dns_names: &'a [&'a str],
    },
    /// The key of a DID, an attestation, a federation entity or a client known beforehand.
    Key(&'a PublicKey),
}

/// What the wallet insists on.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// `client_id` of the link.
    pub client_id: &'a str,
    /// The nonce that the wallet posted.
    pub wallet_nonce: Option<&'a str>,
    /// The wallet's own identifier, beside [`STATIC_AUDIENCE`].
    pub audience: Option<&'a str>,
    /// Types of `transaction_data` that it can show to people.
    pub transaction_types: &'a [&'a str],
    /// Which addresses it takes.
    pub transport: Transport,
}

impl UnverifiedRequest {
    /// Parses a request object.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let jws = UnverifiedJws::parse(text.trim_ascii()).map_err(RequestError::Object)?;
        let client_id = jws
            .dangerous_unverified_claims()
            .get("client_id")
            .and_then(Value::as_str)
            .ok_or(RequestError::Parameter("client_id"))?;
        let client_id = ClientId::parse(client_id)?;
        let x5c = header_chain(jws.header())?;
        Ok(Self { jws, client_id, x5c })
    }

    /// Who it says it is, to look a key up by.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// `kid`, to look a key up by.
    pub fn kid(&self) -> Option<&str> {
        self.jws.header().kid.as_deref()
    }

    /// The certificates it brings, leaf first; to be verified up to an anchor of the caller's.
    pub fn x5c(&self) -> &[Vec<u8>] {
        &self.x5c
    }

    /// Verifies the signature, that the signer is the client, and every rule of the request.
    ///
    /// # Errors
    /// [`RequestError`], with the [`RequestError::code`] to answer.
    pub fn verify(
        &self,
        signer: &Signer<'_>,
        expected: &Expected<'_>,
        now: UnixTime,
    ) -> Result<AuthorizationRequest, RequestError> {
        let key = signing_key(&self.client_id, &self.x5c, signer)?;
        let claims =
            self.jws.verify_claims(key, REQUEST_OBJECT_TYP).map_err(RequestError::Object)?;
        if claims.get("client_id").is_none_or(|id| id != expected.client_id) {
            return Err(RequestError::OtherClient);
        }
        // 5.8; `iss` is ignored.
        let for_us = claims.get("aud").is_none_or(|aud| {
            aud == STATIC_AUDIENCE || expected.audience.is_some_and(|ours| aud == ours)
        });
        if !for_us {
            return Err(RequestError::Audience);
        }
        if let Some(nonce) = expected.wallet_nonce
            && claims.get("wallet_nonce").is_none_or(|echoed| echoed != nonce)
        {
            return Err(RequestError::WalletNonce);
        }
        check_dates(claims, now)?;
        let request = AuthorizationRequest::from_claims(claims, expected.transport)?;
        check_transaction_types(&request.transaction_data, expected.transaction_types)?;
        Ok(request)
    }
}

/// The attacker must not choose the mechanism: the client identifier does.
pub(super) fn signing_key<'k>(
    client_id: &ClientId,
    x5c: &[Vec<u8>],
    signer: &Signer<'k>,
) -> Result<&'k PublicKey, RequestError> {
    let is_leaf = |der: &[u8]| x5c.first().is_some_and(|leaf| leaf == der);
    match (client_id, *signer) {
        (ClientId::X509SanDns(name), Signer::Certificate { key, der, dns_names })
            if is_leaf(der) && dns_names.iter().any(|known| known.eq_ignore_ascii_case(name)) =>
        {
            Ok(key)
        }
        (client_id @ ClientId::X509Hash(_), Signer::Certificate { key, der, .. })
            if is_leaf(der) && ClientId::of_leaf(der) == *client_id =>
        {
            Ok(key)
        }
        (ClientId::X509SanDns(_) | ClientId::X509Hash(_), _) => Err(RequestError::WrongSigner),
        // 5.9.3: with `redirect_uri` "the Authorization Request MUST NOT be signed".
        (ClientId::RedirectUri(_), _) => Err(RequestError::SignatureNotAllowed),
        (
            ClientId::DecentralizedIdentifier(_)
            | ClientId::VerifierAttestation(_)
            | ClientId::OpenidFederation(_)
            | ClientId::PreRegistered(_),
            Signer::Key(key),
        ) => Ok(key),
        (
            ClientId::DecentralizedIdentifier(_)
            | ClientId::VerifierAttestation(_)
            | ClientId::OpenidFederation(_)
            | ClientId::PreRegistered(_),
            Signer::Certificate { .. },
        ) => Err(RequestError::WrongSigner),
    }
}

/// The certificates of a header, leaf first; none without `x5c`.
pub(super) fn header_chain(header: &Header) -> Result<Vec<Vec<u8>>, RequestError> {
    let chain = header.x5c().map_err(|_| RequestError::WrongSigner)?.unwrap_or_default();
    if chain.len() > MAX_CERTIFICATES { Err(RequestError::WrongSigner) } else { Ok(chain) }
}

pub(super) fn check_dates(claims: &Map<String, Value>, now: UnixTime) -> Result<(), RequestError> {
    let date = |name: &'static str| match claims.get(name) {
        None => Ok(None),
        Some(value) => UnixTime::from_json(value).map(Some).ok_or(RequestError::Parameter(name)),
    };
    let ended = date("exp")?.is_some_and(|end| now >= end.plus(CLOCK_SKEW));
    let begins = date("nbf")?.max(date("iat")?);
    if ended || begins.is_some_and(|start| now.plus(CLOCK_SKEW) < start) {
        return Err(RequestError::Expired);
    }
    Ok(())
}
