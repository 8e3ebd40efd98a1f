//! `GET /offers/{id}`: an offer by reference. It may be fetched more than once (wallets do); what
//! is good once is its code.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use vc::oid4vci::{
    AuthorizationCodeGrant, CredentialOffer, Grants, InputMode, PreAuthorizedCodeGrant, TxCode,
};

use crate::oid4vci::NO_STORE;
use crate::oid4vci::error::ProtocolError;
use crate::secrets::{self, TX_CODE_DIGITS};
use crate::state::Issuer;
use crate::store::OfferState;

/// The offer, as long as its code may be redeemed.
pub async fn offer(
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, ProtocolError> {
    let offer = issuer
        .store
        .offer(&secrets::hash(&id))
        .await?
        .filter(|offer| offer.state == OfferState::Open && issuer.clock.now() < offer.expires_at)
        .ok_or_else(|| ProtocolError::not_found("the offer is unknown, used or expired"))?;

    let policy = &issuer.settings.policy;
    // What HAIP is asked for is given by sign-in only.
    let pre_authorized = offer.configurations.iter().any(|it| !policy.requires_haip(it));
    let tx_code = offer.tx_code.map(|_| TxCode {
        input_mode: Some(InputMode::Numeric),
        length: u32::try_from(TX_CODE_DIGITS).ok(),
        description: Some("The six digits that your HR department gave you".to_owned()),
    });
    let grant = PreAuthorizedCodeGrant {
        pre_authorized_code: issuer.secrets.offer_code(&id).into(),
        tx_code,
        authorization_server: None,
    };
    let offer = CredentialOffer {
        credential_issuer: issuer.settings.base_url.as_str().to_owned(),
        credential_configuration_ids: offer.configurations,
        grants: Some(Grants {
            authorization_code: policy.authorization_code.then(|| AuthorizationCodeGrant {
                issuer_state: Some(issuer.secrets.issuer_state(&id)),
                authorization_server: None,
            }),
            pre_authorized_code: pre_authorized.then_some(grant),
        }),
    };
    Ok(([NO_STORE], Json(offer)))
}
