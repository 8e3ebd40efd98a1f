//! Secrets derived from the ring, and the random ones that are given out and kept as hashes only.

use hmac::{Hmac, KeyInit, Mac};
use keys::Ring;
use rand_core::{CryptoRng, UnwrapErr};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use vc::base64url;
use zeroize::Zeroizing;

use crate::status::indices::IndexOrder;
use crate::store::{IndexToken, NonceUse, SecretHash, StatusEntry};

/// Digits of a transaction code.
pub const TX_CODE_DIGITS: usize = 6;
/// Letters of an offer's reference: 40 bits, beside which stands the transaction code.
const REFERENCE_LETTERS: usize = 8;
/// Digits and letters that are not mistaken for each other.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NONCE_ID_BYTES: usize = 16;
const NONCE_MAC_BYTES: usize = 16;

/// Keys that only this issuer has.
pub struct Secrets {
    offer_code: Zeroizing<[u8; 32]>,
    tx_code: Zeroizing<[u8; 32]>,
    nonce: Zeroizing<[u8; 32]>,
    dpop_nonce: Zeroizing<[u8; 32]>,
    challenge: Zeroizing<[u8; 32]>,
    issuer_state: Zeroizing<[u8; 32]>,
    reference: Zeroizing<[u8; 32]>,
    account: Zeroizing<[u8; 32]>,
    search: Zeroizing<[u8; 32]>,
    transaction: Zeroizing<[u8; 32]>,
    notification: Zeroizing<[u8; 32]>,
}

impl Secrets {
    /// Derives them from the ring's root secret.
    pub fn from_ring(ring: &Ring) -> Self {
        Self {
            offer_code: ring.derive("issuer offer code"),
            tx_code: ring.derive("issuer transaction code"),
            nonce: ring.derive("issuer c_nonce"),
            dpop_nonce: ring.derive("issuer DPoP nonce"),
            challenge: ring.derive("issuer attestation challenge"),
            issuer_state: ring.derive("issuer issuer_state"),
            reference: ring.derive("issuer offer reference"),
            account: ring.derive("issuer staff account"),
            search: ring.derive("issuer search index"),
            transaction: ring.derive("issuer transaction_id"),
            notification: ring.derive("issuer notification_id"),
        }
    }

    /// The pre-authorized code of an offer: made again whenever the offer is fetched, so that
    /// only its hash is kept.
    pub fn offer_code(&self, offer_id: &str) -> String {
        base64url::encode(&mac(&self.offer_code, &[offer_id.as_bytes()]))
    }

    /// A transaction code's hash: keyed, for six digits are soon guessed.
    pub fn tx_code_hash(&self, code: &SecretHash, tx_code: &str) -> SecretHash {
        SecretHash(mac(&self.tx_code, &[&code.0, tx_code.as_bytes()]))
    }

    /// A fresh `c_nonce` that says by itself when it expires.
    pub fn nonce(&self, expires_at: i64, rng: &mut impl CryptoRng) -> String {
        stamped(&self.nonce, expires_at, rng)
    }

    /// Reads a `c_nonce` of ours that has not expired.
    pub fn open_nonce(&self, nonce: &str, now: i64) -> Option<NonceUse> {
        open_stamped(&self.nonce, nonce, now)
    }

    /// A fresh nonce for DPoP proofs; the proofs are good once, not the nonce.
    pub fn dpop_nonce(&self, expires_at: i64, rng: &mut impl CryptoRng) -> String {
        stamped(&self.dpop_nonce, expires_at, rng)
    }

    /// Whether it is one of ours that has not expired.
    pub fn is_dpop_nonce(&self, nonce: &str, now: i64) -> bool {
        open_stamped(&self.dpop_nonce, nonce, now).is_some()
    }

    /// A fresh challenge for a wallet's attestation.
    pub fn challenge(&self, expires_at: i64, rng: &mut impl CryptoRng) -> String {
        stamped(&self.challenge, expires_at, rng)
    }

    /// Whether it is one of ours that has not expired.
    pub fn is_challenge(&self, challenge: &str, now: i64) -> bool {
        open_stamped(&self.challenge, challenge, now).is_some()
    }

    /// The `issuer_state` of an offer.
    pub fn issuer_state(&self, offer_id: &str) -> String {
        base64url::encode(&mac(&self.issuer_state, &[offer_id.as_bytes()]))
    }

    /// The short reference of an offer, which a staff member may type: `7K4Q-2MX9`.
    pub fn reference(&self, offer_id: &str) -> String {
        let mac = mac(&self.reference, &[offer_id.as_bytes()]);
        let mut text = String::new();
        for (at, byte) in mac.iter().take(REFERENCE_LETTERS).enumerate() {
            if at == REFERENCE_LETTERS / 2 {
                text.push('-');
            }
            // 256 is a multiple of 32: every letter is equally likely.
            text.extend(LETTERS.get(usize::from(byte % 32)).copied().map(char::from));
        }
        text
    }

    /// What an offer is found by, from its reference as it was typed.
    pub fn reference_hash(&self, typed: &str) -> SecretHash {
        let plain: String = typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        SecretHash(mac(&self.reference, &[b"typed ", plain.as_bytes()]))
    }

    /// What a passport is found by, from the staff member's account at the identity provider.
    /// Accounts are told apart without regard to case: to providers Ada@x.uk is ada@x.uk.
    pub fn account_hash(&self, account: &str) -> SecretHash {
        SecretHash(mac(&self.account, &[account.trim().to_lowercase().as_bytes()]))
    }

