//! `POST /token` (OpenID4VCI 1.0, "Token Endpoint"; RFC 6749, 3.2): codes and refresh tokens become
//! access tokens. With a DPoP proof they are bound to its key (RFC 9449, 5).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use vc::oauth::CodeChallenge;
use vc::oid4vci::{
    AuthorizationDetail, ErrorResponse, Secret, TokenErrorCode, TokenGrant, TokenRequest,
    TokenResponse,
};

use crate::oid4vci::dpop::{self, Bound, Refused};
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::{NO_STORE, body, client};
use crate::profiles::Profile;
use crate::secrets;
use crate::state::Issuer;
use crate::store::{
    Client, CodeRedeemed, CodeRedemption, Grant, NewRefresh, Redeemed, Redemption, Refreshed,
    Refreshing, SecretHash,
};

/// Life of a bearer token: it MUST NOT live longer than 5 minutes ("Protecting the Access Token").
pub const TOKEN_SECONDS: u32 = 5 * 60;
/// Life of a token that is bound to a DPoP key: HR has as long to compare digits.
pub const BOUND_TOKEN_SECONDS: u32 = 60 * 60;
/// Life of a refresh token: that of a copy.
const REFRESH_SECONDS: i64 = 90 * 24 * 60 * 60;
const PATH: &str = "/token";
const FORM: &str = "application/x-www-form-urlencoded";
const TOKEN_BYTES: usize = 32;

/// What a credential request calls the credential when the token request named it in
/// `authorization_details`.
pub fn identifier(configuration: &str) -> String {
    format!("{configuration}.1")
}

/// Tokens about to be given: themselves, and what is kept of them.
struct Fresh {
    access_token: String,
    refresh_token: Option<String>,
    seconds: u32,
    access: SecretHash,
    access_expires_at: i64,
    refresh: Option<NewRefresh>,
    now: i64,
}

impl Fresh {
    fn new(issuer: &Issuer, client: &Client) -> Self {
        let now = issuer.clock.now();
        let random = || secrets::random_text::<TOKEN_BYTES>(&mut secrets::rng());
        let seconds = if client.dpop.is_some() { BOUND_TOKEN_SECONDS } else { TOKEN_SECONDS };
        let access_token = random();
        let refresh_token = client.is_bound().then(random);
        Self {
            seconds,
            access: secrets::hash(&access_token),
            access_expires_at: now.saturating_add(i64::from(seconds)),
            refresh: refresh_token.as_deref().map(|token| NewRefresh {
                token: secrets::hash(token),
                expires_at: now.saturating_add(REFRESH_SECONDS),
            }),
            access_token,
            refresh_token,
            now,
        }
    }

    fn respond(self, issuer: &Issuer, grant: &Grant) -> Response {
        let mut authorization_details = Vec::new();
        if grant.by_identifier {
            for configuration in &grant.configurations {
                let mut detail = AuthorizationDetail::new(configuration);
                detail.credential_identifiers = vec![identifier(configuration)];
                authorization_details.push(detail);
            }
        }
        let bound = grant.client.dpop.is_some();
        let response = TokenResponse {
            access_token: self.access_token.into(),
            token_type: if bound { dpop::SCHEME } else { "Bearer" }.to_owned(),
            expires_in: Some(u64::from(self.seconds)),
            refresh_token: self.refresh_token.map(Secret::from),
            scope: None,
            authorization_details,
        };
        match bound {
            true => ([NO_STORE], [dpop::nonce(issuer)], Json(response)).into_response(),
            false => ([NO_STORE], Json(response)).into_response(),
        }
    }
}

