//! Waiting for HR: the issuer gives the credential once HR has compared six digits with this
//! wallet's (OpenID4VCI 1.0, "Deferred Credential Endpoint").

use std::time::Duration;

use fetch::FetchError;
use tokio::time::{Instant, sleep};
use vc::jwk::PublicKey;
use vc::oid4vci::{CredentialResponse, DeferredRequest, Secret, confirmation_digits};

use super::client::{Client, Post};
use super::redeem::{Access, Issued, issued};
use super::{Document, JSON, ReceiveError, Source};
use crate::network::Network;

/// Bounds on the seconds between two questions, whatever the issuer says.
const INTERVAL: std::ops::RangeInclusive<u64> = 1..=30;
/// Longest wait; the access token may end it earlier.
const LONGEST: Duration = Duration::from_secs(10 * 60);
/// What earlier drafts of the protocol answer where 1.0 has a status of its own.
const PENDING: &str = "issuance_pending";

/// What the issuer answered in place of the credential.
pub(super) struct Transaction {
    pub(super) id: Secret,
    pub(super) interval: u64,
}

impl Source {
    /// Shows the digits, then asks again until there is an answer.
    pub(super) async fn wait_for(
        &self,
        mut transaction: Transaction,
        access: &Access,
        holder: &PublicKey,
        client: &Client,
        network: &Network,
        show: &mut impl FnMut(&str),
    ) -> Result<Issued, ReceiveError> {
        let what = Document::Deferred;
        let Some(endpoint) = &self.metadata.deferred_credential_endpoint else {
            return Err(ReceiveError::Deferred);
        };
        show(&confirmation_digits(holder, transaction.id.expose()));
        let until = Instant::now() + access.lasts.map_or(LONGEST, |lasts| lasts.min(LONGEST));
        loop {
            let pause = transaction.interval.clamp(*INTERVAL.start(), *INTERVAL.end());
            sleep(Duration::from_secs(pause)).await;
            if Instant::now() >= until {
                return Err(ReceiveError::NotConfirmed);
            }
            let request = DeferredRequest {
                transaction_id: transaction.id.clone(),
                response_encryption: None,
                notifies: true,
            };
            let post = Post {
                address: endpoint,
                content_type: JSON,
                body: &request.to_json().to_string(),
                token: Some(&access.token),
            };
            let reply = match client.post(network, post, what).await {
                Ok(reply) => reply,
                Err(ReceiveError::Refused { code, .. }) if code == PENDING => continue,
                // The issuer keeps the transaction; the way there may come back.
                Err(ReceiveError::Fetch {
                    source: FetchError::TimedOut | FetchError::Unreachable(_),
                    ..
                }) => continue,
                Err(error) => return Err(error),
            };
            let response = CredentialResponse::parse(&reply.bytes)
                .map_err(|source| ReceiveError::Malformed { what, source })?;
            match response {
                CredentialResponse::Issued { credentials, notification_id } => {
                    return issued(&credentials, notification_id);
                }
                CredentialResponse::Deferred { interval, .. } => transaction.interval = interval,
            }
        }
    }
}
