//! `BitstringStatusListEntry` (section 2.1): a credential's reference to its entry.

use serde_json::{Map, Value, json};

use super::{BitstringError, MAX_ENTRIES_OF_CREDENTIAL, MAX_STATUS_SIZE};
use crate::vcdm::{is_url, one_or_many, types};

const TYPE: &str = "BitstringStatusListEntry";

/// What a status is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A newer copy may be had; this one stands.
    Refresh,
    /// Cancelled, for good.
    Revocation,
    /// Not accepted for now.
    Suspension,
    /// A message of the issuer's own.
    Message,
    /// Anything else.
    Other(String),
}

impl Purpose {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Refresh => "refresh",
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
            Self::Message => "message",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Purpose {
    fn from(name: &str) -> Self {
        match name {
            "refresh" => Self::Refresh,
            "revocation" => Self::Revocation,
            "suspension" => Self::Suspension,
            "message" => Self::Message,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What one value means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusMessage {
    /// The value.
    pub status: u8,
    /// Its meaning, for people who look into faults.
    pub message: String,
}

/// A credential's reference to its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// `id`: a name of the entry, never the list's address.
    pub id: Option<String>,
    /// `statusPurpose`.
    pub purpose: Purpose,
    /// `statusListIndex`.
    pub index: u64,
    /// `statusListCredential`: the list's address.
    pub list: String,
    /// `statusSize`: bits of the entry, 1 to [`MAX_STATUS_SIZE`].
    pub size: u8,
    /// `statusMessage`: none, or one for each value.
    pub messages: Vec<StatusMessage>,
    /// `statusReference`: addresses of what the messages are about.
    pub references: Vec<String>,
}

impl StatusEntry {
    /// An entry of one bit, as it mostly is.
    pub fn new(purpose: Purpose, index: u64, list: &str) -> Self {
        Self {
            id: None,
            purpose,
            index,
            list: list.to_owned(),
            size: 1,
            messages: Vec::new(),
            references: Vec::new(),
        }
    }

    /// Reads one member of `credentialStatus`.
    ///
    /// # Errors
    /// [`BitstringError`].
    pub fn parse(value: &Value) -> Result<Self, BitstringError> {
        let malformed = BitstringError::Malformed;
        let members = value.as_object().ok_or(malformed("credentialStatus"))?;
        if !types(members).is_some_and(|types| types.contains(&TYPE)) {
            return Err(BitstringError::UnknownMechanism);
        }
        let text = |name| members.get(name).and_then(Value::as_str).ok_or(malformed(name));
        let list = text("statusListCredential")?;
        if !is_url(list) {
            return Err(malformed("statusListCredential"));
        }
        let id = members.get("id").map(|_| text("id")).transpose()?;
        // "It MUST NOT be the URL for the status list"
        if id.is_some_and(|id| !is_url(id) || id == list) {
            return Err(malformed("id"));
        }
        let purpose = text("statusPurpose")?;
        if purpose.is_empty() {
            return Err(malformed("statusPurpose"));
        }
        let size = match members.get("statusSize") {
            None => 1,
            Some(size) => read_size(size)?,
        };
        let messages = match members.get("statusMessage") {
            // "If statusSize is provided and is greater than 1, then the property
            // credentialStatus.statusMessage MUST be present"
            None if size > 1 => return Err(malformed("statusMessage")),
            None => Vec::new(),
            Some(messages) => read_messages(messages, size).ok_or(malformed("statusMessage"))?,
        };
        let references = members.get("statusReference").map(one_or_many).unwrap_or_default();
        let references: Option<Vec<String>> = references
            .iter()
            .map(|url| url.as_str().filter(|url| is_url(url)).map(str::to_owned))
            .collect();
        Ok(Self {
            id: id.map(str::to_owned),
            purpose: Purpose::from(purpose),
            index: read_index(text("statusListIndex")?)?,
            list: list.to_owned(),
            size,
            messages,
            references: references.ok_or(malformed("statusReference"))?,
        })
    }

    /// One member of `credentialStatus`.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if let Some(id) = &self.id {
            set("id", id.as_str().into());
        }
        set("type", TYPE.into());
        set("statusPurpose", self.purpose.as_str().into());
        set("statusListIndex", self.index.to_string().into());
        set("statusListCredential", self.list.as_str().into());
        if self.size > 1 {
            set("statusSize", self.size.into());
        }
        if !self.messages.is_empty() {
            set("statusMessage", messages_to_json(&self.messages));
        }
        if !self.references.is_empty() {
            set("statusReference", self.references.as_slice().into());
        }
        Value::Object(members)
    }

    /// What the value means: "If the statusMessage array is not present, the message values
    /// associated with the bit values of 1 and 0 are set and unset".
    pub(super) fn message(&self, value: u8) -> Option<String> {
        if self.messages.is_empty() {
            let name = if value == 0 { "unset" } else { "set" };
            return (self.purpose == Purpose::Message).then(|| name.to_owned());
        }
        let found = self.messages.iter().find(|message| message.status == value);
        found.map(|message| message.message.clone())
    }
}

/// Every status entry of a credential; none when it has no `credentialStatus`.
///
/// # Errors
/// [`BitstringError`]: a credential with another status mechanism must not pass for one without
/// status.
pub fn entries(claims: &Map<String, Value>) -> Result<Vec<StatusEntry>, BitstringError> {
    const NAME: &str = "credentialStatus";
    let Some(status) = claims.get(NAME) else { return Ok(Vec::new()) };
    let status = one_or_many(status);
    if status.is_empty() || status.len() > MAX_ENTRIES_OF_CREDENTIAL {
        return Err(BitstringError::Malformed(NAME));
    }
    status.iter().map(StatusEntry::parse).collect()
}

pub(super) fn read_size(value: &Value) -> Result<u8, BitstringError> {
    match value.as_u64() {
        None | Some(0) => Err(BitstringError::Malformed("statusSize")),
        Some(size) => u8::try_from(size)
            .ok()
            .filter(|size| *size <= MAX_STATUS_SIZE)
            .ok_or(BitstringError::UnsupportedSize(size)),
    }
}

/// "an arbitrary size integer greater than or equal to 0, expressed as a string in base 10"
fn read_index(text: &str) -> Result<u64, BitstringError> {
    let canonical = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if !canonical {
        return Err(BitstringError::Malformed("statusListIndex"));
    }
    text.parse().map_err(|_| BitstringError::IndexOutOfRange(u64::MAX))
}

/// One message for each value that `size` bits can have.
fn read_messages(value: &Value, size: u8) -> Option<Vec<StatusMessage>> {
    let messages = value.as_array().filter(|messages| messages.len() == 1_usize << size)?;
    let mut seen = [false; 1 << MAX_STATUS_SIZE];
    messages
        .iter()
        .map(|message| {
            let status = message.get("status")?.as_str()?.strip_prefix("0x")?;
            let hexadecimal = status.bytes().all(|byte| byte.is_ascii_hexdigit());
            let status = u8::from_str_radix(status, 16).ok().filter(|_| hexadecimal)?;
            let once = !std::mem::replace(seen.get_mut(usize::from(status))?, true);
            let fits = usize::from(status) < messages.len();
            let message = message.get("message")?.as_str()?.to_owned();
            (once && fits).then_some(StatusMessage { status, message })
        })
        .collect()
}

pub(super) fn messages_to_json(messages: &[StatusMessage]) -> Value {
    let one = |message: &StatusMessage| json!({ "message": message.message, "status": format!("0x{:x}", message.status) });
    messages.iter().map(one).collect()
}
