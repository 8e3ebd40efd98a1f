//! Authorization requests and their codes in the embedded store.

use async_trait::async_trait;
use server::durable::{Batch, View};
use subtle::ConstantTimeEq;

use super::SledStore;
use super::accounts::may_collect;
use super::held::Held;
use super::offers::{Granting, grant_offer, wrong_code};
use super::rows::{NOTHING, get, key, put};
use crate::store::authorizations::{
    AuthorizationCode, Authorizations, CodeRedeemed, CodeRedemption, Proof, PushedRequest, SignIn,
    SignedIn,
};
use crate::store::{Offer, OfferState, SecretHash, StoreError};

#[async_trait]
impl Authorizations for SledStore {
    async fn push_request(
        &self,
        name: SecretHash,
        request: PushedRequest,
        now: i64,
    ) -> Result<(), StoreError> {
        self.fact(now, move |_, _, batch| {
            put(batch, key::pushed(&name), &request);
            batch.put(key::pushed_expiry(request.expires_at, &name), NOTHING);
            Ok(())
        })
        .await
    }

    async fn pushed_request(&self, name: &SecretHash) -> Result<Option<PushedRequest>, StoreError> {
        self.read(&key::pushed(name), "pushed request")
    }

    async fn offer_found_by(
        &self,
        found_by: &SecretHash,
    ) -> Result<Option<(SecretHash, Offer)>, StoreError> {
        let Some(hash) = self.read::<SecretHash>(&key::offer_of(found_by), "offer")? else {
            return Ok(None);
        };
        Ok(self.read(&key::offer(&hash), "offer")?.map(|offer| (hash, offer)))
    }

    async fn sign_in(&self, it: SignIn) -> Result<SignedIn, StoreError> {
        self.fact(it.now, move |_, view, batch| sign_in(view, batch, &it)).await
    }

    async fn refuse_request(&self, name: SecretHash, now: i64) -> Result<(), StoreError> {
        self.fact(now, move |_, view, batch| {
            if let Some(mut request) =
                get::<PushedRequest>(view, &key::pushed(&name), "pushed request")?
            {
                request.answered = true;
                put(batch, key::pushed(&name), &request);
            }
            Ok(())
        })
        .await
    }

    async fn redeem_authorization(&self, it: CodeRedemption) -> Result<CodeRedeemed, StoreError> {
        // An invented code costs no write.
        if self.db.get(&key::authorization(&it.code))?.is_none() {
            return Ok(CodeRedeemed::Refused);
        }
        self.fact(it.now, move |_, view, batch| redeem(view, batch, &it)).await
    }
}

fn sign_in(view: &View<'_>, batch: &mut Batch, it: &SignIn) -> Result<SignedIn, StoreError> {
    let Some(mut request) =
        get::<PushedRequest>(view, &key::pushed(&it.request), "pushed request")?
            .filter(|request| !request.answered && it.now < request.expires_at)
    else {
        return Ok(SignedIn::NoRequest);
    };
    let Some(offer) = open_offer(view, &it.offer, it.now)? else {
        return Ok(SignedIn::NoOffer);
    };
    if !offer.configurations.iter().any(|offered| request.wanted.contains(offered)) {
        return Ok(SignedIn::NotOffered);
    }
    match it.proof {
        Proof::TxCode(tx_code) => {
            let Some(expected) = offer.tx_code else { return Ok(SignedIn::NoOffer) };
            if !bool::from(expected.0.ct_eq(&tx_code.0)) {
                let (passport, left) = wrong_code(view, batch, &it.offer, offer, it.now)?;
                return Ok(SignedIn::WrongCode(passport, left));
            }
        }
        Proof::Account(account) => {
            if !may_collect(view, &account, &it.offer)? {
                return Ok(SignedIn::NoOffer);
            }
        }
    }
    request.answered = true;
    put(batch, key::pushed(&it.request), &request);
    let code = AuthorizationCode {
        request: request.clone(),
        offer: it.offer,
        expires_at: it.code_expires_at,
        used: false,
    };
    put(batch, key::authorization(&it.code), &code);
    batch.put(key::authorization_expiry(it.code_expires_at, &it.code), NOTHING);
    Ok(SignedIn::Code(Box::new(request)))
}

fn redeem(
    view: &View<'_>,
    batch: &mut Batch,
    it: &CodeRedemption,
) -> Result<CodeRedeemed, StoreError> {
    let row = key::authorization(&it.code);
    // One that comes second gets nothing. It does not end what the first got: without the verifier
    // a code is worth nothing, so that whoever brings it again is the client itself, or a guesser.
    let Some(mut code) = get::<AuthorizationCode>(view, &row, "authorization code")?
        .filter(|code| !code.used && it.now < code.expires_at)
    else {
        return Ok(CodeRedeemed::Refused);
    };
    let request = &code.request;
    // The same client: by what it proved when it pushed, and by what it says.
    let same_key = request.client.dpop.is_none() || request.client.dpop == it.client.dpop;
    let same_client = request.client.attested == it.client.attested;
    let said = it.client_id.as_ref().is_none_or(|client_id| *client_id == request.client_id);
    // RFC 6749, 4.1.3: required, and identical, when the request had one.
    let same_address = it.redirect_uri.as_deref() == Some(request.redirect_uri.as_str());
    if !(same_key && same_client && said && same_address) {
        return Ok(CodeRedeemed::Refused);
    }
    if it.challenge.as_deref() != Some(request.challenge.as_str()) {
        return Ok(CodeRedeemed::WrongVerifier);
    }
    let Some(offer) = open_offer(view, &code.offer, it.now)? else {
        return Ok(CodeRedeemed::Refused);
    };
    let mut configurations = offer.configurations.clone();
    configurations.retain(|offered| request.wanted.contains(offered));
    configurations.retain(|offered| !it.without.contains(offered));
    if configurations.is_empty() {
        return Ok(CodeRedeemed::NotProven);
    }
    let held = Held::read(view, &offer.passport)?.ok_or(StoreError::Malformed("offer"))?;
    let granting = Granting {
        configurations,
        by_identifier: request.by_identifier,
        client: it.client.clone(),
        client_id: Some(request.client_id.clone()),
        token: it.token,
        token_expires_at: it.token_expires_at,
        refresh: it.refresh,
        now: it.now,
    };
    let grant = grant_offer(view, batch, held, (&code.offer, offer), granting)?;
    code.used = true;
    put(batch, row, &code);
    Ok(CodeRedeemed::Granted(Box::new(grant)))
}

fn open_offer(view: &View<'_>, hash: &SecretHash, now: i64) -> Result<Option<Offer>, StoreError> {
    Ok(get::<Offer>(view, &key::offer(hash), "offer")?
        .filter(|offer| offer.state == OfferState::Open && now < offer.expires_at))
}
