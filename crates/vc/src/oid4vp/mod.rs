//! Messages of OpenID for Verifiable Presentations 1.0, for verifier and wallet, without HTTP.
//!
//! The verifier makes an [`AuthorizationRequest`] and an [`AuthorizationLink`] to it, then
//! [`DirectPost::parse`]s what is posted, [`AuthorizationRequest::open`]s it into unverified
//! presentations, verifies each with [`crate::verify`], and holds them against the query with
//! [`AuthorizationRequest::check`]. The wallet parses the link, fetches an
//! [`UnverifiedRequest`], verifies it, chooses by [`crate::dcql`] and posts its answer.
//!
//! Through the browser (appendix A) the same goes by [`DcApiRequest`], [`IncomingDcApiRequest`] and
//! [`DcApiResponse`]. Encryption itself is not here, for it needs private keys: [`EncryptedRequest`]
//! and [`EncryptedResponse`] say which key decrypts.

mod answer;
mod client_id;
mod client_metadata;
mod dc_api;
mod encrypted;
mod link;
mod object;
mod parameters;
mod request;
mod response;
mod transaction_data;
mod verifier_info;
mod wallet_metadata;

use serde_json::Value;

pub use self::answer::{AnswerError, PresentedAnswer, VerifiedAnswer};
pub use self::client_id::{ClientId, ClientIdError};
pub use self::client_metadata::{
    ClientMetadata, EncryptionChoice, Jwks, SdJwtVcAlgorithms, VpFormats,
};
pub use self::dc_api::{
    DcApiClient, DcApiExpected, DcApiProtocol, DcApiRequest, DcApiResponse, DcApiResponseMode,
    IncomingDcApiRequest, SignedDcApiRequest, multi_signed_data, origin_audience, signed_data,
};
pub use self::encrypted::{EncryptedRequest, EncryptedResponse};
pub use self::link::{
    AuthorizationLink, LinkError, MAX_LINK_BYTES, RequestUriMethod, RequestUriPost,
};
pub use self::object::{Expected, ObjectClaims, Signer, UnverifiedRequest};
pub use self::request::{AuthorizationRequest, RequestError, ResponseMode};
pub use self::response::{DirectPost, DirectPostReply, ErrorCode, ResponseError, VpToken};
pub use self::transaction_data::{TransactionData, TransactionDataError};
pub use self::verifier_info::{VerifierInfo, VerifierInfoData};
pub use self::wallet_metadata::WalletMetadata;
use crate::json::{self, JsonError, Limits};

/// `typ` of a request object (5, "Authorization Request").
pub const REQUEST_OBJECT_TYP: &str = "oauth-authz-req+jwt";
/// Media type of a request object.
pub const REQUEST_OBJECT_MEDIA_TYPE: &str = "application/oauth-authz-req+jwt";
/// `aud` of a request object whose wallet was found statically (5.8).
pub const STATIC_AUDIENCE: &str = "https://self-issued.me/v2";
/// Bounds on JSON in a request or response.
const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 24, values: 8192 };
/// Longest form posted to a response endpoint.
pub const MAX_FORM_BYTES: usize = 1024 * 1024;

fn parse_json(text: &[u8]) -> Result<Value, JsonError> {
    json::parse(text, LIMITS)
}

/// The parameters of a form or query that are asked for, by name; `None` when one stands twice
/// (RFC 6749, 3.1: "MUST NOT be included more than once"). Others are ignored.
fn form_parameters<const N: usize>(form: &[u8], names: [&str; N]) -> Option<[Option<String>; N]> {
    let mut found = [const { None }; N];
    for (name, value) in url::form_urlencoded::parse(form) {
        let slot = names.iter().position(|known| *known == name).and_then(|at| found.get_mut(at));
        if let Some(slot) = slot
            && slot.replace(value.into_owned()).is_some()
        {
            return None;
        }
    }
    Some(found)
}
