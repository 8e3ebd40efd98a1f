//! OpenID providers, from a TOML file:
//!
//! ```toml
//! [[provider]]
//! id = "entra"                       # in addresses; letters, digits, hyphens
//! preset = "entra"                   # cis2 | entra | keycloak | generic
//! label = "Microsoft account"        # on the button
//! issuer = "https://login.microsoftonline.com/TENANT/v2.0"
//! client_id = "…"
//! client_secret_file = "/etc/…"      # left out for a public client
//! roles_claim = "roles"              # a path; the preset has one
//! staff_claim = "preferred_username" # left out where staff do not fetch passports by it
//! [provider.roles]
//! "Passport.Issuer" = "hr_issuer"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fetch::{Fetcher, Guards, SetUpError};
use keys::Secret;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::config::BaseUrl;
use crate::people::{Grants, Role};

/// Longest file.
const MAX_FILE: u64 = 256 * 1024;
/// A sign-in waits longer than a scan does.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Where roles stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolesIn {
    /// In the ID token.
    IdToken,
    /// At the UserInfo endpoint.
    Userinfo,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Preset {
    Cis2,
    Entra,
    Keycloak,
    Generic,
}

impl Preset {
    /// Scopes, the claim with the roles, and where it stands.
    fn defaults(self) -> (&'static [&'static str], &'static str, RolesIn) {
        match self {
            Self::Cis2 => (
                &["profile", "nationalrbacaccess"],
                "nhsid_nrbac_roles.role_code",
                RolesIn::Userinfo,
            ),
            Self::Entra => (&["profile"], "roles", RolesIn::IdToken),
            Self::Keycloak => (&["profile", "roles"], "realm_access.roles", RolesIn::IdToken),
            Self::Generic => (&["profile"], "roles", RolesIn::IdToken),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    preset: Preset,
    label: String,
    issuer: Url,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    roles_claim: Option<String>,
    roles_in: Option<RolesIn>,
    #[serde(default)]
    acr_values: Vec<String>,
    staff_claim: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, Role>,
}

/// One provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// In addresses.
    pub id: String,
    /// On its button.
    pub label: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) scopes: Vec<String>,
    pub(crate) roles_claim: String,
    pub(crate) roles_in: RolesIn,
    pub(crate) acr_values: Vec<String>,
    pub(crate) staff_claim: Option<String>,
    pub(crate) fetcher: Fetcher,
    roles: BTreeMap<String, Role>,
}

impl Provider {
    /// The roles that a claim's values stand for; other values stand for none.
    pub fn roles(&self, claims: &Value) -> Vec<Role> {
        let mut values = Vec::new();
        collect(claims, &self.roles_claim, &mut values);
        let mut roles: Vec<Role> =
            values.iter().filter_map(|value| self.roles.get(*value)).copied().collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// Whether it gives roles at all.
    pub(crate) fn has_roles(&self) -> bool {
        !self.roles.is_empty()
    }

    /// The account that the claims name, when they name one.
    pub(crate) fn account(&self, claims: &Value) -> Option<String> {
        let mut values = Vec::new();
        collect(claims, self.staff_claim.as_deref()?, &mut values);
        match values.as_slice() {
            [account] => Some((*account).to_owned()),
            _ => None,
        }
    }
}

/// The texts at a path: members by name, through every element of an array. A name with dots in it
/// is taken whole first.
fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(elements) => {
            for element in elements {
                collect(element, path, found);
            }
        }
        Value::String(text) if path.is_empty() => found.push(text),
        Value::Object(members) if !path.is_empty() => {
            if let Some(member) = members.get(path) {
                collect(member, "", found);
            } else if let Some((name, rest)) = path.split_once('.')
                && let Some(member) = members.get(name)
            {
                collect(member, rest, found);
            }
        }
        _ => {}
    }
}

/// Every provider of a service.
#[derive(Clone, Debug, Default)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// Reads the file, and the files of secrets that it names.
    ///
    /// # Errors
    /// [`ProviderError`], a sentence that stops start-up.
    pub fn read(file: &Path, base_url: &BaseUrl, grants: Grants) -> Result<Self, ProviderError> {
        let name = file.display().to_string();
        let text = bounded(file)?;
        let parsed: File = toml::from_str(&text).map_err(|error| ProviderError::Malformed {
            file: name,
            why: error.message().to_owned(),
        })?;
        let loopback = base_url.url().scheme() == "http";
        let mut providers: Vec<Provider> = Vec::new();
        for entry in parsed.provider {
            let provider = provider(entry, loopback, grants)?;
            if providers.iter().any(|other| other.id == provider.id) {
                return Err(ProviderError::Twice(provider.id));
            }
            // An account is a name at one provider: at another it may be somebody else's.
            if provider.staff_claim.is_some() && providers.iter().any(|p| p.staff_claim.is_some()) {
                return Err(ProviderError::StaffTwice(provider.id));
            }
            providers.push(provider);
        }
        Ok(Self(providers))
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// The one whose accounts staff prove.
    pub(crate) fn for_staff(&self) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.staff_claim.is_some())
    }

    /// One.
    pub fn find(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.id == id)
    }
}

