//! What the issuer acknowledged, and whether it still says so.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use staff_passport_tests::network::Network;
use vc::jwk::PublicKey;
use vc::status_list::{Status, StatusReference, VerifiedStatusList};
use vc::time::UnixTime;

use crate::stale;

/// Everything acknowledged since the first round.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    passports: Vec<String>,
    revoked: HashSet<String>,
    suspended: HashSet<String>,
    turns: usize,
    confirmations: usize,
    /// Keys that HR has confirmed, and that were not looked up yet.
    confirmed: HashSet<String>,
    credentials: Vec<(String, StatusReference)>,
    indices: HashSet<StatusReference>,
    /// How many of `passports` were looked up in an earlier round.
    checked: usize,
    redemptions: Vec<Redemption>,
    /// How many of `redemptions` were tried again in an earlier round.
    tried: usize,
    /// Nonces of proofs that gave a credential or wait for HR, not tried again yet.
    nonces: Vec<String>,
    /// How many were.
    nonces_tried: usize,
}

/// A code that a wallet brought.
#[derive(Clone, Debug)]
struct Redemption {
    /// The token request.
    form: String,
    /// Whether it was answered with a token.
    acknowledged: bool,
}

/// How much was acknowledged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) passports: usize,
    pub(crate) credentials: usize,
    pub(crate) revocations: usize,
    pub(crate) suspensions: usize,
    pub(crate) confirmations: usize,
    pub(crate) redemptions: usize,
    pub(crate) nonces: usize,
}

impl Ledger {
    fn with<T>(&self, act: impl FnOnce(&mut Book) -> T) -> T {
        act(&mut self.book.lock().expect("no writer panicked"))
    }

    /// A number that no writer had before.
    pub(crate) fn turn(&self) -> usize {
        self.with(|book| {
            book.turns += 1;
            book.turns
        })
    }

    /// A passport was answered with 201.
    pub(crate) fn created(&self, id: &str) {
        self.with(|book| book.passports.push(id.to_owned()));
    }

    /// A credential was handed out.
    pub(crate) fn issued(&self, id: &str, status: StatusReference) {
        self.with(|book| {
            assert!(book.indices.insert(status.clone()), "status index given twice: {status:?}");
            book.credentials.push((id.to_owned(), status));
        });
    }

    /// A revocation was answered with 200.
    pub(crate) fn revoked(&self, id: &str) {
        self.with(|book| {
            book.revoked.insert(id.to_owned());
        });
    }

    /// A suspension was answered with 200.
    pub(crate) fn suspended(&self, id: &str) {
        self.with(|book| {
            book.suspended.insert(id.to_owned());
        });
    }

    /// A confirmation of a key was answered with 200.
    pub(crate) fn confirmed(&self, id: &str) {
        self.with(|book| {
            book.confirmed.insert(id.to_owned());
            book.confirmations += 1;
        });
    }

    /// A wallet is about to bring a code; gives its number.
    pub(crate) fn redeems(&self, form: &str) -> usize {
        self.with(|book| {
            book.redemptions.push(Redemption { form: form.to_owned(), acknowledged: false });
            book.redemptions.len() - 1
        })
    }

    /// It was answered with a token.
    pub(crate) fn redeemed(&self, number: usize) {
        self.with(|book| book.redemptions[number].acknowledged = true);
    }

    /// A nonce has served.
    pub(crate) fn used(&self, nonce: &str) {
        self.with(|book| book.nonces.push(nonce.to_owned()));
    }

    pub(crate) fn counts(&self) -> Counts {
        self.with(|book| Counts {
            passports: book.passports.len(),
            credentials: book.credentials.len(),
            revocations: book.revoked.len(),
            suspensions: book.suspended.len(),
            confirmations: book.confirmations,
            redemptions: book.tried,
            nonces: book.nonces_tried,
        })
    }

    /// Looks everything up: the new passports one by one, every status in the signed lists.
    pub(crate) async fn check(&self, network: &Network, round: usize) {
        let (fresh, confirmed) = self.with(|book| {
            let fresh = book.passports[book.checked..].to_vec();
            book.checked = book.passports.len();
            (fresh, std::mem::take(&mut book.confirmed))
        });
        let (revoked, suspended, credentials) = self
            .with(|book| (book.revoked.clone(), book.suspended.clone(), book.credentials.clone()));
        for id in &confirmed {
            let url = format!("{}/api/v1/passports/{id}/progress", network.issuer_url);
            let progress = network.http.get_as(&url, &network.issuer_token).await.json();
            assert_ne!(progress["step"], "CONFIRM", "round {round}: {id} waits for HR again");
        }
        for id in fresh.iter().chain(&revoked).chain(&suspended) {
            let url = format!("{}/api/v1/passports/{id}", network.issuer_url);
            let answer = network.http.get_as(&url, &network.issuer_token).await;
            assert_eq!(answer.status, 200, "round {round}: passport {id} is lost");
            if revoked.contains(id) {
                assert_eq!(answer.json()["state"], "REVOKED", "round {round}: {id} came back");
            }
            if suspended.contains(id) {
                let state = &answer.json()["state"];
                assert_eq!(state, "SUSPENDED", "round {round}: {id} came back");
            }
        }
        self.try_again(network, round).await;
        let lists = lists(network, &credentials).await;
        for (id, status) in &credentials {
            let found = lists[&status.uri].status(status.idx).expect("an index inside the list");
            if revoked.contains(id) {
                assert_eq!(found, Status::Invalid, "round {round}: revocation of {id} undone");
            }
            if suspended.contains(id) {
                assert_eq!(found, Status::Suspended, "round {round}: suspension of {id} undone");
            }
        }
    }
}

impl Ledger {
    /// I2, I4: what is good once is not good again.
    async fn try_again(&self, network: &Network, round: usize) {
        let (redemptions, nonces) = self.with(|book| {
            let fresh = book.redemptions[book.tried..].to_vec();
            book.tried = book.redemptions.len();
            let nonces = std::mem::take(&mut book.nonces);
            book.nonces_tried += nonces.len();
            (fresh, nonces)
        });
        let url = format!("{}/token", network.issuer_url);
        for Redemption { form, acknowledged } in redemptions {
            let mut tokens = usize::from(acknowledged);
            for _ in 0..2 {
                let answer = network.http.post_form(&url, &form).await;
                match answer.status {
                    200 => tokens += 1,
                    400 => assert_eq!(answer.json()["error"], "invalid_grant", "round {round}"),
                    other => panic!("round {round}: {other}: {}", answer.text()),
                }
            }
            assert!(tokens <= 1, "round {round}: one code gave {tokens} tokens");
        }
        if !nonces.is_empty() {
            let error = stale::asks(network, &nonces).await;
            assert!(error.iter().all(|error| error == "invalid_nonce"), "round {round}: {error:?}");
        }
    }
}

async fn lists(
    network: &Network,
    credentials: &[(String, StatusReference)],
) -> HashMap<String, VerifiedStatusList> {
    let metadata =
        network.http.get(&format!("{}/.well-known/jwt-vc-issuer", network.issuer_url)).await.json();
    let key = PublicKey::from_jwk(&metadata["jwks"]["keys"][0]).expect("the issuer's key");
    let now = UnixTime(clock::Clock::system().now());
    let mut lists = HashMap::new();
    for (_, status) in credentials {
        if !lists.contains_key(&status.uri) {
            let token = network.http.get(&status.uri).await.text();
            let list = VerifiedStatusList::verify(&token, &status.uri, |_| Some(&key), now)
                .expect("the published list verifies");
            lists.insert(status.uri.clone(), list);
        }
    }
    lists
}
