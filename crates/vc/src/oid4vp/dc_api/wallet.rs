//! What the platform hands to a wallet (OpenID4VP 1.0, A.2 and A.3).

use serde_json::{Map, Value};

use super::{CLIENT_ID, DcApiProtocol, DcApiRequest, EXPECTED_ORIGINS, VERIFIER_INFO};
use crate::jws::UnverifiedJws;
use crate::oid4vp::object::{check_dates, header_chain, signing_key};
use crate::oid4vp::parameters::check_transaction_types;
use crate::oid4vp::{
    ClientId, REQUEST_OBJECT_TYP, RequestError, STATIC_AUDIENCE, Signer, parse_json,
};
use crate::time::UnixTime;

/// Most signatures read from one request.
const MAX_SIGNATURES: usize = 8;

/// What the wallet knows and insists on.
#[derive(Clone, Copy, Debug)]
pub struct DcApiExpected<'a> {
    /// The page's origin, as the platform told it.
    pub origin: &'a str,
    /// Types of `transaction_data` that it can show to people.
    pub transaction_types: &'a [&'a str],
}

/// A request as it came.
#[derive(Clone, Debug)]
pub enum IncomingDcApiRequest {
    /// Nobody signed it: only the origin is known of the verifier.
    Unsigned(Box<DcApiRequest>),
    /// Signed by one client or several; the wallet verifies the one whose framework it knows.
    Signed(Vec<SignedDcApiRequest>),
}

impl IncomingDcApiRequest {
    /// Reads `data` of a request of this protocol.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse(
        protocol: DcApiProtocol,
        data: &[u8],
        expected: &DcApiExpected<'_>,
    ) -> Result<Self, RequestError> {
        let Ok(Value::Object(members)) = parse_json(data) else {
            return Err(RequestError::Parameter("data"));
        };
        let malformed = RequestError::Parameter("request");
        match (protocol, members.get("request")) {
            // A.2: `client_id` and `expected_origins` of an unsigned request MUST be ignored, and
            // so is all that is not known.
            (DcApiProtocol::Unsigned, _) => {
                let request = DcApiRequest::from_claims(&members)?;
                check_transaction_types(&request.transaction_data, expected.transaction_types)?;
                Ok(Self::Unsigned(Box::new(request)))
            }
            (DcApiProtocol::Signed, Some(Value::String(object))) => {
                let jws = UnverifiedJws::parse(object).map_err(RequestError::Object)?;
                let client_id = jws.dangerous_unverified_claim(CLIENT_ID);
                Ok(Self::Signed(vec![SignedDcApiRequest::new(jws, client_id.as_ref(), None)?]))
            }
            (DcApiProtocol::MultiSigned, Some(Value::Object(general))) => {
                let signatures = general
                    .get("signatures")
                    .and_then(Value::as_array)
                    .filter(|all| (1..=MAX_SIGNATURES).contains(&all.len()))
                    .ok_or_else(|| malformed.clone())?;
                let payload = general.get("payload").and_then(Value::as_str).ok_or(malformed)?;
                let read = |signature| one_of_several(payload, signature);
                signatures.iter().map(read).collect::<Result<_, _>>().map(Self::Signed)
            }
            (DcApiProtocol::Signed | DcApiProtocol::MultiSigned, _) => Err(malformed),
        }
    }
}

/// One signature of the JSON serialization, read as the compact token that it stands for.
fn one_of_several(payload: &str, signature: &Value) -> Result<SignedDcApiRequest, RequestError> {
    let malformed = || RequestError::Parameter("request");
    // What is not signed is not read.
    if signature.get("header").is_some() {
        return Err(malformed());
    }
    let text = |name: &str| signature.get(name).and_then(Value::as_str).ok_or_else(malformed);
    let compact = format!("{}.{payload}.{}", text("protected")?, text("signature")?);
    let jws = UnverifiedJws::parse(&compact).map_err(RequestError::Object)?;
    // A.3.2.2: "MUST be present only in the protected header"
    for name in [CLIENT_ID, VERIFIER_INFO] {
        if jws.dangerous_unverified_claim(name).is_some() {
            return Err(RequestError::Forbidden(name));
        }
    }
    let client_id = jws.header().members.get(CLIENT_ID).cloned();
    let info = jws.header().members.get(VERIFIER_INFO).cloned();
    SignedDcApiRequest::new(jws, client_id.as_ref(), info)
}

/// A request and one client's signature, which nobody has verified.
#[derive(Clone, Debug)]
pub struct SignedDcApiRequest {
    jws: UnverifiedJws,
    client_id: ClientId,
    x5c: Vec<Vec<u8>>,
    /// Of the protected header, for a request by several clients.
    verifier_info: Option<Value>,
}

impl SignedDcApiRequest {
    fn new(
        jws: UnverifiedJws,
        client_id: Option<&Value>,
        verifier_info: Option<Value>,
    ) -> Result<Self, RequestError> {
        // A.2: "The client_id parameter MUST be present in signed requests".
        let client_id =
            client_id.and_then(Value::as_str).ok_or(RequestError::Parameter(CLIENT_ID))?;
        let (client_id, x5c) = (ClientId::parse(client_id)?, header_chain(jws.header())?);
        Ok(Self { jws, client_id, x5c, verifier_info })
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

    /// Verifies the signature, that the signer is the client, that the request is meant for this
    /// origin, and every rule of it.
    ///
    /// # Errors
    /// [`RequestError`], with the [`RequestError::code`] to answer.
    pub fn verify(
        &self,
        signer: &Signer<'_>,
        expected: &DcApiExpected<'_>,
        now: UnixTime,
    ) -> Result<DcApiRequest, RequestError> {
        let key = signing_key(&self.client_id, &self.x5c, signer)?;
        let claims =
            self.jws.verify_claims(key, REQUEST_OBJECT_TYP).map_err(RequestError::Object)?;
        check_origin(claims, expected.origin)?;
        if claims.get("aud").is_some_and(|aud| aud != STATIC_AUDIENCE) {
            return Err(RequestError::Audience);
        }
        check_dates(claims, now)?;
        let request = match &self.verifier_info {
            None => DcApiRequest::from_claims(claims)?,
            Some(info) => {
                let mut claims = claims.clone();
                claims.insert(VERIFIER_INFO.to_owned(), info.clone());
                DcApiRequest::from_claims(&claims)?
            }
        };
        check_transaction_types(&request.transaction_data, expected.transaction_types)?;
        Ok(request)
    }
}

/// A.2: "If the Origin does not match any of the entries in expected_origins, the Wallet MUST
/// return an error." Origins are compared as text.
fn check_origin(claims: &Map<String, Value>, origin: &str) -> Result<(), RequestError> {
    let origins: Option<Vec<&str>> = claims
        .get(EXPECTED_ORIGINS)
        .and_then(Value::as_array)
        .and_then(|all| all.iter().map(Value::as_str).collect());
    let origins =
        origins.filter(|all| !all.is_empty()).ok_or(RequestError::Parameter(EXPECTED_ORIGINS))?;
    if origins.contains(&origin) { Ok(()) } else { Err(RequestError::Origin) }
}