/// Trades a code, or a refresh token, for an access token.
pub async fn token(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<Response, ProtocolError> {
    let headers = request.headers().clone();
    let form = body(request, FORM)
        .await
        .map_err(|fault| ProtocolError::of_body(&fault, "invalid_request", FORM))?;
    let request = TokenRequest::parse(&form)?;
    let dpop = match dpop::proven(&issuer, &headers, PATH, Bound::default()).await {
        Ok(key) => Some(key.to_string()),
        Err(Refused::Missing) => None,
        Err(refused) => return Err(refused.at_token(&issuer)),
    };
    let attested = client::attested(&issuer, &headers, request.client_id.as_deref()).await?;
    let client = Client { dpop, attested };
    let wanted = request
        .authorization_details
        .into_iter()
        .map(|detail| detail.credential_configuration_id)
        .collect();
    match request.grant {
        TokenGrant::PreAuthorizedCode { code, tx_code } => {
            pre_authorized(&issuer, &code, tx_code.as_ref(), client, wanted).await
        }
        TokenGrant::RefreshToken { refresh_token } => {
            refreshed(&issuer, &refresh_token, client, wanted).await
        }
        TokenGrant::AuthorizationCode { code, redirect_uri, code_verifier } => {
            // RFC 7636, 4.6; one that is malformed is nobody's.
            let challenge = code_verifier
                .and_then(|verifier| CodeChallenge::of(verifier.expose()).ok())
                .map(|challenge| challenge.to_text());
            let came = (challenge, redirect_uri, request.client_id);
            authorized(&issuer, &code, client, came).await
        }
    }
}

/// Credential configurations that need more than a client has proved (HAIP).
fn without(issuer: &Issuer, proven: bool) -> Vec<String> {
    let kinds = issuer.catalogue.types();
    kinds
        .flat_map(|kind| Profile::ALL.map(|profile| profile.configuration(&kind.configuration)))
        .filter(|id| !proven && issuer.settings.policy.requires_haip(id))
        .collect()
}

async fn authorized(
    issuer: &Issuer,
    code: &Secret,
    client: Client,
    (challenge, redirect_uri, client_id): (Option<String>, Option<String>, Option<String>),
) -> Result<Response, ProtocolError> {
    use TokenErrorCode::{InvalidClient, InvalidGrant};
    let fresh = Fresh::new(issuer, &client);
    let redemption = CodeRedemption {
        code: secrets::hash(code.expose()),
        challenge,
        redirect_uri,
        client_id,
        without: without(issuer, client.dpop.is_some() && client.attested.is_some()),
        client,
        token: fresh.access,
        token_expires_at: fresh.access_expires_at,
        refresh: fresh.refresh,
        now: fresh.now,
    };
    match issuer.store.redeem_authorization(redemption).await? {
        CodeRedeemed::Granted(grant) => {
            issuer.watch.changed(grant.passport);
            Ok(fresh.respond(issuer, &grant))
        }
        CodeRedeemed::Refused => {
            let sentence = "the code is unknown, used, expired or another client's";
            Err(ErrorResponse::new(InvalidGrant, sentence).into())
        }
        CodeRedeemed::WrongVerifier => {
            let sentence = "code_verifier is missing or not the request's";
            Err(ErrorResponse::new(InvalidGrant, sentence).into())
        }
        CodeRedeemed::NotProven => {
            let sentence = "this credential needs a DPoP proof and a client attestation";
            Err(ErrorResponse::new(InvalidClient, sentence).into())
        }
    }
}

async fn pre_authorized(
    issuer: &Issuer,
    code: &Secret,
    tx_code: Option<&Secret>,
    client: Client,
    wanted: Vec<String>,
) -> Result<Response, ProtocolError> {
    let code = secrets::hash(code.expose());
    let fresh = Fresh::new(issuer, &client);
    let redemption = Redemption {
        code,
        tx_code: tx_code.map(|tx_code| issuer.secrets.tx_code_hash(&code, tx_code.expose())),
        wanted,
        // Given by sign-in only, whoever asks.
        without: without(issuer, false),
        token: fresh.access,
        token_expires_at: fresh.access_expires_at,
        client,
        refresh: fresh.refresh,
        now: fresh.now,
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
    Ok(fresh.respond(issuer, &grant))
}

async fn refreshed(
    issuer: &Issuer,
    refresh_token: &Secret,
    client: Client,
    wanted: Vec<String>,
) -> Result<Response, ProtocolError> {
    use TokenErrorCode::{InvalidAuthorizationDetails, InvalidGrant};
    let no_good = || {
        let sentence = "the refresh token is unknown, used, expired or another client's";
        Err(ErrorResponse::new(InvalidGrant, sentence).into())
    };
    let fresh = Fresh::new(issuer, &client);
    let Some(next) = fresh.refresh else { return no_good() };
    let refreshing = Refreshing {
        token: secrets::hash(refresh_token.expose()),
        client,
        wanted,
        next,
        access: fresh.access,
        access_expires_at: fresh.access_expires_at,
        now: fresh.now,
    };
    match issuer.store.refresh(refreshing).await? {
        Refreshed::Granted(grant) => Ok(fresh.respond(issuer, &grant)),
        Refreshed::NotGranted => {
            let sentence = "the refresh token is not for this credential";
            Err(ErrorResponse::new(InvalidAuthorizationDetails, sentence).into())
        }
        Refreshed::Over => {
            let sentence = "there are no more copies of this credential: ask HR for a new offer";
            Err(ErrorResponse::new(InvalidGrant, sentence).into())
        }
        Refreshed::Again => {
            tracing::warn!("a refresh token came again: its family has ended");
            no_good()
        }
        Refreshed::Unknown | Refreshed::OtherClient => no_good(),
    }
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
        Redeemed::NotProven => {
            let sentence = "this credential needs the authorization code flow";
            ErrorResponse::new(TokenErrorCode::UnauthorizedClient, sentence)
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
