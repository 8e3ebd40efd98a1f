//! Which keys a credential request proves (OpenID4VCI 1.0, "Proof Types", "Key Attestations").

use vc::jwk::PublicKey;
use vc::oid4vci::{
    CredentialErrorCode, ErrorResponse, KeyAttestationError, KeyAttestationPlace,
    KeyAttestationPolicy, ProofPolicy, Proofs, VerifiedKeyAttestation, verify_key_attestation,
    verify_proof,
};
use vc::time::UnixTime;

use crate::oid4vci::HOLDER_ALGORITHMS;
use crate::oid4vci::policy::BATCH_SIZE;
use crate::state::Issuer;
use crate::store::NonceUse;

/// Oldest proof.
const MAX_PROOF_AGE: i64 = 5 * 60;
/// How far a holder's clock may be ahead.
const CLOCK_SKEW: i64 = 60;

/// Keys that are proven, each once, with nonces of ours.
#[derive(Debug, Default)]
pub(super) struct Proven {
    pub(super) holders: Vec<PublicKey>,
    pub(super) nonces: Vec<NonceUse>,
}

type Refusal = ErrorResponse<CredentialErrorCode>;

/// Checks the proofs of a request. `client` is whom the access token names; `None` for anonymous
/// access.
pub(super) fn check(
    issuer: &Issuer,
    proofs: Option<&Proofs>,
    client: Option<&str>,
) -> Result<Proven, Refusal> {
    match proofs {
        None => Err(invalid("proofs is missing")),
        Some(Proofs::Jwt(proofs)) => jwt(issuer, proofs, client),
        Some(Proofs::Attestation(token)) if issuer.settings.policy.believes_attesters() => {
            attestation(issuer, token)
        }
        Some(Proofs::Attestation(_) | Proofs::Other(_)) => {
            Err(invalid("proofs of this type are not taken"))
        }
    }
}

fn jwt(issuer: &Issuer, proofs: &[String], client: Option<&str>) -> Result<Proven, Refusal> {
    if proofs.len() > BATCH_SIZE {
        return Err(invalid(&format!("at most {BATCH_SIZE} proofs are taken at once")));
    }
    let policy = ProofPolicy {
        credential_issuer: issuer.settings.base_url.as_str(),
        algorithms: &HOLDER_ALGORITHMS,
        max_age: MAX_PROOF_AGE,
        skew: CLOCK_SKEW,
        client_id: client,
    };
    let mut proven = Proven::default();
    let mut attested = Vec::new();
    for jwt in proofs {
        let proof = verify_proof(jwt, &policy, UnixTime(issuer.clock.now()))?;
        if proven.holders.contains(&proof.holder) {
            return Err(invalid("each proof needs a key of its own"));
        }
        let nonce = proof.nonce.ok_or_else(|| invalid("nonce is missing"))?;
        proven.nonces.push(open_nonce(issuer, &nonce)?);
        // Where nobody is believed the header parameter is one that is not understood.
        if let Some(token) = proof.key_attestation
            && issuer.settings.policy.believes_attesters()
        {
            let place = KeyAttestationPlace::JwtProof;
            let attestation = key_attestation(issuer, &token, place)?;
            if !attestation.keys.contains(&proof.holder) {
                return Err(invalid("the key of the proof is not among attested_keys"));
            }
            if let Some(nonce) = &attestation.nonce {
                proven.nonces.push(open_nonce(issuer, nonce)?);
            }
            attested.extend(attestation.keys);
        }
        proven.holders.push(proof.holder);
    }
    // "the Credential Issuer SHOULD issue a Credential for each cryptographic public key specified
    // in the attested_keys claim"
    add(&mut proven, attested);
    Ok(proven)
}

fn attestation(issuer: &Issuer, token: &str) -> Result<Proven, Refusal> {
    let attestation = key_attestation(issuer, token, KeyAttestationPlace::AttestationProof)?;
    let nonce = attestation.nonce.ok_or_else(|| invalid("nonce is missing"))?;
    let nonces = vec![open_nonce(issuer, &nonce)?];
    let mut proven = Proven { holders: vec![], nonces };
    add(&mut proven, attestation.keys);
    Ok(proven)
}

fn key_attestation(
    issuer: &Issuer,
    token: &str,
    place: KeyAttestationPlace,
) -> Result<VerifiedKeyAttestation, Refusal> {
    let policy = KeyAttestationPolicy {
        attesters: &issuer.settings.policy.key_attesters,
        anchors: &issuer.settings.policy.key_attester_roots,
        place,
        skew: CLOCK_SKEW,
    };
    let now = UnixTime(issuer.clock.now());
    let refused = |error: KeyAttestationError| invalid(&error.to_string());
    verify_key_attestation(token, &policy, now).map_err(refused)
}

/// Further keys, as many as one answer has room for.
fn add(proven: &mut Proven, keys: Vec<PublicKey>) {
    for key in keys {
        if proven.holders.len() < BATCH_SIZE && !proven.holders.contains(&key) {
            proven.holders.push(key);
        }
    }
}

fn open_nonce(issuer: &Issuer, nonce: &str) -> Result<NonceUse, Refusal> {
    issuer
        .secrets
        .open_nonce(nonce, issuer.clock.now())
        .ok_or_else(|| ErrorResponse::new(CredentialErrorCode::InvalidNonce, "fetch a new nonce"))
}

fn invalid(sentence: &str) -> Refusal {
    ErrorResponse::new(CredentialErrorCode::InvalidProof, sentence)
}
