//! What a host asks for: its own published requirement, else the copy that comes with
//! `passport`.

use std::fmt;
use std::str::FromStr;

use fetch::FetchError;
use passport::{Kind, Requirements, StaffGroup};
use vc::registry::Organisation;

use super::PresentError;
use crate::network::Network;

const JSON: &str = "application/json";

/// Placement kind and staff group, `OBSERVER/NURSING_AND_MIDWIFERY_REGISTERED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose {
    kind: Kind,
    staff_group: StaffGroup,
}

impl FromStr for Purpose {
    type Err = PresentError;

    fn from_str(text: &str) -> Result<Self, PresentError> {
        let parse = || {
            let (kind, staff_group) = text.split_once('/')?;
            Some(Self { kind: kind.parse().ok()?, staff_group: staff_group.parse().ok()? })
        };
        parse().ok_or_else(|| PresentError::Purpose(text.to_owned()))
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.staff_group.as_str())
    }
}

/// What a host asks for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// What it asks and why.
    pub content: passport::Requirement,
    /// Whose word it is.
    pub source: Source,
}

/// Whose word a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The host's own.
    Host,
    /// The copy that comes with this program.
    Shipped,
}

impl Requirement {
    /// The host's own requirement where it answers, else the shipped one. A host that answers that
    /// it has none is taken at its word.
    ///
    /// # Errors
    /// [`RequirementError`].
    pub async fn of(
        host: Option<&Organisation>,
        purpose: Purpose,
        network: &Network,
    ) -> Result<Self, RequirementError> {
        let published = match host {
            Some(host) => published(host, purpose, network).await?,
            None => None,
        };
        let shipped = || Requirements::shipped().find(purpose.kind, purpose.staff_group).cloned();
        match (published, shipped) {
            (Some(content), _) => Ok(Self { content, source: Source::Host }),
            (None, shipped) => shipped()
                .map(|content| Self { content, source: Source::Shipped })
                .ok_or(RequirementError::None(purpose)),
        }
    }
}

/// `None` when the host can't be asked, or answers with what this program can't read.
async fn published(
    host: &Organisation,
    purpose: Purpose,
    network: &Network,
) -> Result<Option<passport::Requirement>, RequirementError> {
    let Some(verifier) = &host.verifier else {
        return Ok(None);
    };
    let address = format!("{}/requirements/{purpose}", verifier.url.trim_end_matches('/'));
    match network.get(&address, JSON).await {
        Ok(reply) => Ok(std::str::from_utf8(&reply.bytes)
            .ok()
            .and_then(|text| passport::Requirement::from_json(text).ok())),
        Err(FetchError::Status(404)) => {
            Err(RequirementError::NotPublished { ods: host.ods.clone(), purpose })
        }
        Err(_) => Ok(None),
    }
}

/// Why the host's requirement can't be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// The host has none for this purpose.
    #[error("host {ods} publishes no requirement for {purpose}")]
    NotPublished {
        /// The host's ODS code.
        ods: String,
        /// Kind and staff group.
        purpose: Purpose,
    },
    /// Not fetched from the host, and no shipped copy.
    #[error("no requirement for {0}")]
    None(Purpose),
}
