//! One writer of the load: HR and a small wallet in one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use staff_passport_tests::http::{Answer, Http};
use staff_passport_tests::network::Network;
use vc::jwk::PublicKey;
use vc::oid4vci::{OfferLink, ProofInput, Transport, confirmation_digits};
use vc::sd_jwt::UnverifiedSdJwt;
use vc::status_list;
use vc::time::UnixTime;

use crate::ledger::Ledger;

pub(crate) struct Writer {
    http: Http,
    issuer: String,
    token: String,
    body: Value,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
}

impl Writer {
    pub(crate) fn new(network: &Network, ledger: &Arc<Ledger>, stop: &Arc<AtomicBool>) -> Self {
        let now = clock::Clock::system().now();
        let today = chrono::DateTime::from_timestamp(now, 0).expect("a date").date_naive();
        Self {
            http: network.http.clone(),
            issuer: network.issuer_url.clone(),
            token: network.issuer_token.clone(),
            body: passport::samples::sample_nurse(today),
            ledger: Arc::clone(ledger),
            stop: Arc::clone(stop),
        }
    }

    /// Works until told to stop or until a request finds no answer; whether that was so.
    pub(crate) async fn work(self) -> bool {
        while !self.stop.load(Ordering::SeqCst) {
            // Counts on over the rounds, so that each kind of life has its turn.
            let turn = self.ledger.turn();
            if self.turn(turn).await.is_none() {
                return true;
            }
        }
        false
    }

    /// One passport through its life; `None` when the issuer was gone.
    async fn turn(&self, turn: usize) -> Option<()> {
        let path = format!("/api/v1/passports?confirm_key={}", turn.is_multiple_of(5));
        let passport = self.post(&path, &self.body, 201).await?;
        let id = passport["id"].as_str().expect("an id");
        self.ledger.created(id);

        let status = self.receive(&passport).await?;
        self.ledger.issued(id, status);

        match turn % 4 {
            0 | 2 => {
                self.act(id, "revoke", "ISSUED_IN_ERROR").await?;
                self.ledger.revoked(id);
            }
            1 => {
                self.act(id, "suspend", "INVESTIGATION").await?;
                self.ledger.suspended(id);
            }
            _ => {}
        }
        Some(())
    }

    async fn act(&self, id: &str, act: &str, reason: &str) -> Option<Value> {
        self.post(&format!("/api/v1/passports/{id}/{act}"), &json!({ "reason": reason }), 200).await
    }

    async fn post(&self, path: &str, body: &Value, wanted: u16) -> Option<Value> {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str()), JSON];
        let url = format!("{}{path}", self.issuer);
        let body = body.to_string().into_bytes();
        answered(self.http.try_send("POST", &url, &headers, Some(body)).await?, wanted)
    }

    /// The pre-authorized code flow of OpenID4VCI 1.0.
    async fn receive(&self, passport: &Value) -> Option<status_list::StatusReference> {
        let offer = &passport["offer"];
        let address = address(offer);
        let details = answered(self.http.try_send("GET", &address, &[], None).await?, 200)?;
        let form = redemption(&details, offer);
        let redemption = self.ledger.redeems(&form);
        let url = format!("{}/token", self.issuer);
        let token = self.http.try_send("POST", &url, &[FORM], Some(form.into_bytes())).await?;
        let token = answered(token, 200)?;
        self.ledger.redeemed(redemption);
        let url = format!("{}/nonce", self.issuer);
        let nonce = answered(self.http.try_send("POST", &url, &[], None).await?, 200)?;

        let c_nonce = nonce["c_nonce"].as_str().expect("a nonce");
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        let holder = keys::SigningKey::generate(vc::jwk::Algorithm::EdDsa, &mut rng);
        let proof = ProofInput::new(
            holder.algorithm(),
            holder.public_key(),
            &self.issuer,
            Some(c_nonce),
            UnixTime(clock::Clock::system().now()),
            None,
        );
        let signature = holder.sign(proof.signing_input());
        let body = json!({
            "credential_configuration_id": "employment-checks-1",
            "proofs": { "jwt": [proof.finish(&signature)] },
        });
        let authorization = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
        let headers = [("authorization", authorization.as_str()), JSON];
        let url = format!("{}/credential", self.issuer);
        let body = body.to_string().into_bytes();
        let answer = self.http.try_send("POST", &url, &headers, Some(body)).await?;
        let answer = match answer.status {
            202 => {
                let id = passport["id"].as_str().expect("an id");
                self.confirmed(id, &answer.json(), holder.public_key(), headers).await?
            }
            _ => answered(answer, 200)?,
        };
        self.ledger.used(c_nonce);
        let text = answer["credentials"][0]["credential"].as_str().expect("a credential");
        let parsed = UnverifiedSdJwt::parse(text).expect("an SD-JWT");
        let status = parsed.issuer_jwt().dangerous_unverified_claim("status").expect("a status");
        Some(serde_json::from_value(status["status_list"].clone()).expect("a reference"))
    }

    /// HR compares the digits, and the wallet fetches what it waits for.
    async fn confirmed(
        &self,
        id: &str,
        later: &Value,
        holder: &PublicKey,
        headers: [(&str, &str); 2],
    ) -> Option<Value> {
        let transaction = later["transaction_id"].as_str().expect("a transaction");
        let digits = json!({ "digits": confirmation_digits(holder, transaction) });
        self.post(&format!("/api/v1/passports/{id}/confirm-key"), &digits, 200).await?;
        self.ledger.confirmed(id);
        let url = format!("{}/deferred-credential", self.issuer);
        let body = json!({ "transaction_id": transaction }).to_string().into_bytes();
        answered(self.http.try_send("POST", &url, &headers, Some(body)).await?, 200)
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The body of an answer that must have the wanted status.
fn answered(answer: Answer, wanted: u16) -> Option<Value> {
    assert_eq!(answer.status, wanted, "{}", answer.text());
    Some(answer.json())
}

/// Where an offer is fetched.
pub(crate) fn address(offer: &Value) -> String {
    let link = OfferLink::parse(offer["uri"].as_str().expect("a URI"), Transport::LoopbackHttp);
    let OfferLink::ByReference(address) = link.expect("an offer link") else {
        panic!("offers go by reference")
    };
    address
}

/// The token request for it.
pub(crate) fn redemption(details: &Value, offer: &Value) -> String {
    let grant = &details["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
    format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code\
         &pre-authorized_code={}&tx_code={}",
        grant["pre-authorized_code"].as_str().expect("a code"),
        offer["tx_code"].as_str().expect("a transaction code"),
    )
}
