//! Strict JSON bodies of our own API: size, content type, duplicate and unknown members.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use vc::json::{JsonError, Limits};

use crate::problem::{Fault, Problem};

/// Longest body in bytes, unless the extractor says otherwise.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// A JSON body of at most `MAX` bytes. `T` should `#[serde(deny_unknown_fields)]`.
#[derive(Clone, Debug)]
pub struct StrictJson<T, const MAX: usize = MAX_BODY_BYTES>(pub T);

impl<T, S, const MAX: usize> FromRequest<S> for StrictJson<T, MAX>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "NOT_JSON",
                "The content type is not taken here",
            )
            .detail("Send the body as application/json."));
        }
        let body = read(request.into_body(), MAX).await?;
        parse(&body, Limits { bytes: MAX, depth: 32, values: MAX / 64 }).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
}

async fn read(body: Body, max: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, max).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long(max)),
        Err(error) => {
            Err(Problem::bad_request("BODY_UNREADABLE", "The body did not arrive whole.")
                .logged(error))
        }
    }
}

fn too_long(max: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LONG", "The body is too long")
        .detail(format!("A body has at most {max} bytes here."))
}

/// Parses a body strictly and gives it its shape.
///
/// # Errors
/// 413 past `limits.bytes`; 400 for what is not strict JSON; 422 with a pointer for a wrong shape
/// or an unknown member.
pub fn parse<T: DeserializeOwned>(body: &[u8], limits: Limits) -> Result<T, Problem> {
    let value = vc::json::parse(body, limits).map_err(|error| match &error {
        JsonError::TooLong(max) => too_long(*max),
        _ => Problem::bad_request("BAD_JSON", format!("The body cannot be used: {error}.")),
    })?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let fault = Fault::new(pointer(error.path()), "SHAPE", plain(&error.inner().to_string()));
        Problem::unprocessable(vec![fault])
    })
}

/// What serde says of a shape, in words for whoever writes requests.
fn plain(message: &str) -> String {
    let named = |kind: &str| match kind {
        "map" | "a map" => "an object".to_owned(),
        "sequence" | "a sequence" => "an array".to_owned(),
        "null" | "unit" => "null".to_owned(),
        other => other.replace("struct ", "an object ").replace('`', ""),
    };
    if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("{} stands where {} belongs", named(found), named(expected));
    }
    if let Some((field, known)) =
        message.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, expected "))
    {
        let known = known.replace("one of ", "").replace('`', "");
        return format!("{field} is not a known member; known are {known}");
    }
    if let Some((word, known)) =
        message.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, expected "))
    {
        let known = known.replace("one of ", "").replace('`', "");
        return format!("{word} is not one of the words; they are {known}");
    }
    if let Some(field) = message.strip_prefix("missing field `") {
        return format!("{} is missing", field.trim_end_matches('`'));
    }
    message.replace('`', "")
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&step);
    }
    pointer
}