    /// The `transaction_id` of an access token and the key that asked with it: made again
    /// whenever the same asks again, so that a lost answer is no lost credential.
    pub fn transaction_id(&self, token: &SecretHash, holder: &str) -> String {
        base64url::encode(&mac(&self.transaction, &[&token.0, holder.as_bytes()]))
    }

    /// The `notification_id` of a copy.
    pub fn notification_id(&self, entry: StatusEntry) -> String {
        let parts: [&[u8]; 2] = [&entry.list.to_be_bytes(), &entry.index.to_be_bytes()];
        base64url::encode(&mac(&self.notification, &parts))
    }

    /// What a value of `kind` is found by.
    pub fn index_token(&self, kind: &str, value: &str) -> IndexToken {
        let mac = mac(&self.search, &[kind.as_bytes(), &[0], value.as_bytes()]);
        IndexToken(mac.first_chunk().copied().unwrap_or_default())
    }
}

/// Random bytes and an instant under a key.
fn stamped(key: &[u8; 32], expires_at: i64, rng: &mut impl CryptoRng) -> String {
    let id = random::<NONCE_ID_BYTES>(rng);
    let expiry = expires_at.to_be_bytes();
    let mac = mac(key, &[&id, &expiry]);
    let short = mac.iter().take(NONCE_MAC_BYTES).copied();
    let bytes: Vec<u8> = id.into_iter().chain(expiry).chain(short).collect();
    base64url::encode(&bytes)
}

fn open_stamped(key: &[u8; 32], nonce: &str, now: i64) -> Option<NonceUse> {
    let bytes = base64url::decode(nonce).ok()?;
    let (&id, rest) = bytes.split_first_chunk::<NONCE_ID_BYTES>()?;
    let (&expiry, given) = rest.split_first_chunk::<8>()?;
    let mac = mac(key, &[&id, &expiry]);
    let expected = mac.first_chunk::<NONCE_MAC_BYTES>()?;
    let expires_at = i64::from_be_bytes(expiry);
    (bool::from(given.ct_eq(expected)) && now < expires_at).then_some(NonceUse { id, expires_at })
}

/// The key that orders status indices.
pub fn index_order(ring: &Ring) -> IndexOrder {
    IndexOrder::new(ring.derive("issuer status indices"))
}

/// The operating system's randomness.
pub fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// Random bytes.
pub fn random<const N: usize>(rng: &mut impl CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// A random text of `N` bytes.
pub fn random_text<const N: usize>(rng: &mut impl CryptoRng) -> String {
    base64url::encode(&random::<N>(rng))
}

/// Six random digits, every value equally likely.
pub fn random_tx_code(rng: &mut impl CryptoRng) -> String {
    const CODES: u32 = 1_000_000;
    loop {
        let number = u32::from_be_bytes(random(rng));
        if number < u32::MAX - u32::MAX % CODES {
            return format!("{:0width$}", number % CODES, width = TX_CODE_DIGITS);
        }
    }
}

/// What is kept of a secret with enough randomness of its own.
pub fn hash(secret: &str) -> SecretHash {
    SecretHash(Sha256::digest(secret.as_bytes()).into())
}

/// HMAC-SHA-256 (RFC 2104) over the parts in turn; callers make them unambiguous.
pub fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key shorter than the block is filled up with zeros.
    let mut block = Zeroizing::new([0_u8; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new(&(*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn secrets() -> Secrets {
        let key = |n| Zeroizing::new([n; 32]);
        Secrets {
            offer_code: key(1),
            tx_code: key(2),
            nonce: key(3),
            dpop_nonce: key(7),
            challenge: key(8),
            issuer_state: key(9),
            reference: key(10),
            account: key(11),
            search: key(4),
            transaction: key(5),
            notification: key(6),
        }
    }

    #[test]
    fn mac_is_hmac_sha_256() {
        // RFC 4231, 4.2, with its 20-byte key filled up with zeros.
        let mut key = [0; 32];
        key[..20].fill(0x0b);

        let mac = mac(&key, &[b"Hi ", b"There"]);

        assert_eq!(mac[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
    }

    #[test]
    fn a_nonce_is_ours_until_it_expires() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let nonce = secrets().nonce(1_000, &mut rng);

        assert!(secrets().open_nonce(&nonce, 999).is_some());
        assert!(secrets().open_nonce(&nonce, 1_000).is_none());
    }

    #[test]
    fn a_nonce_with_any_changed_character_is_not_ours() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let nonce = secrets().nonce(1_000, &mut rng);

        for at in 0..nonce.len() {
            let mut changed = nonce.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(secrets().open_nonce(&changed, 0).is_none(), "character {at}");
        }
        assert!(secrets().open_nonce("", 0).is_none());
        let cut: String = nonce.chars().take(nonce.len() - 4).collect();
        assert!(secrets().open_nonce(&cut, 0).is_none());
    }

    #[test]
    fn a_reference_is_found_however_it_is_typed() {
        let reference = secrets().reference("an offer");

        assert_eq!(reference.len(), 9);
        let expected = secrets().reference_hash(&reference);
        let spaced = reference.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(secrets().reference_hash(&spaced), expected);
        assert_ne!(secrets().reference_hash(&secrets().reference("another")), expected);
    }

    #[test]
    fn a_transaction_code_has_six_digits() {
        let mut rng = ChaCha20Rng::from_seed([2; 32]);

        for _ in 0..1000 {
            let code = random_tx_code(&mut rng);
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }
}
