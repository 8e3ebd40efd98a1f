//! How requests prove themselves: with a DPoP proof by a key of this credential alone (RFC 9449),
//! or, where the issuer knows none, with the bare access token.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use clock::Clock;
use fetch::Reply;
use getrandom::SysRng;
use keys::SigningKey;
use rand_core::{Rng, UnwrapErr};
use url::{Origin, Url};
use vc::oauth::{DpopBound, DpopInput};
use vc::oid4vci::{AuthorizationServerMetadata, ErrorResponse, Secret};
use vc::time::UnixTime;

use super::{Document, JSON, ReceiveError};
use crate::network::Network;

/// Names of this wallet's proof algorithm (RFC 8037; RFC 9864).
const ALGORITHMS: [&str; 2] = ["EdDSA", "Ed25519"];
/// The server wants its nonce in the proof (RFC 9449, 8 and 9).
const USE_NONCE: &str = "use_dpop_nonce";
const JTI_BYTES: usize = 16;

/// One client of one issuer.
#[derive(Debug)]
pub(super) struct Client {
    /// Signs the proofs; `None` where the issuer takes bearer tokens only.
    pub(super) key: Option<SigningKey>,
    pub(super) clock: Clock,
    /// The last nonce of each server.
    nonces: Mutex<BTreeMap<String, String>>,
}

/// Whether an authorization server takes DPoP proofs that this wallet can make.
pub(super) fn takes_proofs(server: &AuthorizationServerMetadata) -> bool {
    server.dpop_signing_alg_values_supported.iter().any(|alg| ALGORITHMS.contains(&alg.as_str()))
}

/// A POST.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post<'a> {
    pub(super) address: &'a str,
    pub(super) content_type: &'a str,
    pub(super) body: &'a str,
    pub(super) token: Option<&'a Secret>,
}

impl Client {
    pub(super) fn new(key: Option<SigningKey>, clock: &Clock) -> Self {
        Self { key, clock: clock.clone(), nonces: Mutex::default() }
    }

    /// `token_type` of a token that is for this client. One that proves itself takes no bearer
    /// token: whoever saw it could use it (RFC 9449, 5).
    pub(super) fn token_type(&self) -> &'static str {
        if self.key.is_some() { "DPoP" } else { "Bearer" }
    }

    /// POST that must be answered with a JSON document.
    pub(super) async fn post(
        &self,
        network: &Network,
        post: Post<'_>,
        what: Document,
    ) -> Result<Reply, ReceiveError> {
        let reply = self.send(network, post, what).await?;
        if reply.is_success() {
            return match reply.content_type.as_deref() {
                Some(JSON) => Ok(reply),
                _ => Err(ReceiveError::NotJson(what)),
            };
        }
        match ErrorResponse::parse(&reply.bytes) {
            Ok(error) => Err(ReceiveError::Refused { what, code: error.error }),
            Err(_) => Err(ReceiveError::Status { what, status: reply.status }),
        }
    }

    /// POST; once more with the nonce that the server asks for. A request that is refused so has
    /// done nothing.
    pub(super) async fn send(
        &self,
        network: &Network,
        post: Post<'_>,
        what: Document,
    ) -> Result<Reply, ReceiveError> {
        let failed = |source| ReceiveError::Fetch { what, source };
        let Some(key) = &self.key else {
            let token = post.token.map(Secret::expose);
            let body = post.body.to_owned();
            return network
                .post(post.address, post.content_type, body, token)
                .await
                .map_err(failed);
        };
        let reply = self.send_proving(network, key, post).await.map_err(failed)?;
        if asks_for_nonce(&reply) {
            return self.send_proving(network, key, post).await.map_err(failed);
        }
        Ok(reply)
    }

    async fn send_proving(
        &self,
        network: &Network,
        key: &SigningKey,
        post: Post<'_>,
    ) -> Result<Reply, fetch::FetchError> {
        let server = Url::parse(post.address)
            .map(|url| Url::origin(&url))
            .as_ref()
            .map(Origin::ascii_serialization)
            .unwrap_or_default();
        let nonce = self.nonces().get(&server).cloned();
        let token = post.token.map(Secret::expose);
        let mut jti = [0; JTI_BYTES];
        UnwrapErr(SysRng).fill_bytes(&mut jti);
        let input = DpopInput::new(
            key.public_key(),
            "POST",
            post.address,
            &vc::base64url::encode(&jti),
            UnixTime(self.clock.now()),
            DpopBound { access_token: token, nonce: nonce.as_deref() },
        );
        let signature = key.sign(input.signing_input());
        let proof = input.finish(&signature);
        let body = post.body.to_owned();
        let reply =
            network.post_proving(post.address, post.content_type, body, &proof, token).await?;
        // "The client ... MUST use the new nonce" (RFC 9449, 8.2), from any answer.
        if let Some(nonce) = &reply.dpop_nonce {
            self.nonces().insert(server, nonce.clone());
        }
        Ok(reply)
    }

    fn nonces(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Said in the body by authorization servers, in the challenge by resource servers.
fn asks_for_nonce(reply: &Reply) -> bool {
    let in_body = || ErrorResponse::parse(&reply.bytes).is_ok_and(|error| error.error == USE_NONCE);
    let in_challenge = || reply.challenge.as_ref().is_some_and(|text| text.contains(USE_NONCE));
    matches!(reply.status, 400 | 401) && reply.dpop_nonce.is_some() && (in_body() || in_challenge())
}