fn provider(entry: Entry, loopback: bool, grants: Grants) -> Result<Provider, ProviderError> {
    let id = entry.id;
    let fits = (1..=32).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fits {
        return Err(ProviderError::BadId(id));
    }
    let address = entry.issuer.as_str();
    let plain = entry.issuer.scheme() != "https";
    if plain && !(loopback && address.parse::<BaseUrl>().is_ok()) {
        return Err(ProviderError::Plain(id));
    }
    if let Some(role) = entry.roles.values().find(|role| !grants.roles().any(|r| r == **role)) {
        return Err(ProviderError::RoleNotHere { id, role: *role });
    }
    let client_secret = match &entry.client_secret_file {
        Some(file) => Some(Secret::new(bounded(file)?.trim().to_owned())),
        None => None,
    };
    if entry.roles.is_empty() && entry.staff_claim.is_none() {
        return Err(ProviderError::ForNothing(id));
    }
    let (scopes, roles_claim, roles_in) = entry.preset.defaults();
    let guards = Guards { allow_loopback_http: loopback, timeout: TIMEOUT, ..Guards::default() };
    let fetcher = Fetcher::new(guards)?;
    fetcher.allow_only([&entry.issuer]);
    Ok(Provider {
        label: entry.label,
        // `iss` is compared as text: a URL parser adds a final slash to a bare host.
        issuer: if entry.issuer.path() == "/" {
            address.trim_end_matches('/').to_owned()
        } else {
            address.to_owned()
        },
        client_id: entry.client_id,
        client_secret,
        scopes: entry
            .scopes
            .unwrap_or_else(|| scopes.iter().map(|scope| (*scope).to_owned()).collect()),
        roles_claim: entry.roles_claim.unwrap_or_else(|| roles_claim.to_owned()),
        roles_in: entry.roles_in.unwrap_or(roles_in),
        acr_values: entry.acr_values,
        staff_claim: entry.staff_claim,
        fetcher,
        roles: entry.roles,
        id,
    })
}

fn bounded(file: &Path) -> Result<String, ProviderError> {
    use std::io::Read;
    let unreadable =
        |source| ProviderError::Unreadable { file: file.display().to_string(), source };
    let mut text = String::new();
    std::fs::File::open(file)
        .and_then(|open| open.take(MAX_FILE).read_to_string(&mut text))
        .map_err(unreadable)?;
    Ok(text)
}

/// A setting that stops start-up.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// A file cannot be read.
    #[error("{file} cannot be read")]
    Unreadable {
        /// Which.
        file: String,
        /// The error.
        #[source]
        source: std::io::Error,
    },
    /// The file is not of its form.
    #[error("{file} is no list of OpenID providers: {why}")]
    Malformed {
        /// Which.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// An id has 1 to 32 small letters, digits, hyphens.
    #[error("{0:?} is no id of a provider: small letters, digits and hyphens")]
    BadId(String),
    /// Two providers have one id.
    #[error("the provider {0} stands twice")]
    Twice(String),
    /// Accounts of two providers may be two people's.
    #[error("the provider {0} is the second with a staff_claim; one may have it")]
    StaffTwice(String),
    /// Nobody could use it.
    #[error("the provider {0} has neither roles nor a staff_claim: give it one of them")]
    ForNothing(String),
    /// Plain HTTP outside this machine.
    #[error("the issuer of provider {0} must be https")]
    Plain(String),
    /// The service does not have the role.
    #[error("provider {id} maps to {role}, which is no role of this service")]
    RoleNotHere {
        /// Which provider.
        id: String,
        /// Which role.
        role: Role,
    },
    /// No HTTP client.
    #[error(transparent)]
    Fetcher(#[from] SetUpError),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(claims: &Value, path: &str) -> Vec<String> {
        let mut texts = Vec::new();
        collect(claims, path, &mut texts);
        texts.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn roles_are_found_through_objects_and_arrays() {
        let keycloak = json!({"realm_access": {"roles": ["a", "b"]}});
        let cis2 = json!({"nhsid_nrbac_roles": [{"role_code": "S1"}, {"role_code": "S2"}]});

        assert_eq!(found(&keycloak, "realm_access.roles"), ["a", "b"]);
        assert_eq!(found(&cis2, "nhsid_nrbac_roles.role_code"), ["S1", "S2"]);
        assert_eq!(found(&json!({"https://x.y/roles": "a"}), "https://x.y/roles"), ["a"]);
        assert!(found(&json!({"roles": {"a": true}}), "roles").is_empty());
    }
}
