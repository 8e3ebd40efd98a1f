//! Staff without an account here, who prove which of the provider's accounts is theirs: to fetch
//! their own passport, and nothing else. They get no role and no session of a colleague.

use serde::{Deserialize, Serialize};

use crate::pages::Visit;
use crate::sign_in::providers::Provider;

/// Seconds that the proof is good for.
const STAFF_SECONDS: i64 = 5 * 60;

/// An account at the provider, proved in this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proved {
    /// As the provider's claim says it.
    pub(crate) account: String,
    /// When, in seconds since 1970.
    pub(crate) at: i64,
}

/// Where staff prove their account.
#[derive(Clone, Debug)]
pub struct StaffSignIn {
    /// A path of ours.
    pub href: String,
    /// What is on the button.
    pub label: String,
}

impl Visit {
    /// Where a staff member proves her account and comes back from, if there is such a provider.
    /// `next` is a path of ours.
    pub fn staff_sign_in(&self, next: &str) -> Option<StaffSignIn> {
        let provider = self.sign_in().providers().for_staff()?;
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        Some(StaffSignIn {
            href: format!("/sign-in/oidc/{}/staff?next={next}", provider.id),
            label: provider.label.clone(),
        })
    }

    /// The account that was proved in this browser some minutes ago at most.
    pub fn staff_account(&self) -> Option<&str> {
        let proved = self.contents().staff.as_ref()?;
        let fresh = self.sign_in().now() < proved.at.saturating_add(STAFF_SECONDS);
        fresh.then_some(proved.account.as_str())
    }

    /// Forgets it: it has served.
    pub async fn forget_staff_account(&self) {
        let mut contents = self.contents().clone();
        if contents.staff.take().is_some() {
            self.session().keep(&contents).await;
        }
    }
}

/// The account that a provider's claims prove: one text, which is not said to be unverified.
pub(crate) fn account(provider: &Provider, claims: &serde_json::Value) -> Option<String> {
    const LONGEST: usize = 320;
    let verified = claims.get("email_verified").and_then(serde_json::Value::as_bool);
    if provider.staff_claim.as_deref() == Some("email") && verified == Some(false) {
        return None;
    }
    let account = provider.account(claims)?;
    (!account.trim().is_empty() && account.len() <= LONGEST).then_some(account)
}
