//! `POST /token`: the pre-authorized code flow (OpenID4VCI 1.0, "Token Endpoint").

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use vc::oid4vci::{
    AuthorizationDetail, ErrorResponse, TokenErrorCode, TokenGrant, TokenRequest, TokenResponse,
};

use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::{NO_STORE, body};
use crate::secrets;
use crate::state::Issuer;
use crate::store::{Redeemed, Redemption};

/// Life of an access token: a bearer token MUST NOT live longer than 5 minutes ("Protecting the
/// Access Token").
pub const TOKEN_SECONDS: u32 = 5 * 60;
const FORM: &str = "application/x-www-form-urlencoded";
const TOKEN_BYTES: usize = 32;

/// What a credential request calls the credential when the token request named it in
/// `authorization_details`.
pub fn identifier(configuration: &str) -> String {
    format!("{configuration}.1")
}

/// Trades a pre-authorized code, and its transaction code, for an access token.
pub async fn token(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<impl IntoResponse, ProtocolError> {
    let form = body(request, FORM)
        .await
        .map_err(|fault| ProtocolError::of_body(&fault, "invalid_request", FORM))?;
    let request = TokenRequest::parse(&form)?;
    let TokenGrant::PreAuthorizedCode { code, tx_code } = request.grant else {
        return Err(ErrorResponse::of(TokenErrorCode::UnsupportedGrantType).into());
    };
    let code = secrets::hash(code.expose());
    let wanted: Vec<String> = request
        .authorization_details
        .into_iter()
        .map(|detail| detail.credential_configuration_id)
        .collect();
    let by_identifier = !wanted.is_empty();
    let access_token = secrets::random_text::<TOKEN_BYTES>(&mut secrets::rng());
    let now = issuer.clock.now();

    let redemption = Redemption {
        code,
        tx_code: tx_code.map(|tx_code| issuer.secrets.tx_code_hash(&code, tx_code.expose())),
        wanted,
        token: secrets::hash(&access_token),
        token_expires_at: now.saturating_add(i64::from(TOKEN_SECONDS)),
        now,
    };
    let grant = match issuer.store.redeem_code(redemption).await? {
        Redeemed::Granted(grant) => grant,
        refused => {
            if let Redeemed::TxCodeWrong(passport, _) = &refused {
                issuer.watch.changed(*passport);
            }
            return Err(refusal(&refused).into());
        }
    };
    issuer.watch.changed(grant.passport);

    let mut authorization_details = Vec::new();
    if by_identifier {
        for configuration in &grant.configurations {
            let mut detail = AuthorizationDetail::new(configuration);
            detail.credential_identifiers = vec![identifier(configuration)];
            authorization_details.push(detail);
        }
    }
    let response = TokenResponse {
        access_token: access_token.into(),
        token_type: "Bearer".to_owned(),
        expires_in: Some(u64::from(TOKEN_SECONDS)),
        refresh_token: None,
        scope: None,
        authorization_details,
    };
    Ok(([NO_STORE], Json(response)))
}

/// "Token Error Response": what each refusal is called.
fn refusal(refused: &Redeemed) -> ErrorResponse<TokenErrorCode> {
    use TokenErrorCode::{InvalidAuthorizationDetails, InvalidGrant, InvalidRequest};
    match refused {
        Redeemed::TxCodeMissing => {
            ErrorResponse::new(InvalidRequest, "the transaction code is missing")
        }
        Redeemed::TxCodeUnexpected => {
            ErrorResponse::new(InvalidRequest, "the offer has no transaction code")
        }
        Redeemed::TxCodeWrong(_, left) => {
            let sentence = format!("wrong transaction code, {left} tries left");
            ErrorResponse::new(InvalidGrant, &sentence)
        }
        Redeemed::NotOffered => {
            ErrorResponse::new(InvalidAuthorizationDetails, "the code is not for this credential")
        }
        // One sentence for all: a guesser learns nothing.
        Redeemed::Granted(_)
        | Redeemed::Unknown
        | Redeemed::Used
        | Redeemed::Dead
        | Redeemed::Expired => {
            ErrorResponse::new(InvalidGrant, "the code is unknown, used or expired")
        }
    }
}
